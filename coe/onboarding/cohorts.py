"""Where people stand, where they are stuck, what costs most days: read from what enrolments keep, in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    Aggregate,
    Avg,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Min,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Extract, Greatest
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.core.http import today
from coe.onboarding.models import Enrolment
from coe.paths.models import Edition, Path, Step

# Of fewer people no median is given: it would say of whom it is.
LEAST = 3
MOST_STEPS = 60


class Median(Aggregate):
    """The middle value: of an even number, the mean of the middle two."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Row:
    """One path in one unit (or in all): how many began, go, are done, left and are late, and the median days."""

    path: Path
    unit: str
    unit_slug: str
    began: int
    active: int
    done: int
    left: int
    late: int
    days_to_run: float | None
    days_to_production: float | None


@dataclass(frozen=True)
class Place:
    """One step of a path: how many stand before it, for how many days in the median, how many are late or asked."""

    step: Step
    standing: int
    late: int
    days: float | None
    stuck: int
    took: float | None


def seen_by(viewer: Person, *, unit: BusinessUnit | None = None, since: date | None = None) -> QuerySet[Enrolment]:
    """The enrolments that the viewer may know of, of a unit and its sub-units, begun on a day or later."""
    rows = Enrolment.objects.visible_to(viewer)
    if unit is not None:
        rows = rows.filter(unit__in=BusinessUnit.objects.within(unit).order_by().values("pk"))
    return rows.filter(started_on__gte=since) if since else rows


def _median_days(moment: str) -> Median:
    """The median days from the start to that moment, of those who reached it; 0 for who had reached it before."""
    began = Cast("started_on", DateTimeField())
    length = ExpressionWrapper(Greatest(F(moment), began) - began, output_field=DurationField())
    # Greatest passes over nulls, so the filter leaves out who did not get there.
    return Median(Extract(length, "epoch") / Value(86_400.0), filter=Q(**{f"{moment}__isnull": False}))


def table(rows: QuerySet[Enrolment], *, by_unit: bool) -> list[Row]:
    """A row for each path, or for each path in each unit. Two queries.

    The median days to the first run and to the first production model are of those who got there; none of fewer than
    three.
    """
    keys = ["path", "unit__name", "unit__slug"] if by_unit else ["path"]
    day = today()
    found = (
        rows.order_by()
        .values(*keys)
        .annotate(
            began=Count("pk"),
            active_=Count("pk", filter=Q(state="active")),
            done_=Count("pk", filter=Q(state="done")),
            left_=Count("pk", filter=Q(state="left")),
            late_=Count("pk", filter=Q(state="active", next_due__lt=day)),
            runs=Count("first_run_at"),
            productions=Count("first_production_at"),
            to_run=_median_days("first_run_at"),
            to_production=_median_days("first_production_at"),
        )
    )
    paths = Path.objects.in_bulk({one["path"] for one in found})
    made = [
        Row(
            path=paths[one["path"]],
            unit=one.get("unit__name") or "",
            unit_slug=one.get("unit__slug") or "",
            began=one["began"],
            active=one["active_"],
            done=one["done_"],
            left=one["left_"],
            late=one["late_"],
            days_to_run=_shown(one["to_run"], one["runs"]),
            days_to_production=_shown(one["to_production"], one["productions"]),
        )
        for one in found
    ]
    return sorted(made, key=lambda row: (row.path.title, row.unit))


def _shown(days: float | None, of: int) -> float | None:
    return days if of >= LEAST else None


def places(rows: QuerySet[Enrolment], path: Path) -> list[Place]:
    """The steps of the path's newest edition with who stands before each, in their order. Four queries.

    `days` is the median of how long those who stand there have stood there; `took` that of how long the step took
    those who finished it, from the one before it that they finished (their start, for the first).
    """
    newest = path.editions.filter(state=Edition.State.PUBLISHED).first()
    if newest is None:
        return []
    steps = list(Step.objects.filter(edition=newest).order_by("position")[:MOST_STEPS])
    mine = rows.filter(path=path)
    since = Extract(ExpressionWrapper(timezone.now() - F("next_since"), output_field=DurationField()), "epoch")
    standing: dict[str, Any] = {
        one["next_key"]: one
        for one in mine.filter(state="active")
        .order_by()
        .values("next_key")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(next_due__lt=today())), days=Median(since / 86_400.0))
    }
    asked = dict(mine.order_by().values_list("stuck__step_key").annotate(n=Count("stuck")))
    took = _took(mine)
    return [
        Place(
            step=step,
            standing=standing.get(step.key, {}).get("n", 0),
            late=standing.get(step.key, {}).get("late", 0),
            days=standing.get(step.key, {}).get("days"),
            stuck=asked.get(step.key, 0),
            took=took.get(step.key),
        )
        for step in steps
    ]


def _took(mine: QuerySet[Enrolment]) -> dict[str, float]:
    """By step the median days that it took, of at least three people or teams: what a team did once counts once, with
    the mean of its members' days. What was so before somebody began took no days.
    """
    ids = mine.order_by().values("pk")
    sql, params = ids.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TOOK.format(ids=sql), [*params, LEAST])
        return {key: float(days) for key, days in cursor.fetchall()}


_TOOK = """
WITH one AS (
    SELECT id, team_id, path_id, started_on::timestamptz AS began FROM onboarding_enrolment WHERE id IN ({ids})
),
done AS (
    SELECT one.id, one.began, NULL::bigint AS team_id, p.step_key, p.first_at
    FROM one JOIN onboarding_progress p ON p.enrolment_id = one.id
    WHERE p.state IN ('done', 'verified', 'tested_out')
    UNION ALL
    SELECT one.id, one.began, p.team_id, p.step_key, p.first_at
    FROM one JOIN onboarding_progress p ON p.team_id = one.team_id AND p.path_id = one.path_id
    WHERE p.state IN ('done', 'verified', 'tested_out')
),
gaps AS (
    SELECT id, team_id, step_key,
           greatest(first_at, began)
             - coalesce(lag(greatest(first_at, began)) OVER (PARTITION BY id ORDER BY first_at, step_key), began) AS gap
    FROM done
),
each AS (
    SELECT step_key, extract(epoch FROM avg(gap)) / 86400.0 AS days
    FROM gaps
    GROUP BY step_key, coalesce(-team_id, id)
)
SELECT step_key, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FROM each GROUP BY step_key HAVING count(*) >= %s
"""


@dataclass(frozen=True)
class Totals:
    """Over all of them: how many are on paths, reached an end, are late; the medians."""

    active: int
    done: int
    late: int
    days_to_run: float | None
    days_to_production: float | None
    mean_done: float | None
    first: date | None


def totals(rows: QuerySet[Enrolment]) -> Totals:
    """One query."""
    found = rows.order_by().aggregate(
        active_=Count("pk", filter=Q(state="active")),
        done_=Count("pk", filter=Q(state="done")),
        late_=Count("pk", filter=Q(state="active", next_due__lt=today())),
        runs=Count("first_run_at"),
        productions=Count("first_production_at"),
        to_run=_median_days("first_run_at"),
        to_production=_median_days("first_production_at"),
        share=Avg(F("done_steps") * 1.0 / F("all_steps"), filter=Q(all_steps__gt=0, state="active")),
        first=Min("started_on"),
    )
    return Totals(
        found["active_"],
        found["done_"],
        found["late_"],
        _shown(found["to_run"], found["runs"]),
        _shown(found["to_production"], found["productions"]),
        found["share"],
        found["first"],
    )


def slowest(found: Sequence[Place]) -> Place | None:
    """The step that costs most days, of those that at least three people finished."""
    return max((one for one in found if one.took is not None), key=lambda one: one.took or 0.0, default=None)


def period(raw: str) -> tuple[str, date | None]:
    """The chosen period's name and its first day: `90`, `365` days, or all."""
    if raw in ("90", "365"):
        return raw, (timezone.now() - timedelta(days=int(raw))).date()
    return "", None
