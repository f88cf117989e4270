from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from coe.accounts.api import VisibleSlugField
from coe.accounts.http import caller
from coe.accounts.models import BusinessUnit, Person
from coe.core import access, events
from coe.core.api import AccessFirst, EtagMixin
from coe.core.listing import sorted_rows
from coe.core.models import Event
from projects.catalog import services
from projects.catalog.models import Member, Project, Responsibility, RiskTier, Stage, StageMove, Status, StatusUpdate
from projects.catalog.queries import SORTS, ProjectQuerySet
from projects.catalog.timelines import events_of


class PersonByEmail(serializers.SlugRelatedField[Person]):
    """A person named by e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Person.objects.all())
        super().__init__(slug_field="email", **kwargs)

    def to_internal_value(self, data: Any) -> Person:
        return super().to_internal_value(data.strip().lower() if isinstance(data, str) else data)


class LinkSerializer(serializers.Serializer[dict[str, str]]):
    label = serializers.CharField(max_length=120, required=False)  # type: ignore[assignment]  # a field of that name
    url = serializers.URLField(max_length=500)


class ProjectSerializer(serializers.ModelSerializer[Project]):
    unit = VisibleSlugField(slug_field="slug", queryset=BusinessUnit.objects.all(), help_text="Slug.")
    owner = PersonByEmail(required=False, help_text="E-mail address; you, when left out.")
    sponsor = PersonByEmail(required=False, allow_null=True, help_text="E-mail address.")
    stakeholders = PersonByEmail(many=True, required=False, help_text="E-mail addresses.")
    links = LinkSerializer(many=True, required=False)
    status = serializers.ChoiceField(Status.choices, source="latest_status", read_only=True, allow_blank=True)

    class Meta:
        model = Project
        fields = [
            *("slug", "name", "summary", "unit", "stage", "owner", "sponsor", "stakeholders", "problem", "decision"),
            *("techniques", "domains", "delivery", "effort", "value", "annual_value", "currency", "risk_tier"),
            *("visibility", "links", "status", "version", "created_at", "updated_at"),
        ]
        read_only_fields = ["stage", "created_at", "updated_at", "version"]
        extra_kwargs = {"slug": {"required": False}}


class NewProjectSerializer(ProjectSerializer):
    stage = serializers.ChoiceField(choices=Stage.choices, required=False)
    on = serializers.DateField(required=False, write_only=True, help_text="Since when it is in that stage.")

    class Meta(ProjectSerializer.Meta):
        fields = [*ProjectSerializer.Meta.fields, "on"]
        read_only_fields = ["created_at", "updated_at", "version"]

    def create(self, validated_data: dict[str, Any]) -> Project:
        actor = caller(self.context["request"])
        return services.create_project(actor=actor, **{"owner": actor, **validated_data})


class EditProjectSerializer(ProjectSerializer):
    version = serializers.IntegerField(
        required=False, help_text="The version your change is based on; 409 when there is a newer one."
    )

    class Meta(ProjectSerializer.Meta):
        read_only_fields = ["slug", "stage", "created_at", "updated_at"]
        extra_kwargs: dict[str, Any] = {}

    def update(self, instance: Project, validated_data: dict[str, Any]) -> Project:
        actor = caller(self.context["request"])
        return services.edit_project(slug=instance.slug, actor=actor, **validated_data)


class MoveSerializer(serializers.ModelSerializer[StageMove]):
    actor = PersonByEmail(read_only=True)
    owner = PersonByEmail(read_only=True)
    before = serializers.ChoiceField(Stage.choices, read_only=True, allow_blank=True, help_text="Empty where it began.")

    class Meta:
        model = StageMove
        fields = ["before", "after", "on", "reason", "is_override", "actor", "owner", "created_at"]
        read_only_fields = fields


class MoveRequestSerializer(serializers.Serializer[Any]):
    to = serializers.ChoiceField(choices=Stage.choices)
    reason = serializers.CharField(max_length=500)
    on = serializers.DateField(required=False, help_text="Today, when left out.")
    is_override = serializers.BooleanField(required=False, help_text="The centre moves it against the rules.")


class MemberSerializer(serializers.ModelSerializer[Member]):
    person = PersonByEmail(help_text="E-mail address.")
    name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = Member
        fields = ["id", "person", "name", "responsibility", "since"]
        read_only_fields = ["id", "since"]


class StatusSerializer(serializers.ModelSerializer[StatusUpdate]):
    author = PersonByEmail(read_only=True)
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True, help_text="Markdown.")

    class Meta:
        model = StatusUpdate
        fields = ["status", "text", "html", "author", "created_at"]
        read_only_fields = ["html", "created_at"]


class EventSerializer(serializers.ModelSerializer[Event]):
    actor = PersonByEmail(read_only=True, allow_null=True)
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = ["id", "at", "actor", "verb", "sentence", "facts"]
        read_only_fields = ["id", "at", "verb", "facts"]

    def get_sentence(self, event: Event) -> str:
        return events.say(event)


class ProjectFilterSet(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    q = filters.CharFilter(method="narrow", label="Words in name, slug or summary, each at least begun.")
    unit = filters.CharFilter(method="narrow", label="Slug of a unit: its projects and those of its sub-units.")
    stage = filters.ChoiceFilter(method="narrow", choices=Stage.choices)
    owner = filters.CharFilter(method="narrow", label="Id, e-mail address or words of the name.")
    tag = filters.CharFilter(method="narrow", label="A technique or a domain.")
    status = filters.ChoiceFilter(method="narrow", choices=Status.choices)
    risk = filters.ChoiceFilter(method="narrow", choices=RiskTier.choices)

    class Meta:
        model = Project
        fields: list[str] = []

    def narrow(self, queryset: ProjectQuerySet, name: str, value: str) -> ProjectQuerySet:
        return queryset.wanted({name: value})


SORT = OpenApiParameter("sort", enum=[*SORTS, *(f"-{name}" for name in SORTS)], description="How to order the list.")


@extend_schema_view(
    list=extend_schema(summary="Projects", parameters=[SORT]),
    retrieve=extend_schema(summary="One project"),
    create=extend_schema(summary="Add a project", request=NewProjectSerializer, responses={201: ProjectSerializer}),
    partial_update=extend_schema(
        summary="Change a project", request=EditProjectSerializer, responses={200: ProjectSerializer}
    ),
)
class ProjectViewSet(
    AccessFirst,
    EtagMixin,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[Project],
):
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilterSet
    lookup_field = "slug"
    queryset = Project.objects.none()
    http_method_names = ["get", "head", "options", "post", "patch", "delete"]
    access_first: ClassVar[dict[str, str]] = {
        "create": "project.create",
        "partial_update": "project.edit",
        "status": "project.edit",
        "move": "project.govern",
    }

    def get_queryset(self) -> QuerySet[Project]:
        found = Project.objects.visible_to(self.request.user).with_orders()
        return sorted_rows(
            found.select_related("unit", "owner", "sponsor").prefetch_related("stakeholders"),
            self.request.query_params.get("sort", ""),
            sorts=SORTS,
        )

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = NewProjectSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return Response(self.get_serializer(asked.save()).data, status=HTTP_201_CREATED)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = EditProjectSerializer(
            self.get_object(), data=request.data, partial=True, context=self.get_serializer_context()
        )
        asked.is_valid(raise_exception=True)
        asked.save()
        return Response(self.get_serializer(self.get_object()).data)

    def _page(self, rows: QuerySet[Any], serializer: type[serializers.BaseSerializer[Any]]) -> Response:
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(page, many=True).data)

    @extend_schema(
        methods=["GET"], summary="Its moves along the stages", responses=MoveSerializer(many=True), filters=False
    )
    @extend_schema(methods=["POST"], summary="Move it", request=MoveRequestSerializer, responses={201: MoveSerializer})
    @action(detail=True, methods=["get", "post"], filterset_class=None)
    def move(self, request: Request, slug: str) -> Response:
        if request.method == "GET":
            return self._page(self.get_object().moves.select_related("actor", "owner"), MoveSerializer)
        asked = MoveRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        moved = services.move_stage(slug=slug, actor=caller(request), **asked.validated_data)
        return Response(MoveSerializer(moved).data, status=HTTP_201_CREATED)

    @extend_schema(methods=["GET"], summary="Its members", responses=MemberSerializer(many=True), filters=False)
    @extend_schema(
        methods=["POST"], summary="Add a member", request=MemberSerializer, responses={201: MemberSerializer}
    )
    @extend_schema(
        methods=["DELETE"],
        summary="Take a member off a responsibility",
        parameters=[
            OpenApiParameter("person", required=True, description="E-mail address."),
            OpenApiParameter("responsibility", required=True, enum=Responsibility.values),
        ],
        responses={204: OpenApiResponse(description="Taken off.")},
    )
    @action(detail=True, methods=["get", "post", "delete"], filterset_class=None)
    def members(self, request: Request, slug: str) -> Response:
        project = self.get_object()
        if request.method == "GET":
            return self._page(project.members.select_related("person"), MemberSerializer)
        if request.method == "DELETE":
            member = project.members.get(
                person__email=request.query_params.get("person", "").lower(),
                responsibility=request.query_params.get("responsibility", ""),
            )
            services.remove_member(slug=slug, actor=caller(request), member_id=member.pk)
            return Response(status=HTTP_204_NO_CONTENT)
        access.require(request.user, "project.govern", project)
        asked = MemberSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        member = services.add_member(slug=slug, actor=caller(request), **asked.validated_data)
        return Response(MemberSerializer(member).data, status=HTTP_201_CREATED)

    @extend_schema(
        methods=["GET"], summary="What was said of its course", responses=StatusSerializer(many=True), filters=False
    )
    @extend_schema(
        methods=["POST"], summary="Say how it goes", request=StatusSerializer, responses={201: StatusSerializer}
    )
    @action(detail=True, methods=["get", "post"], filterset_class=None)
    def status(self, request: Request, slug: str) -> Response:
        if request.method == "GET":
            return self._page(self.get_object().status_updates.select_related("author"), StatusSerializer)
        asked = StatusSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = services.give_status(slug=slug, actor=caller(request), **asked.validated_data)
        return Response(StatusSerializer(given).data, status=HTTP_201_CREATED)

    @extend_schema(summary="What happened to it, newest first", responses=EventSerializer(many=True), filters=False)
    @action(detail=True, filterset_class=None)
    def timeline(self, request: Request, slug: str) -> Response:
        return self._page(events_of(self.get_object()).select_related("actor"), EventSerializer)


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]]]] = [("projects", ProjectViewSet)]
