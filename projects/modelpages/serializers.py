"""What the API says of model pages, and what it takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.modelpages.mine import Card
from projects.modelpages.sections import SECTIONS

HEALTH = ["yes", "no", "unknown", "off", "gone"]


class HealthSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(HEALTH)
    sentence = serializers.CharField()


class ModelCardSerializer(serializers.Serializer[Any]):
    """A model as its card shows it."""

    id = serializers.IntegerField(source="model.pk")
    source = serializers.CharField(source="model.source.name")  # type: ignore[assignment]  # shadows an argument of DRF
    name = serializers.CharField(source="model.name")
    project = serializers.CharField(source="model.project.slug", default=None, allow_null=True)
    title = serializers.CharField()
    says = serializers.CharField(help_text="What it decides, in a sentence; empty when nobody wrote it.")
    production = serializers.IntegerField(source="facts.production", allow_null=True, help_text="The version.")
    since = serializers.DateTimeField(source="facts.since", allow_null=True)
    newest = serializers.IntegerField(source="facts.newest", allow_null=True)
    health = HealthSerializer()
    sections_written = serializers.IntegerField(source="written")
    sections_of = serializers.IntegerField(source="of")
    users = serializers.IntegerField(source="facts.users")
    used_by_me = serializers.SerializerMethodField()

    def get_used_by_me(self, card: Card) -> bool:
        return card.facts.mine is not None


class ShownSectionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    html = serializers.CharField()
    versions = serializers.ListField(child=serializers.IntegerField())
    warning = serializers.CharField(help_text="Empty when it is true for the version of the page.")


class FigureSerializer(serializers.Serializer[Any]):
    kpi = serializers.CharField(source="kpi_key")
    name = serializers.CharField()
    value = serializers.CharField(source="value_text", help_text="As people read it; empty when there is none.")
    index = serializers.FloatField(allow_null=True)
    baseline = serializers.CharField(source="baseline_text")
    target = serializers.CharField(source="target_text")
    reason = serializers.CharField(help_text="Why there is no value or no index.")
    observed_at = serializers.DateTimeField(allow_null=True)
    dataset_name = serializers.CharField()
    dataset_digest = serializers.CharField()
    is_of_model = serializers.BooleanField()


class SignatureRowSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField(help_text="In plain words.")
    exact = serializers.CharField(help_text="As MLflow has it.")
    need = serializers.CharField()


class SignatureSerializer(serializers.Serializer[Any]):
    inputs = SignatureRowSerializer(many=True)
    outputs = SignatureRowSerializer(many=True)
    params = SignatureRowSerializer(many=True)
    why_none = serializers.CharField()


class CompletenessSerializer(serializers.Serializer[Any]):
    written = serializers.IntegerField()
    true_for_version = serializers.IntegerField()
    of = serializers.IntegerField()
    missing = serializers.SerializerMethodField()
    outdated = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, full: Any) -> list[str]:
        return [one.key for one in full.missing]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_outdated(self, full: Any) -> list[str]:
        return [one.key for one in full.outdated]


class ModelPageSerializer(serializers.Serializer[Any]):
    """A model's page."""

    id = serializers.IntegerField(source="model.pk")
    source = serializers.CharField(source="model.source.name")  # type: ignore[assignment]  # shadows an argument of DRF
    name = serializers.CharField(source="model.name")
    project = serializers.CharField(source="model.project.slug", default=None, allow_null=True)
    title = serializers.CharField()
    lead = serializers.CharField()
    production = serializers.IntegerField(source="facts.production", allow_null=True)
    since = serializers.DateTimeField(source="facts.since", allow_null=True)
    version = serializers.IntegerField(source="facts.version", allow_null=True, help_text="Which the page speaks of.")
    health = HealthSerializer()
    guide = serializers.CharField(source="guide.slug", default=None, allow_null=True)
    revision = serializers.IntegerField(source="text.number", default=None, allow_null=True)
    verified_at = serializers.DateTimeField(source="guide.verified_at", default=None, allow_null=True)
    completeness = CompletenessSerializer()
    sections = ShownSectionSerializer(many=True)
    figures = FigureSerializer(many=True)
    signature = SignatureSerializer()
    users = serializers.IntegerField(source="facts.users")
    read_at = serializers.DateTimeField(allow_null=True, help_text="When MLflow was last read to the end.")


class UseSerializer(serializers.Serializer[Any]):
    purpose = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    since = serializers.DateTimeField(read_only=True)


class SectionTextsSerializer(serializers.Serializer[Any]):
    """The sections as Markdown; those left out stay as they were."""

    def get_fields(self) -> dict[str, Any]:
        return {
            one.key: serializers.CharField(
                required=False, allow_blank=True, trim_whitespace=False, max_length=60_000, help_text=one.question
            )
            for one in SECTIONS
        }


class GuideSerializer(serializers.Serializer[Any]):
    based_on = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None, help_text="Null: a new guide."
    )
    title = serializers.CharField(max_length=160)
    summary = serializers.CharField(max_length=300, allow_blank=True, required=False, default="")
    sections = SectionTextsSerializer()
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="Which it is written for.")
    note = serializers.CharField(max_length=300, allow_blank=True, required=False, default="")


class ConfirmSerializer(serializers.Serializer[Any]):
    keys = serializers.ListField(
        child=serializers.ChoiceField([one.key for one in SECTIONS]), min_length=1, max_length=len(SECTIONS)
    )
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    based_on = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class RevisionSerializer(serializers.Serializer[Any]):
    """The revision that was made."""

    document = serializers.CharField(source="document.slug")
    number = serializers.IntegerField()
    is_published = serializers.SerializerMethodField()

    def get_is_published(self, revision: Any) -> bool:
        return bool(revision.document.published_id == revision.pk)
