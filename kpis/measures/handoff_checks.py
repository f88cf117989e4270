"""Checks of handoffs over the KPIs that a project has bound: what this version would mean for them.

A finding is read by everybody who may know of the handoff, so it tells no figure of a binding that is withheld.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coe.core.http import today
from kpis.measures.models import Baseline, Binding, Category, KpiVersion, Target
from kpis.measures.queries import as_definition, versions_on
from kpis.measures.readings import Point, Reading, Reason, Rule, read
from kpis.measures.templatetags.measures_tags import REASONS
from projects.checklists.builtin_checks import cannot_tell, failed, passed
from projects.checklists.checks import Candidate, Finding, Outcome, Param, check
from projects.checklists.metric_checks import against_production, facts_of, is_better, measured, number, on_dataset
from projects.tracking.values import Value, newest

_KPI = Param(
    "kpi",
    "KPI",
    is_required=False,
    help="The KPI’s key, like auc. Left out: every KPI of model quality that the project has bound.",
)
# What is wrong with the value itself fails; everything else is something that nobody can tell yet.
_FAULTS = frozenset({Reason.NOT_FINITE, Reason.OUT_OF_RANGE})
# With these (or no reason) a value can be held against the baseline: that no target is set yet says nothing about it.
_JUDGED = frozenset({None, Reason.NO_TARGET})
Params = Mapping[str, Any]


@dataclass(frozen=True)
class _Asked:
    """A binding that is judged, with what is in force today."""

    binding: Binding
    definition: KpiVersion
    baseline: Baseline | None
    target: Target | None


Judge = Callable[[Candidate, _Asked], Finding]


@check(
    "kpi_index_at_least",
    "KPI index at least",
    help="Passes when this version’s value gives the KPI an index of at least so much: 0 is the baseline, 100 the "
    "target.",
    params=(_KPI, Param("at_least", "At least", kind="number", help="An index, like 50.")),
)
def kpi_index_at_least(candidate: Candidate, params: Params) -> Finding:
    wanted = params["at_least"]

    def judge(candidate: Candidate, asked: _Asked) -> Finding:
        decides, reading, saw = _reading(candidate, asked)
        if decides is None or reading.index is None:
            return _without(asked, reading, saw)
        saw |= {"index": reading.index, "at_least": wanted}
        said = f"{asked.definition.name}: index {number(reading.index)}{on_dataset(decides)}; asked for"
        # What the arithmetic of floats takes from an index that reads 50 is not held against it.
        if round(reading.index, 9) >= wanted:
            return passed(f"{said} was at least {number(wanted)}.", **saw)
        return failed(f"{said} is at least {number(wanted)}.", **saw)

    return _for_each(candidate, params.get("kpi", ""), judge)


@check(
    "metric_beats_baseline",
    "Metric beats the baseline",
    help="Passes when this version’s value of the KPI is better than the baseline in force, in the KPI’s direction and "
    "on the baseline’s data where that is known.",
    params=(_KPI,),
)
def metric_beats_baseline(candidate: Candidate, params: Params) -> Finding:
    def judge(candidate: Candidate, asked: _Asked) -> Finding:
        decides, reading, saw = _reading(candidate, asked)
        if decides is None or reading.value is None or asked.baseline is None or reading.reason not in _JUDGED:
            return _without(asked, reading, saw)
        value, before = reading.value, asked.baseline.value
        said = f"{asked.definition.name} is {number(value)}{on_dataset(decides)}; the baseline is {number(before)}"
        # The transform may have added to the last digit.
        same = math.isclose(value, before, rel_tol=1e-12)
        if not same and is_better(value, before, asked.definition.direction):
            return passed(f"{said}.", **saw)
        return failed(f"{said}, which is {'as good' if same else 'better'}.", **saw)

    return _for_each(candidate, params.get("kpi", ""), judge)


@check(
    "kpi_beats_production",
    "KPI beats production",
    help="Passes when this version’s value of the KPI’s metric is better than that of the version in production, in "
    "the KPI’s direction and on the same data.",
    params=(_KPI,),
)
def kpi_beats_production(candidate: Candidate, params: Params) -> Finding:
    def judge(candidate: Candidate, asked: _Asked) -> Finding:
        binding = asked.binding
        # A transform with a negative scale turns better round.
        higher = (asked.definition.direction == "higher") == (binding.scale > 0)
        return against_production(candidate, binding.metric_key, binding.dataset_name, "higher" if higher else "lower")

    return _for_each(candidate, params.get("kpi", ""), judge)


def _for_each(candidate: Candidate, key: str, judge: Judge) -> Finding:
    """Judge every binding that is asked for: one that fails fails all, one that cannot tell keeps all from passing."""
    bindings = Binding.objects.filter(project=candidate.project).select_related("kpi").order_by("kpi__position", "kpi")
    bindings = bindings.filter(kpi__key=key) if key else bindings.filter(kpi__is_archived=False)
    asked = list(_asked(bindings, only=None if key else Category.MODEL_QUALITY))
    fits = [one for one in asked if one.binding.model_id in (None, candidate.version.model_id)]
    if not asked:
        what = f"The KPI {key}" if key else "No KPI of model quality"
        return cannot_tell(f"{what} is {REASONS['not_bound'] if key else 'bound'} in this project.", kpi=key)
    if not fits:
        return cannot_tell(f"{asked[0].definition.name} is bound to another model.", kpi=asked[0].binding.kpi.key)
    return _together([(one, _judged(candidate, one, judge)) for one in fits])


def _judged(candidate: Candidate, asked: _Asked, judge: Judge) -> Finding:
    binding, name = asked.binding, asked.definition.name
    if binding.origin != Binding.Origin.MLFLOW:
        return cannot_tell(f"{name} is entered by people, so it says nothing about one version.")
    finding = judge(candidate, asked)
    if not binding.is_withheld:
        return finding
    ends = {
        Outcome.PASSED: "it is as asked for",
        Outcome.FAILED: "it is not as asked for",
        Outcome.CANNOT_TELL: "it cannot be told",
    }
    return Finding(finding.outcome, f"{name}: {ends[finding.outcome]}; its figures are {REASONS['withheld']}.")


def _together(found: Sequence[tuple[_Asked, Finding]]) -> Finding:
    saw = {asked.binding.kpi.key: finding.saw for asked, finding in found}
    outcomes = {finding.outcome for _, finding in found}
    worst = next(one for one in (Outcome.FAILED, Outcome.CANNOT_TELL, Outcome.PASSED) if one in outcomes)
    # What decides is said first.
    ordered = sorted(found, key=lambda pair: pair[1].outcome != worst)
    return Finding(worst, " ".join(finding.sentence for _, finding in ordered), {"kpis": saw})


def _asked(bindings: Iterable[Binding], only: str | None) -> Iterable[_Asked]:
    """The bindings with their definition, baseline and target of today; `only` keeps those of one category."""
    bindings, day = list(bindings), today()
    definitions = versions_on({one.kpi_id for one in bindings}, [day])
    kept = [one for one in bindings if only is None or definitions[one.kpi_id][0].category == only]
    in_force = {"binding__in": kept, "effective_from__lte": day}
    # In the order of their dates, the last one stays.
    baselines = {one.binding_id: one for one in Baseline.objects.filter(**in_force).order_by("effective_from")}
    targets = {one.binding_id: one for one in Target.objects.filter(**in_force).order_by("effective_from")}
    for one in kept:
        yield _Asked(one, definitions[one.kpi_id][0], baselines.get(one.pk), targets.get(one.pk))


def _reading(candidate: Candidate, asked: _Asked) -> tuple[Value | None, Reading, dict[str, Any]]:
    """What the KPI would read if this version's newest value counted, that value, and the facts behind it."""
    binding, version = asked.binding, candidate.version
    own = measured(version, [version.version], binding.metric_key, binding.dataset_name)[version.version]
    decides = newest(own.values)
    saw: dict[str, Any] = {
        "metric": binding.metric_key,
        "baseline": asked.baseline and asked.baseline.value,
        "baseline_digest": asked.baseline.dataset_digest if asked.baseline else "",
        "target": asked.target and asked.target.value,
    }
    if decides is None:
        return None, Reading(reason=Reason.NO_DATA), {**saw, "why": own.why_none}
    point = Point(decides.observed_at, decides.value, dataset_digest=decides.dataset_digest)
    reading = read(
        point,
        Rule(binding.scale, binding.offset),
        as_definition(asked.definition),
        # Of this very moment: a version is judged by what it is, not by how long ago it was trained.
        end=decides.observed_at,
        baseline=asked.baseline.value if asked.baseline else None,
        baseline_digest=asked.baseline.dataset_digest if asked.baseline else "",
        target=asked.target.value if asked.target else None,
        source_failing=False,
    )
    measured_value = facts_of(decides)
    return decides, reading, {**measured_value, **saw, "measured": measured_value["value"], "value": reading.value}


def _without(asked: _Asked, reading: Reading, saw: dict[str, Any]) -> Finding:
    """Why there is nothing to judge: a fault of the value fails, everything else cannot be told."""
    name = asked.definition.name
    if reading.reason is None:
        return cannot_tell(f"{name}: baseline and target are the same, so there is no index.", **saw)
    said = f"{name}: {REASONS[reading.reason]}."
    if reading.reason in _FAULTS:
        return failed(said, **saw)
    return cannot_tell(f"{name}: {saw['why']}" if saw.get("why") else said, **saw)
