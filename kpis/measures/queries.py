"""Readings out of the database: many bindings, many dates, a fixed number of queries."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from coe.accounts.models import Person, Role
from coe.accounts.rules import in_scope, is_administrator, standing
from kpis.measures.bounds import PATIENCE, Bound, bounds_of, failing_sources
from kpis.measures.models import Binding, Kpi, KpiVersion, Observation
from kpis.measures.readings import Definition, Point, Reading, end_of_day, read, select
from projects.catalog.models import Member, Project
from projects.tracking.models import Source

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_POINT = (
    "observed_at",
    "value",
    "step",
    "run_started_at",
    "run_id",
    "dataset_digest",
    "id",
    "version",
    "dataset_name",
    "model_id",
)
# So many bindings (more than a page shows) have their observations read in one go; those of more come in portions.
_IN_ONE_GO = 200
# One step into the index `observation_newest` for each binding and day. Times come as microseconds since 1970: the
# database adapter reads a time ten times slower than a whole number.
_NEWEST = """
SELECT b.id, d.place, (extract(epoch FROM o.observed_at) * 1000000)::bigint, o.value, o.step,
    (extract(epoch FROM o.run_started_at) * 1000000)::bigint, o.run_id, o.dataset_digest, o.id, o.version,
    o.dataset_name, o.model_id
FROM unnest(%(bindings)s::bigint[]) b (id)
CROSS JOIN unnest(%(ends)s::timestamptz[]) WITH ORDINALITY d (instant, place)
CROSS JOIN LATERAL (
    SELECT * FROM measures_observation
    WHERE binding_id = b.id AND superseded_at IS NULL AND observed_at < d.instant
    ORDER BY observed_at DESC, step DESC, run_started_at DESC NULLS LAST, run_id DESC, id DESC
    LIMIT 1
) o
"""
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
    """The reading of each binding as of each day, in at most five queries however many there are.

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
    """`readings_as_of` for bindings that were read before, in at most four queries; `versions` saves one of them.

    `versions` are all versions of their KPIs, by KPI and in the order of their dates.
    """
    days = list(dict.fromkeys(days))
    if not bounds or not days:
        return {}
    ends = [company_end_of(day) for day in days]
    ids = [bound.id for bound in bounds]
    definitions = _definitions({bound.kpi_id for bound in bounds}, days, versions)
    points = _newest([bound.id for bound in bounds if bound.rule.window_days is None], ends)
    points.update(_best([bound for bound in bounds if bound.rule.window_days is not None], definitions, ends))
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


def _newest(binding_ids: list[int], ends: Sequence[datetime]) -> dict[tuple[int, int], Point]:
    """The newest live observation of each binding before each end, by binding and place of the end."""
    if not binding_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"bindings": binding_ids, "ends": list(ends)})
        return {
            (binding_id, place - 1): Point(
                _instant(at), value, step, None if started is None else _instant(started), *rest
            )
            for binding_id, place, at, value, step, started, *rest in cursor.fetchall()
        }


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _best(
    bounds: Sequence[Bound], definitions: Mapping[int, list[Definition]], ends: Sequence[datetime]
) -> dict[tuple[int, int], Point]:
    """The deciding observation of bindings on the best in a window."""
    if not bounds:
        return {}
    chosen = {}
    by_id = {bound.id: bound for bound in bounds}
    longest = max(bound.rule.window_days or 0 for bound in bounds)
    for binding_id, points in _observed(list(by_id), min(ends) - timedelta(days=longest), max(ends)):
        bound = by_id[binding_id]
        for place, end in enumerate(ends):
            point = select(points, bound.rule, definitions[bound.kpi_id][place], end)
            if point is not None:
                chosen[binding_id, place] = point
    return chosen


def _observed(binding_ids: list[int], start: datetime, end: datetime) -> Iterator[tuple[int, list[Point]]]:
    """The observations of each binding; of many bindings one's are held at a time, which takes a transaction."""
    rows = (
        Observation.objects.filter(
            binding__in=binding_ids, superseded_at=None, observed_at__gte=start, observed_at__lt=end
        )
        .order_by("binding_id")
        .values_list("binding_id", *_POINT)
    )
    many = len(binding_ids) > _IN_ONE_GO
    with transaction.atomic() if many else nullcontext():
        for binding_id, group in groupby(rows.iterator(chunk_size=5000) if many else rows, key=lambda row: row[0]):
            yield binding_id, [Point(*row[1:]) for row in group]


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
    if is_administrator(person):
        return frozenset()
    held = standing(person)
    readable = (
        in_scope(held.scope(Role.UNIT_LEAD, Role.EXECUTIVE), "project__unit__lineage")
        | Q(project__owner=person)
        | Q(project__sponsor=person)
        | Q(project__in=Member.objects.filter(person=person).values("project"))
    )
    if held.scope(Role.UNIT_LEAD, Role.EXECUTIVE) is None:
        return frozenset()
    held_back = (Binding.objects.all() if bindings is None else bindings).filter(is_withheld=True)
    return frozenset(
        held_back.exclude(pk__in=Binding.objects.filter(readable).values("pk")).values_list("pk", flat=True)
    )


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
