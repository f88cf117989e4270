from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from coe.accounts.http import caller
from coe.core.api import AccessFirst, EtagMixin
from coe.core.listing import sorted_rows
from coe.mentors import lists, load, services
from coe.mentors.api_forms import (
    AwaySerializer,
    BeginSerializer,
    MentorSerializer,
    PauseSerializer,
    ProfileSerializer,
    SkillSerializer,
    StopSerializer,
    WeekSerializer,
)
from coe.mentors.models import Away, Mentor
from coe.mentors.queries import MentorQuerySet

SORTS = [name for key in lists.SORTS for name in (key, f"-{key}")]


class MentorFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    q = filters.CharFilter(method="narrow", max_length=200, label="Words in name, title, about or skills.")
    skill = filters.CharFilter(method="narrow", max_length=40, label="A tag among the skills.")
    language = filters.CharFilter(method="narrow", max_length=3, label="A code of ISO 639-1.")
    unit = filters.CharFilter(method="serving", max_length=60, label="Slug of a unit: those who serve it.")
    free = filters.BooleanFilter(method="only_free", label="Those who could be given a request now.")
    stopped = filters.BooleanFilter(method="with_stopped", label="With those who stopped, or lost the role.")

    class Meta:
        model = Mentor
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: MentorQuerySet) -> MentorQuerySet:
        if not self.form.cleaned_data.get("stopped"):
            queryset = queryset.serving()
        found: MentorQuerySet = super().filter_queryset(queryset)
        return found

    def narrow(self, rows: MentorQuerySet, name: str, value: str) -> MentorQuerySet:
        return lists.narrowed(rows, {name: value})

    def serving(self, rows: MentorQuerySet, _name: str, value: str) -> MentorQuerySet:
        return lists.serving_slug(rows, value, caller(self.request))

    def only_free(self, rows: MentorQuerySet, _name: str, value: bool) -> MentorQuerySet:
        return lists.with_places(rows, timezone.now(), only_free=True) if value else rows

    def with_stopped(self, rows: MentorQuerySet, _name: str, _value: bool) -> MentorQuerySet:
        return rows


@extend_schema_view(
    list=extend_schema(summary="Mentors", parameters=[OpenApiParameter("sort", str, enum=SORTS)]),
    retrieve=extend_schema(summary="One mentor"),
)
class MentorViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Mentor]
):
    """Who mentors: what they know, when they work, how many places are free."""

    serializer_class = MentorSerializer
    queryset = Mentor.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    filterset_class = MentorFilters
    access_first: ClassVar[dict[str, str]] = dict.fromkeys(
        ("partial_update", "skills", "week", "away", "remove_away", "pause", "resume", "stop", "come_back"),
        "mentor.edit",
    )

    def get_queryset(self) -> QuerySet[Mentor]:
        person = caller(self.request)
        known = lists.with_all(Mentor.objects.visible_to(person))
        if self.action != "list":
            return known
        sort = self.request.query_params.get("sort", "")
        if sort.removeprefix("-") == "free":
            known = lists.with_places(known, timezone.now(), only_free=False)
        sorts = {key: fields for key, fields in lists.SORTS.items() if key != "free" or "free" in sort}
        return sorted_rows(known, sort, sorts=sorts, default="name")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters are for the list: who stopped is still there under the own address."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Every mentor with the places taken, counted for all of them at once."""
        if args and args[0] is not None:
            rows = list(args[0]) if kwargs.get("many") else [args[0]]
            held = load.held([mentor.pk for mentor in rows])
            for mentor in rows:
                mentor.__dict__["held"] = held[mentor.pk]
            args = (rows if kwargs.get("many") else rows[0], *args[1:])
        return super().get_serializer(*args, **kwargs)

    def _given(self, kind: type[Any], **kwargs: Any) -> Any:
        form = kind(data=self.request.data, context=self.get_serializer_context(), **kwargs)
        form.is_valid(raise_exception=True)
        return form.validated_data

    def _shown(self, pk: int | str, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=status)

    @extend_schema(summary="Begin mentoring", request=BeginSerializer, responses={201: MentorSerializer})
    def create(self, request: Request) -> Response:
        person = caller(request)
        chosen = self._given(BeginSerializer).get("person", person.pk)
        return self._shown(services.begin_mentoring(actor=person, person_id=chosen).pk, HTTP_201_CREATED)

    @extend_schema(summary="Change the profile", request=ProfileSerializer(partial=True), responses=MentorSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        given = self._given(ProfileSerializer, partial=True)
        services.change_profile(mentor_id=int(pk), actor=caller(request), **given)
        return self._shown(pk)

    @extend_schema(
        summary="Say what the mentor knows: these skills and no others",
        request=SkillSerializer(many=True),
        responses=MentorSerializer,
        filters=False,
    )
    @action(detail=True, methods=["put"])
    def skills(self, request: Request, pk: str) -> Response:
        given = self._given(SkillSerializer, many=True)
        services.set_skills(mentor_id=int(pk), actor=caller(request), skills=SkillSerializer.by_tag(given))
        return self._shown(pk)

    @extend_schema(summary="Say when the mentor works", request=WeekSerializer, responses=MentorSerializer)
    @action(detail=True, methods=["put"])
    def week(self, request: Request, pk: str) -> Response:
        services.set_week(mentor_id=int(pk), actor=caller(request), **self._given(WeekSerializer))
        return self._shown(pk)

    @extend_schema(summary="Note days away", request=AwaySerializer, responses={201: AwaySerializer})
    @action(detail=True, methods=["post"])
    def away(self, request: Request, pk: str) -> Response:
        made = services.add_away(mentor_id=int(pk), actor=caller(request), **self._given(AwaySerializer))
        return Response(AwaySerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(
        summary="Take back days away", request=None, responses={204: OpenApiResponse(description="Taken back.")}
    )
    @action(detail=True, methods=["delete"], url_path="away/(?P<away>[0-9]{1,18})")
    def remove_away(self, request: Request, pk: str, away: str) -> Response:
        # Of this mentor: an address names both.
        services.remove_away(away_id=Away.objects.get(pk=away, mentor=int(pk)).pk, actor=caller(request))
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(summary="Take no requests for a while", request=PauseSerializer, responses=MentorSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        until = self._given(PauseSerializer).get("until")
        services.pause(mentor_id=int(pk), actor=caller(request), until=until)
        return self._shown(pk)

    @extend_schema(summary="Take requests again", request=None, responses=MentorSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        services.resume(mentor_id=int(pk), actor=caller(request))
        return self._shown(pk)

    @extend_schema(summary="Stop mentoring", request=StopSerializer, responses=MentorSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        services.stop(mentor_id=int(pk), actor=caller(request), **self._given(StopSerializer))
        return self._shown(pk)

    @extend_schema(summary="Mentor again", request=None, responses=MentorSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def come_back(self, request: Request, pk: str) -> Response:
        services.return_to_mentoring(mentor_id=int(pk), actor=caller(request))
        return self._shown(pk)


routes = [("mentoring/mentors", MentorViewSet)]
