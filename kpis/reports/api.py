from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from coe.accounts.http import caller
from coe.accounts.models import BusinessUnit
from coe.core.api import EtagMixin
from coe.core.api_forms import Pages
from coe.core.errors import invalid
from coe.core.http import today
from kpis.measures.models import Binding, Category, Direction, Kpi, KpiVersion, Unit
from kpis.measures.queries import readings_as_of, withheld_for
from kpis.measures.readings import COUNTS, Reading, Reason
from kpis.reports import facts, queries
from kpis.reports.asked import EARLIEST
from kpis.reports.audiences import audience_of
from kpis.reports.provenance import Origin, bindings_with_sources, origins
from kpis.reports.tiles import Tile
from projects.catalog.models import Project

_REASONS = [(reason.value, reason.value) for reason in Reason]


class ProvenanceSerializer(serializers.Serializer[Any]):
    """Where a value came from; null where there is none of it."""

    # The base class has a `source` too, which is read before fields are gathered.
    source = serializers.CharField(allow_null=True, help_text="Name of the source.")  # type: ignore[assignment]
    run_id = serializers.CharField(allow_null=True)
    model = serializers.CharField(allow_null=True, help_text="Name of the registered model, where one is bound.")
    version = serializers.IntegerField(allow_null=True)
    dataset_name = serializers.CharField(allow_null=True)
    dataset_digest = serializers.CharField(allow_null=True)


class ReadingSerializer(serializers.Serializer[Any]):
    """What a KPI says for a project as of a date: a value with its index, or the reason why one of them is missing."""

    project = serializers.SlugField()
    business_unit = serializers.SlugField(help_text="Slug of the project's unit.")
    kpi = serializers.SlugField()
    as_of = serializers.DateField()
    value = serializers.FloatField(allow_null=True)
    unit = serializers.ChoiceField(choices=Unit.choices, help_text="Unit of measure.")
    index = serializers.FloatField(allow_null=True)
    reason = serializers.ChoiceField(choices=_REASONS, allow_null=True)
    observed_at = serializers.DateTimeField(allow_null=True)
    baseline = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    provenance = ProvenanceSerializer()


class PointSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    index = serializers.FloatField(allow_null=True)
    value = serializers.FloatField(allow_null=True)


class RowSerializer(serializers.Serializer[Any]):
    key = serializers.SlugField(help_text="Slug of the unit or project.")
    kind = serializers.ChoiceField(choices=[("unit", "unit"), ("project", "project")])
    name = serializers.CharField()


class ColumnSerializer(serializers.Serializer[Any]):
    key = serializers.SlugField()
    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=Unit.choices)
    direction = serializers.ChoiceField(choices=Direction.choices)
    category = serializers.ChoiceField(choices=Category.choices)


class CellSerializer(serializers.Serializer[Any]):
    """A figure of a unit, rolled up, or (in a row of kind project) a project's reading."""

    row = serializers.SlugField()
    kpi = serializers.SlugField()
    value = serializers.FloatField(allow_null=True)
    index = serializers.FloatField(allow_null=True)
    reason = serializers.ChoiceField(choices=_REASONS, allow_null=True)
    reporting = serializers.IntegerField(help_text="Readings that count in the value.")
    index_reporting = serializers.IntegerField(help_text="Readings that count in the index.")
    expected = serializers.IntegerField()
    representative = serializers.BooleanField(help_text="Whether at least half of them report.")
    trend = PointSerializer(many=True)


class ScoreboardSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    within = serializers.SlugField(allow_null=True)
    rows = RowSerializer(many=True)
    kpis = ColumnSerializer(many=True)
    cells = CellSerializer(many=True)


_AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="The end of this day; today when left out.")


def _day(request: Request) -> date:
    raw = request.query_params.get("as_of", "")
    if not raw:
        return today()
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise invalid("as_of", "must be a date like 2026-09-30") from None
    if not EARLIEST <= day <= today():
        raise invalid("as_of", f"must lie between {EARLIEST.isoformat()} and today")
    return day


def _chosen(request: Request, field: str, found: QuerySet[Any], lookup: str = "slug") -> Any:
    """The object that the parameter `field` names, None without one.

    A name of nothing, or of what may not be known of: 400.
    """
    name = request.query_params.get(field, "")
    if not name:
        return None
    # A NUL cannot be asked for in PostgreSQL, and names nothing.
    chosen = None if "\x00" in name else found.filter(**{lookup: name}).first()
    if chosen is None:
        raise invalid(field, f"there is no {field} {name[:60]!r}")
    return chosen


class ReadingViewSet(EtagMixin, viewsets.GenericViewSet[Binding]):
    """Readings of the KPIs of the projects that the caller may know of."""

    serializer_class = ReadingSerializer
    pagination_class = Pages
    filter_backends: list[Any] = []
    queryset = Binding.objects.none()

    @extend_schema(
        summary="Readings as of a date",
        parameters=[
            OpenApiParameter("project", str, description="Slug of a project."),
            OpenApiParameter("kpi", str, description="Key of a KPI."),
            OpenApiParameter("unit", str, description="Slug of a unit: it and its sub-units."),
            _AS_OF,
        ],
        responses=ReadingSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        day = _day(request)
        visible = Project.objects.visible_to(request.user)
        project = _chosen(request, "project", visible.select_related("unit"))
        kpi = _chosen(request, "kpi", Kpi.objects.visible_to(request.user), "key")
        unit = _chosen(request, "unit", BusinessUnit.objects.visible_to(request.user))
        bound = Binding.objects.filter(project__in=visible)
        bound = bound.filter(project=project) if project else bound
        bound = bound.filter(kpi=kpi) if kpi else bound
        bound = bound.filter(project__unit__lineage__contains=[unit.pk]) if unit else bound
        page = self.paginate_queryset(bound.order_by("project__slug", "kpi__position", "kpi__key", "pk"))
        meanings = facts.definitions().on(day)
        rows = self._rows([binding.pk for binding in page or []], day, meanings)
        # A project and a KPI that are not bound to one another read `not_bound`, if the project is in the unit asked
        # for.
        if not rows and project and kpi and (unit is None or unit.pk in project.unit.lineage) and not bound.exists():
            row = _reading_row(project.slug, project.unit.slug, meanings[kpi.pk], day, Reading(reason=Reason.NOT_BOUND))
            return Response({"count": 1, "next": None, "previous": None, "results": [ReadingSerializer(row).data]})
        return self.get_paginated_response(ReadingSerializer(rows, many=True).data)

    def _rows(self, ids: Sequence[int], day: date, meanings: Mapping[int, KpiVersion]) -> Sequence[dict[str, Any]]:
        if not ids:
            return []
        withheld = withheld_for(caller(self.request), Binding.objects.filter(pk__in=ids))
        readings = {pk: r for (pk, _), r in readings_as_of(ids, [day], withheld_ids=withheld).items()}
        bindings = bindings_with_sources(Binding.objects.filter(pk__in=ids))
        came_from = origins(bindings, readings)
        return [
            _reading_row(
                bindings[pk].project.slug,
                bindings[pk].project.unit.slug,
                meanings[bindings[pk].kpi_id],
                day,
                readings[pk],
                came_from.get(pk),
            )
            for pk in ids
        ]


def _reading_row(
    project: str, unit: str, meaning: KpiVersion, day: date, reading: Reading, origin: Origin | None = None
) -> dict[str, Any]:
    return {
        "project": project,
        "business_unit": unit,
        "kpi": meaning.kpi.key,
        "as_of": day,
        "value": reading.value,
        "unit": meaning.unit,
        "index": reading.index,
        "reason": reading.reason.value if reading.reason else None,
        "observed_at": reading.point.observed_at if reading.point else None,
        "baseline": reading.baseline,
        "target": reading.target,
        "provenance": {
            "source": origin.source.name if origin and origin.source else None,
            "run_id": (origin.run_id if origin else None) or None,
            "model": (origin.model_name if origin else None) or None,
            "version": origin.version if origin else None,
            "dataset_name": (origin.dataset_name if origin else None) or None,
            "dataset_digest": (origin.dataset_digest if origin else None) or None,
        },
    }


class ScoreboardViewSet(EtagMixin, viewsets.GenericViewSet[BusinessUnit]):
    """The scoreboard: verticals, or what is within a unit, by KPI."""

    serializer_class = ScoreboardSerializer
    pagination_class = None
    filter_backends: list[Any] = []
    queryset = BusinessUnit.objects.none()

    @extend_schema(
        summary="The scoreboard as of a date",
        parameters=[
            _AS_OF,
            OpenApiParameter(
                "within",
                str,
                description="Slug of a unit: its sub-units, then its own projects. The verticals without it.",
            ),
        ],
        # One table, although the router calls this a list.
        responses=forced_singular_serializer(ScoreboardSerializer),  # type: ignore[no-untyped-call]  # no types there
    )
    def list(self, request: Request) -> Response:
        day = _day(request)
        within = _chosen(request, "within", BusinessUnit.objects.visible_to(request.user))
        table = queries.scoreboard(request.user, audience_of(request.user), day, within=within, only_used=False)
        answer = {
            "as_of": day,
            "within": within.slug if within else None,
            "rows": [{"key": row.slug, "kind": row.kind, "name": row.name} for row in table.rows],
            "kpis": [
                {
                    "key": column.key,
                    "name": column.name,
                    "unit": column.about.unit,
                    "direction": column.about.direction,
                    "category": column.about.category,
                }
                for column in table.columns
                if column.about
            ],
            "cells": [
                _cell(row, column, tile)
                for row in table.rows
                for column, tile in zip(table.columns, row.tiles, strict=True)
            ],
        }
        return Response(ScoreboardSerializer(answer).data)


def _cell(row: queries.Row, column: queries.Column, tile: Tile) -> dict[str, Any]:
    """A unit's cell; or a project's reading, which is expected where it is bound and reports where its value counts."""
    reporting, index_reporting, expected = tile.reporting, tile.index_reporting, tile.expected
    if expected is None:
        expected = int(tile.reason is not Reason.NOT_BOUND)
        reporting = int(tile.value is not None and tile.reason in COUNTS)
        index_reporting = int(tile.index is not None)
    return {
        "row": row.slug,
        "kpi": column.key,
        "value": tile.value,
        "index": tile.index,
        "reason": tile.reason.value if tile.reason else None,
        "reporting": reporting,
        "index_reporting": index_reporting,
        "expected": expected,
        "representative": expected > 0 and 2 * reporting >= expected,
        "trend": [{"as_of": day, "index": index, "value": value} for day, index, value in tile.trend],
    }


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]]]] = [
    ("readings", ReadingViewSet),
    ("scoreboard", ScoreboardViewSet),
]
