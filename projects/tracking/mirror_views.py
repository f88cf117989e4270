"""Pages about what was read: experiments, runs, registered models."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.core.csv_out import csv_response
from coe.core.http import signed_in
from coe.core.listing import listing
from projects.tracking import numbers, suggestions
from projects.tracking.forms import MirrorFilter, RunFilter
from projects.tracking.models import Experiment, LoggedModel, ModelVersion, RegisteredModel, Run

STATES = [("", "There now"), ("unlinked", "Of no project"), ("linked", "Of a project"), ("gone", "Deleted or vanished")]
SORTS = {
    "name": ["name"],
    "source": ["source__name", "name"],
    "project": ["project__name", "name"],
    "created": ["created_at"],
}
RUN_SORTS = {"started": ["started_at"], "name": ["name"], "status": ["status"], "user": ["user"]}


@dataclass(frozen=True)
class Metric:
    """A metric as a page shows it."""

    key: str
    text: str
    at: datetime | None
    step: int
    dataset: str = ""
    digest: str = ""


def shown_number(stored: object) -> str:
    """Up to six digits that count; what is no finite number in words."""
    value = numbers.decode(stored)
    if math.isnan(value):
        return "not a number"
    if abs(value) >= 1.79e308:
        return "infinite" if value > 0 else "minus infinite"
    return f"{value:,.6g}"


def _moment(ms: object) -> datetime | None:
    whole = numbers.whole(ms)
    return datetime.fromtimestamp(whole / 1000, UTC) if whole and 0 < whole < 253_402_214_400_000 else None


def run_metrics(run: Run) -> list[Metric]:
    return [Metric(key, shown_number(one[0]), _moment(one[1]), one[2]) for key, one in sorted(run.metrics.items())]


def model_metrics(model: LoggedModel) -> list[Metric]:
    return [
        Metric(
            one["key"],
            shown_number(one["value"]),
            _moment(one["timestamp"]),
            one["step"],
            one["dataset_name"],
            one["dataset_digest"],
        )
        for one in model.metrics
    ]


@signed_in
@require_safe
def experiments(request: PersonRequest) -> HttpResponseBase:
    form = MirrorFilter(request.GET, person=request.user, states=STATES)
    found = _chosen(Experiment.objects.visible_to(request.user).select_related("source", "project"), form.chosen())
    if form.chosen()["state"] == "gone":
        found = found.filter(~Q(missing_since=None) | ~Q(lifecycle_stage="active"))
    else:
        found = found.filter(missing_since=None, lifecycle_stage="active")
    shown = listing(found, request.GET, sorts=SORTS)
    if request.GET.get("format") == "csv":
        header = ["source", "experiment id", "name", "project", "linked", "created", "state"]
        return csv_response("experiments.csv", header, _thing_rows(shown.rows))
    runs = dict(
        Run.objects.filter(experiment__in=[one.pk for one in shown.page], missing_since=None)
        .values_list("experiment")
        .annotate(n=Count("pk"))
    )
    rows = [{"thing": one, "runs": runs.get(one.pk, 0)} for one in shown.page]
    return render(request, "tracking/experiments.html", {**shown.context(), "rows": rows, "filter_form": form})


def _chosen(found: Any, chosen: dict[str, str]) -> Any:
    if chosen["q"]:
        found = found.matching(chosen["q"])
    if chosen["source"]:
        found = found.filter(source__name=chosen["source"])
    if chosen["project"]:
        found = found.filter(project__slug=chosen["project"])
    if chosen["state"] == "unlinked":
        return found.unlinked()
    if chosen["state"] == "linked":
        return found.filter(project__isnull=False)
    return found


def _thing_rows(found: Any) -> Iterator[list[Any]]:
    for one in found.iterator(chunk_size=500):
        slug = one.project.slug if one.project else ""
        ref = [one.experiment_id] if isinstance(one, Experiment) else []
        state = "vanished" if one.missing_since else getattr(one, "lifecycle_stage", "active")
        yield [one.source.name, *ref, one.name, slug, one.get_link_origin_display(), one.created_at, state]


@signed_in
@require_safe
def experiment(request: PersonRequest, source: str, experiment_id: str) -> HttpResponseBase:
    known = Experiment.objects.visible_to(request.user).select_related("source", "project", "linked_by")
    shown = known.get(source__name=source, experiment_id=experiment_id)
    form = RunFilter(request.GET)
    form.is_valid()
    found = Run.objects.filter(experiment=shown).select_related("source")
    if words := form.cleaned_data.get("q"):
        found = found.filter(Q(name__icontains=words) | Q(run_id__startswith=words) | Q(user__icontains=words))
    if status := form.cleaned_data.get("status"):
        found = found.filter(status=status)
    runs = listing(found, request.GET, sorts=RUN_SORTS, default="-started")
    if request.GET.get("format") == "csv":
        header = ["run id", "name", "status", "started", "ended", "user", "git commit", "metric", "value"]
        return csv_response(f"runs-{shown.experiment_id}.csv", header, _run_rows(runs.rows))
    context = {
        **runs.context(),
        "experiment": shown,
        "filter_form": form,
        "may_link": _may_link(request, shown),
        "projects": _pick_list(request),
        "crumbs": [{"label": "Experiments", "url": "/experiments/"}],
    }
    return render(request, "tracking/experiment.html", context)


def _run_rows(found: Any) -> Iterator[list[Any]]:
    """One line for each metric of each run; a run without metrics has one line."""
    for run in found.iterator(chunk_size=500):
        facts = [run.run_id, run.name, run.status, run.started_at, run.ended_at, run.user, run.git_commit]
        for key, one in sorted(run.metrics.items()) or [("", [None])]:
            yield [*facts, key, one[0]]


def _may_link(request: PersonRequest, thing: Experiment | RegisteredModel) -> bool:
    allowed = suggestions.editable_projects(request.user)
    return allowed.filter(pk=thing.project_id).exists() if thing.project_id else allowed.exists()


def _pick_list(request: PersonRequest) -> Any:
    return suggestions.editable_projects(request.user).order_by("name").values("slug", "name")[:200]


@signed_in
@require_safe
def run(request: PersonRequest, source: str, run_id: str) -> HttpResponseBase:
    known = Run.objects.visible_to(request.user).select_related("source", "experiment__project", "experiment__source")
    shown = known.get(source__name=source, run_id=run_id)
    models = LoggedModel.objects.filter(source=shown.source, run_id=shown.run_id, missing_since=None).order_by(
        "name", "id"
    )
    versions = ModelVersion.objects.filter(model__source=shown.source, run_id=shown.run_id, missing_since=None)
    registered = RegisteredModel.objects.visible_to(request.user)
    context = {
        "run": shown,
        "metrics": run_metrics(shown),
        "params": sorted(shown.params.items()),
        "tags": sorted(item for item in shown.tags.items() if not item[0].startswith("mlflow.log-model")),
        "models": [{"model": one, "metrics": model_metrics(one)} for one in models],
        "versions": versions.filter(model__in=registered).select_related("model__source"),
        "crumbs": [
            {"label": "Experiments", "url": "/experiments/"},
            {"label": shown.experiment.name, "url": shown.experiment.get_absolute_url()},
        ],
    }
    return render(request, "tracking/run.html", context)


@signed_in
@require_safe
def models(request: PersonRequest) -> HttpResponseBase:
    form = MirrorFilter(request.GET, person=request.user, states=STATES)
    found = _chosen(RegisteredModel.objects.visible_to(request.user).select_related("source", "project"), form.chosen())
    found = found.filter(missing_since__isnull=form.chosen()["state"] != "gone")
    shown = listing(found, request.GET, sorts=SORTS)
    if request.GET.get("format") == "csv":
        header = ["source", "name", "project", "linked", "created", "state"]
        return csv_response("models.csv", header, _thing_rows(shown.rows))
    versions = dict(
        ModelVersion.objects.filter(model__in=[one.pk for one in shown.page], missing_since=None)
        .values_list("model")
        .annotate(n=Count("pk"))
    )
    rows = [
        {"thing": one, "versions": versions.get(one.pk, 0), "aliases": sorted(one.aliases.items())}
        for one in shown.page
    ]
    return render(request, "tracking/models.html", {**shown.context(), "rows": rows, "filter_form": form})


def _known_model(request: PersonRequest, source: str, name: str) -> RegisteredModel:
    """The model with what its pages show. Raises `RegisteredModel.DoesNotExist` for who may not know of it."""
    known = RegisteredModel.objects.visible_to(request.user).select_related(
        "source", "project__unit", "project__owner", "linked_by"
    )
    return known.get(source__name=source, name=name)


@signed_in
@require_safe
def model(request: PersonRequest, source: str, name: str) -> HttpResponseBase:
    """The page for people who act on the model; a higher room composes it."""
    shown = _known_model(request, source, name)
    return render(request, "tracking/model.html", {"model": shown})


@signed_in
@require_safe
def versions(request: PersonRequest, source: str, name: str) -> HttpResponseBase:
    """What the registry says of the model."""
    try:
        shown = _known_model(request, source, name)
    except RegisteredModel.DoesNotExist:
        # A model whose own name ends so: its page has this address.
        return model(request, source, f"{name}/versions")
    rows = listing(shown.versions.all(), request.GET, sorts={"version": ["version"]}, default="-version")
    on: dict[int, list[str]] = {}
    for alias, version in sorted(shown.aliases.items()):
        on.setdefault(version, []).append(alias)
    # A run shows where it is open to the reader; a version may come from somebody else's experiment.
    ids = [one.run_id for one in rows.page if one.run_id]
    runs = Run.objects.visible_to(request.user).filter(source=shown.source, run_id__in=ids).select_related("source")
    by_id = {one.run_id: one for one in runs}
    context = {
        **rows.context(),
        "model": shown,
        "rows": [
            {"version": one, "aliases": on.get(one.version, []), "run": by_id.get(one.run_id)} for one in rows.page
        ],
        "moves": shown.alias_moves.order_by("-at", "-id")[:50],
        "tags": sorted(shown.tags.items()),
        "may_link": _may_link(request, shown),
        "projects": _pick_list(request),
        "crumbs": [{"label": "Models", "url": "/models/"}, {"label": shown.name, "url": shown.get_absolute_url()}],
    }
    return render(request, "tracking/versions.html", context)
