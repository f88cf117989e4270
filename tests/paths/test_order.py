"""Which steps may be done now: nobody is stranded, and nothing comes before what it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.paths.order import applies, finished, holding, next_step, open_steps

# A busy machine is slow to make examples.
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

ROLES = ("contributor", "mentor")
EXPERIENCES = ("new", "some")


@dataclass(frozen=True)
class Thing:
    key: str
    position: int = 1
    needs: tuple[str, ...] = ()
    needs_rule: str = "all"
    is_optional: bool = False
    roles: tuple[str, ...] = ()
    experience: tuple[str, ...] = ()


def everybody(step):
    return True


def steps(*given):
    return [replace(one, position=place) for place, one in enumerate(given, start=1)]


class TestExamples:
    def test_all_of_them_first(self):
        path = steps(Thing("a"), Thing("b"), Thing("c", needs=("a", "b")))
        assert open_steps(path, set(), everybody) == {"a", "b"}
        assert open_steps(path, {"a"}, everybody) == {"b"}
        assert [one.key for one in holding(path, path[2], {"a"}, everybody)] == ["b"]
        assert open_steps(path, {"a", "b"}, everybody) == {"c"}

    def test_any_one_of_them_first(self):
        path = steps(Thing("a"), Thing("b"), Thing("c", needs=("a", "b"), needs_rule="any"))
        assert open_steps(path, set(), everybody) == {"a", "b"}
        assert open_steps(path, {"b"}, everybody) == {"a", "c"}

    @pytest.mark.parametrize("rule", ["all", "any"])
    def test_what_is_not_meant_for_this_person_holds_nobody_up(self, rule):
        path = steps(Thing("a", roles=("mentor",)), Thing("b", needs=("a", "gone"), needs_rule=rule))
        meant = partial(applies, roles=["contributor"], experience="new")
        assert open_steps(path, set(), meant) == {"b"}
        assert finished(path, {"b"}, meant)

    def test_optional_ones_hold_nobody_up_but_count(self):
        path = steps(Thing("a", is_optional=True), Thing("b"), Thing("c", needs=("a", "b"), needs_rule="any"))
        assert open_steps(path, set(), everybody) == {"a", "b"}
        assert "c" in open_steps(path, {"a"}, everybody)
        assert finished(path, {"b", "c"}, everybody)

    def test_what_was_done_in_an_earlier_edition_counts(self):
        path = steps(Thing("a"), Thing("b", needs=("gone",), needs_rule="any"))
        assert open_steps(path, {"gone"}, everybody) == {"a", "b"}

    def test_the_next_one_is_the_earliest_required_one(self):
        path = steps(Thing("a", is_optional=True), Thing("b"), Thing("c"))
        assert next_step(path, set(), everybody).key == "b"
        assert next_step(path, {"b", "c"}, everybody).key == "a"
        assert next_step(path, {"a", "b", "c"}, everybody) is None
        assert next_step([], set(), everybody) is None

    @pytest.mark.parametrize(
        ("roles", "experience", "meant"),
        [
            ((), "new", False),
            (("mentor",), "new", True),
            (("mentor", "viewer"), "some", False),
            (("viewer",), "new", False),
        ],
    )
    def test_for_whom(self, roles, experience, meant):
        step = Thing("a", roles=("mentor", "contributor"), experience=("new",))
        assert applies(step, roles, experience) is meant
        assert applies(Thing("b"), (), "")


KEYS = [f"s{n}" for n in range(8)]
subset = partial(st.lists, unique=True, max_size=2)


@st.composite
def editions(draw, backwards=True):
    """Steps in some order; what they need points backwards, unless it may point anywhere."""
    keys = draw(st.permutations(KEYS).flatmap(lambda all_: st.integers(1, len(all_)).map(lambda n: list(all_[:n]))))
    made = []
    for place, key in enumerate(keys):
        pool = keys[:place] if backwards else [*KEYS, "nowhere"]
        made.append(
            Thing(
                key=key,
                position=place + 1,
                needs=tuple(draw(st.lists(st.sampled_from(pool), unique=True, max_size=3)) if pool else ()),
                needs_rule=draw(st.sampled_from(["all", "any"])),
                is_optional=draw(st.booleans()),
                roles=tuple(draw(subset(st.sampled_from(ROLES)))),
                experience=tuple(draw(subset(st.sampled_from(EXPERIENCES)))),
            )
        )
    return made


newcomers = st.builds(
    lambda roles, experience: partial(applies, roles=roles, experience=experience),
    subset(st.sampled_from(ROLES)),
    st.sampled_from(EXPERIENCES),
)
done_sets = st.sets(st.sampled_from([*KEYS, "gone"]))


@settings(**QUIET)
@given(editions(), newcomers, done_sets)
def test_prerequisites_never_allow_a_later_step_first(path, meant, done):
    there = {one.key: one for one in path}
    for one in path:
        if one.key not in open_steps(path, done, meant):
            continue
        hard = {key for key in one.needs if meant(there[key]) and not there[key].is_optional}
        if one.needs_rule == "all":
            assert hard <= done
        else:
            assert not hard or set(one.needs) & done


@settings(**QUIET)
@given(editions(backwards=False), newcomers, done_sets)
def test_any_edit_leaves_everybody_an_open_step_or_the_end(path, meant, done):
    """Whatever was done before and however the edition looks now: required steps that are left can be gone on with."""
    assert finished(path, done, meant) or any(
        not one.is_optional for one in path if one.key in open_steps(path, done, meant)
    )


@settings(**QUIET)
@given(editions(), newcomers, done_sets, st.data())
def test_a_path_can_be_gone_to_its_end_in_any_order_that_is_open(path, meant, done, data):
    for _ in range(len(path) + 1):
        now = open_steps(path, done, meant)
        if not now:
            break
        done = done | {data.draw(st.sampled_from(sorted(now)))}
    assert finished(path, done, meant)
    assert next_step(path, done, meant) is None


@settings(**QUIET)
@given(editions(), newcomers)
def test_following_the_next_step_ends_with_everything_that_is_meant(path, meant):
    done, last = set(), 0
    while step := next_step(path, done, meant):
        assert step.key in open_steps(path, done, meant)
        done.add(step.key)
        last += 1
        assert last <= len(path)
    assert done == {one.key for one in path if meant(one)}


@settings(**QUIET)
@given(editions(backwards=False), newcomers, done_sets, done_sets)
def test_doing_more_never_closes_a_step(path, meant, done, more):
    assert open_steps(path, done, meant) - more <= open_steps(path, done | more, meant)
    assert not finished(path, done, meant) or finished(path, done | more, meant)


@settings(**QUIET)
@given(editions(), newcomers, done_sets)
def test_what_is_open_is_meant_and_not_done(path, meant, done):
    now = open_steps(path, done, meant)
    assert not now & done
    assert all(meant(one) for one in path if one.key in now)
    step = next_step(path, done, meant)
    assert (step is None) == (not now)
