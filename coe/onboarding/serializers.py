"""What the API says of paths that people are on, and what it takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from coe.onboarding.models import Enrolment, Team
from coe.onboarding.way import Line
from coe.paths.models import Experience


class TeamSerializer(serializers.ModelSerializer[Team]):
    lead = serializers.EmailField(source="lead.email")
    unit = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    members = serializers.SlugRelatedField[Any](slug_field="email", many=True, read_only=True)

    class Meta:
        model = Team
        fields = ["id", "name", "unit", "lead", "members", "created_at"]
        read_only_fields = fields


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    path = serializers.SlugField(source="path.slug")
    edition = serializers.IntegerField(source="edition.number")
    person = serializers.EmailField(source="person.email")
    unit = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    mentor = serializers.EmailField(source="mentor.person.email", allow_null=True, default=None)
    enrolment_state = serializers.ChoiceField(source="state", choices=Enrolment.State.choices)

    class Meta:
        model = Enrolment
        fields = [
            *("id", "path", "edition", "person", "team", "unit", "experience", "mentor", "started_on"),
            *("shifted_days", "enrolment_state", "next_key", "next_since", "next_due", "done_steps", "all_steps"),
            *("first_run_at", "first_production_at", "ended_at"),
        ]
        read_only_fields = fields


class StepStandingSerializer(serializers.Serializer[Line]):
    """One step of somebody's way."""

    key = serializers.SlugField(source="step.key")
    title = serializers.CharField(source="step.title")
    step_kind = serializers.ChoiceField(source="step.kind", choices=["read", "task", "quiz", "meet", "verified"])
    is_optional = serializers.BooleanField(source="step.is_optional")
    standing = serializers.ChoiceField(choices=["done", "next", "open", "held"])
    held_by = serializers.SerializerMethodField()
    due = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField(source="late")
    became = serializers.CharField(source="progress.state", default=None, allow_null=True)
    at = serializers.DateTimeField(source="progress.at", default=None, allow_null=True)
    evidence = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), source="progress.evidence", default=list
    )
    why = serializers.CharField(source="progress.why", default="")

    def get_held_by(self, line: Line) -> list[str]:
        return [step.key for step in line.held_by]


class EnrolSerializer(serializers.Serializer[Any]):
    path = serializers.SlugField()
    person = serializers.EmailField(required=False, help_text="Yourself when nobody is named.")
    team = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    experience = serializers.ChoiceField(choices=Experience.choices, default=Experience.NEW)
    started_on = serializers.DateField(required=False)


class DoneSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    link = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class AnswersSerializer(serializers.Serializer[Any]):
    answers = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(min_value=0, max_value=100), max_length=20),
        max_length=100,
        help_text="For each question the places of the chosen options, the first one 0.",
    )


class TriedSerializer(serializers.Serializer[Any]):
    right = serializers.IntegerField()
    asked = serializers.IntegerField()
    passed = serializers.BooleanField()


class StuckSerializer(serializers.Serializer[Any]):
    goal = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    error = serializers.CharField(required=False, default="", allow_blank=True, max_length=8000)
    details = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    urgency = serializers.ChoiceField(choices=["today", "week", "later"], default="week")


class AskedSerializer(serializers.Serializer[Any]):
    request = serializers.IntegerField(source="request_id")
    url = serializers.CharField(source="request_url")


class TeamInSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    members = serializers.ListField(child=serializers.EmailField(), required=False, default=list, max_length=30)


class CohortRowSerializer(serializers.Serializer[Any]):
    path = serializers.SlugField(source="path.slug")
    unit = serializers.CharField(source="unit_slug")
    began = serializers.IntegerField()
    active = serializers.IntegerField()
    done = serializers.IntegerField()
    left = serializers.IntegerField()
    late = serializers.IntegerField()
    days_to_run = serializers.FloatField(allow_null=True)
    days_to_production = serializers.FloatField(allow_null=True)
