"""What the mirror of MLflow holds for a binding, read into the plain values of `derive`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.db.models import Exists, OuterRef, Q

from kpis.measures.derive import Move
from kpis.measures.models import Binding
from projects.tracking import value_rows
from projects.tracking.models import AliasMove, LoggedModel, Run
from projects.tracking.values import RunFacts, VersionFacts

# So many runs are held at once.
PORTION = 5000


def portions_of_experiment(binding: Binding) -> Iterator[list[RunFacts]]:
    """The runs of the bound experiment that count and carry the key, themselves or by a logged model, some at a
    time.
    """
    experiment, key = binding.experiment, binding.metric_key
    if experiment is None:
        return
    source_id = experiment.source_id
    logged = LoggedModel.objects.filter(
        source_id=source_id, run_id=OuterRef("run_id"), missing_since=None, metrics__contains=[{"key": key}]
    )
    runs = value_rows.runs_with(Run.objects.filter(experiment=experiment), key)
    rows = runs.filter(Q(metrics__has_key=key) | Exists(logged)).order_by("run_id").iterator(chunk_size=PORTION)
    while portion := list(islice(rows, PORTION)):
        by_run = value_rows.logged_metrics(source_id, [row[0] for row in portion], key)
        yield [value_rows.facts_of(row, by_run.get(row[0], ())) for row in portion]


def versions_of_model(binding: Binding) -> list[VersionFacts]:
    """The versions of the bound model that are still there, each with the run behind it if that counts."""
    return value_rows.versions_of_model(binding.model, binding.metric_key) if binding.model else []


def moves_of_alias(binding: Binding) -> list[Move]:
    """The moves of the bound alias, in the order in which they were seen."""
    moves = AliasMove.objects.filter(model_id=binding.model_id, alias=binding.alias).order_by("at", "id")
    return [Move(at, version) for at, version in moves.values_list("at", "version")]
