"""The API of this room: sources and their syncs, and the mirror for reading.

Experiments and models are named by their database id here (`id`), because their own ids are unique only within a
source; the filters `source` with `experiment_id` or `name` find them by their own. Runs are named by their run id.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from coe.accounts.http import caller
from coe.core.api import AccessFirst, EtagMixin
from coe.core.errors import invalid
from projects.catalog.models import Project
from projects.tracking import health, services
from projects.tracking.models import Experiment, LoggedModel, RegisteredModel, Run, Source, Sync

RUN_STATES = [(one, one) for one in ("FINISHED", "RUNNING", "SCHEDULED", "FAILED", "KILLED")]


class Filters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """A source or project that does not exist is an error that names the parameter, not an empty list."""

    source = filters.CharFilter(method="of_source", label="Name of a source.")
    project = filters.CharFilter(method="of_project", label="Slug of a project.")
    project_path = "project"

    def of_source(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        source = Source.objects.visible_to(self.request.user).filter(name=value).first()
        if source is None:
            raise invalid("source", f"There is no source {value[:60]!r}.")
        return found.filter(source=source)

    def of_project(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        project = Project.objects.visible_to(self.request.user).filter(slug=value).first()
        if project is None:
            raise invalid("project", f"There is no project {value[:80]!r}.")
        return found.filter(**{self.project_path: project})


class ThingFilters(Filters):
    unlinked = filters.BooleanFilter(method="only_unlinked", label="true: only what waits for a project.")
    q = filters.CharFilter(method="with_words", label="Words in the name.")
    name = filters.CharFilter(label="The exact name.")

    def only_unlinked(self, found: Any, _name: str, value: bool) -> Any:
        return found.unlinked() if value else found.filter(project__isnull=False)

    def with_words(self, found: Any, _name: str, value: str) -> Any:
        return found.matching(value)


class ExperimentFilters(ThingFilters):
    experiment_id = filters.CharFilter(label="MLflow's id of the experiment.")


class RunFilters(Filters):
    project_path = "experiment__project"
    experiment = filters.CharFilter(field_name="experiment__experiment_id", label="MLflow's id of the experiment.")
    status = filters.ChoiceFilter(choices=RUN_STATES)


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


class ProjectSlug(serializers.CharField):
    """The slug of the project of a thing, or null. (A dotted source would leave null out after a PATCH.)"""

    def get_attribute(self, instance: Any) -> str | None:
        return instance.project.slug if instance.project else None


class ThingSerializer(serializers.ModelSerializer[Any]):
    """What experiments and models have in common: the source, and the link to a project."""

    source = serializers.SlugRelatedField[Source](slug_field="name", read_only=True)  # type: ignore[assignment]  # as above
    project = ProjectSlug(allow_null=True, required=False, help_text="Slug; null takes the link away.")
    is_dismissed = serializers.BooleanField(required=False, help_text="Set aside in triage.")
    mlflow_url = serializers.CharField(read_only=True)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        actor, kind = caller(self.context["request"]), instance.subject_kind
        if "project" in validated_data:
            slug = validated_data["project"]
            if slug:
                project = Project.objects.visible_to(actor).filter(slug=slug).first()
                if project is None:
                    raise invalid("project", f"There is no project {slug[:80]!r}.")
                instance = services.link_many(actor=actor, things=[instance], project=project) and instance
            elif instance.project_id is not None:
                verb: Any = services.unlink_experiment if kind == "experiment" else services.unlink_model
                verb(actor=actor, **{kind: instance})
        if "is_dismissed" in validated_data:
            services.dismiss_many(actor=actor, things=[instance], dismissed=validated_data["is_dismissed"])
        instance.refresh_from_db()
        return instance


_LINK_FIELDS = ["project", "link_origin", "linked_at", "is_dismissed"]


class ExperimentSerializer(ThingSerializer):
    class Meta:
        model = Experiment
        fields = [
            "id",
            "source",
            "experiment_id",
            "name",
            "lifecycle_stage",
            "tags",
            "created_at",
            "updated_at",
            "missing_since",
            *_LINK_FIELDS,
            "mlflow_url",
        ]
        read_only_fields = [one for one in fields if one not in ("project", "is_dismissed")]


class VersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    run_id = serializers.CharField()
    logged_model_id = serializers.CharField()
    status = serializers.CharField()
    description = serializers.CharField()
    tags = serializers.JSONField()
    created_at = serializers.DateTimeField(allow_null=True)
    missing_since = serializers.DateTimeField(allow_null=True)


class AliasMoveSerializer(serializers.Serializer[Any]):
    alias = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()


class ModelSerializer(ThingSerializer):
    class Meta:
        model = RegisteredModel
        fields = [
            "id",
            "source",
            "name",
            "description",
            "tags",
            "aliases",
            "created_at",
            "updated_at",
            "missing_since",
            *_LINK_FIELDS,
            "mlflow_url",
        ]
        read_only_fields = [one for one in fields if one not in ("project", "is_dismissed")]


class OneModelSerializer(ModelSerializer):
    versions = VersionSerializer(many=True, read_only=True)
    alias_moves = AliasMoveSerializer(many=True, read_only=True)

    class Meta(ModelSerializer.Meta):
        fields = [*ModelSerializer.Meta.fields, "versions", "alias_moves"]


class ThingViewSet(
    AccessFirst,
    EtagMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[Any],
):
    lookup_value_regex = "[0-9]{1,18}"
    http_method_names = ["get", "head", "options", "patch"]
    access_first: ClassVar[dict[str, str]] = {"partial_update": "tracking.link"}


@extend_schema_view(
    list=extend_schema(summary="Experiments"),
    retrieve=extend_schema(summary="One experiment"),
    partial_update=extend_schema(summary="Link to a project, unlink, or set aside"),
)
class ExperimentViewSet(ThingViewSet):
    serializer_class = ExperimentSerializer
    filterset_class = ExperimentFilters
    queryset = Experiment.objects.none()

    def get_queryset(self) -> QuerySet[Experiment]:
        known = Experiment.objects.visible_to(caller(self.request))
        return known.select_related("source", "project").order_by("name", "id")


@extend_schema_view(
    list=extend_schema(summary="Registered models"),
    retrieve=extend_schema(summary="One registered model with its versions and the history of its aliases"),
    partial_update=extend_schema(summary="Link to a project, unlink, or set aside"),
)
class ModelViewSet(ThingViewSet):
    filterset_class = ThingFilters
    queryset = RegisteredModel.objects.none()

    def get_serializer_class(self) -> type[ModelSerializer]:
        return OneModelSerializer if self.action == "retrieve" else ModelSerializer

    def get_queryset(self) -> QuerySet[RegisteredModel]:
        known = RegisteredModel.objects.visible_to(caller(self.request))
        return known.select_related("source", "project").order_by("name", "id")


class RunSerializer(serializers.ModelSerializer[Run]):
    source = serializers.SlugRelatedField[Source](slug_field="name", read_only=True)  # type: ignore[assignment]  # as above
    experiment = serializers.CharField(source="experiment.experiment_id", read_only=True)
    project = serializers.CharField(source="experiment.project.slug", read_only=True, allow_null=True, default=None)
    mlflow_url = serializers.CharField(read_only=True)

    class Meta:
        model = Run
        fields = [
            "run_id",
            "source",
            "experiment",
            "project",
            "name",
            "status",
            "lifecycle_stage",
            "started_at",
            "ended_at",
            "user",
            "git_commit",
            "params",
            "tags",
            "metrics",
            "datasets",
            "missing_since",
            "mlflow_url",
        ]
        read_only_fields = fields


class LoggedModelSerializer(serializers.ModelSerializer[LoggedModel]):
    class Meta:
        model = LoggedModel
        fields = ["model_id", "name", "status", "params", "tags", "metrics", "created_at", "missing_since"]
        read_only_fields = fields


class OneRunSerializer(RunSerializer):
    logged_models = serializers.SerializerMethodField()

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "logged_models"]

    @extend_schema_field(LoggedModelSerializer(many=True))
    def get_logged_models(self, run: Run) -> Any:
        found = LoggedModel.objects.filter(source=run.source_id, run_id=run.run_id).order_by("id")
        return LoggedModelSerializer(found, many=True).data


@extend_schema_view(
    list=extend_schema(summary="Runs"),
    retrieve=extend_schema(
        summary="One run with its logged models",
        parameters=[
            OpenApiParameter("source", str, description="Needed only where two sources have a run of this id.")
        ],
    ),
)
class RunViewSet(EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Run]):
    filterset_class = RunFilters
    queryset = Run.objects.none()
    lookup_field = "run_id"
    lookup_value_regex = "[^/]{1,64}"

    def get_serializer_class(self) -> type[RunSerializer]:
        return OneRunSerializer if self.action == "retrieve" else RunSerializer

    def get_queryset(self) -> QuerySet[Run]:
        known = Run.objects.visible_to(caller(self.request))
        return known.select_related("source", "experiment__project", "experiment__source").order_by(
            "-started_at", "-id"
        )

    def get_object(self) -> Run:
        found = list(cast(Any, self.filter_queryset(self.get_queryset())).filter(run_id=self.kwargs["run_id"])[:2])
        if not found:
            raise ObjectDoesNotExist
        if len(found) > 1:
            raise invalid("source", "More than one source has a run of this id: name the source.")
        return cast(Run, found[0])


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]]]] = [
    ("sources", SourceViewSet),
    ("syncs", SyncViewSet),
    ("experiments", ExperimentViewSet),
    ("runs", RunViewSet),
    ("models", ModelViewSet),
]
