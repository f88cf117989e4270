"""Who hears of models: those who said that they use them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from coe.accounts.models import Person
from coe.core import events
from coe.guides import services as guides
from projects.modelpages import services
from tests.factories import Make
from tests.hearsay import heard, lines, threads, who_heard

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make: Make) -> Any:
    owner, user, other = (make.person(name=name) for name in ("Olga Owner", "Noor User", "Ole Other"))
    project = make.project("churn", owner=owner)
    model = make.model(make.source("tracker"), project=project, name="churn-xgb")
    make.version(model, 2)
    services.use_model(model_id=model.pk, actor=user, purpose="The monthly campaign")
    return SimpleNamespace(owner=owner, user=user, other=other, project=project, model=model)


def happen(world: Any, verb: str, actor: Person | None, **facts: Any) -> None:
    with transaction.atomic():
        events.record(actor=actor, verb=verb, subject=world.model, facts={"name": "churn-xgb", **facts})


@pytest.mark.parametrize(
    ("verb", "version", "text"),
    [
        ("model.alias_moved", 3, "Version 3 of churn-xgb, which you use, is in production now."),
        ("model.alias_moved", "none", "No version of churn-xgb, which you use, is in production any more."),
        ("alias.applied", None, "No version of churn-xgb, which you use, is in production any more."),
    ],
)
def test_users_hear_which_version_decides(world: Any, verb: str, version: Any, text: str) -> None:
    happen(world, verb, None, alias="production", version=version, order=0)
    assert heard(verb)["Noor User"] == text
    assert "Ole Other" not in heard(verb)
    assert [line.thread for line in lines(verb) if line.topic == "projects"] == [f"model:{world.model.pk}"]


def test_another_alias_is_not_theirs(world: Any) -> None:
    happen(world, "model.alias_moved", None, alias="challenger", version=3)
    assert who_heard("model.alias_moved") == []


def written(world: Any) -> Any:
    return services.write_guide(
        model_id=world.model.pk, actor=world.owner, based_on=None, title="Who leaves", summary="Scores customers.",
        sections={"decides": "Whom to call."}, version=2,
    )  # fmt: skip


def test_users_hear_of_a_new_text(world: Any) -> None:
    revision = written(world)
    guides.publish_document(slug=revision.document.slug, actor=world.owner, revision=1, note="How to read the bands")
    text = "Olga Owner published a new text on churn-xgb, which you use: How to read the bands."
    assert heard("document.published") == {"Noor User": text}
    assert threads("document.published") == {("projects", f"model:{world.model.pk}")}
    assert [line.url for line in lines("document.published")] == [world.model.get_absolute_url()]


def test_other_documents_are_no_news(world: Any, make: Make) -> None:
    made = make.document("how-to", owner=world.owner, published=False)
    guides.publish_document(slug=made.slug, actor=world.owner, revision=1)
    assert who_heard("document.published") == []


def test_the_owner_hears_who_relies_on_it(world: Any) -> None:
    assert heard("model.used") == {"Olga Owner": "Noor User uses churn-xgb: The monthly campaign."}
    services.use_model(model_id=world.model.pk, actor=world.other)
    assert heard("model.used") == {"Olga Owner": "Ole Other uses churn-xgb."}


def test_who_may_not_know_of_the_model_any_more_hears_nothing(world: Any) -> None:
    type(world.project).objects.update(visibility="members")
    happen(world, "model.alias_moved", None, alias="production", version=3)
    assert who_heard("model.alias_moved") == []
