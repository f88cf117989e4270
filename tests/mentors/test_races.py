"""Two at once. Each race is shown to be one by the same test with the lock off."""

from __future__ import annotations

from typing import Any

import pytest

from coe.core.errors import Refused
from coe.mentors import services
from coe.mentors.models import Mentor
from tests.factories import Make
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


def unlocked(mentor_id: int, actor: Any) -> Mentor:
    return Mentor.objects.visible_to(actor).select_related("person").get(pk=mentor_id)


def both(monkeypatch: pytest.MonkeyPatch, locked: bool, verb: Any) -> tuple[int, Mentor]:
    """Run the verb twice at once, both past their reading of the mentor before either writes, if they can."""
    mentor = Make().mentor()
    meet = meeting()
    read = services.locked if locked else unlocked

    def read_and_meet(mentor_id: int, actor: Any) -> Mentor:
        found = read(mentor_id, actor)
        meet()
        return found

    monkeypatch.setattr(services, "locked", read_and_meet)
    results = together(lambda: verb(mentor, 5), lambda: verb(mentor, 7))
    mentor.refresh_from_db()
    return failures(results, Refused), mentor


def edit(mentor: Mentor, capacity: int) -> Mentor:
    return services.change_profile(mentor_id=mentor.pk, actor=mentor.person, version=1, capacity=capacity)


def stop(mentor: Mentor, number: int) -> Mentor:
    return services.stop(mentor_id=mentor.pk, actor=mentor.person, reason=f"Reason {number}")


def test_of_two_edits_of_one_version_one_is_kept_and_the_other_told(monkeypatch: pytest.MonkeyPatch) -> None:
    refused, mentor = both(monkeypatch, True, edit)
    assert (refused, mentor.version) == (1, 2)


def test_without_the_lock_one_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    refused, mentor = both(monkeypatch, False, edit)
    assert (refused, mentor.version) == (0, 2)


def test_of_two_who_stop_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    refused, mentor = both(monkeypatch, True, stop)
    assert (refused, mentor.stopped_at is None) == (1, False)


def test_without_the_lock_both_would_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    refused, _ = both(monkeypatch, False, stop)
    assert refused == 0


def test_a_double_click_begins_once() -> None:
    person = Make().person(roles=[("mentor", None)])

    results = together(*[lambda: services.begin_mentoring(actor=person, person_id=person.pk)] * 2)

    assert failures(results, Refused) == 1
    assert Mentor.objects.count() == 1
