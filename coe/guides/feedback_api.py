"""The API of feedback: the same verbs as the pages."""

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

from coe.accounts.http import caller
from coe.core.api import AccessFirst, EtagMixin
from coe.core.errors import invalid
from coe.core.listing import sorted_rows
from coe.guides import about, feedback_lists, feedback_services
from coe.guides.feedback_services import MOST
from coe.guides.feedback_subjects import document_type_id
from coe.guides.models import Document, Feedback

MOST_ID = 2**63 - 1


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    about = serializers.SerializerMethodField(help_text="document, or the kind of thing that documents are about.")
    about_id = serializers.IntegerField(source="subject_id", read_only=True)
    label = serializers.SerializerMethodField(  # type: ignore[assignment]  # a field of that name
        help_text="What it is about; empty where you may no longer know of it."
    )
    url = serializers.SerializerMethodField(help_text="The page of what it is about.")
    author = serializers.SerializerMethodField(help_text="E-mail address; null unless it is you or you may answer.")
    outcome = serializers.ChoiceField(
        Feedback.Outcome.choices, read_only=True, allow_blank=True, help_text="Empty until it is answered."
    )
    answered_by = serializers.SlugRelatedField[Any](slug_field="email", read_only=True, allow_null=True)

    class Meta:
        model = Feedback
        fields = [
            *("id", "about", "about_id", "label", "url", "kind", "state", "section", "version", "revision", "text"),
            *("got", "expected", "happened_on", "author", "created_at", "outcome", "answer", "answer_html"),
            *("answered_by", "answered_at"),
        ]
        read_only_fields = fields

    def get_about(self, row: Feedback) -> str:
        kind = about.kind_of(row.subject_type_id)
        return kind.name if kind else "document"

    def get_label(self, row: Feedback) -> str:
        there = row.__dict__["about"]
        return there.label if there else ""

    def get_url(self, row: Feedback) -> str:
        there = row.__dict__["about"]
        return there.url if there else ""

    def get_author(self, row: Feedback) -> str | None:
        return row.author.email if row.__dict__["by"] else None


class GiveSerializer(serializers.Serializer[Any]):
    about = serializers.CharField(max_length=30, help_text="document, project or model.")
    about_id = serializers.IntegerField(
        min_value=1, max_value=MOST_ID, required=False, help_text="Its id; of a document you may give the slug instead."
    )
    document = serializers.SlugField(max_length=90, required=False, help_text="The slug of the document.")
    kind = serializers.ChoiceField(Feedback.Kind.choices)
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    section = serializers.CharField(max_length=80, required=False, allow_blank=True)
    version = serializers.IntegerField(min_value=1, max_value=MOST, required=False, allow_null=True)
    revision = serializers.IntegerField(min_value=1, max_value=MOST, required=False, allow_null=True)
    got = serializers.CharField(max_length=1000, required=False, allow_blank=True, help_text="What came out.")
    expected = serializers.CharField(max_length=1000, required=False, allow_blank=True, help_text="What was right.")
    happened_on = serializers.DateField(required=False, allow_null=True)


class FeedbackAnswerSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(Feedback.Outcome.choices)
    answer = serializers.CharField(max_length=4000, help_text="Markdown.")


class ReopenSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000)


class FeedbackFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    tab = filters.ChoiceFilter(
        choices=[("waiting", "waiting"), ("mine", "mine")], method="by_tab", label="Waiting for you, or said by you."
    )
    kind = filters.ChoiceFilter(choices=Feedback.Kind.choices)
    state = filters.ChoiceFilter(choices=Feedback.State.choices)
    q = filters.CharFilter(method="by_word", max_length=200)
    section = filters.CharFilter(method="by_word", max_length=80)
    version = filters.NumberFilter(method="by_number", min_value=1, max_value=MOST)
    about = filters.CharFilter(method="by_kind", max_length=30, label="document, project or model")
    about_id = filters.NumberFilter(method="by_number", min_value=1, max_value=MOST_ID)

    class Meta:
        model = Feedback
        fields: ClassVar[list[str]] = []

    def by_tab(self, rows: Any, _name: str, value: str) -> Any:
        mine = feedback_lists.of_tab(caller(self.request), value)
        return rows.filter(pk__in=mine.values("pk"))

    def by_word(self, rows: Any, name: str, value: str) -> Any:
        return feedback_lists.narrowed(rows, {name: value}, caller(self.request))

    def by_number(self, rows: Any, name: str, value: Any) -> Any:
        return rows.filter(**{"subject_id" if name == "about_id" else name: int(value)})

    def by_kind(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(subject_type=_type_of(value, "about"))


def _type_of(name: str, field: str) -> int:
    """The content type behind "document" or the name of a kind. Raises `ValidationError` on `field`."""
    if name == "document":
        return document_type_id()
    found = next((one for one in about.kinds() if one.name == name), None)
    if found is None:
        names = ", ".join(["document", *(one.name for one in about.kinds())])
        raise invalid(field, f"must be one of {names}")
    return found.type_id


@extend_schema_view(
    list=extend_schema(
        summary="What readers say",
        parameters=[
            OpenApiParameter("sort", str, enum=[*feedback_lists.SORTS, *(f"-{name}" for name in feedback_lists.SORTS)])
        ],
    ),
    retrieve=extend_schema(summary="One piece of feedback"),
)
class FeedbackViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Feedback]
):
    """Votes, comments and reports of wrong outputs, with what the owners answered."""

    serializer_class = FeedbackSerializer
    queryset = Feedback.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    filterset_class = FeedbackFilters
    access_first: ClassVar[dict[str, str]] = {
        "answer": "feedback.answer",
        "reopen": "feedback.reopen",
        "withdraw": "feedback.withdraw",
    }

    def get_queryset(self) -> QuerySet[Feedback]:
        person = caller(self.request)
        known = Feedback.objects.visible_to(person).select_related("author", "answered_by")
        if not person.is_authenticated:
            return known
        found = feedback_lists.with_may_answer(known, person)
        if self.action != "list":
            return found
        sort = self.request.query_params.get("sort", "")
        return sorted_rows(found, sort, sorts=feedback_lists.SORTS, default="-given")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Every row with what it is about and who said it, found for all of them at once."""
        if args and args[0] is not None:
            rows = list(args[0]) if kwargs.get("many") else [args[0]]
            feedback_lists.show(rows, caller(self.request))
            args = (rows if kwargs.get("many") else rows[0], *args[1:])
        return super().get_serializer(*args, **kwargs)

    def _given(self, kind: type[Any]) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def _shown(self, pk: int | str, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=status)

    @extend_schema(
        summary="Say something of a document, a project or a model",
        request=GiveSerializer,
        responses={201: FeedbackSerializer},
    )
    def create(self, request: Request) -> Response:
        given = self._given(GiveSerializer)
        pair = _pair(caller(request), given.pop("about"), given.pop("about_id", None), given.pop("document", ""))
        made = feedback_services.give_feedback(actor=caller(request), subject=pair, **given)
        return self._shown(made.pk, HTTP_201_CREATED)

    @extend_schema(summary="Answer it", request=FeedbackAnswerSerializer, responses=FeedbackSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        given = self._given(FeedbackAnswerSerializer)
        feedback_services.answer_feedback(feedback_id=int(pk), actor=caller(request), **given)
        return self._shown(pk)

    @extend_schema(summary="Take it up again", request=ReopenSerializer, responses=FeedbackSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        given = self._given(ReopenSerializer)
        feedback_services.reopen_feedback(feedback_id=int(pk), actor=caller(request), **given)
        return self._shown(pk)

    @extend_schema(summary="Take it back", request=None, responses={204: OpenApiResponse(description="Done.")})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        feedback_services.withdraw_feedback(feedback_id=int(pk), actor=caller(request))
        return Response(status=HTTP_204_NO_CONTENT)


def _pair(person: Any, name: str, pk: int | None, slug: str) -> tuple[int, int]:
    """The thing by its kind and its id (or a document's slug)."""
    type_id = _type_of(name, "about")
    if slug:
        if name != "document":
            raise invalid("document", "is given only with about=document")
        return type_id, Document.objects.visible_to(person).values_list("pk", flat=True).get(slug=slug)
    if pk is None:
        raise invalid("about_id", "must be given")
    return type_id, pk


routes = [("feedback", FeedbackViewSet)]
