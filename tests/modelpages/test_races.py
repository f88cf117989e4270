"""Two at once. The race over “I use this” is shown to be one by the same test with the constraint off."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models.signals import pre_save

from coe.core.errors import Refused
from coe.core.models import Event
from coe.guides.models import Document, Revision
from coe.guides.services import Conflict
from projects.modelpages import services
from projects.modelpages.models import Use
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def meeting_before_saving(model):
    """All wait for each other when each is past its look at what is there."""
    meet = meeting()

    def wait(**_rest):
        meet()

    pre_save.connect(wait, sender=model)
    try:
        yield
    finally:
        pre_save.disconnect(wait, sender=model)


@contextmanager
def without_the_constraint():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE modelpages_use DROP CONSTRAINT use_once")
    try:
        yield
    finally:
        Use.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE modelpages_use ADD CONSTRAINT use_once UNIQUE (model_id, person_id)")


def use_twice(world):
    def say():
        return services.use_model(model_id=world.model.pk, actor=world.stakeholder, purpose="Calls")

    with meeting_before_saving(Use):
        return together(say, say)


def test_used_twice_at_once_is_one_use_and_one_event(world):
    assert failures(use_twice(world), Exception) == 0
    assert Use.objects.count() == 1
    assert Event.objects.filter(verb="model.used").count() == 1


def test_without_the_constraint_there_would_be_two(world):
    with without_the_constraint():
        use_twice(world)
        assert Use.objects.count() == 2


def test_two_begin_the_guide_at_once(world):
    """One guide; whoever came second is shown what both make."""

    def begin(actor, **texts):
        return lambda: services.write_guide(
            model_id=world.model.pk, actor=actor, based_on=None, title="Churn", summary="", sections=texts, version=1
        )

    with meeting_before_saving(Document):
        results = together(begin(world.owner, decides="One."), begin(world.member, read="Two."))
    assert failures(results, Conflict) == 1
    assert Document.objects.count() == 1
    assert Revision.objects.count() == 1


def test_two_confirm_at_once(world):
    world.publish(1)

    def confirm(actor, key):
        return lambda: services.confirm_sections(
            model_id=world.model.pk, actor=actor, keys=[key], version=2, based_on=1
        )

    results = together(confirm(world.owner, "decides"), confirm(world.member, "read"))
    assert failures(results, Refused) == 1
    newest = Revision.objects.order_by("-number")[0]
    assert newest.number == 2
    assert sorted(part["versions"] == [1, 2] for part in newest.parts).count(True) == 1
