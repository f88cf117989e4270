"""How requests look in the API, and what may be sent."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coe.accounts.api import VisibleSlugField
from coe.accounts.models import BusinessUnit, Person
from coe.guides import about
from coe.mentoring import meetings
from coe.mentoring import request_parts as p
from coe.mentoring.answers import KINDS
from coe.mentoring.models import Attempt, Message, MessageFile, Request, Served, Urgency
from coe.mentoring.thread import MOST_FILES
from coe.mentors.models import Mentor

MOST, MOST_ID = 2**31 - 1, 2**63 - 1


class PersonField(serializers.SlugRelatedField[Person]):
    """A person with an account, named by e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Person.objects.filter(is_active=True))
        super().__init__(slug_field="email", **kwargs)

    def to_internal_value(self, data: Any) -> Person:
        return super().to_internal_value(data.strip().lower() if isinstance(data, str) else data)


@extend_schema_field(OpenApiTypes.STR)
class MentorField(serializers.SlugRelatedField[Mentor]):
    """A mentor, named by the person's e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Mentor.objects.select_related("person"))
        super().__init__(slug_field="person__email", **kwargs)

    def to_internal_value(self, data: Any) -> Mentor:
        return super().to_internal_value(data.strip().lower() if isinstance(data, str) else data)

    def to_representation(self, value: Any) -> str:
        return str(value.person.email)


class RequestAboutPart(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="project or model.")
    id = serializers.IntegerField()
    # The base class has a `label` too, which is read before fields are gathered.
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    url = serializers.CharField()


class RequestSerializer(serializers.ModelSerializer[Request]):
    unit = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    about = serializers.SerializerMethodField(help_text="What it is about; null where you may not know of it.")
    requester = PersonField(read_only=True)
    team = PersonField(many=True, read_only=True)
    mentor = MentorField(read_only=True, allow_null=True, help_text="Who is asked, answers, or did.")
    wanted = MentorField(read_only=True, allow_null=True, help_text="Who was asked for by name.")
    resolved_by = PersonField(read_only=True, allow_null=True)
    rating = serializers.SerializerMethodField(help_text="1 to 5, for those in the conversation.")
    guide = serializers.SerializerMethodField(help_text="Slug of the guide made of it, where you may read it.")
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Request
        fields = [
            *(
                "id",
                "url",
                "goal",
                "details",
                "details_html",
                "topic",
                "skills",
                "urgency",
                "unit",
                "language",
                "about",
            ),
            *("version", "is_shared", "requester", "team", "state", "mentor", "wanted", "round", "waiting_since"),
            *("first_answer_at", "resolution", "resolution_html", "resolved_by", "resolved_at", "rating", "guide"),
            *("created_at", "updated_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(RequestAboutPart(allow_null=True))
    def get_about(self, row: Request) -> dict[str, Any] | None:
        there, kind = row.__dict__["about"], about.kind_of(row.subject_type_id)
        return {"kind": kind.name, "id": there.id, "label": there.label, "url": there.url} if there and kind else None

    def get_rating(self, row: Request) -> int | None:
        return row.rating if row.__dict__["inside"] else None

    def get_guide(self, row: Request) -> str | None:
        draft = row.__dict__["draft"]
        return draft.slug if draft else None


class AskedAboutPart(serializers.Serializer[Any]):
    """What it is about."""

    kind = serializers.CharField(max_length=30, help_text="project or model.")
    id = serializers.IntegerField(min_value=1, max_value=MOST_ID)

    def to_internal_value(self, data: Any) -> Any:
        given = super().to_internal_value(data)
        return about.kind(given["kind"]).type_id, given["id"]


class ChangedRequestSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    goal = serializers.CharField(max_length=p.GOAL, required=False, help_text="What you are trying to do.")
    details = serializers.CharField(max_length=p.DETAILS, required=False, allow_blank=True, help_text="Markdown.")
    topic = serializers.CharField(max_length=40, required=False, help_text="One tag.")
    skills = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=p.MOST_SKILLS, help_text="Further tags."
    )
    urgency = serializers.ChoiceField(Urgency.choices, required=False)
    team = serializers.ListField(
        child=PersonField(),
        required=False,
        max_length=p.MOST_IN_TEAM,
        help_text="E-mail addresses of who it is for too.",
    )
    is_shared = serializers.BooleanField(required=False, help_text="Whether others may read it once it is resolved.")

    def validate_team(self, people: list[Person]) -> list[int]:
        return [person.pk for person in people]


class NewRequestSerializer(ChangedRequestSerializer):
    """A request; of these three fields are wanted."""

    goal = serializers.CharField(max_length=p.GOAL, help_text="What you are trying to do.")
    topic = serializers.CharField(max_length=40, help_text="One tag.")
    urgency = serializers.ChoiceField(Urgency.choices)
    unit = VisibleSlugField(
        slug_field="slug", queryset=BusinessUnit.objects.all(), required=False, allow_null=True, help_text="Slug."
    )
    language = serializers.RegexField(
        "^[a-z]{2,3}$", required=False, help_text="Code as in ISO 639: en, de. None: any."
    )
    about = AskedAboutPart(required=False, allow_null=True)
    version = serializers.IntegerField(min_value=1, max_value=MOST, required=False, allow_null=True)
    mentor = MentorField(required=False, allow_null=True, help_text="E-mail address of who shall be asked.")


class RequestReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=p.REASON)


class OptionalReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=p.REASON, required=False, allow_blank=True)


class HandOverSerializer(RequestReasonSerializer):
    mentor = MentorField(help_text="E-mail address.")


class PlaceSerializer(serializers.Serializer[Any]):
    mentor = MentorField(help_text="E-mail address.")


class ResolveRequestSerializer(serializers.Serializer[Any]):
    resolution = serializers.CharField(
        max_length=p.RESOLUTION, required=False, allow_blank=True, help_text="What the answer was, in Markdown."
    )


class RatingSerializer(serializers.Serializer[Any]):
    rating = serializers.IntegerField(min_value=1, max_value=5)


class GuideOfRequestSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=160, required=False, allow_blank=True, help_text="Else its goal.")


class GuideMadeSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    title = serializers.CharField()
    url = serializers.CharField(source="get_absolute_url")


class MessageFileSerializer(serializers.ModelSerializer[MessageFile]):
    size = serializers.IntegerField(source="file.size", read_only=True)
    media_type = serializers.CharField(source="file.media_type", read_only=True)

    url = serializers.SerializerMethodField(help_text="Where a browser downloads it.")

    class Meta:
        model = MessageFile
        fields = ["id", "name", "url", "size", "media_type"]
        read_only_fields = fields

    def get_url(self, row: MessageFile) -> str:
        return reverse("mentoring:file", args=[row.message.request_id, row.pk])


class MessageSerializer(serializers.ModelSerializer[Message]):
    author = PersonField(read_only=True)
    files = MessageFileSerializer(many=True, read_only=True)
    ics = serializers.SerializerMethodField(help_text="Of a meeting: where a browser gets it for a calendar.")

    class Meta:
        model = Message
        fields = [
            *("id", "author", "text", "html", "files", "created_at"),
            *("starts_at", "minutes", "place", "sequence", "cancelled_at", "ics"),
        ]
        read_only_fields = fields
        extra_kwargs = {"starts_at": {"help_text": "Of a proposal to meet; null for other messages."}}

    def get_ics(self, row: Message) -> str | None:
        return reverse("mentoring:ics", args=[row.request_id, row.pk]) if row.is_meeting else None


class NewMessageSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=p.TEXT, help_text="Markdown.")


class NewMessageWithFilesSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=p.TEXT, required=False, allow_blank=True, help_text="Markdown.")
    files = serializers.ListField(child=serializers.FileField(), required=False, max_length=MOST_FILES)


class MeetingSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField(help_text="Ahead, within a year.", default_timezone=None)
    minutes = serializers.IntegerField(min_value=meetings.SHORTEST, max_value=meetings.LONGEST)
    place = serializers.CharField(max_length=p.PLACE, required=False, allow_blank=True, help_text="Room or address.")
    text = serializers.CharField(max_length=p.TEXT, required=False, allow_blank=True, help_text="Markdown.")


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    mentor = MentorField(read_only=True)
    by = PersonField(read_only=True, allow_null=True, help_text="Who asked that mentor; null where Cairn did.")
    why = serializers.JSONField(read_only=True, help_text="How each candidate fitted at that moment.")

    class Meta:
        model = Attempt
        fields = [
            *("id", "mentor", "round", "state", "how", "holds_place", "by", "asked_at", "due_at", "answered_at"),
            *("ended_at", "reason", "why"),
        ]
        read_only_fields = fields


class WhySerializer(serializers.Serializer[Any]):
    attempts = AttemptSerializer(many=True, help_text="Who was asked, and why that one.")
    now = serializers.ListField(
        child=serializers.DictField(), allow_null=True, help_text="For the centre: each mentor's fit at this moment."
    )


class OfferSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS)
    id = serializers.IntegerField()
    title = serializers.CharField()
    excerpt = serializers.CharField(help_text="Safe HTML: what was looked for stands in <mark>.")
    url = serializers.CharField()


class NewServedSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS)
    id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    topic = serializers.CharField(max_length=40, required=False, allow_blank=True)


class ServedSerializer(serializers.ModelSerializer[Served]):
    document = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    thread = serializers.PrimaryKeyRelatedField[Any](read_only=True, allow_null=True)

    class Meta:
        model = Served
        fields = ["id", "document", "thread", "topic", "at"]
        read_only_fields = fields
