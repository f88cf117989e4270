"""What measures can see of a newcomer's steps: metrics from MLflow with a baseline and a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from coe.core.http import today
from coe.paths.checks import Check, Finding, Newcomer, register
from kpis.measures.models import Baseline, Binding, KpiVersion, Target
from projects.catalog.newcomers import WHOSE, find_by_project, touched_by

NO_METRIC = "No metric of the project comes from MLflow yet."


def find_mapped(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether at least `least` KPIs of the project come from MLflow and have a baseline and a target today. At most
    two queries.
    """
    least = max(int(params.get("least") or 1), 1)

    def of_projects(ids: set[int]) -> dict[int, Finding]:
        of: dict[int, list[Any]] = {}
        for binding in _bindings(ids, today()):
            of.setdefault(binding.project_id, []).append(binding)
        return {pk: _judged(bindings, least) for pk, bindings in of.items()}

    return find_by_project(newcomers, of_projects, not_yet=NO_METRIC)


def _bindings(project_ids: set[int], day: date) -> QuerySet[Binding]:
    """Those from MLflow, with since when a baseline and a target were known that are in force, and the KPI's name."""

    def known(model: type[Baseline] | type[Target]) -> Subquery:
        in_force: Any = model._default_manager.filter(binding=OuterRef("pk"), effective_from__lte=day)
        return Subquery(in_force.order_by("-effective_from").values("created_at")[:1])

    named = KpiVersion.objects.filter(kpi=OuterRef("kpi"), effective_from__lte=day).order_by("-effective_from")
    mapped = Binding.objects.filter(project__in=project_ids, origin=Binding.Origin.MLFLOW)
    return (
        mapped.select_related("project", "kpi")
        .annotate(baseline_at=known(Baseline), target_at=known(Target), kpi_name=Subquery(named.values("name")[:1]))
        .order_by("kpi__position", "kpi__key")
    )


def _judged(bindings: Sequence[Any], least: int) -> Finding:
    whole = [one for one in bindings if one.baseline_at and one.target_at]
    if len(whole) >= least:
        whole.sort(key=lambda one: (max(one.baseline_at, one.target_at), one.pk))
        counted = whole[:least]
        last = counted[-1]
        evidence = tuple((_name(one), one.get_absolute_url()) for one in counted)
        return Finding(True, at=max(last.baseline_at, last.target_at), evidence=evidence)
    lacking = next((one for one in bindings if one not in whole), None)
    if lacking is None:
        return Finding(False, why=f"{len(whole)} of {least} metrics come from MLflow with a baseline and a target.")
    missing = [word for word, at in (("baseline", lacking.baseline_at), ("target", lacking.target_at)) if not at]
    return Finding(False, why=f"{_name(lacking)} has no {' and no '.join(missing)} yet.")


def _name(binding: Any) -> str:
    return str(binding.kpi_name or binding.kpi.key)


register(
    Check(
        key="metrics_mapped",
        label="Metrics mapped with baseline and target",
        not_yet="Cairn waits for a KPI of the project that comes from MLflow and has a baseline and a target.",
        verbs=WHOSE | {"binding.created", "binding.changed", "binding.removed", "baseline.set", "target.set"},
        find=find_mapped,
        touched=touched_by,
        params={"least": "How many KPIs; 1 unless it says so."},
    )
)
