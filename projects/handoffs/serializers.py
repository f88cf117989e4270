"""How handoffs look in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coe.accounts.api import VisibleSlugField
from coe.accounts.models import BusinessUnit, Person
from projects.catalog.api import PersonByEmail
from projects.checklists.models import Item
from projects.handoffs import items
from projects.handoffs.models import Answer, Comment, Decision, Evidence, Handoff
from projects.registry.models import AliasOrder

ITEM_STATES = ["open", "done", "not_applicable", "passed", "failed", "cannot_tell"]


class OrderPart(serializers.Serializer[Any]):
    """The alias change that acceptance ordered."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(AliasOrder.State.choices)
    error = serializers.CharField(allow_blank=True)
    applied_at = serializers.DateTimeField(allow_null=True)


class HandoffSerializer(serializers.ModelSerializer[Handoff]):
    project = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    source = serializers.CharField(source="model_version.model.source.name", read_only=True)  # type: ignore[assignment]  # a field of that name
    model = serializers.CharField(source="model_version.model.name", read_only=True)
    model_version = serializers.IntegerField(source="model_version.version", read_only=True)
    checklist = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    edition = serializers.IntegerField(source="edition.number", read_only=True)
    alias = serializers.CharField(source="edition.alias", read_only=True, allow_blank=True)
    receiving_unit = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    reviewer = PersonByEmail(read_only=True, allow_null=True)
    opened_by = PersonByEmail(read_only=True, allow_null=True)
    submitted_by = PersonByEmail(read_only=True, allow_null=True)
    decided_by = PersonByEmail(read_only=True, allow_null=True)
    newest_version = serializers.IntegerField(read_only=True, allow_null=True, help_text="Of the model, in MLflow.")
    is_stale = serializers.SerializerMethodField(help_text="Open, and the model has a newer version.")
    order = OrderPart(read_only=True, allow_null=True)

    class Meta:
        model = Handoff
        fields = [
            *("id", "project", "source", "model", "model_version", "checklist", "edition", "alias", "state", "origin"),
            *("summary", "receiving_unit", "reviewer", "due_on", "opened_by", "opened_at", "round", "submitted_by"),
            *("submitted_at", "decided_by", "decided_at", "state_since", "newest_version", "is_stale", "order"),
            "version",
        ]
        read_only_fields = fields

    def get_is_stale(self, handoff: Handoff) -> bool:
        newest = getattr(handoff, "newest_version", None)
        return bool(handoff.is_open and newest and newest > handoff.model_version.version)


class NewHandoffSerializer(serializers.Serializer[Any]):
    source = serializers.SlugField(max_length=60)  # type: ignore[assignment]  # a field of that name
    model = serializers.CharField(max_length=256)
    model_version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    checklist = serializers.SlugField(max_length=60)
    summary = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    receiving_unit = VisibleSlugField(
        slug_field="slug",
        queryset=BusinessUnit.objects.all(),
        required=False,
        help_text="The project's, when left out.",
    )
    reviewer = PersonByEmail(required=False, allow_null=True, help_text="E-mail address.")
    due_on = serializers.DateField(required=False, allow_null=True)


class EditHandoffSerializer(serializers.Serializer[Any]):
    summary = serializers.CharField(max_length=4000, allow_blank=True)
    version = serializers.IntegerField(required=False, help_text="The version your change is based on.")


class VersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        required=False, help_text="The version of the handoff that you saw; 409 when it has changed."
    )


class ReturnSerializer(VersionSerializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="Of the whole.")
    reasons = serializers.DictField(
        child=serializers.CharField(max_length=1000, allow_blank=True), required=False, help_text="By item key."
    )


class AcceptSerializer(VersionSerializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    newest_seen = serializers.IntegerField(
        required=False, help_text="The model's newest version, when it is not the handoff's: you mean the older one."
    )


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class ReassignSerializer(serializers.Serializer[Any]):
    reviewer = PersonByEmail(required=False, allow_null=True, help_text="E-mail address; null: any approver.")
    receiving_unit = VisibleSlugField(slug_field="slug", queryset=BusinessUnit.objects.all(), required=False)
    due_on = serializers.DateField(required=False, allow_null=True)


class ReassignManySerializer(serializers.Serializer[Any]):
    handoffs = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=200)
    reviewer = PersonByEmail(help_text="E-mail address.")
    due_on = serializers.DateField(required=False, allow_null=True)


class CarrySerializer(serializers.Serializer[Any]):
    handoff = serializers.IntegerField(help_text="The one whose answers are carried over.")
    items = serializers.ListField(child=serializers.SlugField(), min_length=1, max_length=200)


class ChecksSerializer(serializers.Serializer[Any]):
    item = serializers.SlugField(required=False, help_text="Only the check of this item.")


class AnswerSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Answer.State.choices)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)


class SignSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    item = serializers.SlugRelatedField[Any](slug_field="key", read_only=True, allow_null=True)
    by = PersonByEmail(read_only=True, allow_null=True)
    sha256 = serializers.CharField(source="file.sha256", read_only=True, allow_null=True, default=None)
    carried_from = serializers.SerializerMethodField(help_text="The handoff that it was carried over from.")

    class Meta:
        model = Evidence
        fields = ["id", "item", "kind", "title", "url", "text", "sha256", "tests", "by", "at", "carried_from"]
        read_only_fields = fields

    def get_carried_from(self, one: Evidence) -> int | None:
        return one.carried_from.handoff_id if one.carried_from else None


class NewEvidenceSerializer(serializers.Serializer[Any]):
    item = serializers.SlugField(max_length=60)
    kind = serializers.ChoiceField(["link", "text", "file"])
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    url = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    text = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    file = serializers.FileField(required=False, help_text="Sent as multipart/form-data.")


class CommentSerializer(serializers.ModelSerializer[Comment]):
    author = PersonByEmail(read_only=True)

    class Meta:
        model = Comment
        fields = ["id", "author", "text", "at"]
        read_only_fields = ["id", "author", "at"]


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    actor = PersonByEmail(read_only=True)

    class Meta:
        model = Decision
        fields = ["id", "round", "kind", "actor", "at", "reason", "reasons", "newest_version", "sha256"]
        read_only_fields = fields


class CheckPart(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(["passed", "failed", "cannot_tell"])
    sentence = serializers.CharField()
    saw = serializers.DictField()
    at = serializers.DateTimeField()


class StandingSerializer(serializers.Serializer[items.Standing]):
    """One item and how it stands."""

    key = serializers.CharField(source="item.key")
    group = serializers.CharField(source="item.group")
    title = serializers.CharField(source="item.title")
    kind = serializers.ChoiceField(Item.Kind.choices, source="item.kind")
    is_required = serializers.BooleanField(source="item.is_required")
    may_not_apply = serializers.BooleanField(source="item.may_not_apply")
    state = serializers.ChoiceField(ITEM_STATES)
    is_met = serializers.BooleanField()
    is_automated = serializers.BooleanField()
    note = serializers.CharField(source="answer.note", allow_blank=True)
    returned_because = serializers.CharField(source="answer.returned_because", allow_blank=True)
    by = serializers.SerializerMethodField(help_text="E-mail address.")
    at = serializers.DateTimeField(source="answer.at", allow_null=True)
    check = serializers.SerializerMethodField()
    evidence = EvidenceSerializer(many=True)

    @extend_schema_field(serializers.EmailField(allow_null=True))
    def get_by(self, row: items.Standing) -> str | None:
        person: Person | None = row.answer.by
        return person.email if person else None

    @extend_schema_field(CheckPart(allow_null=True))
    def get_check(self, row: items.Standing) -> Any:
        return CheckPart(row.check).data if row.check else None


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown this once.")
    until = serializers.DateTimeField()


class ResultsSerializer(serializers.Serializer[Any]):
    """A test report as JSON."""

    class Test(serializers.Serializer[Any]):
        name = serializers.CharField()
        outcome = serializers.ChoiceField(["passed", "failed", "skipped"])
        message = serializers.CharField(required=False, allow_blank=True)

    suite = serializers.CharField(required=False)
    tests = Test(many=True)


class ResultsTakenSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    suite = serializers.CharField()
    passed = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField()
    items = serializers.DictField(child=serializers.CharField(), help_text="How each item that tests speak of stands.")
