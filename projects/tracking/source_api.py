"""The API of sources and their syncs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from coe.accounts.http import caller
from coe.core.api import AccessFirst, EtagMixin
from coe.core.errors import invalid
from projects.tracking import health, services
from projects.tracking.api_filters import Filters
from projects.tracking.models import Source, Sync


class SyncSerializer(serializers.ModelSerializer[Sync]):
    source = serializers.SlugRelatedField[Source](slug_field="name", read_only=True)  # type: ignore[assignment]  # the stubs take `source` for the argument of fields
    percent = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Sync
        fields = [
            "id",
            "source",
            "state",
            "is_full",
            "phase",
            "percent",
            "counts",
            "skipped",
            "error",
            "created_at",
            "started_at",
            "finished_at",
            "url",
        ]
        read_only_fields = fields

    def get_percent(self, sync: Sync) -> int:
        return int(sync.counts.get("percent", 0))

    def get_url(self, sync: Sync) -> str:
        path = reverse("api-syncs-detail", args=[sync.pk])
        request = self.context.get("request")
        return str(request.build_absolute_uri(path)) if request else path


class SourceSerializer(serializers.ModelSerializer[Source]):
    secret = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=2000,
        help_text="Password or token. Never given back.",
    )
    interval_minutes = serializers.IntegerField(min_value=1, max_value=10080, required=False)
    health = serializers.SerializerMethodField()
    syncs = serializers.SerializerMethodField()

    class Meta:
        model = Source
        fields = [
            "name",
            "label",
            "url",
            "public_url",
            "workspace",
            "auth",
            "username",
            "secret",
            "interval_minutes",
            "is_enabled",
            "health",
            "first_good_sync_at",
            "last_good_sync_at",
            "last_full_sync_at",
            "last_error",
            "last_error_at",
            "next_sync_at",
            "syncs",
        ]
        read_only_fields = [
            "first_good_sync_at",
            "last_good_sync_at",
            "last_full_sync_at",
            "last_error",
            "last_error_at",
            "next_sync_at",
        ]
        extra_kwargs = {"label": {"required": False}}
        # Two with one address are refused by the verb, in a sentence.
        validators: list[Any] = []

    def get_health(self, source: Source) -> str:
        """good, troubled (the last sync failed), failing (no good one for three intervals), new, off."""
        return health.state(source, timezone.now()).word

    @extend_schema_field(SyncSerializer(many=True))
    def get_syncs(self, source: Source) -> Any:
        """The last five; only where one source is read."""
        if isinstance(getattr(self.parent, "many", None), bool) or self.parent is not None:
            return []
        return SyncSerializer(source.syncs.select_related("source")[:5], many=True, context=self.context).data

    def create(self, validated_data: dict[str, Any]) -> Source:
        return services.create_source(actor=caller(self.context["request"]), **validated_data)

    def update(self, instance: Source, validated_data: dict[str, Any]) -> Source:
        if validated_data.pop("name", instance.name) != instance.name:
            raise invalid("name", "cannot be changed: links and scripts depend on it")
        return services.change_source(actor=caller(self.context["request"]), name=instance.name, **validated_data)


class SyncRequestSerializer(serializers.Serializer[Any]):
    is_full = serializers.BooleanField(default=False, help_text="Read everything again, not only what is new.")


class SyncStartedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.CharField()
    url = serializers.CharField()


@extend_schema_view(
    list=extend_schema(summary="Sources"),
    retrieve=extend_schema(summary="One source and its health"),
    create=extend_schema(summary="Connect an MLflow server (administrators)"),
    partial_update=extend_schema(summary="Change a source (administrators)"),
)
class SourceViewSet(
    AccessFirst,
    EtagMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[Source],
):
    serializer_class = SourceSerializer
    queryset = Source.objects.none()
    lookup_field = "name"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    http_method_names = ["get", "head", "options", "post", "patch"]
    access_first: ClassVar[dict[str, str]] = {
        "create": "source.manage",
        "partial_update": "source.manage",
        "sync": "source.sync",
    }

    def get_queryset(self) -> QuerySet[Source]:
        return Source.objects.visible_to(caller(self.request)).order_by("name")

    @extend_schema(summary="Ask for a sync now", request=SyncRequestSerializer, responses={202: SyncStartedSerializer})
    @action(detail=True, methods=["post"])
    def sync(self, request: Request, name: str) -> Response:
        wanted = SyncRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        started = services.request_sync(actor=caller(request), name=name, is_full=wanted.validated_data["is_full"])
        url = SyncSerializer(context={"request": request}).get_url(started)
        return Response({"id": started.pk, "state": started.state, "url": url}, status=202, headers={"Location": url})


@extend_schema_view(
    list=extend_schema(summary="Syncs, newest first"), retrieve=extend_schema(summary="One sync, to poll")
)
class SyncViewSet(EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Sync]):
    serializer_class = SyncSerializer
    queryset = Sync.objects.none()
    lookup_value_regex = "[0-9]{1,18}"

    class Narrow(Filters):
        project = None

    filterset_class = Narrow

    def get_queryset(self) -> QuerySet[Sync]:
        known = Source.objects.visible_to(caller(self.request))
        return Sync.objects.filter(source__in=known).select_related("source").order_by("-id")
