"""How paths look in the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from coe.accounts.api import VisibleSlugField
from coe.accounts.models import Person, Role
from coe.guides.document_serializers import OwnerField
from coe.guides.models import Document
from coe.paths import people
from coe.paths import step_fields as rules
from coe.paths.models import Audience, Edition, Experience, Path, Step

VERSION_HELP = "The draft’s version that your change is based on; 409 when there is a newer one."
MOST_VERSION = 2**31 - 1


class VersionField(serializers.IntegerField):
    """The version of the draft that a change is based on."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "min_value": 1, "max_value": MOST_VERSION, "help_text": VERSION_HELP, **kwargs}
        )


class GuideSlugField(VisibleSlugField):
    """A guide by its slug, among those that the caller may know of; null to a reader who may not know of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="slug", queryset=Document.objects.select_related("published"), **kwargs)

    def use_pk_only_optimization(self) -> bool:
        return False

    def get_attribute(self, instance: Any) -> Any:
        known: dict[int, Document] = self.context.get("guides", {})
        return known.get(instance.document_id)


class PathQuestionSerializer(serializers.Serializer[Any]):
    """A question of a quiz. What is right, and why, is for those who write the path."""

    text = serializers.CharField(max_length=rules.LONGEST_QUESTION)
    options = serializers.ListField(
        child=serializers.CharField(max_length=rules.LONGEST_OPTION), min_length=2, max_length=rules.MOST_OPTIONS
    )
    right = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=rules.MOST_OPTIONS),
        required=False,
        min_length=1,
        max_length=rules.MOST_OPTIONS,
        help_text="The places of the right options, from 0. Only for those who write the path.",
    )
    why = serializers.CharField(
        max_length=rules.LONGEST_WHY, required=False, allow_blank=True, help_text="Only for those who write the path."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = ("text", "options", "right", "why") if self.context.get("with_answers") else ("text", "options")
        return {name: instance[name] for name in shown if name in instance}


class PathStepSerializer(serializers.ModelSerializer[Step]):
    key = serializers.SlugField(
        max_length=60, help_text="Stays the same in later editions: by it what was done counts."
    )
    document = GuideSlugField(
        required=False, allow_null=True, help_text="Of reading: the guide’s slug, where you may know of it."
    )
    text = serializers.CharField(max_length=8000, required=False, allow_blank=True, help_text="Markdown.")
    due_days = serializers.IntegerField(
        min_value=0, max_value=rules.MOST_DUE, required=False, allow_null=True, help_text="Working days from the start."
    )
    minutes = serializers.IntegerField(min_value=1, max_value=rules.MOST_MINUTES, required=False, allow_null=True)
    needs = serializers.ListField(
        child=serializers.SlugField(max_length=60), required=False, max_length=rules.MOST_STEPS,
        help_text="Keys of earlier steps that come first.",
    )  # fmt: skip
    covers = serializers.ListField(
        child=serializers.SlugField(max_length=60), required=False, max_length=rules.MOST_STEPS,
        help_text="Of a quiz: keys of the steps that passing it finishes too.",
    )  # fmt: skip
    roles = serializers.ListField(
        child=serializers.ChoiceField(Role.choices), required=False, max_length=len(Role), help_text="Empty: everybody."
    )
    experience = serializers.ListField(
        child=serializers.ChoiceField(Experience.choices),
        required=False,
        max_length=len(Experience),
        help_text="Empty: everybody.",
    )
    evidence = serializers.ChoiceField(
        Step.Evidence.choices, required=False, allow_blank=True, help_text="What must be shown of a task."
    )
    params = serializers.DictField(required=False, help_text="Of what Cairn sees: what the check is asked with.")
    questions = PathQuestionSerializer(many=True, required=False)
    pass_mark = serializers.IntegerField(min_value=1, max_value=100, required=False, help_text="Percent.")
    tries_a_day = serializers.IntegerField(min_value=1, max_value=100, required=False)

    class Meta:
        model = Step
        fields = [
            *("key", "position", "title", "text", "kind", "scope", "needs", "needs_rule", "due_days", "minutes"),
            *("is_optional", "roles", "experience", "document", "check_key", "params", "questions", "pass_mark"),
            *("tries_a_day", "covers", "topic", "evidence"),
        ]
        read_only_fields = ["position"]


class EditPathStepSerializer(PathStepSerializer):
    key = None  # type: ignore[assignment]  # it never changes
    version = VersionField(write_only=True)

    class Meta(PathStepSerializer.Meta):
        fields = [*(name for name in PathStepSerializer.Meta.fields if name != "key"), "version"]


class PathEditionSerializer(serializers.ModelSerializer[Edition]):
    published_by = OwnerField(
        read_only=True, allow_null=True, help_text="Null while it is a draft, and where it came with Cairn."
    )

    class Meta:
        model = Edition
        fields = ["number", "state", "note", "published_by", "published_at", "version"]
        read_only_fields = fields


class WholePathEditionSerializer(PathEditionSerializer):
    steps = PathStepSerializer(many=True, read_only=True)

    class Meta(PathEditionSerializer.Meta):
        fields = [*PathEditionSerializer.Meta.fields, "steps"]
        read_only_fields = fields


class PathSerializer(serializers.ModelSerializer[Path]):
    owner = OwnerField(read_only=True, allow_null=True, help_text="Null where it came with Cairn.")
    edition = serializers.IntegerField(
        source="newest", read_only=True, allow_null=True, help_text="The number of the newest published edition."
    )
    step_count = serializers.IntegerField(read_only=True, allow_null=True)
    minutes = serializers.IntegerField(read_only=True, allow_null=True, help_text="Of all its steps together.")
    on_it = serializers.SerializerMethodField(help_text="How many people are on it now.")
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Path
        fields = [
            *("slug", "title", "summary", "audience", "level", "owner", "is_archived", "created_at", "edition"),
            *("step_count", "minutes", "on_it", "url"),
        ]
        read_only_fields = fields

    def get_on_it(self, path: Path) -> int:
        counted: dict[int, int] | None = self.context.get("on_it")
        return (counted if counted is not None else people.on_paths([path.pk])).get(path.pk, 0)


class WholePathSerializer(PathSerializer):
    """`steps` and `editions` are set on the path by the view, as far as the caller may know of them."""

    steps = PathStepSerializer(many=True, read_only=True, source="shown_steps", help_text="Of the newest edition.")
    editions = PathEditionSerializer(many=True, read_only=True, source="shown_editions")

    class Meta(PathSerializer.Meta):
        fields = [*PathSerializer.Meta.fields, "steps", "editions"]
        read_only_fields = fields


class NewPathSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=120)
    summary = serializers.CharField(max_length=300, required=False, allow_blank=True)
    audience = serializers.ChoiceField(Audience.choices, required=False)
    level = serializers.IntegerField(
        min_value=0, max_value=9, required=False, help_text="The rung of a ladder, from 1; 0 for a path of its own."
    )
    owner = OwnerField(required=False, help_text="E-mail address.")
    slug = serializers.SlugField(max_length=60, required=False, help_text="Made from the title when left out.")


class PathSettingsSerializer(NewPathSerializer):
    title = serializers.CharField(max_length=120, required=False)
    slug = None  # type: ignore[assignment]  # it never changes


class MoveStepSerializer(serializers.Serializer[Any]):
    to = serializers.IntegerField(min_value=1, max_value=rules.MOST_STEPS, help_text="Its place then, from 1.")
    version = VersionField()


class PublishPathSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="What changed, and why; from the second edition on."
    )
    version = VersionField()


class RelinkedSerializer(serializers.Serializer[Any]):
    """A step that needed or covered one that is taken off, as it is now."""

    key = serializers.CharField()
    needs = serializers.ListField(child=serializers.CharField())
    covers = serializers.ListField(child=serializers.CharField())


def guides_of(steps: Sequence[Step], reader: Person) -> dict[int, Document]:
    """Those of the guides that the reader may know of, by id. One query where there is any."""
    ids = {one.document_id for one in steps if one.document_id}
    return {one.pk: one for one in Document.objects.visible_to(reader).filter(pk__in=ids)} if ids else {}
