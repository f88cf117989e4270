"""The API of model pages: the same facts and verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from coe.accounts.http import caller
from coe.core.api import AccessFirst, EtagMixin
from projects.modelpages import card, mine, services
from projects.modelpages import serializers as forms
from projects.modelpages.page import compose
from projects.tracking.models import RegisteredModel

ID = "[0-9]{1,18}"


class ModelPageFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    q = filters.CharFilter(method="by_words", max_length=200)
    source = filters.CharFilter(field_name="source__name")
    name = filters.CharFilter(field_name="name")
    project = filters.CharFilter(field_name="project__slug")
    mine = filters.ChoiceFilter(
        choices=[("any", "any"), *((key, key) for key, _ in mine.WHY if key)],
        method="by_touch",
        label="Models that touch the caller, for any reason or for one",
    )

    class Meta:
        model = RegisteredModel
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: Any, _name: str, value: str) -> Any:
        return rows.matching(value.replace("\0", ""))

    def by_touch(self, rows: Any, _name: str, value: str) -> Any:
        touching = mine.touching(caller(self.request), "" if value == "any" else value)
        return rows.filter(pk__in=touching.order_by().values("pk"))


@extend_schema_view(
    list=extend_schema(
        summary="Models as people read them: health, completeness of the guide, who uses them",
        responses=forms.ModelCardSerializer(many=True),
    ),
)
class ModelPageViewSet(AccessFirst, EtagMixin, mixins.ListModelMixin, viewsets.GenericViewSet[RegisteredModel]):
    """Models with their guides. They are named by the id that `models/` gives them."""

    serializer_class = forms.ModelCardSerializer
    queryset = RegisteredModel.objects.none()
    lookup_value_regex = ID
    filterset_class = ModelPageFilters
    access_first: ClassVar[dict[str, str]] = {"guide": "modelpage.write", "confirm": "modelpage.write"}

    def get_queryset(self) -> QuerySet[RegisteredModel]:
        known = RegisteredModel.objects.visible_to(caller(self.request)).filter(missing_since=None)
        if self.action != "list":
            known = RegisteredModel.objects.visible_to(caller(self.request))
        return known.select_related("source", "project__unit", "project__owner").order_by("name", "id")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        cards = mine.cards(list(page), caller(request))
        return self.get_paginated_response(forms.ModelCardSerializer(cards, many=True).data)

    @extend_schema(summary="One model: its guide, figures, signature, health", responses=forms.ModelPageSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        page = compose(self.get_object(), caller(request))
        return Response(forms.ModelPageSerializer(page).data)

    @extend_schema(
        summary="Its model card: Markdown with the metadata block of Hugging Face",
        responses={(200, "text/markdown"): OpenApiTypes.STR},
        filters=False,
    )
    @action(detail=True, methods=["get"])
    def card(self, request: Request, pk: str) -> HttpResponse:
        text = card.export(compose(self.get_object(), caller(request)), timezone.now())
        return HttpResponse(
            text, content_type="text/markdown; charset=utf-8", headers={"Cache-Control": "private, no-store"}
        )

    def _given(self, kind: Callable[..., Any]) -> dict[str, Any]:
        read = kind(data=self.request.data)
        read.is_valid(raise_exception=True)
        given: dict[str, Any] = read.validated_data
        return given

    @extend_schema(
        methods=["POST"],
        summary="Say that you use it",
        request=forms.UseSerializer,
        responses={201: forms.UseSerializer},
    )
    @extend_schema(methods=["DELETE"], summary="Stop using it", responses={204: OpenApiResponse(description="Done.")})
    @action(detail=True, methods=["post", "delete"])
    def use(self, request: Request, pk: str) -> Response:
        actor = caller(request)
        if request.method == "DELETE":
            services.stop_using(model_id=int(pk), actor=actor)
            return Response(status=HTTP_204_NO_CONTENT)
        made = services.use_model(model_id=self.get_object().pk, actor=actor, **self._given(forms.UseSerializer))
        return Response(forms.UseSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(
        summary="Write its guide: a draft until the document is published",
        description="Sections that are left out stay as they were. `based_on` is the revision that was changed.",
        request=forms.GuideSerializer,
        responses=forms.RevisionSerializer,
    )
    @action(detail=True, methods=["post"])
    def guide(self, request: Request, pk: str) -> Response:
        given = self._given(forms.GuideSerializer)
        made = services.write_guide(model_id=int(pk), actor=caller(request), **given)
        return Response(forms.RevisionSerializer(made).data)

    @extend_schema(
        summary="Say that sections still hold for a version",
        request=forms.ConfirmSerializer,
        responses=forms.RevisionSerializer,
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        given = self._given(forms.ConfirmSerializer)
        made = services.confirm_sections(model_id=int(pk), actor=caller(request), **given)
        return Response(forms.RevisionSerializer(made).data)


routes = [("model-pages", ModelPageViewSet)]
