"""Publishing: for good, and PostgreSQL sees to it."""

from __future__ import annotations

from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from coe.core.errors import Refused
from coe.core.models import Event
from projects.checklists import checks, services
from projects.checklists.models import Checklist, Edition, Item
from projects.checklists.queries import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(admin, ready):
    return services.draft_edition(slug="ready", actor=admin)


def test_it_is_the_newest_now(admin, ready, draft):
    edition = services.publish_edition(slug="ready", actor=admin, note="Shorter", version=1)
    assert published(ready) == edition
    assert (edition.state, edition.published_by, edition.note) == ("published", admin, "Shorter")
    assert edition.published_at is not None
    event = Event.objects.about(ready).get(verb="checklist.published")
    assert event.facts == {"number": 2, "note": "Shorter"}
    with pytest.raises(Refused, match="no draft"):
        services.publish_edition(slug="ready", actor=admin, note="Again")


def test_it_can_become_the_default(admin, ready, draft):
    services.publish_edition(slug="ready", actor=admin, note="Shorter", is_default=True)
    assert Checklist.objects.get(is_default=True) == ready


def test_a_later_edition_says_what_changed(admin, draft):
    with pytest.raises(ValidationError, match="what changed"):
        services.publish_edition(slug="ready", actor=admin, note=" ")


def test_an_empty_one_is_refused(admin):
    fresh = services.create_checklist(actor=admin, name="Fresh")
    with pytest.raises(Refused, match="nothing on it"):
        services.publish_edition(slug=fresh.slug, actor=admin)


def test_a_check_that_is_gone_is_refused(admin, draft, monkeypatch):
    monkeypatch.delitem(checks._checks, "has_signature")
    with pytest.raises(ValidationError, match="schema: must be one of"):
        services.publish_edition(slug="ready", actor=admin, note="x")


def test_parameters_that_no_longer_fit_are_refused(admin, draft):
    Item.objects.filter(edition=draft, key="schema").update(check_key="metric_beats_threshold", params={"metric": "a"})
    with pytest.raises(ValidationError, match="schema: Threshold: must be given"):
        services.publish_edition(slug="ready", actor=admin, note="x")


def test_the_ml_test_score_needs_its_groups(admin, draft):
    services.edit_edition(slug="ready", actor=admin, score="ml_test")
    with pytest.raises(ValidationError, match="Model, Infrastructure, Monitoring"):
        services.publish_edition(slug="ready", actor=admin, note="x")


def test_what_the_publisher_has_not_seen_is_not_published(admin, draft):
    services.remove_item(slug="ready", actor=admin, key="schema")
    with pytest.raises(services.EditConflict):
        services.publish_edition(slug="ready", actor=admin, note="x", version=1)


def test_it_is_the_centres(make, draft):
    with pytest.raises(PermissionDenied):
        services.publish_edition(slug="ready", actor=make.person(), note="x")


@pytest.mark.parametrize(
    "change",
    [
        lambda e: Edition.objects.filter(pk=e.pk).update(alias="other"),
        lambda e: Edition.objects.filter(pk=e.pk).update(state="draft"),
        lambda e: Edition.objects.filter(pk=e.pk).delete(),
        lambda e: Checklist.objects.filter(pk=e.checklist_id).delete(),
        lambda e: e.items.update(title="other"),
        lambda e: e.items.filter(key="runbook").delete(),
        lambda e: Item.objects.create(edition=e, key="late", position=9, group="Data", title="Late"),
        lambda e: Item.objects.bulk_create([Item(edition=e, key="late", position=9, group="Data", title="Late")]),
    ],
    ids=["alias", "state", "delete", "checklist", "items", "item", "add", "add in bulk"],
)
def test_postgresql_refuses_to_change_a_published_edition(ready, change):
    with pytest.raises(IntegrityError, match="published"), transaction.atomic():
        change(published(ready))


def test_an_item_cannot_be_slipped_in_from_a_draft(admin, ready, draft):
    with pytest.raises(IntegrityError, match="published"), transaction.atomic():
        draft.items.filter(key="runbook").update(edition=published(ready), key="slipped", position=9)


@pytest.mark.django_db(transaction=True)
def test_an_item_that_is_added_while_it_is_published_waits_and_is_refused(admin, make):
    """The trigger's own lock, without any verb's: the insert waits until the publication is done."""
    ready = make.checklist("ready")
    draft = services.draft_edition(slug="ready", actor=admin)
    ends = []

    def add():
        try:
            Item.objects.create(edition=draft, key="late", position=9, group="Data", title="Late")
            ends.append("added")
        except IntegrityError:
            ends.append("refused")
        finally:
            connection.close()

    thread = Thread(target=add)
    with transaction.atomic():
        services.publish_edition(slug="ready", actor=admin, note="x")
        thread.start()
        # It cannot come to an end while this transaction is open.
        thread.join(0.5)
        assert ends == []
    thread.join()
    assert ends == ["refused"]
    assert published(ready).items.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_finds_no_draft(admin, make):
    ready = make.checklist("ready")
    services.draft_edition(slug="ready", actor=admin)
    ends = []

    def run():
        try:
            services.publish_edition(slug="ready", actor=admin, note="x")
            ends.append("published")
        except Refused as error:
            ends.append(error.message)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["There is no draft of this checklist. Begin one first.", "published"]
    assert Event.objects.about(ready).filter(verb="checklist.published").count() == 1
