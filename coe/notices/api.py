"""The API of notices: one's own inbox, and what reaches one how. The same verbs as the pages."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from coe.accounts.http import caller
from coe.core import telling
from coe.core.api import EtagMixin
from coe.core.errors import invalid
from coe.notices import inbox, services
from coe.notices.models import Channel, Notice, When
from coe.notices.wishes import readers


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    about = serializers.CharField(source="label", read_only=True, help_text="What it is about.")
    is_read = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ["id", "topic", "about", "text", "url", "count", "first_at", "last_at", "is_read", "read_at"]
        read_only_fields = fields

    def get_is_read(self, notice: Notice) -> bool:
        return notice.read_at is not None


class UntilSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Leave unread what came after this time."
    )


class CountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(read_only=True)


class NoticeChoiceSerializer(serializers.Serializer[Any]):
    topic = serializers.CharField(max_length=40)
    channel = serializers.ChoiceField(Channel.choices)
    when = serializers.ChoiceField(When.choices, help_text="The inbox has no daily.")


class NoticeChoicesSerializer(serializers.Serializer[Any]):
    digest_hour = serializers.IntegerField(
        min_value=0, max_value=23, required=False, help_text="When the daily digest comes, in your time zone."
    )
    choices = NoticeChoiceSerializer(many=True, required=False, help_text="What is not named stays as it is.")


@extend_schema_view(
    list=extend_schema(
        summary="Your inbox, the newest first",
        parameters=[
            OpenApiParameter("state", str, enum=[key for key, _ in inbox.STATES]),
            OpenApiParameter("topic", str, description="A kind of news, as `choices` names them."),
        ],
    ),
    retrieve=extend_schema(summary="One notice"),
)
class NoticeViewSet(EtagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Notice]):
    """What you were told of, of things that you may still know of; and what reaches you how and when."""

    serializer_class = NoticeSerializer
    queryset = Notice.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Notice]:
        wanted = self._wanted() if self.action == "list" else {}
        return inbox.narrowed(wanted).visible_to(caller(self.request)).order_by("-last_at", "-pk")

    def _wanted(self) -> dict[str, str]:
        asked = {name: self.request.query_params.get(name, "") for name in ("state", "topic")}
        known = {"state": [key for key, _ in inbox.STATES], "topic": [one.key for one in telling.topics()]}
        for name, value in asked.items():
            if value and value not in known[name]:
                raise invalid(name, "must be one of " + ", ".join(known[name]))
        return asked

    def _given(self, kind: type[Any]) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    @extend_schema(summary="Mark it as read", request=UntilSerializer, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        given = self._given(UntilSerializer)
        done = services.mark_read(notice_id=int(pk), actor=caller(request), until=given.get("until"))
        return Response(self.get_serializer(done).data)

    @extend_schema(summary="Mark all as read", request=UntilSerializer, responses=CountSerializer)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        given = self._given(UntilSerializer)
        return Response({"count": services.mark_all_read(actor=caller(request), until=given.get("until"))})

    @extend_schema(summary=f"How many are unread, up to {inbox.MOST_COUNTED}", responses=CountSerializer, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def unread(self, request: Request) -> Response:
        return Response({"count": inbox.unread_count(caller(request))})

    @extend_schema(summary="What reaches you how and when", responses=NoticeChoicesSerializer, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def choices(self, request: Request) -> Response:
        return self._choices(request)

    @extend_schema(
        summary="Choose what reaches you how and when",
        request=NoticeChoicesSerializer,
        responses=NoticeChoicesSerializer,
    )
    @choices.mapping.put
    def choose(self, request: Request) -> Response:
        given = self._given(NoticeChoicesSerializer)
        chosen = {(one["topic"], one["channel"]): one["when"] for one in given.get("choices", [])}
        with transaction.atomic():
            services.choose_all(actor=caller(request), choices=chosen)
            if "digest_hour" in given:
                services.set_digest_hour(actor=caller(request), hour=given["digest_hour"])
        return self._choices(request)

    def _choices(self, request: Request) -> Response:
        reader = readers([caller(request).pk])[caller(request).pk]
        choices = [
            {"topic": topic.key, "channel": channel, "when": reader.wish(topic.key, channel)}
            for topic in telling.topics()
            for channel in Channel.values
        ]
        return Response({"digest_hour": reader.digest_hour, "choices": choices})


routes: list[tuple[str, type[ViewSetMixin]]] = [("notices", NoticeViewSet)]
