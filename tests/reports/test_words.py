"""What the home page says in sentences."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.measures.readings import Reason
from kpis.reports.words import Move, Shift, Standing, biggest_moves, headline, reason


@pytest.mark.parametrize(
    ("standings", "shifts", "sentence"),
    [
        ([], [], "No unit has a comparable figure yet."),
        ([("Health", None)], [], "No unit has a comparable figure yet."),
        ([("Health", 96), ("Retail", 60)], [], "Health is nearly at target."),
        (
            [("Health", 96), ("Logistics", 47)],
            [("Logistics", "Model quality", -14), ("Health", "Adoption", 4)],
            "Health is nearly at target. Logistics slipped 14 points in model quality.",
        ),
        ([("Health", 96)], [("Health", "Adoption", 5)], "Health is nearly at target and gained 5 points in adoption."),
        (
            [("Health", 112), ("Retail", 3)],
            [("Retail", "Adoption", 2)],
            "Health is above target. Nothing moved by 3 points or more.",
        ),
        ([("Health", 100)], [], "Health is at target."),
        ([("Health", 62), ("Retail", 3)], [], "Health is furthest, at 62 of 100."),
        ([("Health", 62)], [], "Health is at 62 of 100."),
        ([("Health", -7)], [], "Health is below where it began, at −7."),
        (
            [("A", 90), ("B", 10)],
            [("B", "Delivery", 9), ("C", "Delivery", -9)],
            "A is nearly at target. C slipped 9 points in delivery.",
        ),
    ],
)
def test_the_headline(standings, shifts, sentence) -> None:
    assert headline([Standing(*s) for s in standings], [Shift(*s) for s in shifts]) == sentence


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.none() | st.floats(-500, 500)), max_size=5), st.randoms())
def test_the_headline_does_not_hang_on_the_order(pairs, shuffler) -> None:
    standings = [Standing(name, index) for name, index in dict(pairs).items()]
    shifts = [Shift(name, "Adoption", index) for name, index in dict(pairs).items()]
    told = headline(standings, shifts)
    shuffler.shuffle(standings)
    shuffler.shuffle(shifts)
    assert headline(standings, shifts) == told


@pytest.mark.parametrize(
    ("why", "since", "text"),
    [
        (Reason.STALE, datetime(2026, 8, 22, tzinfo=UTC), "Last reported 94 days ago"),
        (Reason.DATASET_CHANGED, datetime(2026, 9, 2, tzinfo=UTC), "Evaluated on other data since 2 Sep"),
        (Reason.SOURCE_FAILING, datetime(2025, 9, 2, tzinfo=UTC), "The source has not answered since 2 Sep 2025"),
        (Reason.NO_TARGET, None, "No target set yet"),
        ("withheld", None, "Withheld from you"),
        (None, None, ""),
    ],
)
def test_reasons_in_plain_words(why, since, text) -> None:
    assert reason(why, since=since, as_of=date(2026, 11, 24)) == text


def test_every_reason_has_words() -> None:
    assert all(reason(why) for why in Reason)


def move(now, before, why=None) -> Move:
    return Move("Churn", "AUC", "Retail", "/", now, before, why)


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        (101, 90, "Churn: AUC reached its target"),
        (90, 101, "Churn: AUC fell behind its target"),
        (-2, 5, "Churn: AUC fell below its baseline"),
        (5, -2, "Churn: AUC is no longer below its baseline"),
        (60, 50, "Churn: AUC gained"),
        (50, 60, "Churn: AUC lost ground"),
        (None, 60, "Churn: AUC can no longer be compared"),
        (60, None, "Churn: AUC can be compared now"),
    ],
)
def test_moves_in_sentences(now, before, sentence) -> None:
    assert move(now, before).sentence == sentence


def test_a_lost_index_says_why() -> None:
    assert move(None, 60, Reason.STALE).detail == "Retail. The last value is too old; its index was 60"


def test_the_biggest_moves_first_and_room_for_what_was_lost() -> None:
    moves = [move(50 + n, 50) for n in range(10)] + [move(None, 80), move(None, 10), move(None, 90), move(40, None)]
    told = biggest_moves(moves, 6)
    assert [m.delta for m in told] == [9, 8, 7, 6, None, None]
    assert [m.before for m in told if m.now is None] == [90, 80]
    assert biggest_moves([move(50.2, 50)], 6) == []
