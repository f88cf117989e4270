"""The API of handoffs: the same verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from coe.accounts.http import caller
from coe.core import access
from coe.core.api import AccessFirst, EtagMixin
from coe.core.errors import invalid
from coe.core.listing import sorted_rows
from projects.checklists.models import Checklist
from projects.handoffs import items, record, services
from projects.handoffs import listing as lists
from projects.handoffs import serializers as forms
from projects.handoffs.models import Handoff, State
from projects.handoffs.results_api import ResultsView
from projects.tracking.models import ModelVersion, RegisteredModel

ID = "[0-9]{1,18}"


class HandoffFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    turn = filters.ChoiceFilter(
        choices=[("submit", "submit"), ("review", "review"), ("accept", "accept")], method="by_turn"
    )
    q = filters.CharFilter(method="by_word", max_length=200)
    unit = filters.CharFilter(method="by_word", max_length=60)
    state = filters.ChoiceFilter(choices=State.choices)
    checklist = filters.CharFilter(field_name="checklist__slug")
    project = filters.CharFilter(field_name="project__slug")
    source = filters.CharFilter(field_name="model_version__model__source__name")
    model = filters.CharFilter(field_name="model_version__model__name")
    older_than = filters.NumberFilter(method="by_age", min_value=0, max_value=36500, label="Days in its state")
    stale = filters.BooleanFilter(method="by_stale")

    class Meta:
        model = Handoff
        fields: ClassVar[list[str]] = []

    def by_turn(self, rows: Any, _name: str, value: str) -> Any:
        mine = lists.of_turn(caller(self.request), value)
        return rows.filter(pk__in=mine.values("pk"))

    def by_word(self, rows: Any, name: str, value: str) -> Any:
        return lists.narrowed(rows, {name: value})

    def by_age(self, rows: Any, _name: str, value: Any) -> Any:
        return lists.narrowed(rows, {"age": str(int(value))})

    def by_stale(self, rows: Any, _name: str, value: bool) -> Any:
        return rows.stale() if value else rows.exclude(pk__in=rows.stale().values("pk"))


@extend_schema_view(
    list=extend_schema(
        summary="Handoffs",
        parameters=[OpenApiParameter("sort", str, enum=[*lists.SORTS, *(f"-{name}" for name in lists.SORTS)])],
    ),
    retrieve=extend_schema(summary="One handoff"),
)
class HandoffViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Handoff]
):
    serializer_class = forms.HandoffSerializer
    queryset = Handoff.objects.none()
    lookup_value_regex = ID
    filterset_class = HandoffFilters
    access_first: ClassVar[dict[str, str]] = {
        "partial_update": "handoff.answer",
        "submit": "handoff.answer",
        "withdraw": "handoff.answer",
        "carry_over": "handoff.answer",
        "answer": "handoff.answer",
        "evidence": "handoff.answer",
        "remove_evidence": "handoff.answer",
        "token": "handoff.answer",
        "review": "handoff.decide",
        "accept": "handoff.decide",
        "return_": "handoff.decide",
        "reassign": "handoff.reassign",
        "comments": "handoff.take_part",
        "checks": "handoff.take_part",
    }

    def get_queryset(self) -> QuerySet[Handoff]:
        found = Handoff.objects.visible_to(caller(self.request)).with_all().with_newest()
        if self.action != "list":
            return found
        return sorted_rows(found, self.request.query_params.get("sort", ""), sorts=lists.SORTS, default="-waiting")

    def _given(self, kind: type[Any]) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def _shown(self, pk: int | str, status: int = 200) -> Response:
        handoff = self.get_queryset().get(pk=pk)
        return Response(forms.HandoffSerializer(handoff, context=self.get_serializer_context()).data, status=status)

    def _act(self, pk: str, verb: Callable[..., object], kind: type[Any] | None = None) -> Response:
        """Carry out a verb with what was sent, and show the handoff as it stands then."""
        given = self._given(kind) if kind else {}
        verb(handoff_id=int(pk), actor=caller(self.request), **given)
        return self._shown(pk)

    @extend_schema(
        summary="Open a handoff", request=forms.NewHandoffSerializer, responses={201: forms.HandoffSerializer}
    )
    def create(self, request: Request) -> Response:
        actor, given = caller(request), self._given(forms.NewHandoffSerializer)
        models = RegisteredModel.objects.visible_to(actor).select_related("project")
        model = models.filter(source__name=given.pop("source"), name=given.pop("model")).first()
        if model is None:
            raise invalid("model", "must be a registered model that you may see")
        if model.project is not None:
            access.require(actor, "handoff.open", model.project)
        version = ModelVersion.objects.filter(model=model, version=given.pop("model_version")).first()
        if version is None:
            raise invalid("model_version", "must be a version of this model")
        checklist = Checklist.objects.visible_to(actor).filter(slug=given.pop("checklist")).first()
        if checklist is None:
            raise invalid("checklist", "must be the slug of a checklist")
        made = services.open_handoff(actor=actor, model_version=version, checklist=checklist, **given)
        return self._shown(made.pk, HTTP_201_CREATED)

    @extend_schema(
        summary="Change what the team says of the whole",
        request=forms.EditHandoffSerializer,
        responses=forms.HandoffSerializer,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        return self._act(pk, services.edit_handoff, forms.EditHandoffSerializer)

    @extend_schema(summary="Submit", request=forms.VersionSerializer, responses=forms.HandoffSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        return self._act(pk, services.submit, forms.VersionSerializer)

    @extend_schema(summary="Begin the review", request=None, responses=forms.HandoffSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: str) -> Response:
        return self._act(pk, services.start_review)

    @extend_schema(summary="Return it", request=forms.ReturnSerializer, responses=forms.HandoffSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def return_(self, request: Request, pk: str) -> Response:
        return self._act(pk, services.return_handoff, forms.ReturnSerializer)

    @extend_schema(summary="Accept it", request=forms.AcceptSerializer, responses=forms.HandoffSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        return self._act(pk, services.accept, forms.AcceptSerializer)

    @extend_schema(summary="Withdraw it", request=forms.ReasonSerializer, responses=forms.HandoffSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        return self._act(pk, services.withdraw, forms.ReasonSerializer)

    @extend_schema(
        summary="Say who receives it, and by when",
        description="What is left out stays as it is.",
        request=forms.ReassignSerializer,
        responses=forms.HandoffSerializer,
    )
    @action(detail=True, methods=["post"])
    def reassign(self, request: Request, pk: str) -> Response:
        given = self._given(forms.ReassignSerializer)
        now = self.get_queryset().get(pk=pk)
        kept = {"reviewer": now.reviewer, "due_on": now.due_on}
        services.reassign(handoff_id=int(pk), actor=caller(request), **{**kept, **given})
        return self._shown(pk)

    @extend_schema(
        operation_id="handoffs_reassign_many",
        summary="Give several to one reviewer: all or none",
        request=forms.ReassignManySerializer,
        responses={204: OpenApiResponse(description="Done.")},
    )
    @action(detail=False, methods=["post"], url_path="reassign")
    def reassign_many(self, request: Request) -> Response:
        given = self._given(forms.ReassignManySerializer)
        services.reassign_many(handoff_ids=given.pop("handoffs"), actor=caller(request), **given)
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(summary="Run the checks again", request=forms.ChecksSerializer, responses=forms.HandoffSerializer)
    @action(detail=True, methods=["post"])
    def checks(self, request: Request, pk: str) -> Response:
        key = self._given(forms.ChecksSerializer).get("item", "")
        services.run_checks(handoff_id=int(pk), actor=caller(request), item_key=key)
        return self._shown(pk)

    @extend_schema(
        summary="Carry answers over from another handoff of the same model",
        request=forms.CarrySerializer,
        responses=forms.HandoffSerializer,
    )
    @action(detail=True, methods=["post"], url_path="carry-over")
    def carry_over(self, request: Request, pk: str) -> Response:
        given = self._given(forms.CarrySerializer)
        services.carry_over(
            handoff_id=int(pk), actor=caller(request), from_id=given["handoff"], item_keys=given["items"]
        )
        return self._shown(pk)

    @extend_schema(summary="Its items", responses=forms.StandingSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def items(self, request: Request, pk: str) -> Response:
        rows: Any = items.standings(self.get_object())
        return Response(forms.StandingSerializer(rows, many=True).data)

    def _standing(self, pk: str, key: str) -> Response:
        rows = items.standings(self.get_queryset().get(pk=pk))
        return Response(forms.StandingSerializer(next(row for row in rows if row.item.key == key)).data)

    @extend_schema(summary="Answer an item", request=forms.AnswerSerializer, responses=forms.StandingSerializer)
    @action(detail=True, methods=["post"], url_path=r"items/(?P<key>[-a-zA-Z0-9_]{1,60})")
    def answer(self, request: Request, pk: str, key: str) -> Response:
        given = self._given(forms.AnswerSerializer)
        services.answer_item(handoff_id=int(pk), actor=caller(request), item_key=key, **given)
        return self._standing(pk, key)

    @extend_schema(summary="Sign a sign-off", request=forms.SignSerializer, responses=forms.StandingSerializer)
    @action(detail=True, methods=["post"], url_path=r"items/(?P<key>[-a-zA-Z0-9_]{1,60})/sign")
    def sign(self, request: Request, pk: str, key: str) -> Response:
        given = self._given(forms.SignSerializer)
        services.sign_off(handoff_id=int(pk), actor=caller(request), item_key=key, **given)
        return self._standing(pk, key)

    @extend_schema(
        methods=["GET"], summary="Its evidence", responses=forms.EvidenceSerializer(many=True), filters=False
    )
    @extend_schema(
        methods=["POST"],
        summary="Add evidence",
        request={
            "application/json": forms.NewEvidenceSerializer,
            "multipart/form-data": forms.NewEvidenceSerializer,
        },
        responses={201: forms.EvidenceSerializer},
    )
    @action(detail=True, methods=["get", "post"], parser_classes=[JSONParser, MultiPartParser], pagination_class=None)
    def evidence(self, request: Request, pk: str) -> Response:
        if request.method == "GET":
            shown = self.get_object().evidence.filter(removed_at=None)
            rows = shown.select_related("item", "by", "file", "carried_from")
            return Response(forms.EvidenceSerializer(rows, many=True).data)
        given = self._given(forms.NewEvidenceSerializer)
        made = services.add_evidence(
            handoff_id=int(pk),
            actor=caller(request),
            item_key=given["item"],
            kind=given["kind"],
            title=given.get("title", ""),
            url=given.get("url", ""),
            text_=given.get("text", ""),
            upload=given.get("file"),
        )
        return Response(forms.EvidenceSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(summary="Take evidence back", responses={204: OpenApiResponse(description="Done.")})
    @action(detail=True, methods=["delete"], url_path=rf"evidence/(?P<evidence_id>{ID})")
    def remove_evidence(self, request: Request, pk: str, evidence_id: str) -> Response:
        services.remove_evidence(handoff_id=int(pk), actor=caller(request), evidence_id=int(evidence_id))
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(
        methods=["GET"], summary="What was said", responses=forms.CommentSerializer(many=True), filters=False
    )
    @extend_schema(
        methods=["POST"], summary="Comment", request=forms.CommentSerializer, responses={201: forms.CommentSerializer}
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def comments(self, request: Request, pk: str) -> Response:
        if request.method == "GET":
            said = self.get_object().comments.select_related("author")
            return Response(forms.CommentSerializer(said, many=True).data)
        body = self._given(forms.CommentSerializer)["text"]
        made = services.comment(handoff_id=int(pk), actor=caller(request), body=body)
        return Response(forms.CommentSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(summary="What was decided, in order", responses=forms.DecisionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def decisions(self, request: Request, pk: str) -> Response:
        made = self.get_object().decisions.select_related("actor")
        return Response(forms.DecisionSerializer(made, many=True).data)

    @extend_schema(
        summary="Its record: what the newest decision rested on, or how it stands now",
        responses={200: {"type": "object"}},
        filters=False,
    )
    @action(detail=True, methods=["get"])
    def record(self, request: Request, pk: str) -> Response:
        """`sha256` is over the record as JSON with sorted keys, no spaces, in UTF-8; null while nothing is decided."""
        handoff = self.get_object()
        last = handoff.decisions.order_by("-id").first()
        found = (
            {"record": last.record, "sha256": last.sha256}
            if last
            else {"record": record.build(handoff), "sha256": None}
        )
        return Response(found)

    @extend_schema(
        methods=["POST"],
        summary="A new token for the test job; the one before ends",
        request=None,
        responses={201: forms.TokenSerializer},
    )
    @extend_schema(methods=["DELETE"], summary="End the token", responses={204: OpenApiResponse(description="Done.")})
    @action(detail=True, methods=["post", "delete"])
    def token(self, request: Request, pk: str) -> Response:
        actor = caller(request)
        if request.method == "DELETE":
            services.end_results_token(handoff_id=int(pk), actor=actor)
            return Response(status=HTTP_204_NO_CONTENT)
        raw = services.issue_results_token(handoff_id=int(pk), actor=actor)
        until = Handoff.objects.values_list("results_token_until", flat=True).get(pk=pk)
        return Response({"token": raw, "until": until}, status=HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


routes = [("handoffs", HandoffViewSet)]
urlpatterns = [path("handoffs/<int:pk>/results/", ResultsView.as_view(), name="api-handoff-results")]
