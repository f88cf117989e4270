from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from coe.accounts.http import caller
from coe.core import access
from coe.core.api import AccessFirst, EtagMixin
from coe.core.listing import sorted_rows
from projects.checklists import services
from projects.checklists.models import Checklist, Edition, Item
from projects.checklists.queries import SORTS, ChecklistQuerySet

_VERSION_HELP = "The draft’s version that your change is based on; 409 when there is a newer one."


class ItemSerializer(serializers.ModelSerializer[Item]):
    params = serializers.DictField(required=False, help_text="Of a check: what it is asked with.")

    class Meta:
        model = Item
        fields = [
            *("key", "position", "group", "title", "help", "kind", "check_key", "params", "role"),
            *("is_required", "may_not_apply"),
        ]
        read_only_fields = ["position"]


class EditItemSerializer(ItemSerializer):
    version = serializers.IntegerField(required=False, write_only=True, help_text=_VERSION_HELP)

    class Meta(ItemSerializer.Meta):
        fields = [*ItemSerializer.Meta.fields, "version"]
        read_only_fields = ["position", "key"]


class EditionSerializer(serializers.ModelSerializer[Edition]):
    published_by = serializers.SlugRelatedField[Any](
        slug_field="email",
        read_only=True,
        allow_null=True,
        help_text="Null while it is a draft, and where it came with Cairn.",
    )

    class Meta:
        model = Edition
        fields = ["number", "state", "effect", "alias", "score", "note", "published_by", "published_at", "version"]
        read_only_fields = ["number", "state", "published_at"]


class WholeEditionSerializer(EditionSerializer):
    items = ItemSerializer(many=True, read_only=True)

    class Meta(EditionSerializer.Meta):
        fields = [*EditionSerializer.Meta.fields, "items"]


class EditEditionSerializer(serializers.ModelSerializer[Edition]):
    version = serializers.IntegerField(required=False, help_text=_VERSION_HELP)

    class Meta:
        model = Edition
        fields = ["effect", "alias", "score", "note", "version"]


class ChecklistSerializer(serializers.ModelSerializer[Checklist]):
    editions = EditionSerializer(many=True, read_only=True)

    class Meta:
        model = Checklist
        fields = ["slug", "name", "purpose", "kind", "is_default", "is_archived", "created_at", "editions"]
        read_only_fields = ["slug", "is_archived", "created_at"]


class NewChecklistSerializer(serializers.ModelSerializer[Checklist]):
    slug = serializers.SlugField(max_length=60, required=False, help_text="Made from the name when left out.")
    effect = serializers.ChoiceField(Edition.Effect.choices, required=False)
    alias = serializers.CharField(max_length=60, required=False, allow_blank=True)
    score = serializers.ChoiceField(Edition.Score.choices, required=False)

    class Meta:
        model = Checklist
        fields = ["slug", "name", "purpose", "kind", "effect", "alias", "score"]


class MoveSerializer(serializers.Serializer[Any]):
    way = serializers.ChoiceField(["up", "down"])
    version = serializers.IntegerField(required=False, help_text=_VERSION_HELP)


class PublishSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, help_text="What changed, and why.")
    is_default = serializers.BooleanField(required=False, help_text="Make it the usual one.")
    version = serializers.IntegerField(required=False, help_text=_VERSION_HELP)


class ChecklistFilterSet(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    q = filters.CharFilter(method="by_words", label="Part of name, slug or purpose.")
    kind = filters.ChoiceFilter(choices=Checklist.Kind.choices)
    archived = filters.BooleanFilter(field_name="is_archived", label="Those that are put away, or those in use.")

    class Meta:
        model = Checklist
        fields: list[str] = []

    def by_words(self, queryset: ChecklistQuerySet, name: str, value: str) -> ChecklistQuerySet:
        return queryset.with_words(value)


_NAMES = [name for name in SORTS if name in ("name", "kind")]
SORT = OpenApiParameter("sort", enum=[*_NAMES, *(f"-{name}" for name in _NAMES)], description="How to order the list.")


@extend_schema_view(
    list=extend_schema(summary="Checklists", parameters=[SORT]),
    retrieve=extend_schema(summary="One checklist with its editions"),
)
class ChecklistViewSet(
    AccessFirst,
    EtagMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Checklist],
):
    serializer_class = ChecklistSerializer
    filterset_class = ChecklistFilterSet
    lookup_field = "slug"
    queryset = Checklist.objects.none()
    http_method_names = ["get", "head", "options", "post", "patch", "delete"]
    access_first: ClassVar[dict[str, str]] = dict.fromkeys(
        ("create", "partial_update", "archive", "restore", "draft", "items", "item", "move", "publish"),
        "checklist.manage",
    )

    def get_queryset(self) -> QuerySet[Checklist]:
        person = self.request.user
        editions = Edition.objects.select_related("published_by").order_by("-number")
        if not access.may(person, "checklist.manage"):
            editions = editions.filter(state=Edition.State.PUBLISHED)
        found = Checklist.objects.visible_to(person).prefetch_related(Prefetch("editions", editions))
        sorts = {name: SORTS[name] for name in _NAMES}
        return sorted_rows(found, self.request.query_params.get("sort", ""), sorts=sorts)

    def _asked(self, serializer: type[serializers.BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        asked = serializer(data=self.request.data, partial=partial)
        asked.is_valid(raise_exception=True)
        found: dict[str, Any] = asked.validated_data
        return found

    def _who(self) -> dict[str, Any]:
        return {"slug": self.kwargs["slug"], "actor": caller(self.request)}

    def _one(self, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_object()).data, status=status)

    @extend_schema(summary="Begin a checklist", request=NewChecklistSerializer, responses={201: ChecklistSerializer})
    def create(self, request: Request) -> Response:
        asked = self._asked(NewChecklistSerializer)
        made = services.create_checklist(actor=caller(request), **asked)
        self.kwargs["slug"] = made.slug
        return self._one(HTTP_201_CREATED)

    @extend_schema(
        summary="Change its name, purpose or use", request=ChecklistSerializer, responses={200: ChecklistSerializer}
    )
    def partial_update(self, request: Request, slug: str) -> Response:
        services.edit_checklist(**self._who(), **self._asked(ChecklistSerializer, partial=True))
        return self._one()

    @extend_schema(summary="Put it away", request=None, responses={200: ChecklistSerializer})
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, slug: str) -> Response:
        services.archive_checklist(**self._who())
        return self._one()

    @extend_schema(summary="Take it up again", request=None, responses={200: ChecklistSerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, slug: str) -> Response:
        services.restore_checklist(**self._who())
        return self._one()

    @extend_schema(summary="One edition with its items", responses=WholeEditionSerializer, filters=False)
    @action(detail=True, url_path=r"editions/(?P<number>[0-9]{1,9})", filterset_class=None)
    def edition(self, request: Request, slug: str, number: str) -> Response:
        found = next((one for one in self.get_object().editions.all() if one.number == int(number)), None)
        if found is None:
            raise Edition.DoesNotExist(number)
        return Response(WholeEditionSerializer(found).data)

    @extend_schema(
        methods=["POST"], summary="Begin the next edition", request=None, responses={201: WholeEditionSerializer}
    )
    @extend_schema(
        methods=["PATCH"],
        summary="Change the draft’s settings",
        request=EditEditionSerializer,
        responses={200: WholeEditionSerializer},
    )
    @extend_schema(
        methods=["DELETE"],
        summary="Throw the draft away",
        parameters=[OpenApiParameter("version", int, description=_VERSION_HELP)],
        responses={204: OpenApiResponse(description="Thrown away.")},
    )
    @action(detail=True, methods=["post", "patch", "delete"], filterset_class=None)
    def draft(self, request: Request, slug: str) -> Response:
        if request.method == "POST":
            return Response(WholeEditionSerializer(services.draft_edition(**self._who())).data, status=HTTP_201_CREATED)
        if request.method == "DELETE":
            seen = self._version()
            services.discard_draft(**self._who(), **seen)
            return Response(status=HTTP_204_NO_CONTENT)
        edition = services.edit_edition(**self._who(), **self._asked(EditEditionSerializer, partial=True))
        return Response(WholeEditionSerializer(edition).data)

    def _version(self) -> dict[str, Any]:
        field = serializers.IntegerField()
        raw = self.request.query_params.get("version")
        try:
            return {} if raw is None else {"version": field.run_validation(raw)}
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"version": error.detail}) from None

    @extend_schema(summary="Add an item to the draft", request=ItemSerializer, responses={201: ItemSerializer})
    @action(detail=True, methods=["post"], url_path="draft/items", filterset_class=None)
    def items(self, request: Request, slug: str) -> Response:
        item = services.add_item(**self._who(), **self._asked(ItemSerializer))
        return Response(ItemSerializer(Item.objects.get(pk=item.pk)).data, status=HTTP_201_CREATED)

    @extend_schema(
        methods=["PATCH"],
        summary="Change an item of the draft",
        request=EditItemSerializer,
        responses={200: ItemSerializer},
    )
    @extend_schema(
        methods=["DELETE"],
        summary="Take an item off the draft",
        parameters=[OpenApiParameter("version", int, description=_VERSION_HELP)],
        responses={204: OpenApiResponse(description="Taken off.")},
    )
    @action(
        detail=True,
        methods=["patch", "delete"],
        url_path=r"draft/items/(?P<key>[-a-zA-Z0-9_]+)",
        filterset_class=None,
    )
    def item(self, request: Request, slug: str, key: str) -> Response:
        if request.method == "DELETE":
            services.remove_item(**self._who(), key=key, **self._version())
            return Response(status=HTTP_204_NO_CONTENT)
        item = services.edit_item(**self._who(), key=key, **self._asked(EditItemSerializer, partial=True))
        return Response(ItemSerializer(Item.objects.get(pk=item.pk)).data)

    @extend_schema(
        summary="Move an item within its group", request=MoveSerializer, responses={200: WholeEditionSerializer}
    )
    @action(detail=True, methods=["post"], url_path=r"draft/items/(?P<key>[-a-zA-Z0-9_]+)/move", filterset_class=None)
    def move(self, request: Request, slug: str, key: str) -> Response:
        item = services.move_item(**self._who(), key=key, **self._asked(MoveSerializer))
        return Response(WholeEditionSerializer(Edition.objects.get(pk=item.edition_id)).data)

    @extend_schema(
        summary="Publish the draft for good", request=PublishSerializer, responses={200: WholeEditionSerializer}
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def publish(self, request: Request, slug: str) -> Response:
        edition = services.publish_edition(**self._who(), **self._asked(PublishSerializer))
        return Response(WholeEditionSerializer(edition).data)


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]]]] = [("checklists", ChecklistViewSet)]
