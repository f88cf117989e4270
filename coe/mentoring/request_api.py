"""The API of requests for a mentor: the same verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework import request as rest
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from coe.accounts.http import caller
from coe.accounts.models import BusinessUnit
from coe.core import access
from coe.core.api import AccessFirst, EtagMixin
from coe.core.listing import sorted_rows
from coe.mentoring import answers, placing, request_lists, services
from coe.mentoring import serializers as forms
from coe.mentoring.models import Message, Request, State, Urgency

DONE = {204: OpenApiResponse(description="Done.")}
# Each action that writes, and the rule that is asked before the input is looked at.
WRITES = {
    **dict.fromkeys(("accept", "decline"), "mentoring.answer"),
    **dict.fromkeys(("messages", "meetings", "meeting"), "mentoring.write"),
    **dict.fromkeys(("partial_update", "reopen", "rate", "withdraw"), "mentoring.own"),
    "hand_over": "mentoring.hand_over",
    "resolve": "mentoring.resolve",
    "guide": "mentoring.guide",
    "place": "mentoring.place",
}


class RequestFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    mine = filters.ChoiceFilter(choices=list(request_lists.MINE.items()), method="by_mine", label="Whose.")
    state = filters.ChoiceFilter(choices=State.choices)
    topic = filters.CharFilter(method="by_topic", max_length=40, label="A tag: as topic or further skill.")
    urgency = filters.ChoiceFilter(choices=Urgency.choices)
    mentor = filters.CharFilter(
        method="by_mentor", max_length=254, label="Who is asked, answers or did: e-mail address."
    )
    unit = filters.ModelChoiceFilter(queryset=BusinessUnit.objects.all(), to_field_name="slug", label="Slug.")

    class Meta:
        model = Request
        fields: ClassVar[list[str]] = []

    def by_mine(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(pk__in=request_lists.of(caller(self.request), value).values("pk"))

    def by_topic(self, rows: Any, _name: str, value: str) -> Any:
        return rows.tagged(value)

    def by_mentor(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(mentor__person__email=value.replace("\0", "").strip().lower())


@extend_schema_view(
    list=extend_schema(
        summary="Requests",
        parameters=[
            OpenApiParameter("sort", str, enum=[*request_lists.SORTS, *(f"-{name}" for name in request_lists.SORTS)])
        ],
    ),
    retrieve=extend_schema(summary="One request"),
)
class RequestViewSet(
    AccessFirst, EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Request]
):
    """What people need a mentor for: one's own, those one answers, and answered ones that are shared."""

    serializer_class = forms.RequestSerializer
    queryset = Request.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    filterset_class = RequestFilters
    access_first: ClassVar[dict[str, str]] = WRITES

    def get_queryset(self) -> QuerySet[Request]:
        person = caller(self.request)
        known: QuerySet[Request] = Request.objects.visible_to(person)
        if self.action == "list" and person.is_authenticated:
            asked = self.request.query_params.get("sort", "")
            known = sorted_rows(request_lists.with_urgency(known), asked, sorts=request_lists.SORTS, default="-updated")
        return self._whole(known)

    def _whole(self, rows: QuerySet[Request]) -> QuerySet[Request]:
        people = ("requester", "resolved_by", "mentor__person", "wanted__person", "unit", "subject_type")
        return rows.select_related(*people).prefetch_related("team")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Every row with what it is about and who looks at it, found for all of them at once."""
        if args and args[0] is not None:
            rows = list(args[0]) if kwargs.get("many") else [args[0]]
            request_lists.show(rows, caller(self.request))
            args = (rows if kwargs.get("many") else rows[0], *args[1:])
        return super().get_serializer(*args, **kwargs)

    def _given(self, kind: type[Any]) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def _shown(self, pk: int | str, status: int = 200) -> Response:
        """The request as it stands now; also to who gave it away just now and may not know of it any more."""
        return Response(self.get_serializer(self._whole(Request.objects.filter(pk=pk)).get()).data, status=status)

    def _act(self, pk: str, verb: Callable[..., object], kind: type[Any] | None = None) -> Response:
        """Carry out a verb with what was sent, and show the request as it stands then."""
        verb(request_id=int(pk), actor=caller(self.request), **(self._given(kind) if kind else {}))
        return self._shown(pk)

    @extend_schema(
        summary="Ask for a mentor",
        description="Cairn finds one, or the one named is asked. Sent twice within a minute, it is one request.",
        request=forms.NewRequestSerializer,
        responses={201: forms.RequestSerializer},
    )
    def create(self, request: rest.Request) -> Response:
        given = self._given(forms.NewRequestSerializer)
        wanted, about = given.pop("mentor", None), given.pop("about", None)
        made = services.ask_for_help(
            actor=caller(request), subject=about, wanted_id=wanted.pk if wanted else None, **given
        )
        return self._shown(made.pk, HTTP_201_CREATED)

    @extend_schema(
        summary="Change what it says", request=forms.ChangedRequestSerializer, responses=forms.RequestSerializer
    )
    def partial_update(self, request: rest.Request, pk: str) -> Response:
        given = self._given(forms.ChangedRequestSerializer)
        row = self.get_object()
        names = ("goal", "details", "topic", "skills", "urgency", "is_shared")
        there = {name: getattr(row, name) for name in names} | {"team": [person.pk for person in row.team.all()]}
        services.change_request(request_id=int(pk), actor=caller(request), **{**there, **given})
        return self._shown(pk)

    @extend_schema(summary="Take it on", request=None, responses=forms.RequestSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: rest.Request, pk: str) -> Response:
        return self._act(pk, services.accept_request)

    @extend_schema(
        summary="Decline it",
        description="It goes on to somebody else; you may not know of it any more then.",
        request=forms.OptionalReasonSerializer,
        responses=DONE,
    )
    @action(detail=True, methods=["post"])
    def decline(self, request: rest.Request, pk: str) -> Response:
        given = self._given(forms.OptionalReasonSerializer)
        services.decline_request(request_id=int(pk), actor=caller(request), **given)
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Hand it over to another mentor",
        request=forms.HandOverSerializer,
        responses=forms.RequestSerializer,
    )
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: rest.Request, pk: str) -> Response:
        given = self._given(forms.HandOverSerializer)
        wanted = given.pop("mentor")
        services.hand_over(request_id=int(pk), actor=caller(request), mentor_id=wanted.pk, **given)
        return self._shown(pk)

    @extend_schema(
        summary="Say that it is done", request=forms.ResolveRequestSerializer, responses=forms.RequestSerializer
    )
    @action(detail=True, methods=["post"])
    def resolve(self, request: rest.Request, pk: str) -> Response:
        return self._act(pk, services.resolve_request, forms.ResolveRequestSerializer)

    @extend_schema(summary="Open it again", request=forms.RequestReasonSerializer, responses=forms.RequestSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: rest.Request, pk: str) -> Response:
        return self._act(pk, services.reopen_request, forms.RequestReasonSerializer)

    @extend_schema(summary="Rate the help", request=forms.RatingSerializer, responses=forms.RequestSerializer)
    @action(detail=True, methods=["post"])
    def rate(self, request: rest.Request, pk: str) -> Response:
        return self._act(pk, services.rate_help, forms.RatingSerializer)

    @extend_schema(summary="Take it back", request=forms.OptionalReasonSerializer, responses=forms.RequestSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: rest.Request, pk: str) -> Response:
        return self._act(pk, services.withdraw_request, forms.OptionalReasonSerializer)

    @extend_schema(
        summary="Make a guide of it",
        description="A draft, with the names taken out.",
        request=forms.GuideOfRequestSerializer,
        responses={201: forms.GuideMadeSerializer},
    )
    @action(detail=True, methods=["post"])
    def guide(self, request: rest.Request, pk: str) -> Response:
        given = self._given(forms.GuideOfRequestSerializer)
        made = services.make_guide(request_id=int(pk), actor=caller(request), **given)
        return Response(forms.GuideMadeSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(
        summary="Give it to a mentor by hand", request=forms.PlaceSerializer, responses=forms.RequestSerializer
    )
    @action(detail=True, methods=["post"])
    def place(self, request: rest.Request, pk: str) -> Response:
        wanted = self._given(forms.PlaceSerializer)["mentor"]
        placing.place_by_hand(request_id=int(pk), mentor_id=wanted.pk, actor=caller(request))
        return self._shown(pk)

    @extend_schema(summary="Why this mentor", responses=forms.WhySerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def why(self, request: rest.Request, pk: str) -> Response:
        person, row = caller(request), self.get_object()
        access.require(person, "mentoring.write", row)
        attempts = row.attempts.select_related("mentor__person", "by")
        now = placing.breakdown(row) if access.may(person, "mentoring.place", row) else None
        return Response(forms.WhySerializer({"attempts": attempts, "now": now}).data)

    @extend_schema(methods=["GET"], summary="The thread", responses=forms.MessageSerializer(many=True), filters=False)
    @extend_schema(
        methods=["POST"],
        summary="Write in the thread",
        request={
            "application/json": forms.NewMessageSerializer,
            "multipart/form-data": forms.NewMessageWithFilesSerializer,
        },
        responses={201: forms.MessageSerializer},
    )
    @action(detail=True, methods=["get", "post"], parser_classes=[JSONParser, MultiPartParser], pagination_class=None)
    def messages(self, request: rest.Request, pk: str) -> Response:
        if request.method == "GET":
            rows = self.get_object().messages.select_related("author").prefetch_related("files__file")
            return Response(forms.MessageSerializer(rows, many=True).data)
        given = self._given(forms.NewMessageWithFilesSerializer)
        uploads = [(upload.name, upload) for upload in given.get("files", [])]
        made = services.write_message(
            request_id=int(pk), actor=caller(request), text=given.get("text", ""), files=uploads
        )
        return Response(forms.MessageSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(summary="Propose to meet", request=forms.MeetingSerializer, responses={201: forms.MessageSerializer})
    @action(detail=True, methods=["post"])
    def meetings(self, request: rest.Request, pk: str) -> Response:
        given = self._given(forms.MeetingSerializer)
        made = services.propose_meeting(request_id=int(pk), actor=caller(request), **given)
        return Response(forms.MessageSerializer(made).data, status=HTTP_201_CREATED)

    @extend_schema(
        methods=["PUT"], summary="Move a meeting", request=forms.MeetingSerializer, responses=forms.MessageSerializer
    )
    @extend_schema(methods=["DELETE"], summary="Call a meeting off", responses=DONE)
    @action(detail=True, methods=["put", "delete"], url_path="meetings/(?P<message>[0-9]{1,18})")
    def meeting(self, request: rest.Request, pk: str, message: str) -> Response:
        # Of this request and of no other one.
        Message.objects.get(pk=message, request_id=int(pk))
        if request.method == "DELETE":
            services.cancel_meeting(message_id=int(message), actor=caller(request))
            return Response(status=HTTP_204_NO_CONTENT)
        given = self._given(forms.MeetingSerializer)
        made = services.change_meeting(message_id=int(message), actor=caller(request), **given)
        return Response(forms.MessageSerializer(made).data)

    @extend_schema(
        summary="Answers that are there already",
        description="Guides and answered questions like what you are about to ask.",
        parameters=[
            OpenApiParameter("goal", str, required=True, description="What you are trying to do."),
            OpenApiParameter("topic", str),
        ],
        responses=forms.OfferSerializer(many=True),
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None, filter_backends=[])
    def offers(self, request: rest.Request) -> Response:
        asked = request.query_params
        found = answers.offers(caller(request), goal=asked.get("goal", ""), topic=asked.get("topic", ""))
        return Response(forms.OfferSerializer(found, many=True).data)

    @extend_schema(
        summary="Say that one of them was the answer",
        request=forms.NewServedSerializer,
        responses={201: forms.ServedSerializer},
    )
    @action(detail=False, methods=["post"])
    def served(self, request: rest.Request) -> Response:
        given = self._given(forms.NewServedSerializer)
        which = {"document_id" if given["kind"] == "guide" else "thread_id": given["id"]}
        made = services.note_served(actor=caller(request), topic=given.get("topic", ""), **which)
        return Response(forms.ServedSerializer(made).data, status=HTTP_201_CREATED)


routes: list[tuple[str, Any]] = [("mentoring/requests", RequestViewSet)]
