"""The API of search: the same search as the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from coe.accounts.http import caller
from coe.core.api import EtagMixin
from coe.search import search
from coe.search.models import Entry
from coe.search.views import page_of


class SearchHitSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    title = serializers.CharField(source="plain_title")
    url = serializers.CharField(help_text="Address of its page on this site.")
    excerpt = serializers.CharField(help_text="Safe HTML: what was looked for stands in <mark>.")
    unit = serializers.SlugField(source="unit.slug", default=None, allow_null=True, help_text="Slug of its unit.")
    score = serializers.FloatField(help_text="How well it fits: comparable within one answer.")


class SearchFacetSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="What to ask for to narrow the search to it.")
    # The base class has a `label` too, which is read before fields are gathered.
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    count = serializers.IntegerField()
    is_more = serializers.BooleanField(help_text="There may be more than `count`.")


class SearchFacetsSerializer(serializers.Serializer[Any]):
    kinds = SearchFacetSerializer(many=True)
    units = SearchFacetSerializer(many=True)


class SearchAnswerSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    is_more = serializers.BooleanField(help_text="There are more than `count`.")
    page = serializers.IntegerField(source="page.number")
    pages = serializers.IntegerField(source="page.paginator.num_pages")
    did_you_mean = serializers.CharField(source="meant", help_text="The query put right; empty where it found enough.")
    results = SearchHitSerializer(source="page.object_list", many=True)
    facets = SearchFacetsSerializer(source="*")


class SearchViewSet(EtagMixin, viewsets.GenericViewSet[Entry]):
    """Search over projects, models, guides, KPIs, experiments and people."""

    serializer_class = SearchAnswerSerializer
    queryset: QuerySet[Entry] = Entry.objects.none()
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Search",
        parameters=[
            OpenApiParameter("q", str, description="Words or beginnings of words, in any order and case."),
            OpenApiParameter("kind", str, description="Only this kind: project, model, guide, kpi …"),
            OpenApiParameter("unit", str, description="Only this unit and its sub-units, by slug."),
            OpenApiParameter("page", int, description="Twenty finds are on one page."),
        ],
        responses=forced_singular_serializer(SearchAnswerSerializer),  # type: ignore[no-untyped-call]  # untyped
    )
    def list(self, request: Request) -> Response:
        asked = request.query_params
        q, kind, unit = (asked.get(name, "").strip() for name in ("q", "kind", "unit"))
        found = search.search(caller(request), q, kind=kind, unit=unit, page=page_of(asked.get("page", "")))
        return Response(SearchAnswerSerializer(found).data)


routes = [("search", SearchViewSet)]
