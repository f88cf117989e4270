"""What becomes of what steps need when one moves or is taken off."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.paths.models import Step
from coe.paths.needs import too_early, without
from coe.paths.order import open_steps

# A busy machine is slow to make examples.
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


def step(key, position=1, needs=(), rule="all", covers=()):
    return Step(key=key, title=key.upper(), position=position, needs=list(needs), needs_rule=rule, covers=list(covers))


def test_what_would_stand_too_early():
    a, b, c = step("a"), step("b", needs=["a"]), step("c", needs=["b"])
    assert too_early([a, b, c]) is None
    assert too_early([b, a, c]) == (b, a)
    assert too_early([a, c, b]) == (c, b)


def test_whoever_needed_it_needs_what_it_needed():
    a, b, c = step("a"), step("b", 2, ["a"]), step("c", 3, ["b"], covers=["b", "a"])
    (one,) = without([a, b, c], b)
    assert (one.step, one.needs, one.covers) == (c, ("a",), ("a",))


def test_two_rules_that_do_not_go_together():
    a, b, mid = step("a"), step("b", 2), step("m", 3, ["a", "b"], "any")
    both = step("x", 4, ["m", "a"])
    alone = step("y", 5, ["m"])
    found = {one.step.key: (one.needs, one.needs_rule) for one in without([a, b, mid, both, alone], mid)}
    assert found == {"x": (("a",), "all"), "y": (("a", "b"), "any")}


KEYS = [f"s{n}" for n in range(7)]


@st.composite
def paths(draw):
    made = []
    for place, key in enumerate(KEYS, start=1):
        pool = KEYS[: place - 1]
        needs = draw(st.lists(st.sampled_from(pool), unique=True, max_size=3)) if pool else []
        made.append(step(key, place, needs, draw(st.sampled_from(["all", "any"]))))
    return made


@settings(**QUIET)
@given(paths(), st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS)))
def test_taking_one_off_closes_nothing_for_who_had_done_it(path, key, done):
    """It is named nowhere, what is named stands before, and what was open stays so. Only of "any one of" it and others
    the others are left, where it needed nothing itself.
    """
    gone = next(one for one in path if one.key == key)
    before = open_steps(path, done | {key} | set(gone.needs), lambda one: True)
    changed = {one.step.key: one for one in without(path, gone)}
    left = []
    for one in path:
        if one.key != key:
            now = changed.get(one.key)
            left.append(step(one.key, one.position, now.needs, now.needs_rule) if now else one)
    assert all(key not in one.needs for one in left)
    assert too_early(left) is None
    after = open_steps(left, done | {key} | set(gone.needs), lambda one: True)
    narrower = {one.key for one in path if one.needs_rule == "any" and key in one.needs and not gone.needs}
    assert before - {key} - narrower <= after
