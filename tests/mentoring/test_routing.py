"""Routing as a pure function: what always holds, against a plain search through all possibilities."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coe.mentoring import candidates as reading
from coe.mentoring.routing import KEPT, YOUNG, Candidate, Need, Weights, assign, hindrance

TAGS = ["nlp", "trees", "sql", "spark"]
tags = st.sampled_from(TAGS)
few = st.sampled_from([1, 2, 3])
some_tags = st.frozensets(tags, max_size=2)


def mentors(most: int = 4):
    one = st.builds(
        dict, levels=st.dictionaries(tags, few, max_size=3), units=st.frozensets(few, max_size=2),
        languages=st.frozensets(st.sampled_from(["en", "de"])), capacity=few, load=st.sampled_from([0, 1, 3]),
        recent=st.integers(0, 9), wanted=some_tags, unwanted=some_tags, closed=st.sampled_from(["", "", "", "is away"]),
    )  # fmt: skip
    # Each person mentors once; the numbers of people and mentors differ.
    number = lambda rows: [Candidate(id=10 + n, person=n, **row) for n, row in enumerate(rows)]  # noqa: E731  short
    return st.lists(one, max_size=most).map(number)


def needs(most: int = 4):
    one = st.builds(
        dict, tags=st.lists(tags, min_size=1, max_size=3, unique=True), lineage=st.sampled_from([(), (1,), (1, 2)]),
        language=st.sampled_from(["", "", "de"]), people=st.frozensets(st.integers(0, 5), max_size=2),
        tried=st.frozensets(st.integers(10, 14), max_size=2),
        earlier=st.dictionaries(st.integers(10, 14), few, max_size=2),
        urgency=st.sampled_from(["today", "week", "later"]), waited=st.timedeltas(timedelta(), timedelta(days=5)),
    )  # fmt: skip
    return st.lists(one, max_size=most).map(lambda rows: [Need(id=100 + n, **row) for n, row in enumerate(rows)])


weights = st.builds(
    Weights, load=st.floats(0, 1), recent=st.floats(0, 1), topic=st.floats(0.1, 3), waiting=st.floats(0, 1),
    urgency=st.floats(0, 1), least_fit=st.floats(0, 1),
)  # fmt: skip


def score(plan, need, candidate):
    return next(one for one in plan.explain(need.id) if one.candidate == candidate.id)


def everything(rows, columns, plan, weights):
    """The best (number of pairs, sum of scores) by trying every way there is."""
    base = {(n.id, c.id): score(plan, n, c) for n in rows for c in columns}
    before = {c.id: c.load / c.capacity for c in columns}
    able = [[c for c in columns if not base[n.id, c.id].reason] for n in rows]
    best = (0, 0.0)
    for choice in itertools.product(*([None, *each] for each in able)):
        used, total = {}, 0.0
        for need, chosen in zip(rows, choice, strict=True):
            if chosen is None:
                continue
            nth = used[chosen.id] = used.get(chosen.id, 0) + 1
            one = base[need.id, chosen.id]
            # As if nobody had been given anything yet, and then at the load that is really there.
            total += (
                one.total + weights.load * one.load - weights.load * (before[chosen.id] + (nth - 1) / chosen.capacity)
            )
            total += weights.urgency * {"today": 1, "week": 0.5, "later": 0}[need.urgency]
            total += weights.waiting * (need.waited / timedelta(days=1))
        if all(count <= c.capacity - c.load for c in columns if (count := used.get(c.id, 0))):
            best = max(best, (sum(used.values()), total))
    return best


class TestProperties:
    @given(needs(6), mentors(6), weights)
    def test_never_whom_a_filter_takes_out_and_nobody_over_capacity(self, rows, columns, weights):
        plan = assign(rows, columns, weights)
        by_id = {one.id: one for one in columns}
        given_to = list(plan.pairs.values())
        for need in rows:
            if need.id not in plan.pairs:
                continue
            chosen = by_id[plan.pairs[need.id]]
            assert chosen.person not in need.people
            assert chosen.id not in need.tried
            assert chosen.closed == ""
            assert not need.language or need.language in chosen.languages
            assert need.tags[0] not in chosen.unwanted
            assert hindrance(need, chosen) == ""
            able = [one for one in plan.explain(need.id) if one.reason in ("", YOUNG, "has no free place")]
            best = max(one.fit for one in able)
            is_old = need.waited >= weights.patience_for(need.urgency)
            assert is_old or score(plan, need, chosen).fit >= weights.least_fit * best - 1e-9
        for one in columns:
            assert given_to.count(one.id) <= max(one.capacity - one.load, 0)

    @given(needs(), mentors(), weights, st.randoms())
    def test_the_same_state_gives_the_same_answer_in_whatever_order(self, rows, columns, weights, dice):
        plan = assign(rows, columns, weights)
        mixed = [replace(one, levels=dict(shuffled(dice, one.levels.items()))) for one in shuffled(dice, columns)]
        again = assign(shuffled(dice, rows), mixed, weights)
        assert again.pairs == plan.pairs
        assert again.total == plan.total
        for need in rows:
            assert again.explain(need.id) == plan.explain(need.id)

    @given(needs(), mentors(), weights)
    @hypothesis_settings(deadline=None)
    def test_it_equals_an_exhaustive_search(self, rows, columns, weights):
        plan = assign(rows, columns, weights)
        most, total = everything(rows, columns, plan, weights)
        assert len(plan.pairs) == most
        assert plan.total == pytest.approx(total, abs=1e-9)

    @given(needs(8), mentors(6), weights)
    def test_as_many_as_possible_get_somebody(self, rows, columns, weights):
        plan = assign(rows, columns, weights)
        able = {need.id: [c for c in columns if not score(plan, need, c).reason] for need in rows}
        assert len(plan.pairs) == largest_matching(able)

    @given(needs(1), mentors(), weights, tags, few, st.data())
    def test_a_skill_more_never_lowers_the_own_score(self, rows, columns, weights, tag, level, data):
        if not rows or not columns:
            return
        chosen = data.draw(st.sampled_from(columns))
        better = replace(chosen, levels={**chosen.levels, tag: max(level, chosen.levels.get(tag, 0))})
        others = [one for one in columns if one.id != chosen.id]
        before = score(assign(rows, columns, weights), rows[0], chosen)
        after = score(assign(rows, [*others, better], weights), rows[0], chosen)
        assert after.fit >= before.fit - 1e-12
        assert after.total >= before.total - 1e-12
        assert not after.reason or before.reason

    @given(needs(), mentors(), weights)
    def test_every_candidate_is_explained_and_the_reason_is_the_tables(self, rows, columns, weights):
        plan = assign(rows, columns, weights)
        by_id = {one.id: one for one in columns}
        for need in rows:
            found = plan.explain(need.id)
            assert sorted(one.candidate for one in found) == sorted(by_id)
            open_ = [one for one in found if one.reason in ("", YOUNG)]
            assert all((one.reason in ("", YOUNG)) == (hindrance(need, by_id[one.candidate]) == "") for one in found)
            assert (plan.hindered(need.id) is None) == bool(open_)
            for one in found:
                weighed = weights.fit * one.fit + weights.unit * one.unit + weights.together * one.together
                weighed += weights.wanted * one.wanted - weights.load * one.load - weights.recent * one.recent
                assert one.total == pytest.approx(weighed)
                for part in (one.fit, one.unit, one.together, one.wanted, one.recent):
                    assert 0 <= part <= 1
            assert [one.candidate for one in found if one.chosen] == [plan.pairs[n] for n in plan.pairs if n == need.id]


def shuffled(dice: random.Random, values):
    found = list(values)
    dice.shuffle(found)
    return found


def largest_matching(able):
    """By augmenting paths, one place after the other."""
    places = {}

    def finds(need, seen):
        for one in able[need]:
            for nth in range(one.capacity - one.load):
                if (one.id, nth) in seen:
                    continue
                seen.add((one.id, nth))
                if (one.id, nth) not in places or finds(places[one.id, nth], seen):
                    places[one.id, nth] = need
                    return True
        return False

    return sum(finds(need, set()) for need in able)


NLP = {"nlp": 3}
OLD = timedelta(days=9)


def only(need, *columns, **changed):
    """Whom the one request is given to."""
    return assign([need], columns, Weights(**changed)).pairs.get(need.id)


class TestWhoIsChosen:
    def test_who_knows_a_rare_skill_is_kept_for_it(self):
        """Both know SQL, one alone knows Spark: together it is best when the other one takes the SQL."""
        both, sql = Candidate(1, 1, {"sql": 3, "spark": 3}), Candidate(2, 2, {"sql": 3})
        assert assign([Need(1, ["sql"]), Need(2, ["spark"])], [both, sql]).pairs == {1: 2, 2: 1}

    def test_a_rare_skill_counts_more_than_a_common_one(self):
        rare, common = Candidate(1, 1, {"spark": 3}), [Candidate(n, n, {"sql": 3}) for n in (2, 3, 4)]
        assert only(Need(1, ["sql", "spark"]), rare, *common) == 1

    def test_who_resolved_something_together_before_is_preferred_but_not_when_laden(self):
        need = Need(1, ["nlp"], earlier={2: 1})
        assert only(need, Candidate(1, 1, NLP), Candidate(2, 2, NLP)) == 2
        laden = Candidate(2, 2, NLP, capacity=3, load=2, recent=9)
        assert only(need, Candidate(1, 1, NLP, capacity=3), laden) == 1

    def test_load_and_recent_share_are_spread(self):
        assert only(Need(1, ["nlp"]), Candidate(1, 1, NLP, capacity=2, load=1), Candidate(2, 2, NLP, capacity=2)) == 2
        assert only(Need(1, ["nlp"]), Candidate(1, 1, NLP, recent=3), Candidate(2, 2, NLP)) == 2

    def test_two_requests_go_to_two_people_rather_than_to_one(self):
        plan = assign([Need(1, ["nlp"]), Need(2, ["nlp"])], [Candidate(n, n, NLP, capacity=2) for n in (1, 2)])
        assert set(plan.pairs.values()) == {1, 2}

    def test_units_topics_and_languages(self):
        need = Need(1, ["nlp"], lineage=(7, 8), language="de")
        other, own = [Candidate(n, n, NLP, units=frozenset([u]), languages={"de"}) for n, u in ((1, 9), (2, 7))]
        assert only(need, other, own) == 2
        assert only(need, other, replace(own, languages=frozenset({"en"}))) == 1
        assert only(need, other, replace(own, unwanted=frozenset(["nlp"]))) == 1
        assert only(Need(1, ["nlp"]), other, replace(other, id=2, person=2, wanted=frozenset(["nlp"]))) == 2

    def test_the_urgent_and_those_who_waited_go_first_where_places_are_scarce(self):
        mentor = Candidate(1, 1, NLP)
        later, today = Need(1, ["nlp"], urgency="later"), Need(2, ["nlp"], urgency="today")
        assert assign([later, today], [mentor]).pairs == {2: 1}
        assert assign([replace(later, waited=timedelta(days=9)), today], [mentor]).pairs == {1: 1}

    @pytest.mark.parametrize(("urgency", "hours"), [("today", 7.5), ("week", 30), ("later", 60)])
    def test_a_young_request_waits_for_somebody_who_knows_more_and_is_busy(self, urgency, hours):
        need = Need(1, ["nlp"], urgency=urgency, waited=timedelta(hours=hours - 1))
        stranger, busy = Candidate(1, 1, {"sql": 3, "nlp": 2}), Candidate(2, 2, NLP, load=1)
        plan = assign([need], [stranger, busy])
        assert plan.pairs == {}
        assert plan.hindered(1) is None
        assert {one.candidate: one.reason for one in plan.explain(1)} == {1: YOUNG, 2: "has no free place"}
        assert only(replace(need, waited=timedelta(hours=hours)), stranger, busy) == 1
        assert only(need, stranger, replace(busy, load=0)) == 2
        assert only(need, stranger, busy, least_fit=0.6) == 1

    def test_it_does_not_wait_for_who_will_not_come(self):
        stranger, expert = Candidate(1, 1, {"sql": 3}), Candidate(2, 2, NLP, load=1)
        assert only(Need(1, ["nlp"]), stranger) == 1
        assert only(Need(1, ["nlp"]), stranger, expert) is None
        assert only(Need(1, ["nlp"]), stranger, replace(expert, closed="is away")) == 1
        assert only(Need(1, ["nlp"], tried=frozenset([2])), stranger, expert) == 1
        assert only(Need(1, ["nlp"], people=frozenset([2])), stranger, expert) == 1

    def test_nobody_is_better_than_somebody_who_is_not_available(self):
        away = Candidate(1, 1, NLP, closed="is away")
        plan = assign([Need(1, ["nlp"], waited=timedelta(days=99))], [away, Candidate(2, 2, NLP, load=1)])
        assert plan.pairs == {}
        assert plan.hindered(1) == {"is away": 1, "has no free place": 1}

    def test_nothing_to_do(self):
        assert assign([], [Candidate(1, 1, NLP)]).pairs == {}
        assert assign([Need(1, ["nlp"])], []).pairs == {}
        assert assign([Need(1, ["nlp"])], []).hindered(1) == {}


class TestWhatIsKept:
    def test_it_is_bounded_and_json_and_has_the_chosen_one(self):
        crowd = [Candidate(n, n, {"nlp": 1 + n % 3}, capacity=2, load=n % 2) for n in range(300)]
        crowd += [Candidate(900 + n, 900 + n, NLP, closed="is away") for n in range(50)]
        plan = assign([Need(1, ["nlp", "sql"], people=frozenset([3]), tried=frozenset([5]), waited=OLD)], crowd)
        why = json.loads(json.dumps(plan.why(1)))
        assert why["candidates"] == 350
        assert why["reasons"]["is away"] == 50
        assert why["reasons"]["is one of those who ask"] == why["reasons"]["was asked already"] == 1
        assert len(why["top"]) == KEPT
        assert [one["candidate"] for one in why["top"] if one["chosen"]] == [plan.pairs[1]]
        assert sum(why["tags"].values()) == pytest.approx(1, abs=1e-3)
        assert why["weights"]["patience"] == 30.0

    def test_who_was_taken_by_hand_is_kept_whatever_the_rank(self):
        crowd = [Candidate(n, n, NLP) for n in range(30)] + [Candidate(99, 99, {}, closed="is away")]
        why = assign([Need(1, ["nlp"])], crowd).why(1, chosen=99)
        assert len(why["top"]) == KEPT + 1
        assert [one["candidate"] for one in why["top"] if one["chosen"]] == [99]
        assert why["top"][-1]["reason"] == "is away"

    def test_the_settings_begin_with_the_weights_of_the_product(self):
        assert reading.weights() == Weights()
        assert settings.MENTORING_HOURS == {"today": 2, "week": 8, "later": 16}
