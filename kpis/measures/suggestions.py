"""Suggestions: which KPI an unmapped metric key may mean, and what a project could bind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from kpis.measures.models import Binding, Kpi, MetricName
from projects.catalog.models import Project
from projects.tracking.models import Experiment, RegisteredModel

# Words around a metric's name that say where or how it was measured, not what.
_AROUND = frozenset(
    {"val", "valid", "validation", "test", "testing", "eval", "evaluation", "holdout", "cv", "mean", "score"}
)
# So many of an experiment's newest runs are looked through for the keys and datasets to choose from.
_NEWEST_RUNS = 200


def normal(key: str) -> str:
    """A metric key without the words around it: `val_roc_auc_score`, `test/roc-auc` and `ROC AUC` are all `rocauc`."""
    words = [word for word in re.split(r"[^a-z0-9]+", key.lower()) if word]
    return "".join(word for word in words if word not in _AROUND) or "".join(words)


def suggest(keys: Iterable[str], known: Mapping[str, str], decided: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each metric key the KPI it most likely means, for those that resemble anything.

    `known` gives each KPI's key by its normal name; `decided` are (metric key, KPI key) as mapped already. What
    people decided most often counts before what the name resembles.
    """
    votes: dict[str, Counter[str]] = {}
    for metric, kpi in decided:
        votes.setdefault(normal(metric), Counter())[kpi] += 1
    found = {}
    for key in keys:
        name = normal(key)
        if name in votes:
            found[key] = min(votes[name].items(), key=lambda item: (-item[1], item[0]))[0]
        elif name in known:
            found[key] = known[name]
    return found


def suggestions_for(keys: Iterable[str]) -> dict[str, str]:
    """`suggest` with the KPIs and the mappings there are: two queries."""
    known: dict[str, str] = {}
    kpis = Kpi.objects.filter(is_archived=False).order_by("-position", "-versions__effective_from")
    for key, name in kpis.values_list("key", "versions__name"):
        known[normal(name or key)] = known[normal(key)] = key
    decided = MetricName.objects.filter(kpi__is_archived=False).values_list("key", "kpi__key")
    return suggest(keys, known, decided)


@dataclass(frozen=True)
class Seen:
    """What of a project's linked experiments and models can be bound, and what was seen in them."""

    experiments: tuple[Experiment, ...]
    models: tuple[RegisteredModel, ...]
    keys: dict[int, tuple[str, ...]]  # by experiment
    model_keys: dict[int, tuple[str, ...]]
    datasets: tuple[str, ...]

    @property
    def all_keys(self) -> list[str]:
        """Every metric key, sorted."""
        return sorted({key for keys in (*self.keys.values(), *self.model_keys.values()) for key in keys})

    @property
    def aliases(self) -> list[str]:
        """Every alias of the models, sorted."""
        return sorted({alias for model in self.models for alias in model.aliases})


_SEEN = """
WITH runs AS (
    SELECT linked.kind, linked.id, run.* FROM (
        SELECT 'experiment' AS kind, unnest(%(experiments)s::bigint[]) AS id
    ) linked CROSS JOIN LATERAL (
        SELECT source_id, run_id, metrics, datasets FROM tracking_run
        WHERE experiment_id = linked.id AND lifecycle_stage = 'active' AND missing_since IS NULL
        ORDER BY started_at DESC LIMIT %(most)s
    ) run
    UNION ALL
    SELECT 'model', version.model_id, run.source_id, run.run_id, run.metrics, run.datasets FROM tracking_modelversion
    version JOIN tracking_registeredmodel model ON model.id = version.model_id
    JOIN tracking_run run ON run.source_id = model.source_id AND run.run_id = version.run_id
    WHERE version.model_id = ANY(%(models)s::bigint[]) AND version.missing_since IS NULL
), logged AS (
    SELECT runs.kind, runs.id, metric ->> 'key' AS key, metric ->> 'dataset_name' AS dataset
    FROM runs JOIN tracking_loggedmodel logged ON logged.source_id = runs.source_id AND logged.run_id = runs.run_id,
        jsonb_array_elements(logged.metrics) metric
)
SELECT kind, id, 'key', name FROM runs, jsonb_object_keys(metrics) name
UNION SELECT kind, id, 'key', key FROM logged
UNION SELECT kind, id, 'dataset', dataset FROM logged
UNION SELECT kind, id, 'dataset', item ->> 'name' FROM runs, jsonb_array_elements(datasets) item
"""


def seen_in(project: Project) -> Seen:
    """What the project's linked experiments and models offer: three queries."""
    experiments = Experiment.objects.filter(project=project, missing_since=None).select_related("source")
    models = RegisteredModel.objects.filter(project=project, missing_since=None).select_related("source")
    seen = Seen(tuple(experiments), tuple(models), {}, {}, ())
    keys: dict[str, dict[int, set[str]]] = {"experiment": {}, "model": {}}
    datasets: set[str] = set()
    with connection.cursor() as cursor:
        bound = {"experiments": [one.pk for one in seen.experiments], "models": [one.pk for one in seen.models]}
        cursor.execute(_SEEN, {**bound, "most": _NEWEST_RUNS})
        for kind, pk, what, name in cursor.fetchall():
            if name and what == "key":
                keys[kind].setdefault(pk, set()).add(name)
            elif name:
                datasets.add(name)
    by_experiment, by_model = ({pk: tuple(sorted(found)) for pk, found in keys[kind].items()} for kind in keys)
    return Seen(seen.experiments, seen.models, by_experiment, by_model, tuple(sorted(datasets)))


@dataclass(frozen=True)
class Proposal:
    """A KPI that the project does not have yet, and where its value could come from."""

    kpi_key: str
    kpi_name: str
    metric_key: str
    place: str  # as the form's field `where` has it
    label: str


def proposals(project: Project, seen: Seen) -> list[Proposal]:
    """Mapped metric keys seen in the linked experiments and models, for KPIs not bound yet; models first. Two
    queries.
    """
    bound = set(Binding.objects.filter(project=project).values_list("kpi_id", flat=True))
    sources = {one.source_id for one in seen.experiments} | {one.source_id for one in seen.models}
    mapped = MetricName.objects.filter(source__in=sources, kpi__is_archived=False).exclude(kpi__in=bound)
    by_place: dict[tuple[int, str], tuple[str, str]] = {}
    rows = mapped.order_by("kpi__versions__effective_from")
    for source_id, key, kpi_key, name in rows.values_list("source_id", "key", "kpi__key", "kpi__versions__name"):
        by_place[source_id, key] = (kpi_key, name or kpi_key)
    found: dict[str, Proposal] = {}
    models = [(m.source_id, f"model:{m.pk}", m.name, seen.model_keys.get(m.pk, ())) for m in seen.models]
    experiments = [(e.source_id, f"experiment:{e.pk}", e.name, seen.keys.get(e.pk, ())) for e in seen.experiments]
    for source_id, place, label, keys in [*models, *experiments]:
        for key in keys:
            kpi = by_place.get((source_id, key))
            if kpi is not None and kpi[0] not in found:
                found[kpi[0]] = Proposal(kpi[0], kpi[1], key, place, label)
    return list(found.values())
