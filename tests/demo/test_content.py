"""The invented content, before anything of it is entered: it names what exists, and its numbers make sense."""

from __future__ import annotations

from collections import Counter
from itertools import product

from demo.world.content.kpis import KPIS
from demo.world.content.mapping import BESIDE, IGNORED, MAIN, MAPPED
from demo.world.content.projects import PROJECTS, SERIES
from demo.world.content.staff import FOUNDER, STAFF
from demo.world.content.units import UNITS
from demo.world.facts import facts
from demo.world.series import value
from demo.world.sign_in import SIGN_IN, address, setting

FACTS = facts()
PEOPLE = {each.key: each for each in STAFF}
SLUGS = {each.slug: each for each in PROJECTS}
MEASURES = {each.key: each for each in KPIS}


def test_the_group_is_as_large_as_it_should_be() -> None:
    assert len(PEOPLE) == len(STAFF) == 60
    assert len(SLUGS) == len(PROJECTS) == 46
    assert 10 <= len(KPIS) <= 14
    children = Counter(each.parent for each in UNITS)
    verticals = [each.name for each in UNITS if not each.parent]
    assert verticals == ["Health", "Retail", "Logistics", "Energy", "Finance", "Manufacturing"]
    assert all(2 <= children[each.slug] <= 4 for each in UNITS if not each.parent)


def test_everything_named_exists() -> None:
    units = {each.slug for each in UNITS}
    for one in STAFF:
        assert not one.unit or one.unit in units
        assert all(role.partition("@")[2] in units | {""} for role in one.roles)
    for plan in PROJECTS:
        named = [plan.owner, plan.sponsor, *plan.stakeholders, *(each.split(":")[0] for each in plan.team)]
        named += [each.by for each in plan.moves] + [each.by for each in plan.words]
        assert plan.unit in units
        assert set(named) <= {*PEOPLE, "", "lead"}, plan.slug
    assert set(FACTS) <= set(SLUGS)
    assert {email for email, _ in SIGN_IN} <= {address(key) for key in PEOPLE}
    assert "administrator" in FOUNDER.roles


def test_what_the_demo_trains_is_described_by_its_team_and_the_rest_here() -> None:
    for plan in PROJECTS:
        assert bool(plan.name) == bool(plan.summary) == (plan.slug not in FACTS), plan.slug


def test_stages_follow_each_other_and_agree_with_what_is_trained() -> None:
    order = ["idea", "exploration", "pilot", "production", "retired"]
    for plan in PROJECTS:
        stages = ["idea", *(each.after for each in plan.moves)]
        assert [order.index(each) for each in stages] == sorted({order.index(each) for each in stages}), plan.slug
        days = [plan.began, *(each.ago for each in plan.moves)]
        assert days == sorted(set(days), reverse=True), plan.slug
        if plan.slug in FACTS:
            assert stages[-1] == FACTS[plan.slug].stage
    assert set(Counter(plan.moves[-1].after if plan.moves else "idea" for plan in PROJECTS)) == set(order)


def test_words_are_said_while_the_project_exists() -> None:
    for plan in PROJECTS:
        assert all(0 < each.ago < plan.began for each in plan.words), plan.slug


def test_a_target_is_better_than_its_baseline() -> None:
    for each in SERIES:
        sign = 1 if MEASURES[each.kpi].direction == "higher" else -1
        baselines = [each.baseline, each.reset.value if each.reset else None]
        targets = [each.target, each.raised.value if each.raised else None]
        for baseline, target in product(baselines, targets):
            assert baseline is None or target is None or sign * target > sign * baseline, each
    for fact in FACTS.values():
        kpi = MEASURES[MAIN[fact.slug]]
        assert kpi.direction == fact.direction
        assert MAPPED[fact.metric_key] == kpi.key


def test_a_project_has_a_kpi_once_and_its_values_are_in_range() -> None:
    assert max(Counter((each.project, each.kpi) for each in SERIES).values()) == 1
    for each in SERIES:
        kpi = MEASURES[each.kpi]
        assert (each.start + 1) * 31 <= SLUGS[each.project].began
        for month in range(each.start + 1):
            found = value(each, kpi, month, each.start)
            assert kpi.valid_min is None or found >= kpi.valid_min
            assert kpi.valid_max is None or found <= kpi.valid_max
            assert found == value(each, kpi, month, each.start)


def test_the_sign_in_texts_fit_into_the_setting() -> None:
    words = [word.partition("|") for word in setting().split(",")]
    assert [(email, what) for email, _, what in words] == SIGN_IN
    assert 8 <= len(words) <= 10


def test_the_awkward_is_in_it() -> None:
    assert any(each.stop > 2 for each in SERIES)
    assert any(each.target is None for each in SERIES)
    assert any(each.baseline is None for each in SERIES)
    assert any(each.withheld for each in SERIES)
    assert any(each.raised for each in SERIES)
    assert any(each.reset for each in SERIES)
    assert {plan.visibility for plan in PROJECTS} == {"company", "unit", "members"}


def test_most_metric_names_are_decided_and_some_wait() -> None:
    keys = {key for fact in FACTS.values() for key in (*fact.metric_keys, *fact.odd_keys)}
    decided = {*MAPPED, *IGNORED}
    assert set(MAPPED.values()) <= set(MEASURES)
    assert len(keys & decided) > len(keys) / 2
    assert len(keys - decided) >= 3
    for bound in BESIDE:
        assert bound.metric_key in FACTS[bound.project].metric_keys
        assert MAPPED.get(bound.metric_key, bound.kpi) == bound.kpi
