"""Reads one registered model again, between two syncs: what a webhook, or an alias that was set, makes worth knowing.

The model, its newest versions with their files, and of their runs, logged models and experiments those that the mirror
lacks or that may still change. Everything else is the next sync's. The network is asked outside of transactions; what
it said is stored in one, in line with the pages of a sync (`store.hold`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from projects.tracking import aliases, facts, files, files_phase, gone, links, store
from projects.tracking.mlflow import Fault, Gateway, GatewayError, Json
from projects.tracking.models import Experiment, LoggedModel, ModelVersion, RegisteredModel, Run, Seen, Source
from projects.tracking.pages import items
from projects.tracking.phases import OPEN_STATES

log = structlog.get_logger(__name__)

MOST_VERSIONS = 200
# Runs, logged models and experiments asked for one by one; what goes beyond them is left to the next sync.
MOST_ASKED = 50
MOST_PAGES = 20
MOST_FILES = 20


@dataclass
class Answers:
    """What the server said."""

    asked_at: datetime
    model: facts.ModelFacts | None = None
    versions: list[facts.VersionFacts] = field(default_factory=list)
    runs: list[facts.RunFacts] = field(default_factory=list)
    logged_models: list[facts.LoggedModelFacts] = field(default_factory=list)
    experiments: list[facts.ExperimentFacts] = field(default_factory=list)
    # Version number → what lies in its folder.
    files: dict[int, files.Found] = field(default_factory=dict)


def reread_model(*, source_id: int, name: str, gateway: Gateway | None = None) -> bool:
    """Bring the mirror of one registered model up to what MLflow says now; False when MLflow no longer has it.

    Raises `GatewayError`. Whoever calls it runs the followups afterwards. Safe to run beside a sync, or twice at once:
    the answer that was asked for last decides where the aliases stand.
    """
    source = Source.objects.get(pk=source_id)
    own = gateway or Gateway.to(source)
    try:
        answers = Reader(own, source, name).read()
    finally:
        if gateway is None:
            own.close()
    with transaction.atomic():
        store.hold(source_id)
        if answers.model is None:
            _mark_gone(source, name, answers)
        else:
            _store(source, answers.model, answers)
        aliases.note_moves(
            source_id=source_id,
            sync_id=None,
            at=answers.asked_at,
            is_first=Source.objects.filter(pk=source_id, first_good_sync_at=None).exists(),
            model=name,
        )
    return answers.model is not None


class Reader:
    """Asks the server, and looks up in the mirror what need not be asked for."""

    def __init__(self, gateway: Gateway, source: Source, name: str) -> None:
        self.gateway, self.source, self.name = gateway, source, name
        self.answers = Answers(asked_at=timezone.now())

    def read(self) -> Answers:
        answers = self.answers
        answers.model = self.gateway.registered_model(self.name, self._note)
        if answers.model is None:
            return answers
        answers.versions = self._versions()
        self._runs([one.run_id for one in answers.versions if one.run_id])
        self._logged_models([one.logged_model_id for one in answers.versions if one.logged_model_id])
        of_runs = {one.experiment_id for one in answers.runs}
        self._experiments(of_runs | {one.experiment_id for one in answers.logged_models})
        self._files()
        return answers

    def _note(self, kind: str, ref: str, reason: str) -> None:
        log.info("reread.skipped", source=self.source.name, kind=kind, id=ref, reason=reason)

    def _versions(self) -> list[facts.VersionFacts]:
        """The newest ones. A name with both kinds of quotes cannot be asked for; its versions come with the sync."""
        quote = next((sign for sign in ("'", '"') if sign not in self.name), None)
        if quote is None:
            return []
        query = {"filter": f"name = {quote}{self.name}{quote}", "order_by": "version_number DESC"}
        answer = self.gateway.get("model-versions/search", max_results=str(MOST_VERSIONS), **query)
        found = [facts.model_version(one, self._note) for one in items(answer, "model_versions")]
        return [one for one in found if one is not None and one.name == self.name]

    def _runs(self, ids: Iterable[str]) -> None:
        settled = Run.objects.filter(source=self.source, run_id__in=ids, missing_since=None)
        known = set(settled.exclude(status__in=OPEN_STATES).values_list("run_id", flat=True))
        for run_id in _lacking(ids, known):
            if run := self.gateway.run(run_id, self._note):
                self.answers.runs.append(run)
                self._models_of(run)

    def _models_of(self, run: facts.RunFacts) -> None:
        """The logged models of a run that changed, as a sync reads them: their metrics come with the run's change."""
        if "'" in run.run_id or "\\" in run.run_id:
            return
        body: Json = {
            "experiment_ids": [run.experiment_id],
            "filter": f"source_run_id = '{run.run_id}'",
            "max_results": 1000,
        }
        for _ in range(MOST_PAGES):
            answer = _if_known(self.gateway.post, "logged-models/search", body) or {}
            found = [facts.logged_model(one, self._note) for one in items(answer, "models")]
            self.answers.logged_models += [one for one in found if one]
            if not answer.get("next_page_token"):
                break
            body = {**body, "page_token": answer["next_page_token"]}

    def _logged_models(self, ids: Iterable[str]) -> None:
        settled = LoggedModel.objects.filter(source=self.source, model_id__in=ids, missing_since=None)
        known = set(settled.exclude(status__contains="PENDING").values_list("model_id", flat=True))
        known |= {one.model_id for one in self.answers.logged_models}
        # What a run under way evaluates is named by the run, and may have new metrics however well it is known.
        named = {one for run in self.answers.runs for one in run.model_ids} - {
            one.model_id for one in self.answers.logged_models
        }
        for model_id in _lacking([*sorted(named), *ids], known - named):
            found = _if_known(self.gateway.logged_model, model_id, self._note)
            if found:
                self.answers.logged_models.append(found)

    def _experiments(self, ids: Iterable[str]) -> None:
        there = Experiment.objects.filter(source=self.source, experiment_id__in=ids, missing_since=None)
        for experiment_id in _lacking(sorted(ids), set(there.values_list("experiment_id", flat=True))):
            if found := self.gateway.experiment(experiment_id, self._note):
                self.answers.experiments.append(found)

    def _files(self) -> None:
        """Of versions that are new here, and of those whose files are due."""
        rows = ModelVersion.objects.filter(model__source=self.source, model__name=self.name)
        known = set(rows.values_list("version", flat=True))
        due = {one.version for one in files_phase.unread(self.source.pk, model=self.name, most=MOST_FILES)}
        wanted = [one for one in self.answers.versions if one.version not in known or one.version in due]
        for one in wanted[:MOST_FILES]:
            found = files.read(self.gateway, self._wanted(one))
            self.answers.files[one.version] = found
            if found.stop:
                break

    def _wanted(self, one: facts.VersionFacts) -> files.Wanted:
        of_run: set[tuple[str, str]] = set()
        if one.run_id and not one.logged_model_id:
            kept = LoggedModel.objects.filter(source=self.source, run_id=one.run_id, missing_since=None)
            of_run = set(kept.values_list("name", "model_id"))
            of_run |= {(new.name, new.model_id) for new in self.answers.logged_models if new.run_id == one.run_id}
        return files.Wanted(
            pk=0,
            name=one.name,
            version=one.version,
            run_id=one.run_id,
            logged_model_id=one.logged_model_id,
            origin=one.origin,
            logged_models=tuple(sorted(of_run)),
        )


def _if_known(ask: Callable[..., Any], *words: Any) -> Any:
    """The answer, or None from a server that is older than logged models."""
    try:
        return ask(*words)
    except GatewayError as error:
        if error.fault is not Fault.UNKNOWN_CALL:
            raise
        return None


def _lacking(ids: Iterable[str], known: set[str]) -> list[str]:
    return [one for one in dict.fromkeys(ids) if one not in known][:MOST_ASKED]


def _store(source: Source, model: facts.ModelFacts, answers: Answers) -> None:
    store.put(store.EXPERIMENTS, source.pk, answers.experiments)
    store.put(store.MODELS, source.pk, [model])
    store.put(store.VERSIONS, source.pk, answers.versions)
    store.put(store.RUNS, source.pk, answers.runs)
    store.put(store.LOGGED_MODELS, source.pk, answers.logged_models)
    links.follow(source, Seen.Kind.EXPERIMENT, answers.experiments)
    links.follow(source, Seen.Kind.MODEL, [model])
    mine = RegisteredModel.objects.filter(source=source, name=model.name)
    # Also where nothing changed: a sync's page that was asked for before this must not change it any more.
    asked = datetime.fromtimestamp((model.asked_ms or 0) / 1000, UTC)
    mine.filter(Q(aliases_at=None) | Q(aliases_at__lt=asked)).update(aliases_at=asked)
    numbers = ModelVersion.objects.filter(model__in=mine, version__in=answers.files)
    files_phase.keep(
        files.Found(pk, answers.files[version].files, answers.files[version].error)
        for version, pk in numbers.values_list("version", "pk")
    )


def _mark_gone(source: Source, name: str, answers: Answers) -> None:
    """As a sync marks it, unless something newer is known of it."""
    there = RegisteredModel.objects.filter(source=source, name=name, missing_since=None)
    ids = list(there.exclude(aliases_at__gt=answers.asked_at).values_list("pk", flat=True))
    for statement in gone.MODELS.mark if ids else ():
        store.fetch(statement, {"gone": ids, "source": source.pk})
