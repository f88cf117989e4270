"""Open reports of wrong outputs are before the eyes of whoever receives a handoff."""

from __future__ import annotations

import pytest

from coe.guides import feedback_services as services
from projects.checklists import checks
from projects.handoffs import services as handoffs
from tests.guides.readers import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


def run(world, make):
    version = world.churn_model.versions.first() or make.version(world.churn_model, 7)
    return checks.run("no_open_reports", {}, checks.Candidate(version, world.churn, "", "reports"))


def test_no_report_passes(world, make):
    make.feedback(world.churn_model, kind="comment")
    make.feedback(world.secret_model)
    found = run(world, make)
    assert (found.outcome, found.saw) == ("passed", {"reports": []})


def test_an_open_report_fails_until_it_is_answered(world, make):
    row = make.feedback(world.churn_model, version=6)
    found = run(world, make)
    assert found.outcome == "failed"
    assert found.sentence.startswith("One report of a wrong output waits for an answer since ")
    assert [(one["id"], one["version"]) for one in found.saw["reports"]] == [(row.pk, 6)]
    make.feedback(world.churn_model)
    assert run(world, make).sentence.startswith("2 reports of wrong outputs wait for an answer, the oldest since ")
    for one in list(found.saw["reports"]):
        services.answer_feedback(feedback_id=one["id"], actor=world.owner, outcome="mended", answer="Done.")
    assert run(world, make).sentence.startswith("One report")


def test_the_handoff_shows_them(world, make, sign_in):
    version = make.version(world.churn_model, 7)
    handoff = handoffs.open_handoff(actor=world.owner, model_version=version, checklist=make.checklist())
    page = f"/handoffs/{handoff.pk}/"
    assert "No report of a wrong output is open." in sign_in(world.stranger).get(page).content.decode()
    make.feedback(world.churn_model, author=world.reader, got="A score of 90")
    shown = sign_in(world.stranger).get(page).content.decode()
    assert "A score of 90" in shown
    assert "Rita" not in shown
