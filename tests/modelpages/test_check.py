"""The check of handoffs "model guide present and verified"."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from projects.checklists.builtin import BUILT_IN
from projects.checklists.checks import Candidate, checked_params, find, run
from projects.checklists.models import Item

pytestmark = pytest.mark.django_db


def outcome(world, version=1, **params):
    candidate = Candidate(world.versions[version - 1], world.project, "production", "guide")
    found = run("model_guide", checked_params("model_guide", params), candidate)
    return found.outcome.value, found.sentence


def test_no_guide(world):
    assert outcome(world) == ("failed", "Nobody has written the guide of this model yet.")


def test_a_draft(world):
    world.write()
    assert outcome(world) == ("failed", "The guide of this model is a draft: nobody has published it.")


def test_sections_missing(world):
    world.publish(decides="a", read="b")
    state, sentence = outcome(world)
    assert state == "failed"
    assert sentence.startswith("2 of 7 sections are written and true for version 1; asked for are 7. Not written: ")


def test_for_another_version(world):
    world.publish(1, verified=True)
    assert outcome(world)[0] == "passed"
    state, sentence = outcome(world, version=2)
    assert state == "failed"
    assert "For other versions: what it decides" in sentence


def test_not_verified(world):
    world.publish()
    assert outcome(world) == ("failed", "The guide is written, but nobody has verified it.")


def test_verified_too_long_ago(world):
    document = world.publish(verified=True)
    document.verified_at = timezone.now() - timedelta(days=181)
    document.save()
    assert "too long ago" in outcome(world)[1]


def test_fewer_are_enough_where_the_item_says_so(world):
    world.publish(verified=True, decides="a", read="b", distrust="c")
    assert outcome(world)[0] == "failed"
    assert outcome(world, at_least=3)[0] == "passed"
    assert outcome(world, at_least=4)[0] == "failed"


def test_open_reports(world):
    world.publish(verified=True)
    report = world.make.feedback(world.model)
    assert outcome(world)[0] == "passed"
    assert outcome(world, open_reports="ignore")[0] == "passed"
    assert outcome(world, open_reports="fail") == (
        "failed",
        "The guide is in order, but 1 report of a wrong output is open.",
    )
    report.delete()
    state, sentence = outcome(world, open_reports="fail")
    assert (state, "verified by Mia Member" in sentence) == ("passed", True)


def test_it_is_in_the_checklist_that_comes_with_cairn():
    assert find("model_guide")
    production = BUILT_IN[0]
    assert [one.key for one in production.asks if one.check_key == "model_guide"] == ["handover-model-guide"]
    assert Item.objects.filter(check_key="model_guide", edition__checklist__slug="production-readiness").count() == 1
