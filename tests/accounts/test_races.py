"""Two people at once. Each race is shown to be one by the same test with the lock off."""

from __future__ import annotations

import pytest

from coe.accounts import services, unit_services
from coe.accounts.models import BusinessUnit, Grant
from coe.core.errors import Refused
from tests.factories import Make
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


def revoke_both(monkeypatch, locked):
    make = Make()
    first, second = (make.person(roles=[("administrator", None)]) for _ in range(2))
    meet = meeting()
    check = services._refuse_the_last_administrator

    def checked(person):
        check(person)
        meet()

    monkeypatch.setattr(services, "_refuse_the_last_administrator", checked)
    if not locked:
        monkeypatch.setattr(services, "_lock_administrators", lambda: None)
    jobs = [
        lambda person=person: services.revoke_grant(person_id=person.pk, grant_id=person.grants.get().pk, actor=person)
        for person in (first, second)
    ]
    results = together(*jobs)
    return failures(results, Refused), Grant.objects.filter(role="administrator").count()


def test_one_of_two_administrators_stays(monkeypatch):
    assert revoke_both(monkeypatch, locked=True) == (1, 1)


def test_without_the_lock_none_would(monkeypatch):
    assert revoke_both(monkeypatch, locked=False) == (0, 0)


def move_into_each_other(monkeypatch, locked):
    make = Make()
    admin = make.person(roles=[("administrator", None)])
    left, right = make.unit("left"), make.unit("right")
    meet = meeting()
    move = unit_services._move

    def moved(unit, parent):
        meet()
        move(unit, parent)

    monkeypatch.setattr(unit_services, "_move", moved)
    if not locked:
        monkeypatch.setattr(unit_services, "_lock_tree", lambda: None)
    results = together(
        lambda: unit_services.change_unit(slug="left", actor=admin, parent=right),
        lambda: unit_services.change_unit(slug="right", actor=admin, parent=left),
    )
    return failures(results, Refused), BusinessUnit.objects.exclude(parent=None).count()


def test_two_units_do_not_become_part_of_each_other(monkeypatch):
    assert move_into_each_other(monkeypatch, locked=True) == (1, 1)


def test_without_the_lock_they_would(monkeypatch):
    assert move_into_each_other(monkeypatch, locked=False) == (0, 2)
