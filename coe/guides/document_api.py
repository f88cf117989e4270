"""The API of documents: the same verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from coe.accounts.http import caller
from coe.accounts.models import BusinessUnit
from coe.core.api import AccessFirst, EtagMixin
from coe.core.listing import sorted_rows
from coe.guides import document_serializers as forms
from coe.guides import library, services
from coe.guides.document_shown import readable
from coe.guides.models import Audience, Document, Kind, Outcome

SORTS = {"title": ["title"], "published": ["first_published_at"], "updated": ["updated_at"]}
NAME = r"[^/]{1,200}"
WRITES = (
    *("partial_update", "revisions", "publish", "withdraw", "verify", "archive", "recall", "restore", "files"),
    "remove_file",
)


class DocumentFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    kind = filters.ChoiceFilter(choices=Kind.choices)
    audience = filters.ChoiceFilter(choices=Audience.choices)
    outcome = filters.ChoiceFilter(choices=Outcome.choices)
    unit = filters.CharFilter(method="by_unit", max_length=60, label="Slug of a unit: it and everything below it.")
    tag = filters.CharFilter(method="by_word", max_length=40)
    q = filters.CharFilter(method="by_word", max_length=200, label="Words of its title.")
    owner = filters.CharFilter(method="by_word", max_length=200, label="Words of the name or the e-mail address.")
    state = filters.ChoiceFilter(
        choices=[(key, label) for key, label in library.STATES if key], method="by_state", label="Published, if none."
    )

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = []

    def by_word(self, rows: Any, name: str, value: str) -> Any:
        return library.narrowed(rows, {name: value})

    def by_unit(self, rows: Any, _name: str, value: str) -> Any:
        unit = BusinessUnit.objects.visible_to(caller(self.request)).filter(slug=value).first()
        return library.narrowed(rows, {"unit": unit}) if unit else rows.none()

    def by_state(self, rows: Any, _name: str, _value: str) -> Any:
        # The rows are those of that state already: their titles depend on it.
        return rows


@extend_schema_view(
    list=extend_schema(
        summary="Documents",
        parameters=[OpenApiParameter("sort", str, enum=[*SORTS, *(f"-{name}" for name in SORTS)])],
    ),
    retrieve=extend_schema(summary="One document"),
)
class DocumentViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Document]
):
    """Guides, playbooks, lessons and glossary: what readers see, and drafts for those who write them."""

    serializer_class = forms.DocumentSerializer
    queryset = Document.objects.none()
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,90}"
    filterset_class = DocumentFilters
    access_first: ClassVar[dict[str, str]] = dict.fromkeys(WRITES, "document.edit")

    def get_queryset(self) -> QuerySet[Document]:
        person = caller(self.request)
        known: QuerySet[Document] = Document.objects.visible_to(person)
        if self.action == "list" and person.is_authenticated:
            asked = self.request.query_params
            state = asked.get("state", "")
            known = library.of_state(person, state if state in dict(library.STATES) else "")
            known = sorted_rows(known, asked.get("sort", ""), sorts=SORTS)
        return known.select_related("unit", "owner", "published", "latest", "verified_by")

    def _given(self, kind: type[Any]) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        if "about" in given:
            given["subject"] = given.pop("about")
        return given

    def _shown(self, slug: str, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(slug=slug)).data, status=status)

    def _act(self, slug: str, verb: Callable[..., object], kind: type[Any] | None = None) -> Response:
        """Carry out a verb with what was sent, and show the document as it stands then."""
        verb(slug=slug, actor=caller(self.request), **(self._given(kind) if kind else {}))
        return self._shown(slug)

    @extend_schema(
        summary="Begin a document",
        description="Its text is a draft until it is published.",
        request=forms.NewDocumentSerializer,
        responses={201: forms.DocumentSerializer},
    )
    def create(self, request: Request) -> Response:
        made = services.create_document(actor=caller(request), **self._given(forms.NewDocumentSerializer))
        return self._shown(made.slug, HTTP_201_CREATED)

    @extend_schema(summary="Change its settings", request=forms.SettingsSerializer, responses=forms.DocumentSerializer)
    def partial_update(self, request: Request, slug: str) -> Response:
        services.edit_document(slug=slug, actor=caller(request), **self._given(forms.SettingsSerializer))
        # Whoever gave it to somebody else may not know of it any more.
        shown = Document.objects.select_related("unit", "owner", "published", "latest", "verified_by").get(slug=slug)
        return Response(self.get_serializer(shown).data)

    @extend_schema(
        methods=["GET"],
        summary="Its revisions that you may read",
        responses=forms.DocumentRevisionSerializer(many=True),
        filters=False,
    )
    @extend_schema(
        methods=["POST"],
        summary="Save a revision",
        description=(
            "A draft until it is published. 409 when another revision came after `based_on` and says something else: "
            "the problem then holds `latest`, and `merged`: the text of both, to check and to send on `latest.number`."
        ),
        request=forms.NewRevisionSerializer,
        responses={201: forms.DocumentRevisionSerializer},
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def revisions(self, request: Request, slug: str) -> Response:
        if request.method == "GET":
            rows = readable(self.get_object(), caller(request))
            return Response(forms.DocumentRevisionSerializer(rows, many=True).data)
        made = services.save_revision(slug=slug, actor=caller(request), **self._given(forms.NewRevisionSerializer))
        return Response(forms.DocumentRevisionSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(
        summary="Publish a revision", request=forms.PublishDocumentSerializer, responses=forms.DocumentSerializer
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, slug: str) -> Response:
        return self._act(slug, services.publish_document, forms.PublishDocumentSerializer)

    @extend_schema(
        summary="Take it back from readers",
        request=forms.DocumentReasonSerializer,
        responses=forms.DocumentSerializer,
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, slug: str) -> Response:
        return self._act(slug, services.withdraw_document, forms.DocumentReasonSerializer)

    @extend_schema(
        summary="Say that it is true today", request=forms.VerifyDocumentSerializer, responses=forms.DocumentSerializer
    )
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, slug: str) -> Response:
        return self._act(slug, services.verify_document, forms.VerifyDocumentSerializer)

    @extend_schema(
        summary="Take it out of use", request=forms.DocumentReasonSerializer, responses=forms.DocumentSerializer
    )
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, slug: str) -> Response:
        return self._act(slug, services.archive_document, forms.DocumentReasonSerializer)

    @extend_schema(summary="Put it into use again", request=None, responses=forms.DocumentSerializer)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, slug: str) -> Response:
        return self._act(slug, services.recall_document)

    @extend_schema(
        summary="Take an earlier revision up again",
        request=forms.RestoreSerializer,
        responses={201: forms.DocumentRevisionSerializer},
    )
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, slug: str) -> Response:
        made = services.restore_revision(slug=slug, actor=caller(request), **self._given(forms.RestoreSerializer))
        return Response(forms.DocumentRevisionSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(methods=["GET"], summary="Its files", responses=forms.AttachmentSerializer(many=True), filters=False)
    @extend_schema(
        methods=["POST"],
        summary="Add a file",
        description="Under a free name like its own, where another file has that. In a text: files/<name>.",
        request={"multipart/form-data": forms.NewFileSerializer},
        responses={201: forms.AttachmentSerializer},
    )
    @action(detail=True, methods=["get", "post"], parser_classes=[JSONParser, MultiPartParser], pagination_class=None)
    def files(self, request: Request, slug: str) -> Response:
        if request.method == "GET":
            rows = self.get_object().attachments.select_related("file", "added_by", "document")
            return Response(forms.AttachmentSerializer(rows.defer("file__content"), many=True).data)
        upload = self._given(forms.NewFileSerializer)["file"]
        made = services.add_file(slug=slug, actor=caller(request), name=upload.name, upload=upload)
        return Response(forms.AttachmentSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(summary="Remove a file", responses={204: OpenApiResponse(description="Done.")})
    @action(detail=True, methods=["delete"], url_path=rf"files/(?P<name>{NAME})")
    def remove_file(self, request: Request, slug: str, name: str) -> Response:
        services.remove_file(slug=slug, actor=caller(request), name=name)
        return Response(status=HTTP_204_NO_CONTENT)


routes: list[tuple[str, Any]] = [("documents", DocumentViewSet)]
