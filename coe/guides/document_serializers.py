"""How documents look in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coe.accounts.api import VisibleSlugField
from coe.accounts.models import BusinessUnit, Person
from coe.guides import about
from coe.guides import document_parts as p
from coe.guides.document_forms import WRITTEN
from coe.guides.drafting import plain_parts
from coe.guides.models import Attachment, Audience, Document, Outcome, Revision, Visibility

MOST = 2**31 - 1
LONGEST = 64 * 1024


class OwnerField(serializers.SlugRelatedField[Person]):
    """A person named by e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Person.objects.filter(is_active=True))
        super().__init__(slug_field="email", **kwargs)

    def to_internal_value(self, data: Any) -> Person:
        return super().to_internal_value(data.strip().lower() if isinstance(data, str) else data)


class AboutPart(serializers.Serializer[Any]):
    """What it is about."""

    kind = serializers.CharField(max_length=30, help_text="project or model.")
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)

    def to_internal_value(self, data: Any) -> Any:
        given = super().to_internal_value(data)
        return about.kind(given["kind"]).type_id, given["id"]


class DocumentSerializer(serializers.ModelSerializer[Document]):
    title = serializers.SerializerMethodField(help_text="As readers see it; of a draft, its own.")
    summary = serializers.SerializerMethodField()
    unit = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    owner = OwnerField(read_only=True)
    outcome = serializers.ChoiceField(Outcome.choices, allow_blank=True, read_only=True, help_text="Of a lesson.")
    origin_url = serializers.CharField(read_only=True, help_text="Where an imported document is edited.")
    about = serializers.SerializerMethodField(help_text="The kind of what it is about, and its id.")
    published = serializers.IntegerField(source="published.number", read_only=True, allow_null=True, default=None)
    verified_by = OwnerField(read_only=True, allow_null=True)
    is_verified = serializers.BooleanField(read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Document
        fields = [
            *(
                "slug",
                "title",
                "summary",
                "kind",
                "audience",
                "outcome",
                "unit",
                "visibility",
                "tags",
                "owner",
                "about",
            ),
            *("published", "published_at", "verified_at", "verified_by", "is_verified", "verify_every_days"),
            *("archived_at", "origin", "origin_path", "origin_url", "created_at", "url"),
        ]
        read_only_fields = fields

    def get_title(self, document: Document) -> str:
        return document.published.title if document.published else document.title

    def get_summary(self, document: Document) -> str:
        shown = document.published or document.latest
        return shown.summary if shown else ""

    @extend_schema_field(AboutPart(allow_null=True))
    def get_about(self, document: Document) -> dict[str, Any] | None:
        kind = about.kind_of(document.subject_type_id)
        return {"kind": kind.name, "id": document.subject_id} if kind else None


class SettingsSerializer(serializers.Serializer[Any]):
    """What a document is, for whom, and whose; what is left out stays as it is."""

    kind = serializers.ChoiceField(WRITTEN, required=False)
    audience = serializers.ChoiceField(Audience.choices, required=False)
    outcome = serializers.ChoiceField(Outcome.choices, required=False, allow_blank=True, help_text="Of a lesson.")
    unit = VisibleSlugField(
        slug_field="slug", queryset=BusinessUnit.objects.all(), required=False, allow_null=True, help_text="Slug."
    )
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=p.MOST_IN_TAG), required=False, max_length=p.MOST_TAGS
    )
    owner = OwnerField(required=False, help_text="E-mail address.")
    verify_every_days = serializers.IntegerField(min_value=7, max_value=1100, required=False)
    about = AboutPart(required=False, allow_null=True)


class NewDocumentSerializer(SettingsSerializer):
    kind = serializers.ChoiceField(WRITTEN)
    title = serializers.CharField(max_length=p.TITLE)
    summary = serializers.CharField(max_length=p.SUMMARY, required=False, allow_blank=True)
    text = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, trim_whitespace=False, help_text="Markdown."
    )
    slug = serializers.SlugField(max_length=90, required=False, help_text="Made from the title, when left out.")


class DocumentSectionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=40)
    title = serializers.CharField(max_length=p.TITLE)
    text = serializers.CharField(max_length=LONGEST, allow_blank=True, trim_whitespace=False)
    versions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST), max_length=200, required=False
    )


class DocumentRevisionSerializer(serializers.ModelSerializer[Revision]):
    author = OwnerField(read_only=True)
    parts = serializers.SerializerMethodField(help_text="Of a model guide: its sections.")

    class Meta:
        model = Revision
        fields = [
            *("number", "title", "summary", "text", "html", "parts", "note", "restored_from", "author", "created_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(DocumentSectionSerializer(many=True))
    def get_parts(self, revision: Revision) -> list[dict[str, Any]]:
        return plain_parts(revision.parts)


class NewRevisionSerializer(serializers.Serializer[Any]):
    based_on = serializers.IntegerField(
        min_value=1, max_value=MOST, help_text="The revision that this was written on; 409 when another came meanwhile."
    )
    title = serializers.CharField(max_length=p.TITLE)
    summary = serializers.CharField(max_length=p.SUMMARY, allow_blank=True)
    text = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, trim_whitespace=False, help_text="Markdown."
    )
    parts = DocumentSectionSerializer(many=True, required=False, help_text="Of a model guide, in place of the text.")
    note = serializers.CharField(max_length=p.NOTE, required=False, allow_blank=True)


class PublishDocumentSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, max_value=MOST)
    note = serializers.CharField(max_length=p.NOTE, required=False, allow_blank=True)


class DocumentReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=p.REASON)


class VerifyDocumentSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, max_value=MOST, help_text="The published one, as you read it.")


class RestoreSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, max_value=MOST)
    based_on = serializers.IntegerField(min_value=1, max_value=MOST, help_text="The newest revision, as you saw it.")


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    size = serializers.IntegerField(source="file.size", read_only=True)
    media_type = serializers.CharField(source="file.media_type", read_only=True)
    sha256 = serializers.CharField(source="file.sha256", read_only=True)
    added_by = OwnerField(read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Attachment
        fields = ["name", "url", "size", "media_type", "sha256", "added_by", "created_at"]
        read_only_fields = fields


class NewFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="Sent as multipart/form-data.")
