"""Aliases that were set, or read again, while a sync was under way: what was asked for earlier changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from projects.tracking import aliases, facts, store
from projects.tracking.models import AliasMove, RegisteredModel, Source
from tests.factories import Make
from tests.tracking.lying import Asked, Liar
from tests.tracking.mirror import assert_same_as_from_nothing, read
from tests.tracking.team import Team

pytestmark = pytest.mark.django_db


def told(name: str, at: datetime, **aliases: int) -> facts.ModelFacts:
    return facts.ModelFacts(name, "", None, None, {}, aliases, int(at.timestamp() * 1000))


@pytest.fixture
def model(make: Make) -> RegisteredModel:
    return make.model(make.source("lab"), name="churn", description="", aliases={"champion": 1})


def put(model: RegisteredModel, fact: facts.ModelFacts) -> int:
    changed = len(store.put(store.MODELS, model.source_id, [fact]))
    model.refresh_from_db()
    return changed


def test_a_page_that_was_asked_for_before_the_alias_was_set(model: RegisteredModel) -> None:
    asked, applied = timezone.now() - timedelta(minutes=2), timezone.now() - timedelta(minutes=1)
    RegisteredModel.objects.filter(pk=model.pk).update(aliases={"champion": 2}, aliases_at=applied, touched_at=None)
    assert put(model, told("churn", asked, champion=1)) == 0
    assert (model.aliases, model.aliases_at, model.touched_at) == ({"champion": 2}, applied, None)
    # Whatever else it says is taken, and the aliases stay all the same.
    newer = told("churn", asked, champion=1)
    assert put(model, facts.ModelFacts("churn", "About it", None, None, {}, newer.aliases, newer.asked_ms)) == 1
    assert (model.description, model.aliases, model.aliases_at) == ("About it", {"champion": 2}, applied)


def test_a_page_that_was_asked_for_afterwards(model: RegisteredModel) -> None:
    applied = timezone.now() - timedelta(minutes=2)
    RegisteredModel.objects.filter(pk=model.pk).update(aliases={"champion": 2}, aliases_at=applied)
    assert put(model, told("churn", applied + timedelta(seconds=1), champion=1)) == 1
    assert model.aliases == {"champion": 1}
    assert model.aliases_at
    assert model.aliases_at > applied


def test_the_first_page_of_all_says_when_it_was_asked_for(model: RegisteredModel) -> None:
    asked = timezone.now() - timedelta(minutes=2)
    put(model, told("churn", asked, champion=3))
    assert model.aliases_at
    assert abs(model.aliases_at - asked) < timedelta(milliseconds=2)


def test_a_move_never_counts_before_one_that_is_known(model: RegisteredModel) -> None:
    """A sync that began before an order was carried out finds the next move: it is the newer one, and noted once."""
    started, applied = timezone.now() - timedelta(minutes=9), timezone.now() - timedelta(minutes=5)
    AliasMove.objects.create(model=model, alias="champion", version=1, at=applied)
    RegisteredModel.objects.filter(pk=model.pk).update(aliases={"champion": 2})
    noted: dict[str, Any] = {"source_id": model.source_id, "sync_id": None, "at": started, "is_first": False}
    assert aliases.note_moves(**noted) == 1
    assert aliases.note_moves(**noted) == 0
    last = AliasMove.objects.order_by("id").last()
    assert last
    assert last.version == 2
    assert last.at == applied + timedelta(microseconds=1)


def test_moves_of_one_model_alone(model: RegisteredModel, make: Make) -> None:
    make.model(model.source, name="other", aliases={"champion": 1})
    at = timezone.now()
    noted: dict[str, Any] = {"source_id": model.source_id, "sync_id": None, "at": at, "is_first": False}
    assert aliases.note_moves(**noted, model="churn") == 1
    assert AliasMove.objects.get().model == model
    assert aliases.note_moves(**noted) == 1


@pytest.mark.mlflow
def test_an_alias_that_moves_while_a_sync_reads(source: Source, liar: Liar, team: Team) -> None:
    """The server answers with the old alias; before the page is stored somebody stores the new one."""
    run_id = team.run(team.experiment())
    name = team.registered(run_id)
    team.version(name, run_id)
    team.client.set_registered_model_alias(name, "champion", "1")
    read(source)

    def meanwhile(asked: Asked) -> Any:
        answer = asked.truth()
        team.client.set_registered_model_alias(name, "champion", "2")
        return answer

    liar.lies["registered-models/search"] = meanwhile
    later = timezone.now() + timedelta(minutes=1)
    RegisteredModel.objects.filter(name=name).update(aliases={"champion": 2}, aliases_at=later)
    read(source)
    assert RegisteredModel.objects.get(name=name).aliases == {"champion": 2}
    RegisteredModel.objects.filter(name=name).update(aliases_at=timezone.now())
    liar.honest()
    read(source)
    moves = AliasMove.objects.filter(model__name=name).order_by("id")
    assert [move.version for move in moves] == [1, 2]
    assert_same_as_from_nothing(source)
