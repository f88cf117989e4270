"""Times and states of requests in words."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from coe.mentoring import why, words
from coe.mentoring.models import Attempt
from tests.factories import at

NOW = at("2026-03-11 10:00")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-11 14:30", "14:30 today"),
        ("2026-03-12 09:00", "09:00 tomorrow"),
        ("2026-03-10 23:59", "23:59 yesterday"),
        ("2026-03-14 08:05", "08:05 on Sat 14 Mar"),
        ("2027-01-02 08:05", "08:05 on Sat 2 Jan 2027"),
    ],
)
def test_a_moment(moment, said):
    with timezone.override("UTC"):
        assert words.moment(at(moment), NOW) == said


def test_a_moment_is_the_readers():
    with timezone.override("Asia/Tokyo"):
        assert words.moment(at("2026-03-11 16:00"), NOW) == "01:00 tomorrow"
    assert words.moment(at("2026-03-11 16:00"), NOW, ZoneInfo("Asia/Tokyo")) == "01:00 tomorrow"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-1, "over"),
        (0, "over"),
        (0.5, "now"),
        (1, "in 1 minute"),
        (119, "in 1 hour"),
        (180, "in 3 hours"),
        (24 * 60, "in 1 day"),
        (3 * 24 * 60 + 5, "in 3 days"),
    ],
)
def test_what_is_left(minutes, said):
    assert words.left(NOW + timedelta(minutes=minutes), NOW) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (None, "–"),
        (0, "0 minutes"),
        (1 / 1440, "1 minute"),
        (1 / 24, "1 hour"),
        (3.5 / 24, "3.5 hours"),
        (2.13, "2.1 days"),
    ],
)
def test_a_span(days, said):
    assert words.span(days) == said


def of(state, **fields):
    person = SimpleNamespace(pk=7, name="Rosalind")
    given = {"mentor": SimpleNamespace(person=person, person_id=7), "coordinator_told_at": None, "waiting_since": NOW}
    return SimpleNamespace(state=state, resolved_at=NOW, **{**given, **fields})


@pytest.mark.parametrize(
    ("state", "said", "to_her"),
    [
        ("asked", "Rosalind is asked and has until 14:30 today", "You are asked and have until 14:30 today"),
        ("open", "Rosalind is on it", "You are on it"),
        ("resolved", "Resolved with Rosalind, 10:00 today", "Resolved, 10:00 today"),
        ("withdrawn", "Withdrawn", "Withdrawn"),
    ],
)
def test_how_it_stands(state, said, to_her):
    due = at("2026-03-11 14:30")
    with timezone.override("UTC"):
        assert words.standing(of(state), due, NOW) == said
        assert words.standing(of(state), due, NOW, SimpleNamespace(pk=7)) == to_her


def test_who_waits_is_told_since_when_and_whether_the_centre_knows():
    with timezone.override("UTC"):
        assert words.standing(of("waiting", mentor=None), None, NOW) == "Waits for a mentor since 10:00 today"
        told = of("waiting", mentor=None, coordinator_told_at=NOW)
        assert words.standing(told, None, NOW).endswith("No mentor is free for it yet; the centre knows")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "pending", "due_at": at("2026-03-11 14:30")}, "has until 14:30 today"),
        ({"state": "accepted", "answered_at": NOW}, "accepted, 10:00 today"),
        ({"state": "declined", "answered_at": NOW, "reason": "No time"}, "declined, 10:00 today: No time"),
        ({"state": "silent", "ended_at": NOW}, "did not answer in time, 10:00 today"),
        ({"state": "handed_over", "ended_at": NOW, "reason": "Knows more"}, "handed it over, 10:00 today: Knows more"),
        ({"state": "done", "ended_at": NOW}, "helped until it was resolved, 10:00 today"),
        ({"state": "ended", "ended_at": NOW}, "was asked when it ended, 10:00 today"),
    ],
)
def test_what_came_of_asking(fields, said):
    with timezone.override("UTC"):
        assert words.came_of(Attempt(**fields), NOW) == said


def test_the_other_clock_is_told_where_it_differs():
    nairobi = SimpleNamespace(name="Wanjiru", timezone="Africa/Nairobi")
    with timezone.override("UTC"):
        assert words.elsewhere(NOW, nairobi) == "13:00 on Wed 11 Mar for Wanjiru (Nairobi)"
        assert words.elsewhere(NOW, nairobi, "Europe/London") == ""
        assert words.elsewhere(NOW, SimpleNamespace(name="X", timezone="Mars/Base")) == ""


SCORE = {"candidate": 1, "chosen": True, "reason": "", "total": 0.8, "fit": 0.9, "unit": 1.0, "together": 0.5}
SCORE |= {"wanted": 1.0, "load": 0.33, "recent": 0.1, "levels": {"calibration": 3, "nlp": 1, "trees": 3}}


def test_why_this_mentor_in_one_sentence():
    asked = Attempt(how="routed", why={"top": [SCORE]})
    assert why.sentence(asked) == (
        "You can teach calibration and trees, have used nlp, have helped them before, serve their unit"
        " and want this topic."
    )
    bare = {**SCORE, "levels": {}, "together": 0, "unit": 0.5, "wanted": 0}
    asked = Attempt(how="routed", why={"top": [bare]})
    assert why.sentence(asked) == "You have a free place, and nobody knows more of it."
    assert why.sentence(Attempt(how="routed")) == ""
    for how, said in (("direct", "asked for by name"), ("by_hand", "The centre gave it"), ("handed", "handed over")):
        assert said in why.sentence(Attempt(how=how))
    assert "answered it before" in why.sentence(Attempt(how="reopened"))


def test_the_breakdown_in_words():
    late = {**SCORE, "candidate": 2, "chosen": False, "reason": "has no free place", "unit": 0.0, "together": 0.0}
    kept = {"tags": {"nlp": 0.3, "calibration": 0.7}, "candidates": 9, "reasons": {"is away": 7}, "top": [SCORE, late]}
    told = why.breakdown(kept)
    assert told is not None
    assert told.shares == [("calibration", 70), ("nlp", 30)]
    assert (told.candidates, told.reasons) == (9, ["7 are away"])
    first, second = told.lines
    assert (first.score, first.fit, first.unit, first.knows) == (
        "80", 90, "serves this unit", "can teach calibration and trees, has used nlp",
    )  # fmt: skip
    assert (second.reason, second.unit, second.together) == ("has no free place", "serves other units", "")
    assert why.breakdown({}) is None
