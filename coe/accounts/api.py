from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import IsAuthenticated

from coe.accounts import queries, unit_services
from coe.accounts.http import caller
from coe.accounts.models import BusinessUnit, Grant, Person
from coe.core.api import AccessFirst, EtagMixin


class VisibleSlugField(serializers.SlugRelatedField[Any]):
    """An object named by its slug, among those that the caller may know of."""

    def get_queryset(self) -> QuerySet[Any]:
        base = super().get_queryset()
        request = self.context.get("request")
        visible = getattr(base, "visible_to", None)
        return cast(QuerySet[Any], visible(request.user) if visible and request else base)


class UnitSerializer(serializers.ModelSerializer[BusinessUnit]):
    parent = VisibleSlugField(  # type: ignore[assignment]  # the stubs take `parent` for the serializer above
        slug_field="slug", queryset=BusinessUnit.objects.all(), allow_null=True, required=False, help_text="Slug."
    )

    class Meta:
        model = BusinessUnit
        fields = ["slug", "name", "parent"]
        extra_kwargs = {"slug": {"required": False}}

    def create(self, validated_data: dict[str, Any]) -> BusinessUnit:
        return unit_services.create_unit(actor=self.context["request"].user, **validated_data)

    def update(self, instance: BusinessUnit, validated_data: dict[str, Any]) -> BusinessUnit:
        if validated_data.pop("slug", instance.slug) != instance.slug:
            raise serializers.ValidationError({"slug": ["cannot be changed: links and scripts depend on it"]})
        return unit_services.change_unit(slug=instance.slug, actor=self.context["request"].user, **validated_data)


class UnitFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    parent = filters.CharFilter(field_name="parent__slug", label="Slug of the unit directly above.")
    within = filters.CharFilter(method="filter_within", label="Slug of a unit: it and everything below it.")

    class Meta:
        model = BusinessUnit
        fields = ["parent", "within"]

    def filter_within(self, queryset: QuerySet[BusinessUnit], _name: str, value: str) -> QuerySet[BusinessUnit]:
        unit = BusinessUnit.objects.filter(slug=value).first()
        return queryset.filter(lineage__contains=[unit.pk]) if unit else queryset.none()


@extend_schema_view(
    list=extend_schema(summary="Units"),
    retrieve=extend_schema(summary="One unit"),
    create=extend_schema(summary="Create a unit (administrators)"),
    partial_update=extend_schema(summary="Rename or move a unit (administrators)"),
)
class UnitViewSet(
    AccessFirst,
    EtagMixin,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[BusinessUnit],
):
    serializer_class = UnitSerializer
    filterset_class = UnitFilter
    lookup_field = "slug"
    queryset = BusinessUnit.objects.none()
    http_method_names = ["get", "head", "options", "post", "patch"]
    access_first: ClassVar[dict[str, str]] = {"create": "unit.manage", "partial_update": "unit.manage"}

    def get_queryset(self) -> QuerySet[BusinessUnit]:
        return BusinessUnit.objects.visible_to(self.request.user).select_related("parent").order_by("name", "id")


class GrantSerializer(serializers.ModelSerializer[Grant]):
    unit = serializers.SlugRelatedField[BusinessUnit](slug_field="slug", read_only=True, allow_null=True)

    class Meta:
        model = Grant
        fields = ["role", "unit"]
        read_only_fields = ["role"]


class PersonSerializer(serializers.ModelSerializer[Person]):
    unit = serializers.SlugRelatedField[BusinessUnit](slug_field="slug", read_only=True, allow_null=True)
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = ["id", "name", "email", "title", "unit", "is_active", "roles"]
        read_only_fields = ["id", "name", "email", "title", "is_active"]

    @extend_schema_field(GrantSerializer(many=True))
    def get_roles(self, person: Person) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], GrantSerializer(person.grants.all(), many=True).data)


class MeSerializer(PersonSerializer):
    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "timezone"]
        read_only_fields = [*PersonSerializer.Meta.read_only_fields, "timezone"]


class PersonFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    q = filters.CharFilter(method="filter_q", label="Words in name, address or title.")
    unit = filters.CharFilter(method="filter_unit", label="Slug of a unit: its people and those of its sub-units.")
    email = filters.CharFilter(field_name="email", lookup_expr="iexact")

    class Meta:
        model = Person
        fields = ["q", "unit", "email", "is_active"]

    def filter_q(self, queryset: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        return queryset.filter(pk__in=queries.people(caller(self.request), words=value).values("pk"))

    def filter_unit(self, queryset: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        unit = BusinessUnit.objects.filter(slug=value).first()
        return queryset.filter(unit__lineage__contains=[unit.pk]) if unit else queryset.none()


@extend_schema_view(list=extend_schema(summary="People"), retrieve=extend_schema(summary="One person"))
class PersonViewSet(EtagMixin, viewsets.ReadOnlyModelViewSet[Person]):
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    queryset = Person.objects.none()

    def get_queryset(self) -> QuerySet[Person]:
        return queries.people(caller(self.request)).order_by("name", "id")


@extend_schema(summary="Who you are, and your roles")
class MeView(EtagMixin, RetrieveAPIView[Person]):
    serializer_class = MeSerializer
    permission_classes = [IsAuthenticated]

    def get_object(self) -> Person:
        return queries.people(caller(self.request)).get(pk=caller(self.request).pk)


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]]]] = [("units", UnitViewSet), ("people", PersonViewSet)]
urlpatterns = [path("me/", MeView.as_view(), name="api-me")]
