"""The API of onboarding: the same verbs as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED

from coe.accounts.http import caller
from coe.accounts.models import BusinessUnit, Person
from coe.core import access
from coe.core.api import AccessFirst, EtagMixin
from coe.core.errors import invalid
from coe.onboarding import cohorts, services
from coe.onboarding import serializers as forms
from coe.onboarding.models import Enrolment, Team
from coe.onboarding.way import way_of

_GO = ("finish", "undo", "quiz", "stuck", "meet")
_STEP = OpenApiParameter("key", str, OpenApiParameter.PATH, description="The key of the step.")
_KEY = r"(?P<key>[-a-zA-Z0-9_]{1,60})"


class EnrolmentFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    path = filters.CharFilter(field_name="path__slug", max_length=60)
    state = filters.ChoiceFilter(choices=Enrolment.State.choices)
    mine = filters.BooleanFilter(method="by_mine", label="Your own alone.")

    class Meta:
        model = Enrolment
        fields: ClassVar[list[str]] = []

    def by_mine(self, rows: Any, _name: str, value: bool) -> Any:
        return rows.filter(person=caller(self.request)) if value else rows


@extend_schema_view(
    list=extend_schema(summary="Who is on which path"), retrieve=extend_schema(summary="Somebody on a path")
)
class EnrolmentViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Enrolment]
):
    """Your own paths, those of your team, those you mentor, and those of the units you lead."""

    serializer_class = forms.EnrolmentSerializer
    queryset = Enrolment.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    filterset_class = EnrolmentFilters
    access_first: ClassVar[dict[str, str]] = dict.fromkeys(_GO, "onboarding.go")

    def get_queryset(self) -> QuerySet[Enrolment]:
        known = Enrolment.objects.visible_to(caller(self.request))
        related = ("path", "edition", "person", "unit", "mentor__person", "team")
        return known.select_related(*related).order_by("-created_at", "-pk")

    def _given(self, kind: type[Any]) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def _steps(self, pk: str | int) -> Response:
        lines: Any = way_of(self.get_queryset().get(pk=pk)).lines()
        return Response(forms.StepStandingSerializer(lines, many=True).data)

    @extend_schema(
        summary="Begin a path",
        request=forms.EnrolSerializer,
        responses={201: forms.EnrolmentSerializer},
    )
    def create(self, request: Request) -> Response:
        given = self._given(forms.EnrolSerializer)
        email = given.pop("person", None)
        person = _people([email], "person")[0] if email else None
        team_id = given.pop("team", None)
        made = services.enrol(actor=caller(request), person_id=person.pk if person else None, team_id=team_id, **given)
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=HTTP_201_CREATED)

    @extend_schema(
        summary="The steps of somebody's path, and what became of them",
        responses=forms.StepStandingSerializer(many=True),
    )
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def steps(self, request: Request, pk: str) -> Response:
        return self._steps(pk)

    @extend_schema(
        summary="Say that a step is done",
        parameters=[_STEP],
        request=forms.DoneSerializer,
        responses=forms.StepStandingSerializer(many=True),
    )
    @action(detail=True, methods=["post"], url_path=f"steps/{_KEY}/finish", pagination_class=None)
    def finish(self, request: Request, pk: str, key: str) -> Response:
        given = self._given(forms.DoneSerializer)
        services.finish_step(enrolment_id=int(pk), key=key, actor=caller(request), **given)
        return self._steps(pk)

    @extend_schema(
        summary="Open a step again that you said is done",
        parameters=[_STEP],
        request=None,
        responses=forms.StepStandingSerializer(many=True),
    )
    @action(detail=True, methods=["post"], url_path=f"steps/{_KEY}/undo", pagination_class=None)
    def undo(self, request: Request, pk: str, key: str) -> Response:
        services.undo_step(enrolment_id=int(pk), key=key, actor=caller(request))
        return self._steps(pk)

    @extend_schema(
        summary="Try a quiz", parameters=[_STEP], request=forms.AnswersSerializer, responses=forms.TriedSerializer
    )
    @action(detail=True, methods=["post"], url_path=f"steps/{_KEY}/quiz")
    def quiz(self, request: Request, pk: str, key: str) -> Response:
        given = self._given(forms.AnswersSerializer)
        made = services.answer_quiz(enrolment_id=int(pk), key=key, actor=caller(request), **given)
        return Response(forms.TriedSerializer(made).data)

    @extend_schema(
        summary="Ask a mentor about a step",
        parameters=[_STEP],
        request=forms.StuckSerializer,
        responses={201: forms.AskedSerializer},
    )
    @action(detail=True, methods=["post"], url_path=f"steps/{_KEY}/stuck")
    def stuck(self, request: Request, pk: str, key: str) -> Response:
        given = self._given(forms.StuckSerializer)
        made = services.ask_when_stuck(enrolment_id=int(pk), key=key, actor=caller(request), **given)
        return Response(forms.AskedSerializer(made).data, status=HTTP_201_CREATED)


@extend_schema_view(list=extend_schema(summary="Teams"), retrieve=extend_schema(summary="One team"))
class TeamViewSet(EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Team]):
    """People who go a path together: your own teams and those of the units you lead."""

    serializer_class = forms.TeamSerializer
    queryset = Team.objects.none()
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Team]:
        known = Team.objects.visible_to(caller(self.request))
        return known.select_related("unit", "lead").prefetch_related("members").order_by("name", "pk")

    @extend_schema(
        summary="Begin a team that you lead", request=forms.TeamInSerializer, responses={201: forms.TeamSerializer}
    )
    def create(self, request: Request) -> Response:
        form = forms.TeamInSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        members = [person.pk for person in _people(given["members"], "members")]
        made = services.make_team(actor=caller(request), name=given["name"], members=members)
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=HTTP_201_CREATED)


class CohortViewSet(viewsets.ViewSet):
    """Where people stand on paths, for leads and the centre."""

    @extend_schema(
        summary="Paths and how far people are",
        parameters=[
            OpenApiParameter("unit", str, description="The slug of a unit; its sub-units count."),
            OpenApiParameter("by", str, enum=["unit"], description="A row for each unit."),
        ],
        responses=forms.CohortRowSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        person = caller(request)
        access.require(person, "onboarding.cohort")
        slug = request.query_params.get("unit", "")
        unit = BusinessUnit.objects.visible_to(person).get(slug=slug.replace("\0", "")) if slug else None
        rows = cohorts.table(cohorts.seen_by(person, unit=unit), by_unit=request.query_params.get("by") == "unit")
        return Response(forms.CohortRowSerializer(rows, many=True).data)


def _people(emails: list[str], field: str) -> list[Person]:
    """The people with these addresses. Raises `ValidationError` on `field` for one that nobody has."""
    wanted = [email.strip().lower() for email in emails]
    found = {person.email: person for person in Person.objects.filter(email__in=wanted, is_active=True)}
    missing = [email for email in wanted if email not in found]
    if missing:
        raise invalid(field, f"nobody with an open account has the address {missing[0]}")
    return [found[email] for email in wanted]


routes = [
    ("onboarding/enrolments", EnrolmentViewSet),
    ("onboarding/teams", TeamViewSet),
    ("onboarding/cohorts", CohortViewSet),
]
