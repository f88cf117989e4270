"""The API of paths: the same verbs as the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from coe.accounts.http import caller
from coe.core import access
from coe.core.api import AccessFirst, EtagMixin
from coe.core.listing import sorted_rows
from coe.paths import people, services
from coe.paths import serializers as forms
from coe.paths.models import Audience, Edition, Path, Step
from coe.paths.queries import SORTS, PathQuerySet

_WRITES = ("partial_update", "archive", "restore", "draft", "steps", "step", "move", "publish")
_KEY = r"(?P<key>[-a-zA-Z0-9_]{1,60})"
_VERSION = OpenApiParameter("version", int, description=forms.VERSION_HELP)


class PathFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    q = filters.CharFilter(method="by_words", max_length=100, label="Part of title, slug or summary.")
    audience = filters.ChoiceFilter(choices=Audience.choices)
    archived = filters.BooleanFilter(field_name="is_archived", label="Those that are put away, or those in use.")

    class Meta:
        model = Path
        fields: ClassVar[list[str]] = []

    def by_words(self, queryset: PathQuerySet, name: str, value: str) -> PathQuerySet:
        return queryset.with_words(value)


@extend_schema_view(
    list=extend_schema(
        summary="Paths", parameters=[OpenApiParameter("sort", str, enum=[*SORTS, *(f"-{name}" for name in SORTS)])]
    )
)
class PathViewSet(AccessFirst, EtagMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Path]):
    """Paths for newcomers, their editions, and the drafts of those who write them."""

    serializer_class = forms.PathSerializer
    queryset = Path.objects.none()
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,60}"
    filterset_class = PathFilters
    http_method_names = ["get", "head", "options", "post", "patch", "delete"]
    access_first: ClassVar[dict[str, str]] = {"create": "path.create", **dict.fromkeys(_WRITES, "path.edit")}

    def get_queryset(self) -> QuerySet[Path]:
        found = Path.objects.visible_to(caller(self.request)).with_counts().select_related("owner")
        return sorted_rows(found, self.request.query_params.get("sort", ""), sorts=SORTS)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Paths that the caller may know of."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = page if page is not None else []
        context = {**self.get_serializer_context(), "on_it": people.on_paths([one.pk for one in rows])}
        return self.get_paginated_response(forms.PathSerializer(rows, many=True, context=context).data)

    @extend_schema(
        summary="One path with the steps of its newest edition", responses=forms.WholePathSerializer, filters=False
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        return self._one()

    def _one(self, status: int = 200) -> Response:
        path: Any = self.get_queryset().get(slug=self.kwargs["slug"])
        may_edit = access.may(self.request.user, "path.edit", path)
        editions = list(path.editions.select_related("published_by").order_by("-number"))
        path.shown_editions = [one for one in editions if may_edit or one.state == Edition.State.PUBLISHED]
        newest = next((one for one in editions if one.number == path.newest), None)
        path.shown_steps = _steps(newest) if newest else []
        return Response(forms.WholePathSerializer(path, context=self._context(path, path.shown_steps)).data, status)

    def _context(self, path: Path, steps: Sequence[Step]) -> dict[str, Any]:
        """What is shown of steps to this caller: guides that they may know of, answers to those who write."""
        person = caller(self.request)
        return {
            **self.get_serializer_context(),
            "guides": forms.guides_of(steps, person),
            "with_answers": access.may(person, "path.edit", path),
        }

    def _whole(self, edition: Edition, status: int = 200) -> Response:
        steps = _steps(edition)
        shown = forms.WholePathEditionSerializer(edition, context=self._context(edition.path, steps))
        return Response(shown.data, status=status)

    def _shown(self, step: Step, status: int = 200) -> Response:
        step.refresh_from_db()
        context = self._context(step.edition.path, [step])
        return Response(forms.PathStepSerializer(step, context=context).data, status=status)

    def _asked(self, serializer: type[Any], *, partial: bool = False) -> dict[str, Any]:
        asked = serializer(data=self.request.data, partial=partial, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def _who(self) -> dict[str, Any]:
        return {"slug": self.kwargs["slug"], "actor": caller(self.request)}

    def _version(self) -> dict[str, Any]:
        raw = self.request.query_params.get("version")
        try:
            return {} if raw is None else {"version": forms.VersionField().run_validation(raw)}
        except ValidationError as error:
            raise ValidationError({"version": error.detail}) from None

    @extend_schema(summary="Begin a path", request=forms.NewPathSerializer, responses={201: forms.WholePathSerializer})
    def create(self, request: Request) -> Response:
        made = services.create_path(actor=caller(request), **self._asked(forms.NewPathSerializer))
        self.kwargs["slug"] = made.slug
        return self._one(HTTP_201_CREATED)

    @extend_schema(
        summary="Change its title, audience or owner",
        request=forms.PathSettingsSerializer,
        responses={200: forms.PathSerializer},
    )
    def partial_update(self, request: Request, slug: str) -> Response:
        services.edit_path(**self._who(), **self._asked(forms.PathSettingsSerializer))
        # Whoever gave a draft to somebody else may not know of it any more.
        shown = Path.objects.with_counts().select_related("owner").get(slug=slug)
        return Response(self.get_serializer(shown).data)

    @extend_schema(summary="Put it away", request=None, responses={200: forms.WholePathSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def archive(self, request: Request, slug: str) -> Response:
        services.archive_path(**self._who())
        return self._one()

    @extend_schema(summary="Take it up again", request=None, responses={200: forms.WholePathSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def restore(self, request: Request, slug: str) -> Response:
        services.restore_path(**self._who())
        return self._one()

    @extend_schema(summary="One edition with its steps", responses=forms.WholePathEditionSerializer, filters=False)
    @action(detail=True, url_path=r"editions/(?P<number>[0-9]{1,9})", filterset_class=None)
    def edition(self, request: Request, slug: str, number: str) -> Response:
        path = self.get_object()
        found = path.editions.select_related("published_by", "path").get(number=int(number))
        if found.state == Edition.State.DRAFT and not access.may(request.user, "path.edit", path):
            raise Edition.DoesNotExist(number)
        return self._whole(found)

    @extend_schema(
        methods=["POST"],
        summary="Begin the next edition",
        request=None,
        responses={201: forms.WholePathEditionSerializer},
    )
    @extend_schema(
        methods=["DELETE"],
        summary="Throw the draft away",
        parameters=[_VERSION],
        responses={204: OpenApiResponse(description="Thrown away.")},
    )
    @action(detail=True, methods=["post", "delete"], filterset_class=None)
    def draft(self, request: Request, slug: str) -> Response:
        if request.method == "DELETE":
            services.discard_draft(**self._who(), **self._version())
            return Response(status=HTTP_204_NO_CONTENT)
        return self._whole(services.draft_edition(**self._who()), HTTP_201_CREATED)

    @extend_schema(
        summary="Add a step to the draft", request=forms.PathStepSerializer, responses={201: forms.PathStepSerializer}
    )
    @action(detail=True, methods=["post"], url_path="draft/steps", filterset_class=None)
    def steps(self, request: Request, slug: str) -> Response:
        asked = _plain(self._asked(forms.PathStepSerializer))
        return self._shown(services.add_step(**self._who(), **asked), HTTP_201_CREATED)

    @extend_schema(
        methods=["PATCH"],
        summary="Change a step of the draft",
        request=forms.EditPathStepSerializer,
        responses={200: forms.PathStepSerializer},
    )
    @extend_schema(
        methods=["DELETE"],
        summary="Take a step off the draft",
        description="Steps that needed it need what it needed instead.",
        parameters=[_VERSION],
        responses={200: forms.RelinkedSerializer(many=True)},
    )
    @action(
        detail=True,
        methods=["patch", "delete"],
        url_path=rf"draft/steps/{_KEY}",
        filterset_class=None,
        pagination_class=None,
    )
    def step(self, request: Request, slug: str, key: str) -> Response:
        if request.method == "DELETE":
            changed = services.remove_step(**self._who(), key=key, **self._version())
            return Response(forms.RelinkedSerializer(changed, many=True).data)
        asked = _plain(self._asked(forms.EditPathStepSerializer, partial=True))
        return self._shown(services.edit_step(**self._who(), key=key, **asked))

    @extend_schema(
        summary="Move a step of the draft",
        request=forms.MoveStepSerializer,
        responses={200: forms.WholePathEditionSerializer},
    )
    @action(detail=True, methods=["post"], url_path=rf"draft/steps/{_KEY}/move", filterset_class=None)
    def move(self, request: Request, slug: str, key: str) -> Response:
        step = services.move_step(**self._who(), key=key, **self._asked(forms.MoveStepSerializer))
        return self._whole(Edition.objects.select_related("path").get(pk=step.edition_id))

    @extend_schema(
        summary="Publish the draft for good",
        request=forms.PublishPathSerializer,
        responses={200: forms.WholePathEditionSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def publish(self, request: Request, slug: str) -> Response:
        return self._whole(services.publish_edition(**self._who(), **self._asked(forms.PublishPathSerializer)))


def _steps(edition: Edition) -> list[Step]:
    return list(edition.steps.order_by("position"))


def _plain(asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked, as the verbs take it: questions as plain data, with all that they may hold."""
    if "questions" in asked:
        asked["questions"] = [{"right": [], "why": "", **cast(dict[str, Any], one)} for one in asked["questions"]]
    return asked


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]]]] = [("paths", PathViewSet)]
