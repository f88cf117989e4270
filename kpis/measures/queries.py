"""Readings out of the database: many bindings, many dates, a fixed number of queries."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from coe.accounts.models import Person, Role
from coe.accounts.rules import in_scope, is_administrator, standing
from kpis.measures.bounds import PATIENCE, Bound, bounds_of, failing_sources
from kpis.measures.models import Binding, Kpi, KpiVersion
from kpis.measures.points import deciding_points
from kpis.measures.readings import Definition, Reading, end_of_day, read
from projects.catalog.models import Member, Project
from projects.tracking.models import Source

# Baselines and targets that came into force by a date.
_DATED = """
SELECT true, binding_id, effective_from, value, dataset_digest FROM measures_baseline
WHERE binding_id = ANY(%(bindings)s) AND effective_from <= %(until)s
UNION ALL
SELECT false, binding_id, effective_from, value, '' FROM measures_target
WHERE binding_id = ANY(%(bindings)s) AND effective_from <= %(until)s
ORDER BY 1, 2, 3
"""
T = TypeVar("T")
Versions = Mapping[int, Sequence[KpiVersion]]


@dataclass(frozen=True)
class Figure:
    """A binding with what it says as of a day, under the definition of that day."""

    binding: Binding
    definition: KpiVersion
    reading: Reading


def company_end_of(day: date) -> datetime:
    """The end of `day` in the company's time zone: the instant before which an observation counts."""
    return end_of_day(day, timezone.get_default_timezone())


def readings_as_of(
    bindings: QuerySet[Binding] | Sequence[int],
    days: Sequence[date],
    *,
    withheld_ids: frozenset[int] = frozenset(),
    now: datetime | None = None,
) -> dict[tuple[int, date], Reading]:
    """The reading of each binding as of each day, in at most four queries however many there are.

    Bindings in `withheld_ids` read "withheld" (see `withheld_for`); of the ids given those that do not exist are left
    out. `now` decides whether a source is failing, and is the clock's unless given.
    """
    wanted = bindings if isinstance(bindings, QuerySet) else Binding.objects.filter(pk__in=list(bindings))
    return readings_of(bounds_of(wanted, withheld_ids), days, now=now)


def readings_of(
    bounds: Sequence[Bound],
    days: Sequence[date],
    *,
    versions: Versions | None = None,
    now: datetime | None = None,
) -> dict[tuple[int, date], Reading]:
    """`readings_as_of` for bindings that were read before, in at most three queries; `versions` saves one of them.

    `versions` are all versions of their KPIs, by KPI and in the order of their dates.
    """
    days = list(dict.fromkeys(days))
    if not bounds or not days:
        return {}
    ends = [company_end_of(day) for day in days]
    ids = [bound.id for bound in bounds]
    definitions = _definitions({bound.kpi_id for bound in bounds}, days, versions)
    points = deciding_points(bounds, definitions, ends)
    baselines, targets = _dated(ids, max(days))
    failing = failing_sources(bounds, ends, now or timezone.now())
    readings = {}
    for bound in bounds:
        mine = definitions[bound.kpi_id]
        own_baselines, own_targets = baselines.get(bound.id, ()), targets.get(bound.id, ())
        for place, day in enumerate(days):
            baseline, target = in_force(own_baselines, day), in_force(own_targets, day)
            readings[bound.id, day] = read(
                points.get((bound.id, place)),
                bound.rule,
                mine[place],
                end=ends[place],
                baseline=baseline[0] if baseline else None,
                baseline_digest=baseline[1] if baseline else "",
                target=target[0] if target else None,
                source_failing=(bound.source_id, place) in failing,
            )
    return readings


def in_force(rows: Sequence[tuple[date, T]], day: date) -> T | None:
    """Of rows in the order of their dates, what the last one says whose date is not after `day`; None where there is
    none.
    """
    place = bisect_right(rows, day, key=lambda row: row[0])
    return rows[place - 1][1] if place else None


def as_definition(version: KpiVersion) -> Definition:
    """A KPI's version as readings and roll-ups need it."""
    return Definition(version.direction, version.cadence_days, version.valid_min, version.valid_max, version.roll_up)


def versions_on(
    kpi_ids: Iterable[int], days: Sequence[date], versions: Versions | None = None
) -> dict[int, list[KpiVersion]]:
    """For each KPI the version in force on each of `days`; the first one also serves the days before it.

    One query, or none where the KPIs' `versions` are known.
    """
    kpi_ids = list(kpi_ids)
    if versions is None:
        read: dict[int, list[KpiVersion]] = {}
        for version in KpiVersion.objects.filter(kpi__in=kpi_ids).order_by("kpi", "effective_from"):
            read.setdefault(version.kpi_id, []).append(version)
        versions = read
    dated = {kpi: [(v.effective_from, v) for v in versions[kpi]] for kpi in kpi_ids if kpi in versions}
    return {kpi: [in_force(rows, day) or rows[0][1] for day in days] for kpi, rows in dated.items()}


def definition_on(kpi: Kpi, day: date) -> KpiVersion:
    """The KPI's definition in force on `day`; its first one for earlier days."""
    return versions_on([kpi.pk], [day])[kpi.pk][0]


def _definitions(
    kpi_ids: Iterable[int], days: Sequence[date], versions: Versions | None
) -> dict[int, list[Definition]]:
    return {kpi: [as_definition(v) for v in found] for kpi, found in versions_on(kpi_ids, days, versions).items()}


Dated = dict[int, list[tuple[date, tuple[float, str]]]]


def _dated(binding_ids: list[int], until: date) -> tuple[Dated, Dated]:
    """Baselines and targets that came into force by `until`, by binding, in the order of their dates."""
    baselines: Dated = {}
    targets: Dated = {}
    with connection.cursor() as cursor:
        cursor.execute(_DATED, {"bindings": binding_ids, "until": until})
        for is_baseline, binding_id, effective_from, value, digest in cursor.fetchall():
            found = baselines if is_baseline else targets
            found.setdefault(binding_id, []).append((effective_from, (value, digest)))
    return baselines, targets


def next_failing_at(
    day: date, *, source_ids: Iterable[int] | None = None, now: datetime | None = None
) -> datetime | None:
    """When, before the end of `day`, the next source that is well now will be found failing unless it is read again;
    or None.

    Readings as of `day` hold until that instant as far as sources go. All sources unless `source_ids` names them.
    """
    now, end = now or timezone.now(), company_end_of(day)
    sources = Source.objects.exclude(last_good_sync_at=None)
    if source_ids is not None:
        sources = sources.filter(pk__in=list(source_ids))
    instants = (
        good_at + timedelta(minutes=PATIENCE * minutes)
        for good_at, minutes in sources.values_list("last_good_sync_at", "interval_minutes")
        if good_at is not None
    )
    return min((instant for instant in instants if now <= instant < end), default=None)


def withheld_for(person: Person, bindings: QuerySet[Binding] | None = None) -> frozenset[int]:
    """The ids of bindings (of all, unless some are given) whose figures `person` may not read: the rule
    `figures.read` as a set.

    At most one query besides those for the person's roles.
    """
    return frozenset(held_back_from(person, bindings).values_list("pk", flat=True))


def held_back_from(person: Person, bindings: QuerySet[Binding] | None = None) -> QuerySet[Binding]:
    """The bindings whose figures `person` may not read, as `withheld_for` tells their ids. No query of its own."""
    held = standing(person)
    if is_administrator(person) or held.scope(Role.UNIT_LEAD, Role.EXECUTIVE) is None:
        return Binding.objects.none()
    readable = (
        in_scope(held.scope(Role.UNIT_LEAD, Role.EXECUTIVE), "project__unit__lineage")
        | Q(project__owner=person)
        | Q(project__sponsor=person)
        | Q(project__in=Member.objects.filter(person=person).values("project"))
    )
    held_back = (Binding.objects.all() if bindings is None else bindings).filter(is_withheld=True)
    return held_back.exclude(pk__in=Binding.objects.filter(readable).values("pk"))


def readings_for_project(project: Project, day: date, person: Person) -> list[Figure]:
    """What each KPI of the project says as of `day`, in the order of the KPIs, as `person` may read it.

    The caller has found the project by `visible_to`. A fixed number of queries.
    """
    bindings = list(
        Binding.objects.filter(project=project)
        .select_related("kpi", "project", "experiment__source", "model__source")
        .order_by("kpi__position", "kpi__key")
    )
    held_back = withheld_for(person, Binding.objects.filter(project=project))
    readings = readings_as_of([binding.pk for binding in bindings], [day], withheld_ids=held_back)
    versions = versions_on({binding.kpi_id for binding in bindings}, [day])
    return [Figure(b, versions[b.kpi_id][0], readings[b.pk, day]) for b in bindings]
