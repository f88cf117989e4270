"""What the mirror can see of a newcomer's steps: the first run, the first dataset, a model with a signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F, OuterRef, Subquery

from coe.paths.checks import Check, Finding, Newcomer, register
from projects.catalog.newcomers import WHOSE, find_by_project, touched_by
from projects.tracking.arrivals import FIRST_DATASET, FIRST_RUN, MODELS_SEEN, RUNS_GONE
from projects.tracking.models import Experiment, Run
from projects.tracking.newest import NewestVersion, newest_versions
from projects.tracking.queries import RunQuerySet

NO_RUN = "No finished run is in an experiment of the project."
NO_DATASET = "No run of the project names the dataset it used."
NO_MODEL = "No registered model of the project has a version."


def find_first_run(newcomers: Sequence[Newcomer], _params: Mapping[str, Any]) -> list[Finding]:
    """Whether a finished run lies in an experiment that is linked to the project. At most three queries."""
    return find_by_project(newcomers, lambda ids: _first_runs(ids, lambda runs: runs), not_yet=NO_RUN)


def find_dataset(newcomers: Sequence[Newcomer], _params: Mapping[str, Any]) -> list[Finding]:
    """Whether such a run names a dataset. At most three queries."""

    def with_dataset(runs: RunQuerySet) -> RunQuerySet:
        return runs.exclude(datasets=[])

    return find_by_project(newcomers, lambda ids: _first_runs(ids, with_dataset), not_yet=NO_DATASET)


def _first_runs(project_ids: set[int], narrowed: Callable[[RunQuerySet], RunQuerySet]) -> dict[int, Finding]:
    """The earliest run of each project that has one: one question of the index for each experiment."""
    counting = narrowed(Run.objects.that_count()).filter(experiment=OuterRef("pk"))
    earliest = counting.order_by(F("started_at").asc(nulls_last=True), "pk").values("pk")[:1]
    linked = Experiment.objects.filter(project__in=project_ids, missing_since=None)
    first = linked.order_by().annotate(first=Subquery(earliest)).values_list("first", flat=True)
    runs = Run.objects.filter(pk__in=[pk for pk in first if pk]).select_related("source", "experiment__source")
    runs = runs.defer("params", "tags", "metrics", "datasets")
    found: dict[int, Finding] = {}
    for run in runs.order_by(F("started_at").asc(nulls_last=True), "pk"):
        links = ((f"Run {run}", run.get_absolute_url()), ("The same run in MLflow", run.mlflow_url))
        found.setdefault(run.experiment.project_id or 0, Finding(True, at=run.started_at, evidence=links))
    return found


def find_model(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether a registered model that is linked to the project has a version; unless `signature` is "no", its newest
    one with a signature. At most two queries.

    While the files of the newest version could not be read yet, the newest one counts whose files were.
    """
    is_signed = str(params.get("signature", "yes")) != "no"

    def of_projects(ids: set[int]) -> dict[int, Finding]:
        found: dict[int, Finding] = {}
        for one in newest_versions(ids):
            seen = _judged(one) if is_signed else Finding(True, at=one.created_at, evidence=_evidence(one, one.version))
            if one.project_id not in found or (seen.is_so and not found[one.project_id].is_so):
                found[one.project_id] = seen
        return found

    return find_by_project(newcomers, of_projects, not_yet=NO_MODEL)


def _judged(one: NewestVersion) -> Finding:
    if one.known_version is None:
        why = f": {one.files_error.rstrip('.')}." if one.files_error else "; the next sync tries it."
        return Finding(False, why=f"The files of version {one.version} of {one.name} were not read yet{why}"[:500])
    if not one.is_signed:
        return Finding(False, why=f"Version {one.known_version} of {one.name} has no signature.")
    return Finding(True, at=one.known_at, evidence=_evidence(one, one.known_version))


def _evidence(one: NewestVersion, version: int) -> tuple[tuple[str, str], ...]:
    return ((f"{one.name}, version {version}", one.url),)


_EXPERIMENTS = WHOSE | {"experiment.linked", "experiment.unlinked", RUNS_GONE}

register(
    Check(
        key="first_run",
        label="First run synced under the project",
        not_yet="Cairn waits for a finished run in an experiment with the project’s tag. The next sync brings it in.",
        verbs=_EXPERIMENTS | {FIRST_RUN},
        find=find_first_run,
        touched=touched_by,
    )
)
register(
    Check(
        key="dataset_logged",
        label="A run that names its dataset",
        not_yet="Cairn waits for a finished run of the project that logs the dataset it was trained or evaluated on.",
        verbs=_EXPERIMENTS | {FIRST_RUN, FIRST_DATASET},
        find=find_dataset,
        touched=touched_by,
    )
)
register(
    Check(
        key="model_registered",
        label="Model registered with a signature",
        not_yet="Cairn waits for a registered model of the project whose newest version has a signature.",
        verbs=WHOSE | {"model.linked", "model.unlinked", MODELS_SEEN},
        find=find_model,
        touched=touched_by,
        params={"signature": "“no” takes a version without a signature too."},
    )
)
