"""The API of alias orders and drift: the same verbs as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from coe.accounts.http import caller
from coe.core.api import AccessFirst, EtagMixin
from coe.core.errors import invalid
from projects.catalog.api import PersonByEmail
from projects.registry import services, states
from projects.registry.models import AliasOrder, Drift
from projects.tracking.models import Source

ID = "[0-9]{1,18}"
RELATED = ("managed__model__source", "managed__model__project__unit")
LAST_VERSION = 2**31 - 1


class AliasPart(serializers.ModelSerializer[Any]):
    """Of which model on which source, and which alias of it."""

    source = serializers.CharField(source="managed.model.source.name", read_only=True)  # type: ignore[assignment]  # a field of that name
    model = serializers.CharField(source="managed.model.name", read_only=True)
    alias = serializers.CharField(source="managed.alias", read_only=True)


class AliasOrderSerializer(AliasPart):
    asked_by = PersonByEmail(read_only=True)
    sentence = serializers.SerializerMethodField(help_text="How it stands, for people.")
    _sentences: dict[int, str] | None = None

    class Meta:
        model = AliasOrder
        fields = [
            *("id", "source", "model", "alias", "version", "state", "sentence", "asked_by", "asked_at", "reason"),
            *("attempts", "error", "tried_at", "applied_at"),
        ]
        read_only_fields = fields

    def get_sentence(self, order: AliasOrder) -> str:
        if self._sentences is None:
            # Of the whole page at once: the orders of a list share this serializer.
            page = getattr(self.parent, "instance", None)
            shown = list(page) if isinstance(page, list) else [order]
            self._sentences = {state.order.pk: state.sentence for state in states.state_of(shown)}
        return self._sentences[order.pk]


class DriftSerializer(AliasPart):
    decided_by = PersonByEmail(read_only=True, allow_null=True)
    order = serializers.SerializerMethodField(help_text="The id of the order that puts it back.")

    class Meta:
        model = Drift
        fields = [
            *("id", "source", "model", "alias", "expected_version", "found_version", "found_at", "state"),
            *("decided_by", "decided_at", "reason", "order"),
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_order(self, drift: Drift) -> int | None:
        return drift.order_id


class PutBackSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class RecordSerializer(PutBackSerializer):
    found_version = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=LAST_VERSION,
        help_text="Where you saw it (null: on no version). When it moved again meanwhile, nothing is recorded.",
    )


class AliasFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    source = filters.CharFilter(method="of_source", label="Name of a source.")
    model = filters.CharFilter(field_name="managed__model__name", label="Name of a registered model.")
    alias = filters.CharFilter(field_name="managed__alias")

    def of_source(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        source = Source.objects.visible_to(self.request.user).filter(name=value).first()
        if source is None:
            raise invalid("source", f"There is no source {value[:60]!r}.")
        return found.filter(managed__model__source=source)


class OrderFilters(AliasFilters):
    state = filters.ChoiceFilter(choices=AliasOrder.State.choices)


class DriftFilters(AliasFilters):
    state = filters.ChoiceFilter(choices=Drift.State.choices)


@extend_schema_view(
    list=extend_schema(summary="Orders of aliases, newest first"), retrieve=extend_schema(summary="One order")
)
class AliasOrderViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[AliasOrder]
):
    serializer_class = AliasOrderSerializer
    queryset = AliasOrder.objects.none()
    lookup_value_regex = ID
    filterset_class = OrderFilters
    access_first: ClassVar[dict[str, str]] = {"retry": "alias.decide"}

    def get_queryset(self) -> QuerySet[AliasOrder]:
        known = AliasOrder.objects.visible_to(caller(self.request))
        return known.select_related(*RELATED, "asked_by").order_by("-id")

    @extend_schema(summary="Try a waiting order now", request=None, responses=AliasOrderSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        services.retry_order(order=self.get_object(), actor=caller(request))
        return Response(self.get_serializer(self.get_object()).data)


@extend_schema_view(
    list=extend_schema(summary="Aliases found elsewhere than where they were put, newest first"),
    retrieve=extend_schema(summary="One such alias"),
)
class DriftViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Drift]
):
    serializer_class = DriftSerializer
    queryset = Drift.objects.none()
    lookup_value_regex = ID
    filterset_class = DriftFilters
    access_first: ClassVar[dict[str, str]] = {"record": "alias.decide", "put_back": "alias.decide"}

    def get_queryset(self) -> QuerySet[Drift]:
        known = Drift.objects.visible_to(caller(self.request))
        return known.select_related(*RELATED, "decided_by").order_by("-id")

    def _given(self, kind: type[PutBackSerializer]) -> dict[str, Any]:
        form = kind(data=self.request.data)
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    @extend_schema(summary="Keep the alias where it was found", request=RecordSerializer, responses=DriftSerializer)
    @action(detail=True, methods=["post"])
    def record(self, request: Request, pk: str) -> Response:
        given = self._given(RecordSerializer)
        seen = "found_version" in given
        services.record_drift(drift=self.get_object(), actor=caller(request), found_given=seen, **given)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        summary="Order the alias back to where it was put", request=PutBackSerializer, responses=DriftSerializer
    )
    @action(detail=True, methods=["post"], url_path="put-back")
    def put_back(self, request: Request, pk: str) -> Response:
        services.put_back(drift=self.get_object(), actor=caller(request), **self._given(PutBackSerializer))
        return Response(self.get_serializer(self.get_object()).data)


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]]]] = [
    ("alias-orders", AliasOrderViewSet),
    ("drifts", DriftViewSet),
]
