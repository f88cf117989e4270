"""What the API says of KPIs, bindings and observations, and what it takes."""

from __future__ import annotations

import math
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coe.core.http import today
from kpis.measures.models import (
    Baseline,
    Binding,
    Category,
    Direction,
    Kpi,
    KpiVersion,
    Observation,
    RollUp,
    Target,
    Unit,
)
from kpis.measures.queries import in_force


class Number(serializers.FloatField):
    """A finite number; true and false are none."""

    def to_internal_value(self, data: Any) -> float:
        try:
            number = math.nan if isinstance(data, bool) else super().to_internal_value(data)
        except OverflowError:
            number = math.nan
        if not math.isfinite(number):
            raise serializers.ValidationError("must be a finite number")
        return number


class DefinitionSerializer(serializers.ModelSerializer[KpiVersion]):
    author = serializers.StringRelatedField[Any](read_only=True, allow_null=True)

    class Meta:
        model = KpiVersion
        fields = [
            "effective_from",
            "name",
            "sentence",
            "category",
            "unit",
            "direction",
            "valid_min",
            "valid_max",
            "roll_up",
            "cadence_days",
            "reason",
            "author",
        ]


class KpiSerializer(serializers.ModelSerializer[Kpi]):
    """A KPI: `definition` is the one in force today; `versions` are all of them, oldest first."""

    definition = serializers.SerializerMethodField()
    versions = serializers.SerializerMethodField()

    class Meta:
        model = Kpi
        fields = ["key", "position", "is_archived", "definition", "versions"]

    @extend_schema_field(DefinitionSerializer)
    def get_definition(self, kpi: Kpi) -> Any:
        versions = sorted(kpi.versions.all(), key=lambda version: version.effective_from)
        current = in_force([(version.effective_from, version) for version in versions], today()) or versions[0]
        return DefinitionSerializer(current).data

    @extend_schema_field(DefinitionSerializer(many=True))
    def get_versions(self, kpi: Kpi) -> Any:
        return DefinitionSerializer(sorted(kpi.versions.all(), key=lambda v: v.effective_from), many=True).data


class DefinitionInput(serializers.Serializer[Any]):
    """The definition of a KPI as it is sent. A changed one begins at `effective_from` and needs a `reason`."""

    name = serializers.CharField(max_length=80)
    sentence = serializers.CharField(max_length=240)
    category = serializers.ChoiceField(choices=Category.choices)
    unit = serializers.ChoiceField(choices=Unit.choices)
    direction = serializers.ChoiceField(choices=Direction.choices)
    roll_up = serializers.ChoiceField(choices=RollUp.choices)
    cadence_days = serializers.IntegerField(min_value=1, max_value=36500)
    valid_min = Number(required=False, allow_null=True)
    valid_max = Number(required=False, allow_null=True)
    effective_from = serializers.DateField(required=False)
    position = serializers.IntegerField(required=False, min_value=0, max_value=32767)


class KpiInput(DefinitionInput):
    key = serializers.SlugField(max_length=60)


class KpiChange(DefinitionInput):
    reason = serializers.CharField(required=False, max_length=300)
    is_archived = serializers.BooleanField(required=False)


class BaselineSerializer(serializers.ModelSerializer[Baseline]):
    value = Number()
    author = serializers.StringRelatedField[Any](read_only=True, allow_null=True)

    class Meta:
        model = Baseline
        fields = ["value", "effective_from", "note", "dataset_digest", "author", "created_at"]
        validators: list[Any] = []


class TargetSerializer(serializers.ModelSerializer[Target]):
    value = Number()
    author = serializers.StringRelatedField[Any](read_only=True, allow_null=True)

    class Meta:
        model = Target
        fields = ["value", "effective_from", "due_on", "note", "author", "created_at"]
        validators: list[Any] = []


class BindingSerializer(serializers.ModelSerializer[Binding]):
    """A binding. `can_read` is false where its figures are withheld from whoever asks: baselines and targets are
    empty then.
    """

    project = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    kpi = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    source = serializers.SerializerMethodField()  # type: ignore[assignment]  # the stubs take it for the field's own
    experiment = serializers.CharField(source="experiment.experiment_id", default=None, read_only=True, allow_null=True)
    model = serializers.CharField(source="model.name", default=None, read_only=True, allow_null=True)
    can_read = serializers.SerializerMethodField()
    baselines = serializers.SerializerMethodField()
    targets = serializers.SerializerMethodField()

    class Meta:
        model = Binding
        fields = [
            "id",
            "project",
            "kpi",
            "origin",
            "source",
            "experiment",
            "model",
            "metric_key",
            "dataset_name",
            "selector",
            "alias",
            "window_days",
            "scale",
            "offset",
            "is_withheld",
            "can_read",
            "baselines",
            "targets",
            "updated_at",
        ]

    def get_source(self, binding: Binding) -> str | None:
        bound = binding.experiment or binding.model
        return bound.source.name if bound else None

    def get_can_read(self, binding: Binding) -> bool:
        return binding.pk not in self.context["withheld"]

    @extend_schema_field(BaselineSerializer(many=True))
    def get_baselines(self, binding: Binding) -> Any:
        return BaselineSerializer(binding.baselines.all(), many=True).data if self.get_can_read(binding) else []

    @extend_schema_field(TargetSerializer(many=True))
    def get_targets(self, binding: Binding) -> Any:
        return TargetSerializer(binding.targets.all(), many=True).data if self.get_can_read(binding) else []


class BindingChange(serializers.Serializer[Any]):
    """Where a value comes from: `source` with `experiment` (its id in MLflow) or `model` (its name), or nothing for
    entered ones.
    """

    origin = serializers.ChoiceField(choices=Binding.Origin.choices)
    source = serializers.CharField(  # type: ignore[assignment]  # the stubs take it for the field's own
        required=False, allow_null=True, max_length=60
    )
    experiment = serializers.CharField(required=False, allow_null=True, max_length=64)
    model = serializers.CharField(required=False, allow_null=True, max_length=256)
    metric_key = serializers.CharField(required=False, allow_blank=True, max_length=250)
    dataset_name = serializers.CharField(required=False, allow_blank=True, max_length=500)
    selector = serializers.ChoiceField(choices=Binding.Selector.choices, required=False, allow_blank=True)
    alias = serializers.CharField(required=False, allow_blank=True, max_length=256)
    window_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=3660)
    scale = Number(required=False)
    offset = Number(required=False)
    is_withheld = serializers.BooleanField(required=False)


class BindingInput(BindingChange):
    project = serializers.CharField(max_length=80)
    kpi = serializers.CharField(max_length=60)


class ObservationSerializer(serializers.ModelSerializer[Observation]):
    """One observation. A value that is no finite number is null with `finite` false; null with `finite` null: no such
    metric.
    """

    project = serializers.SlugRelatedField[Any](source="binding.project", slug_field="slug", read_only=True)
    kpi = serializers.SlugRelatedField[Any](source="binding.kpi", slug_field="key", read_only=True)
    origin = serializers.SerializerMethodField()
    value = serializers.SerializerMethodField(method_name="finite_value")
    finite = serializers.SerializerMethodField()
    author = serializers.StringRelatedField[Any](read_only=True, allow_null=True)

    class Meta:
        model = Observation
        fields = [
            "id",
            "project",
            "kpi",
            "origin",
            "observed_at",
            "value",
            "finite",
            "step",
            "run_id",
            "model_id",
            "version",
            "metric_at",
            "dataset_name",
            "dataset_digest",
            "author",
            "note",
            "evidence",
            "recorded_at",
            "superseded_at",
            "superseded_reason",
        ]

    def get_origin(self, row: Observation) -> str:
        return "mlflow" if row.author_id is None else "entered"

    def finite_value(self, row: Observation) -> float | None:
        return row.value if self.get_finite(row) else None

    def get_finite(self, row: Observation) -> bool | None:
        return None if row.value is None else math.isfinite(row.value)


class ObservationInput(serializers.Serializer[Any]):
    """A value as of a `date`, or as of the instant `observed_at`."""

    project = serializers.CharField(max_length=80)
    kpi = serializers.CharField(max_length=60)
    date = serializers.DateField(required=False)
    observed_at = serializers.DateTimeField(required=False)
    value = Number()
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    evidence = serializers.URLField(required=False, allow_blank=True, max_length=500, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("date" in attrs) == ("observed_at" in attrs):
            raise serializers.ValidationError({"date": ["give either date or observed_at"]})
        return attrs


class Correction(serializers.Serializer[Any]):
    value = Number()
    note = serializers.CharField(max_length=500)
    evidence = serializers.URLField(required=False, allow_blank=True, max_length=500, default="")


class Imported(serializers.Serializer[Any]):
    """What an import did, or would do."""

    added = serializers.IntegerField()
    corrected = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    dry_run = serializers.BooleanField()


class Removal(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)
