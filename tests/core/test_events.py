from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from coe.core import events
from coe.core.access import AlreadyRegistered
from coe.core.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_verb(monkeypatch):
    monkeypatch.setattr(events, "_sentences", {})
    events.sentence("test.moved", "moved it to {to}")


@pytest.fixture
def event(make):
    person = make.person()
    return events.record(actor=person, verb="test.moved", subject=person, facts={"to": "pilot"})


def test_an_event_keeps_who_what_and_when(make, event):
    kept = Event.objects.about(event.actor).get()
    assert (kept.verb, kept.facts, kept.actor) == ("test.moved", {"to": "pilot"}, event.actor)
    assert events.say(kept) == "moved it to pilot"


def test_a_fact_that_is_missing_leaves_a_blank(event):
    event.facts = {}
    assert events.say(event) == "moved it to "


def test_an_unknown_verb_is_refused(make):
    with pytest.raises(KeyError):
        events.record(actor=None, verb="test.unheard", subject=make.person())


def test_a_verb_has_one_sentence():
    with pytest.raises(AlreadyRegistered):
        events.sentence("test.moved", "something else")


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_a_transaction(make):
    person = make.person()
    with pytest.raises(transaction.TransactionManagementError):
        events.record(actor=person, verb="test.moved", subject=person)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_event SET verb = 'other'", "DELETE FROM core_event", "UPDATE core_event SET facts = '{}'"],
)
def test_the_database_refuses_to_change_the_past(event, statement):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get() == event


def test_the_orm_cannot_change_it_either(event):
    for change in (lambda: Event.objects.update(verb="x"), lambda: Event.objects.all().delete(), event.save):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_newest_first(make, event):
    later = events.record(actor=None, verb="test.moved", subject=event.actor, facts={"to": "production"})
    assert list(Event.objects.about(event.actor)) == [later, event]
