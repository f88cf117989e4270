"""The API of this room: `kpis/`, `bindings/`, `observations/`. The same verbs and the same access as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, parsers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from coe.accounts.http import caller
from coe.accounts.models import BusinessUnit
from coe.core.api import AccessFirst, EtagMixin
from coe.core.errors import invalid
from kpis.measures import serializers as shapes
from kpis.measures import services
from kpis.measures.definitions import company_start_of
from kpis.measures.importing import MOST_ROWS, enter_rows, import_observations
from kpis.measures.models import Baseline, Binding, Category, Kpi, KpiVersion, Observation, Target
from kpis.measures.queries import company_end_of, withheld_for
from projects.tracking.models import Experiment, RegisteredModel


class Text(parsers.BaseParser):
    """A CSV file as the body of the request."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, bytes]:
        return {"content": stream.read()}


class KpiFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    category = filters.ChoiceFilter(choices=Category.choices, method="of_category")
    is_archived = filters.BooleanFilter()

    class Meta:
        model = Kpi
        fields = ["category", "is_archived"]

    def of_category(self, rows: QuerySet[Kpi], name: str, value: str) -> QuerySet[Kpi]:
        return rows.filter(pk__in=KpiVersion.objects.filter(category=value).values("kpi"))


class KpiViewSet(AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Kpi]):
    """KPIs by key, with every version of their definition."""

    serializer_class = shapes.KpiSerializer
    filterset_class = KpiFilter
    lookup_field = "key"
    queryset = Kpi.objects.none()
    access_first: ClassVar[dict[str, str]] = {"create": "kpi.define", "partial_update": "kpi.define"}

    def get_queryset(self) -> QuerySet[Kpi]:
        versions = Prefetch("versions", KpiVersion.objects.select_related("author"))
        return Kpi.objects.visible_to(caller(self.request)).prefetch_related(versions).order_by("position", "key")

    @extend_schema(request=shapes.KpiInput, responses={201: shapes.KpiSerializer})
    def create(self, request: Request) -> Response:
        """Define a KPI (the centre)."""
        kpi = services.define_kpi(actor=caller(request), **_valid(shapes.KpiInput, request))
        return Response(self._told(kpi.key), status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.KpiChange, responses=shapes.KpiSerializer)
    def partial_update(self, request: Request, key: str) -> Response:
        """Change a definition from a date on, the place, or whether it is archived (the centre)."""
        kpi = self.get_object()
        fields = _valid(shapes.KpiChange, request, partial=True)
        position, archived = fields.pop("position", None), fields.pop("is_archived", None)
        effective_from, reason = fields.pop("effective_from", None), fields.pop("reason", "")
        if fields:
            if effective_from is None:
                raise invalid("effective_from", "say from which date on the changed definition holds")
            services.redefine_kpi(
                actor=caller(request), key=key, effective_from=effective_from, reason=reason, **fields
            )
        if position is not None:
            services.place_kpi(actor=caller(request), key=key, position=position)
        if archived is not None and archived != kpi.is_archived:
            services.archive_kpi(actor=caller(request), key=key, archived=archived)
        return Response(self._told(key))

    def _told(self, key: str) -> Any:
        return self.get_serializer(self.get_queryset().get(key=key)).data


class BindingFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    project = filters.CharFilter("project__slug")
    kpi = filters.CharFilter("kpi__key")
    origin = filters.ChoiceFilter(choices=Binding.Origin.choices)
    source = filters.CharFilter(method="of_source")

    class Meta:
        model = Binding
        fields = ["project", "kpi", "origin", "source"]

    def of_source(self, rows: QuerySet[Binding], name: str, value: str) -> QuerySet[Binding]:
        return rows.filter(experiment__source__name=value) | rows.filter(model__source__name=value)


class BindingViewSet(AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Binding]):
    """Where projects' values come from, with their baselines and targets."""

    serializer_class = shapes.BindingSerializer
    filterset_class = BindingFilter
    queryset = Binding.objects.none()
    lookup_value_regex = r"\d{1,18}"
    access_first: ClassVar[dict[str, str]] = {
        "partial_update": "project.edit",
        "destroy": "project.govern",
        "baselines": "project.govern",
        "targets": "project.govern",
    }

    def access_subject(self, obj: Any) -> Any:
        return obj.project

    def get_queryset(self) -> QuerySet[Binding]:
        found = Binding.objects.visible_to(caller(self.request))
        related = found.select_related("project", "kpi", "experiment__source", "model__source")
        authors = [
            Prefetch("baselines", Baseline.objects.select_related("author")),
            Prefetch("targets", Target.objects.select_related("author")),
        ]
        return related.prefetch_related(*authors).order_by("project__slug", "kpi__position", "kpi__key")

    def get_serializer_context(self) -> dict[str, Any]:
        person = caller(self.request)
        withheld = withheld_for(person) if person.is_authenticated else frozenset()
        return {**super().get_serializer_context(), "withheld": withheld}

    @extend_schema(request=shapes.BindingInput, responses={201: shapes.BindingSerializer})
    def create(self, request: Request) -> Response:
        """Bind a KPI to a project."""
        fields = _valid(shapes.BindingInput, request)
        project, kpi, origin = fields.pop("project"), fields.pop("kpi"), fields.pop("origin")
        parts = self._parts(fields)
        binding = services.create_binding(
            actor=caller(request), project_slug=project, kpi_key=kpi, origin=origin, **parts
        )
        return Response(self._told(binding.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.BindingChange, responses=shapes.BindingSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change where the value comes from."""
        binding = self.get_object()
        fields = _valid(shapes.BindingChange, request, partial=True)
        bound = binding.experiment or binding.model
        services.change_binding(
            actor=caller(request),
            binding_id=binding.pk,
            **self._parts(fields, bound.source.name if bound else None),
        )
        return Response(self._told(binding.pk))

    @extend_schema(parameters=[OpenApiParameter("reason", str, description="Why it is taken off.", required=True)])
    def destroy(self, request: Request, pk: str) -> Response:
        """Take the KPI off the project, with its baselines, targets and observations."""
        reason = request.query_params.get("reason", "")
        services.remove_binding(actor=caller(request), binding_id=self.get_object().pk, reason=reason)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(methods=["GET"], responses=shapes.BaselineSerializer(many=True))
    @extend_schema(methods=["POST"], request=shapes.BaselineSerializer, responses={201: shapes.BaselineSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None, filterset_class=None)
    def baselines(self, request: Request, pk: str) -> Response:
        """The baselines, oldest first; POST sets one."""
        binding = self.get_object()
        if request.method == "POST":
            fields = _valid(shapes.BaselineSerializer, request)
            row = services.set_baseline(actor=caller(request), binding_id=binding.pk, **fields)
            return Response(shapes.BaselineSerializer(row).data, status=status.HTTP_201_CREATED)
        return Response(self.get_serializer(binding).data["baselines"])

    @extend_schema(methods=["GET"], responses=shapes.TargetSerializer(many=True))
    @extend_schema(methods=["POST"], request=shapes.TargetSerializer, responses={201: shapes.TargetSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None, filterset_class=None)
    def targets(self, request: Request, pk: str) -> Response:
        """The targets, oldest first; POST sets one."""
        binding = self.get_object()
        if request.method == "POST":
            fields = _valid(shapes.TargetSerializer, request)
            row = services.set_target(actor=caller(request), binding_id=binding.pk, **fields)
            return Response(shapes.TargetSerializer(row).data, status=status.HTTP_201_CREATED)
        return Response(self.get_serializer(binding).data["targets"])

    def _told(self, pk: int) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=pk)).data

    def _parts(self, fields: dict[str, Any], source: str | None = None) -> dict[str, Any]:
        """The fields with experiment and model looked up by the names that MLflow has for them."""
        source = fields.pop("source", None) or source
        person = caller(self.request)
        if fields.get("experiment"):
            experiments = Experiment.objects.visible_to(person).filter(source__name=source)
            found = experiments.filter(experiment_id=fields["experiment"]).first()
            if found is None:
                raise invalid("experiment", f"the source {source} has no experiment {fields['experiment']}")
            fields["experiment"] = found
        if fields.get("model"):
            models = RegisteredModel.objects.visible_to(person).filter(source__name=source)
            model = models.filter(name=fields["model"]).first()
            if model is None:
                raise invalid("model", f"the source {source} has no model {fields['model']}")
            fields["model"] = model
        return {name: value or None if name in ("experiment", "model") else value for name, value in fields.items()}


class ObservationFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    project = filters.CharFilter("binding__project__slug")
    kpi = filters.CharFilter("binding__kpi__key")
    unit = filters.CharFilter(method="of_unit", label="Unit, with its sub-units")
    origin = filters.ChoiceFilter(choices=Binding.Origin.choices, method="of_origin")
    superseded = filters.BooleanFilter(method="are_superseded", label="Also those that were superseded")

    class Meta:
        model = Observation
        fields = ["project", "kpi", "unit", "origin"]

    def of_unit(self, rows: QuerySet[Observation], name: str, value: str) -> QuerySet[Observation]:
        units = BusinessUnit.objects.filter(slug=value).values_list("pk", flat=True)
        return rows.filter(binding__project__unit__lineage__contains=[units[0]]) if units else rows.none()

    def of_origin(self, rows: QuerySet[Observation], name: str, value: str) -> QuerySet[Observation]:
        return rows.filter(author__isnull=value == Binding.Origin.MLFLOW)

    def are_superseded(self, rows: QuerySet[Observation], name: str, value: bool) -> QuerySet[Observation]:
        return rows.exclude(superseded_at=None) if value else rows


# `from` is a word of the language, so these two cannot be named in the class.
ObservationFilter.base_filters["from"] = filters.DateFilter(
    field_name="observed_at",
    method=lambda rows, _, day: rows.filter(observed_at__gte=company_start_of(day)),
)
ObservationFilter.base_filters["to"] = filters.DateFilter(
    field_name="observed_at", method=lambda rows, _, day: rows.filter(observed_at__lt=company_end_of(day))
)


class ObservationViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Observation]
):
    """Observations, newest first; those superseded only when asked for. Withheld ones are left out for whoever may
    not read them.
    """

    serializer_class = shapes.ObservationSerializer
    filterset_class = ObservationFilter
    queryset = Observation.objects.none()
    lookup_value_regex = r"\d{1,18}"
    access_first: ClassVar[dict[str, str]] = {"correct": "observation.enter"}

    def access_subject(self, obj: Any) -> Any:
        return obj.binding.project

    def get_queryset(self) -> QuerySet[Observation]:
        person = caller(self.request)
        if not person.is_authenticated:
            return Observation.objects.none()
        rows = Observation.objects.filter(binding__in=Binding.objects.visible_to(person))
        rows = rows.exclude(binding__in=withheld_for(person))
        if self.action == "list" and self.request.query_params.get("superseded", "").lower() != "true":
            rows = rows.filter(superseded_at=None)
        return rows.select_related("binding__project", "binding__kpi", "author").order_by("-observed_at", "-id")

    @extend_schema(request=shapes.ObservationInput, responses={201: shapes.ObservationSerializer})
    def create(self, request: Request) -> Response:
        """Enter one value; or, with a list, many at once, all or nothing (a value that is there already is
        corrected).
        """
        if isinstance(request.data, list):
            return self._many(request)
        fields = _valid(shapes.ObservationInput, request)
        binding = self._binding(request, fields.pop("project"), fields.pop("kpi"))
        on = fields.pop("observed_at", None) or fields.pop("date", None)
        fields.pop("date", None)
        row = services.enter_observation(actor=caller(request), binding_id=binding.pk, on=on, **fields)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def _many(self, request: Request) -> Response:
        if len(request.data) > MOST_ROWS:
            raise invalid("rows", f"must not be more than {MOST_ROWS}")
        if not all(isinstance(row, dict) for row in request.data):
            raise invalid("rows", "must be objects with project, kpi, date, value, note and evidence")
        rows = list(enumerate(request.data, start=1))
        result = enter_rows(actor=caller(request), rows=rows, dry_run=_is_dry(request))
        return Response(shapes.Imported(result).data, status=status.HTTP_200_OK if result.dry_run else 201)

    @extend_schema(request=shapes.Correction, responses={201: shapes.ObservationSerializer})
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Put another value in the place of an entered one, which stays readable as superseded."""
        fields = _valid(shapes.Correction, request)
        row = services.correct_observation(actor=caller(request), observation_id=self.get_object().pk, **fields)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request={"text/csv": OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("dry_run", bool, description="Check everything and write nothing.")],
        responses=shapes.Imported,
    )
    @action(detail=False, methods=["post"], url_path="import", url_name="import", parser_classes=[Text])
    def import_csv(self, request: Request) -> Response:
        """Enter the values of a CSV with the columns project, kpi, date, value, note, evidence; all or nothing."""
        content = request.data.get("content", b"") if isinstance(request.data, dict) else b""
        result = import_observations(actor=caller(request), content=content, dry_run=_is_dry(request))
        return Response(shapes.Imported(result).data)

    def _binding(self, request: Request, project: str, kpi: str) -> Binding:
        found = Binding.objects.visible_to(caller(request)).filter(project__slug=project, kpi__key=kpi).first()
        if found is None:
            raise invalid("kpi", f"no project {project!r} that you may see has the KPI {kpi!r}")
        return found


def _valid(shape: Any, request: Request, *, partial: bool = False) -> dict[str, Any]:
    serializer = shape(data=request.data, partial=partial)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _is_dry(request: Request) -> bool:
    return request.query_params.get("dry_run", "").lower() in ("1", "true", "yes")


routes: list[tuple[str, Any]] = [
    ("kpis", KpiViewSet),
    ("bindings", BindingViewSet),
    ("observations", ObservationViewSet),
]
