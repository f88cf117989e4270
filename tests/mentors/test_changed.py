"""The rooms above hear of it after the commit, and their faults undo nothing."""

from __future__ import annotations

import pytest
from django.db import transaction

from coe.mentors import changed, services
from coe.mentors.models import Mentor
from tests.factories import Make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What a listener saw of the capacity when it was called."""
    monkeypatch.setattr(changed, "_listeners", [])
    found: list[int] = []

    def listen() -> None:
        found.append(Mentor.objects.get().capacity)

    changed.on_change(listen)
    changed.on_change(listen)
    return found


def test_it_is_told_once_it_is_committed(make: Make, heard: list[int]) -> None:
    mentor = make.mentor()

    with transaction.atomic():
        services.change_profile(mentor_id=mentor.pk, actor=mentor.person, capacity=5)
        assert heard == []

    assert heard == [5]


def test_what_is_rolled_back_is_not_told(make: Make, heard: list[int]) -> None:
    mentor = make.mentor()

    with transaction.atomic():
        services.change_profile(mentor_id=mentor.pk, actor=mentor.person, capacity=5)
        transaction.set_rollback(True)

    assert heard == []


def test_a_fault_of_a_listener_undoes_nothing(make: Make, heard: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError

    mentor = make.mentor()
    changed._listeners.insert(0, fail)

    services.change_profile(mentor_id=mentor.pk, actor=mentor.person, capacity=5)

    assert Mentor.objects.get().capacity == 5
    assert heard == [5]
