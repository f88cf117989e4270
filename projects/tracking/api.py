"""The API of this room: the mirror for reading, and its links to projects. Sources and syncs: `source_api`.

Experiments and models are named by their database id here (`id`), because their own ids are unique only within a
source; the filters `source` with `experiment_id` or `name` find them by their own. Runs are named by their run id.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets

from coe.accounts.http import caller
from coe.core.api import AccessFirst, EtagMixin
from coe.core.errors import invalid
from projects.catalog.models import Project
from projects.tracking import services
from projects.tracking.api_filters import ExperimentFilters, RunFilters, ThingFilters
from projects.tracking.models import Experiment, LinkOrigin, LoggedModel, RegisteredModel, Run, Source
from projects.tracking.source_api import SourceViewSet, SyncViewSet


class ProjectSlug(serializers.CharField):
    """The slug of the project of a thing, or null. (A dotted source would leave null out after a PATCH.)"""

    def get_attribute(self, instance: Any) -> str | None:
        return instance.project.slug if instance.project else None


class ThingSerializer(serializers.ModelSerializer[Any]):
    """What experiments and models have in common: the source, and the link to a project."""

    source = serializers.SlugRelatedField[Source](slug_field="name", read_only=True)  # type: ignore[assignment]  # as above
    project = ProjectSlug(allow_null=True, required=False, help_text="Slug; null takes the link away.")
    # Read-only fields lose the blank that the model's column may hold.
    link_origin = serializers.ChoiceField(LinkOrigin.choices, read_only=True, allow_blank=True)
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
