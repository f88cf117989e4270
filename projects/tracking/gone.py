"""What the mirror knows and a sync did not meet: each is asked for by its id, and marked as missing only if the
server says so.

An empty or broken list therefore marks nothing: what exists answers, and is stored like anything else that was read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from projects.tracking import facts, store
from projects.tracking.mlflow import Gateway
from projects.tracking.models import Seen
from projects.tracking.pages import At, Job, Page, Work

BATCH = 50
_UNMET = "NOT EXISTS (SELECT 1 FROM tracking_seen s WHERE s.sync_id = %(sync)s AND s.kind = %(kind)s AND s.ref = {ref})"
Ask = Callable[[Gateway, str, facts.Note], Any]


class GonePhase:
    """Candidates: rows of `table` not met, not yet missing and, in an incremental sync, only those that it should
    have met.
    """

    def __init__(
        self,
        name: str,
        *,
        table: store.Table,
        kind: Seen.Kind,
        rows: str,
        ref: str,
        ask: Ask,
        mark: tuple[str, ...],
        applies: Callable[[Work], str | None],
    ) -> None:
        self.name, self.table, self.kind, self.rows, self.ref = name, table, kind, rows, ref
        self.ask, self.mark, self.applies = ask, mark, applies

    def plan(self, work: Work, at: At) -> Job | None:
        condition = self.applies(work)
        if condition is None:
            return None
        # Text of this module only: no word of a server or a person goes into the statement.
        sql = " ".join(
            (
                f"SELECT t.id, {self.ref} FROM {self.rows}",  # noqa: S608
                f"WHERE t.id > %(after)s AND t.missing_since IS NULL AND ({condition})",
                f"AND {_UNMET.format(ref=self.ref)} ORDER BY t.id LIMIT {BATCH}",
            )
        )
        values = {"after": at.get("after", 0), "source": work.source.pk, "sync": work.sync_id, "kind": str(self.kind)}
        found = store.fetch(sql, values)
        return Job({"after": found[-1][0]}, found) if found else None

    def fetch(self, gateway: Gateway, job: Job) -> Page:
        page = Page([], job.at)
        answers = [(pk, self.ask(gateway, ref, page.note)) for pk, ref in job.ask]
        page.rows = [(pk, one) for pk, one in answers]
        return page

    def store(self, work: Work, page: Page) -> None:
        gone = [pk for pk, one in page.rows if one is None]
        changed = store.put(self.table, work.source.pk, [one for _, one in page.rows if one is not None])
        work.count("changed", len(changed) + len(gone))
        work.count("missing", len(gone))
        if gone:
            for statement in self.mark:
                store.fetch(statement, {"gone": gone, "source": work.source.pk})


def _of_source(_work: Work) -> str | None:
    return "t.source_id = %(source)s"


def _runs(work: Work) -> str | None:
    if work.state["full"]:
        return "t.source_id = %(source)s" if work.state["marks"] else None
    watched = "t.status IN ('RUNNING', 'SCHEDULED')"
    if work.state["watch_deleted"]:
        watched += " OR t.lifecycle_stage = 'deleted'"
    return f"t.source_id = %(source)s AND ({watched})"


def _logged_models(work: Work) -> str | None:
    if not work.state["full"] or not work.state["marks"] or work.state.get("no_logged_models"):
        return None
    return "t.source_id = %(source)s"


def _registry(work: Work) -> str | None:
    return None if work.state.get("no_registry") else "t.source_id = %(source)s"


def _versions(work: Work) -> str | None:
    return None if work.state.get("no_registry") else "m.source_id = %(source)s AND m.missing_since IS NULL"


def _version(gateway: Gateway, ref: str, note: facts.Note) -> facts.VersionFacts | None:
    number, name = ref.split(":", 1)
    return gateway.model_version(name, int(number), note)


_TOUCH = (
    "UPDATE {table} SET touched_at = clock_timestamp()"
    " WHERE id IN (SELECT {column} FROM {rows} WHERE id = ANY(%(gone)s))"
)
_TOUCH_MODELS = (
    "UPDATE tracking_registeredmodel SET touched_at = clock_timestamp()"
    " WHERE source_id = %(source)s AND id IN (SELECT v.model_id FROM tracking_modelversion v"
    " JOIN {rows} t ON v.{column} = t.{ref} WHERE t.{match} = ANY(%(gone)s))"
)
_MARK = "UPDATE {table} SET missing_since = now(){also} WHERE {column} = ANY(%(gone)s) AND missing_since IS NULL"

EXPERIMENTS = GonePhase(
    "experiments_gone",
    table=store.EXPERIMENTS,
    kind=Seen.Kind.EXPERIMENT,
    rows="tracking_experiment t",
    ref="t.experiment_id",
    ask=Gateway.experiment,
    mark=(
        _MARK.format(table="tracking_experiment", column="id", also=", touched_at = clock_timestamp()"),
        _TOUCH_MODELS.format(rows="tracking_run", column="run_id", ref="run_id", match="experiment_id"),
        _MARK.format(table="tracking_run", column="experiment_id", also=""),
        _MARK.format(table="tracking_loggedmodel", column="experiment_id", also=""),
    ),
    applies=_of_source,
)
RUNS = GonePhase(
    "runs_gone",
    table=store.RUNS,
    kind=Seen.Kind.RUN,
    rows="tracking_run t",
    ref="t.run_id",
    ask=Gateway.run,
    mark=(
        _MARK.format(table="tracking_run", column="id", also=""),
        _TOUCH.format(table="tracking_experiment", column="experiment_id", rows="tracking_run"),
        _TOUCH_MODELS.format(rows="tracking_run", column="run_id", ref="run_id", match="id"),
    ),
    applies=_runs,
)
LOGGED_MODELS = GonePhase(
    "logged_models_gone",
    table=store.LOGGED_MODELS,
    kind=Seen.Kind.LOGGED_MODEL,
    rows="tracking_loggedmodel t",
    ref="t.model_id",
    ask=Gateway.logged_model,
    mark=(
        _MARK.format(table="tracking_loggedmodel", column="id", also=""),
        _TOUCH.format(table="tracking_experiment", column="experiment_id", rows="tracking_loggedmodel"),
        _TOUCH_MODELS.format(rows="tracking_loggedmodel", column="logged_model_id", ref="model_id", match="id"),
    ),
    applies=_logged_models,
)
MODELS = GonePhase(
    "models_gone",
    table=store.MODELS,
    kind=Seen.Kind.MODEL,
    rows="tracking_registeredmodel t",
    ref="t.name",
    ask=Gateway.registered_model,
    mark=(
        # What is gone has no aliases; the history of each ends with the alias on no version.
        _MARK.format(
            table="tracking_registeredmodel", column="id", also=", touched_at = clock_timestamp(), aliases = '{}'"
        ),
        _MARK.format(table="tracking_modelversion", column="model_id", also=""),
    ),
    applies=_registry,
)
VERSIONS = GonePhase(
    "versions_gone",
    table=store.VERSIONS,
    kind=Seen.Kind.VERSION,
    rows="tracking_modelversion t JOIN tracking_registeredmodel m ON m.id = t.model_id",
    ref="t.version || ':' || m.name",
    ask=_version,
    mark=(
        _MARK.format(table="tracking_modelversion", column="id", also=""),
        _TOUCH.format(table="tracking_registeredmodel", column="model_id", rows="tracking_modelversion"),
    ),
    applies=_versions,
)
