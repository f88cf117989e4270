"""A figure taken apart: formula, inputs, the observation that decided, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from coe.accounts.models import Person
from kpis.measures.models import Baseline, Binding, KpiVersion, Observation, Target
from kpis.measures.queries import company_end_of, definition_on, readings_as_of, withheld_for
from kpis.measures.readings import Reading, Reason
from projects.tracking.models import LoggedModel, ModelVersion, Run, Source

LAST = 10


@dataclass(frozen=True)
class Step:
    """One line of the formula: what it gives, the formula in words, and with the numbers in it."""

    gives: str
    formula: str
    filled: str


@dataclass(frozen=True)
class LeftOut:
    """How many things did not count, and why, as a clause: 3, "runs were deleted"."""

    count: int
    why: str


@dataclass(frozen=True)
class Explanation:
    """A reading and all that it came from. Where it is withheld, nothing but the reading and the definition is
    given.
    """

    binding: Binding
    day: date
    definition: KpiVersion
    reading: Reading
    baseline: Baseline | None = None
    target: Target | None = None
    steps: tuple[Step, ...] = ()
    observation: Observation | None = None
    source: Source | None = None
    run: Run | None = None
    version: ModelVersion | None = None
    logged_model: LoggedModel | None = None
    mlflow_url: str = ""
    candidates: tuple[Observation, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def explain_reading(binding: Binding, day: date, person: Person) -> Explanation:
    """What `binding` says as of `day`, as `person` may read it, with everything behind it. At most twenty queries.

    The caller has found the binding by `visible_to`.
    """
    held_back = withheld_for(person, Binding.objects.filter(pk=binding.pk))
    reading = readings_as_of([binding.pk], [day], withheld_ids=held_back)[binding.pk, day]
    definition = definition_on(binding.kpi, day)
    if reading.reason is Reason.WITHHELD:
        return Explanation(binding, day, definition, reading)
    baseline = binding.baselines.filter(effective_from__lte=day).order_by("-effective_from").first()
    target = binding.targets.filter(effective_from__lte=day).order_by("-effective_from").first()
    source = _source(binding)
    observation = Observation.objects.select_related("author").get(pk=reading.point.id) if reading.point else None
    run, version, logged = _provenance(binding, source, observation)
    return Explanation(
        binding=binding,
        day=day,
        definition=definition,
        reading=reading,
        baseline=baseline,
        target=target,
        steps=formula_of(binding, reading),
        observation=observation,
        source=source,
        run=run,
        version=version,
        logged_model=logged,
        mlflow_url=run.mlflow_url if run else _url_of(binding),
        candidates=tuple(candidates(binding, company_end_of(day))),
        left_out=tuple(left_out(binding, company_end_of(day))),
    )


def _source(binding: Binding) -> Source | None:
    source_id = binding.source_id_of
    return Source.objects.get(pk=source_id) if source_id else None


def _url_of(binding: Binding) -> str:
    bound = binding.experiment or binding.model
    return bound.mlflow_url if bound else ""


def _provenance(
    binding: Binding, source: Source | None, observation: Observation | None
) -> tuple[Run | None, ModelVersion | None, LoggedModel | None]:
    """The mirror's rows behind an observation, as far as they are there still."""
    if source is None or observation is None:
        return None, None, None
    run = version = logged = None
    if observation.run_id:
        runs = Run.objects.filter(source=source, run_id=observation.run_id)
        run = runs.select_related("source", "experiment__source").first()
    if observation.version is not None and binding.model_id is not None:
        versions = ModelVersion.objects.filter(model=binding.model_id, version=observation.version)
        version = versions.select_related("model__source").first()
    if observation.model_id:
        logged = LoggedModel.objects.filter(source=source, model_id=observation.model_id).first()
    return run, version, logged


def number(value: float) -> str:
    """A number as formulas show it: up to six significant digits."""
    return f"{value:.6g}".replace("-", "−")


def formula_of(binding: Binding, reading: Reading) -> tuple[Step, ...]:
    """How the value and the index came about, with the numbers filled in; only the steps that were taken."""
    steps = []
    point = reading.point
    is_plain = binding.scale == 1 and binding.offset == 0
    if point is not None and point.value is not None and reading.value is not None and not is_plain:
        sign = "−" if binding.offset < 0 else "+"
        filled = f"{number(point.value)} × {number(binding.scale)} {sign} {number(abs(binding.offset))}"
        steps.append(Step("value", "raw value × scale + offset", f"{filled} = {number(reading.value)}"))
    value, baseline, target = reading.value, reading.baseline, reading.target
    if reading.index is not None and value is not None and baseline is not None and target is not None:
        b = number(baseline)
        filled = f"100 × ({number(value)} − {b}) ÷ ({number(target)} − {b}) = {number(reading.index)}"
        steps.append(Step("index", "100 × (value − baseline) ÷ (target − baseline)", filled))
    return tuple(steps)


def candidates(binding: Binding, end: datetime, most: int = LAST) -> list[Observation]:
    """The last observations before `end` that count, newest first."""
    return list(
        Observation.objects.filter(binding=binding, superseded_at=None, observed_at__lt=end)
        .select_related("author")
        .order_by("-observed_at", "-step", "-run_started_at", "-run_id", "-id")[:most]
    )


def left_out(binding: Binding, end: datetime) -> list[LeftOut]:
    """What did not count as of the day that ends at `end`, most frequent first."""
    counts: Counter[str] = Counter()
    later = Observation.objects.filter(binding=binding, superseded_at=None, observed_at__gte=end).count()
    counts["observed after that day"] = later
    superseded = Observation.objects.filter(binding=binding, observed_at__lt=end).exclude(superseded_at=None)
    for reason in superseded.values_list("superseded_reason", flat=True).iterator():
        counts[f"superseded: {reason}" if not reason.startswith("corrected") else "superseded by a correction"] += 1
    if binding.origin == Binding.Origin.MLFLOW:
        counts.update(_runs_left_out(binding))
    return [LeftOut(count, why) for why, count in counts.most_common() if count]


def _runs_left_out(binding: Binding) -> Counter[str]:
    """The runs in the bound experiment, or behind the bound model, that gave nothing; one query."""
    counts: Counter[str] = Counter()
    key = binding.metric_key
    if binding.experiment_id is not None:
        runs = Run.objects.filter(experiment=binding.experiment_id)
    elif binding.model is not None:
        behind = ModelVersion.objects.filter(model=binding.model).exclude(run_id="").values("run_id")
        runs = Run.objects.filter(source=binding.model.source_id, run_id__in=behind)
    else:
        return counts
    logged = LoggedModel.objects.filter(
        source_id=OuterRef("source_id"), run_id=OuterRef("run_id"), missing_since=None
    ).filter(metrics__contains=[{"key": key}])
    live = Observation.objects.filter(binding=binding, superseded_at=None, run_id=OuterRef("run_id"))
    rows = runs.filter(~Exists(live)).annotate(carries=Exists(logged) | Q(metrics__has_key=key))
    for status, stage, missing, carries in rows.values_list(
        "status", "lifecycle_stage", "missing_since", "carries"
    ).iterator():
        if missing is not None:
            counts["runs vanished from MLflow"] += 1
        elif stage != "active":
            counts["runs deleted"] += 1
        elif status != "FINISHED":
            counts[f"runs {status.lower()}"] += 1
        elif not carries:
            counts[f"runs without the metric {key}"] += 1
        elif binding.dataset_name:
            counts[f"runs not measured on {binding.dataset_name}"] += 1
        else:
            counts["runs not behind what the selector points at"] += 1
    return counts
