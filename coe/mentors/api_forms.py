"""What the API of mentors takes and gives."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coe.accounts.api import VisibleSlugField
from coe.accounts.http import caller
from coe.accounts.models import BusinessUnit
from coe.core import access
from coe.core.errors import invalid
from coe.mentors.availability import Availability, Now, Standing, now_of, standing_of
from coe.mentors.calendars import calendar_of, zone_of
from coe.mentors.models import MOST_CAPACITY, Away, Level, Mentor

MOST_ID = 2**63 - 1
MOST = 2**31 - 1


class SkillSerializer(serializers.Serializer[Any]):
    tag = serializers.CharField(max_length=40)
    level = serializers.ChoiceField(Level.choices, help_text="1 has used it, 2 uses it often, 3 can teach it.")

    @staticmethod
    def by_tag(rows: list[dict[str, Any]]) -> dict[str, int]:
        """What `set_skills` takes. Raises `ValidationError` for a tag given twice."""
        found = {row["tag"]: row["level"] for row in rows}
        if len(found) != len(rows):
            raise invalid("skills", "must name each once")
        return found


class AwaySerializer(serializers.ModelSerializer[Away]):
    class Meta:
        model = Away
        fields: ClassVar[list[str]] = ["id", "first", "last", "note"]


class WeekSerializer(serializers.Serializer[Any]):
    week = serializers.ListField(
        child=serializers.ListField(
            child=serializers.ListField(
                child=serializers.IntegerField(min_value=0, max_value=1440), min_length=2, max_length=2
            ),
            max_length=6,
        ),
        min_length=7,
        max_length=7,
        help_text="For each day from Monday on its spans: [start, end] in minutes after midnight.",
    )


class MentorPersonSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class NowSerializer(serializers.Serializer[Now]):
    is_working = serializers.BooleanField(help_text="At work at this moment.")
    until = serializers.DateTimeField(allow_null=True, help_text="When that pauses; null when not in sight.")
    opens = serializers.DateTimeField(allow_null=True, help_text="When work goes on; null at work, or not in sight.")


class MentorSerializer(serializers.ModelSerializer[Mentor]):
    person = MentorPersonSerializer()
    units: Any = serializers.SlugRelatedField(many=True, read_only=True, slug_field="slug", help_text="Empty: any.")
    zone = serializers.SerializerMethodField(help_text="The time zone that counts.")
    skills = SkillSerializer(many=True)
    away = serializers.SerializerMethodField()
    held = serializers.IntegerField(help_text="How many places are taken.")
    free = serializers.SerializerMethodField(help_text="How many requests could be given now.")
    state = serializers.SerializerMethodField()
    now = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Mentor
        fields: ClassVar[list[str]] = [
            *("id", "person", "about", "about_html", "units", "languages", "zone", "week", "country", "region"),
            *("capacity", "held", "free", "state", "now", "wanted", "unwanted", "skills", "away", "paused_until"),
            *("stopped_at", "created_at", "version", "url"),
        ]
        read_only_fields = fields

    def _standing(self, mentor: Mentor) -> Standing:
        return standing_of(mentor, mentor.__dict__.get("held", 0), timezone.now())

    def get_zone(self, mentor: Mentor) -> str:
        return zone_of(mentor)

    def get_free(self, mentor: Mentor) -> int:
        return self._standing(mentor).free

    @extend_schema_field(serializers.ChoiceField(Availability.choices))
    def get_state(self, mentor: Mentor) -> str:
        return str(self._standing(mentor).state)

    @extend_schema_field(NowSerializer)
    def get_now(self, mentor: Mentor) -> Any:
        return NowSerializer(now_of(calendar_of(mentor), timezone.now())).data

    @extend_schema_field(AwaySerializer(many=True))
    def get_away(self, mentor: Mentor) -> Any:
        """The note is for the mentor and the centre alone."""
        rows = list(AwaySerializer(mentor.away.all(), many=True).data)
        open_ = access.may(caller(self.context["request"]), "mentor.edit", mentor)
        return rows if open_ else [{**row, "note": ""} for row in rows]


class ProfileSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST,
        help_text="The version your change is based on; 409 when there is a newer one.",
    )
    about = serializers.CharField(max_length=2000, allow_blank=True, required=False, help_text="Markdown.")
    units = VisibleSlugField(
        many=True, slug_field="slug", queryset=BusinessUnit.objects.all(), required=False, help_text="Empty: any."
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=3), required=False, help_text="Codes of ISO 639-1."
    )
    zone = serializers.CharField(
        max_length=60, allow_blank=True, required=False, help_text="Empty: the person's own, else the company's."
    )
    country = serializers.CharField(max_length=2, allow_blank=True, required=False, help_text="ISO 3166, like DE.")
    region = serializers.CharField(max_length=20, allow_blank=True, required=False, help_text="Like BY.")
    capacity = serializers.IntegerField(min_value=1, max_value=MOST_CAPACITY, required=False)
    wanted = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    unwanted = serializers.ListField(child=serializers.CharField(max_length=40), required=False)


class BeginSerializer(serializers.Serializer[Any]):
    person = serializers.IntegerField(
        min_value=1, max_value=MOST_ID, required=False, help_text="Id of somebody with the role; you, when left out."
    )


class PauseSerializer(serializers.Serializer[Any]):
    until = serializers.DateField(
        required=False, allow_null=True, help_text="The first day on which requests come again; until you say so."
    )


class StopSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)
