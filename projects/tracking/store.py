"""Writes pages of facts into the mirror: one statement a page, which changes only rows that differ and touches what
they are under.

The page travels as one JSON document (jsonb_to_recordset), so a statement costs the same whatever the number of rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import connection

from projects.tracking import facts
from projects.tracking.models import Seen

Rows = list[tuple[Any, ...]]


def _when(column: str) -> str:
    return f"timestamptz 'epoch' + r.{column} * interval '1 millisecond'"


@dataclass(frozen=True)
class Table:
    """How one kind of facts becomes rows. `mirrored`: column → expression over the fact `r`, compared and kept up to
    date.
    """

    name: str
    key: str
    record: str
    mirrored: dict[str, str]
    fixed: dict[str, str]
    join: str = ""
    # Columns that are kept up to date without being compared, and those that take another value than the new one.
    noted: dict[str, str] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    returning: str = "id"
    touches_itself: bool = False
    after: str = ""

    def sql(self) -> str:
        columns = [*self.fixed, *self.mirrored, *self.noted, "missing_since"]
        values = [*self.fixed.values(), *self.mirrored.values(), *self.noted.values(), "NULL::timestamptz"]
        now = {column: self.settled.get(column, f"EXCLUDED.{column}") for column in [*self.mirrored, *self.noted]}
        update = [f"{column} = {value}" for column, value in now.items()]
        if self.touches_itself:
            columns.append("touched_at")
            values.append("clock_timestamp()")
            update.append("touched_at = EXCLUDED.touched_at")
        old = ", ".join(f"t.{column}" for column in self.mirrored)
        new = ", ".join(now[column] for column in self.mirrored)
        return (
            f"WITH stored AS (INSERT INTO {self.name} AS t ({', '.join(columns)}) "  # noqa: S608  names from this module only
            f"SELECT {', '.join(values)} FROM jsonb_to_recordset(%(rows)s::jsonb) AS r({self.record}) {self.join} "
            f"ON CONFLICT ({self.key}) DO UPDATE SET {', '.join(update)}, missing_since = NULL "
            f"WHERE t.missing_since IS NOT NULL OR ({old}) IS DISTINCT FROM ({new}) RETURNING {self.returning})"
            f"{self.after} SELECT * FROM stored"
        )


_UNDER_EXPERIMENT = "JOIN tracking_experiment e ON e.source_id = %(source)s AND e.experiment_id = r.experiment_id"
_TOUCH_EXPERIMENT = (
    ", touched AS (UPDATE tracking_experiment SET touched_at = clock_timestamp()"
    " WHERE id IN (SELECT experiment_id FROM stored))"
)
_TOUCH_MODELS = (
    ", models AS (UPDATE tracking_registeredmodel SET touched_at = clock_timestamp()"
    " WHERE source_id = %(source)s AND id IN"
    " (SELECT v.model_id FROM tracking_modelversion v JOIN stored s ON v.{column} = s.{ref}))"
)
_LINKABLE = {"source_id": "%(source)s", "link_origin": "''", "is_dismissed": "false"}

EXPERIMENTS = Table(
    name="tracking_experiment",
    key="source_id, experiment_id",
    record="experiment_id text, name text, lifecycle_stage text, tags jsonb, created_ms bigint, updated_ms bigint",
    mirrored={
        "name": "r.name",
        "lifecycle_stage": "r.lifecycle_stage",
        "tags": "r.tags",
        "created_at": _when("created_ms"),
        "updated_at": _when("updated_ms"),
    },
    fixed={**_LINKABLE, "experiment_id": "r.experiment_id", "is_unread": "true"},
    touches_itself=True,
)
RUNS = Table(
    name="tracking_run",
    key="source_id, run_id",
    record="run_id text, experiment_id text, name text, status text, lifecycle_stage text, "
    'started_ms bigint, ended_ms bigint, "user" text, git_commit text, '
    "params jsonb, tags jsonb, metrics jsonb, datasets jsonb",
    mirrored={
        "experiment_id": "e.id",
        "started_at": _when("started_ms"),
        "ended_at": _when("ended_ms"),
        **{
            column: f"r.{column}"
            for column in (
                "name",
                "status",
                "lifecycle_stage",
                '"user"',
                "git_commit",
                "params",
                "tags",
                "metrics",
                "datasets",
            )
        },
    },
    fixed={"source_id": "%(source)s", "run_id": "r.run_id"},
    join=_UNDER_EXPERIMENT,
    returning="run_id, experiment_id",
    after=_TOUCH_EXPERIMENT + _TOUCH_MODELS.format(column="run_id", ref="run_id"),
)
LOGGED_MODELS = Table(
    name="tracking_loggedmodel",
    key="source_id, model_id",
    record="model_id text, experiment_id text, name text, run_id text, status text, created_ms bigint, "
    "params jsonb, tags jsonb, metrics jsonb",
    mirrored={
        "experiment_id": "e.id",
        "created_at": _when("created_ms"),
        **{column: f"r.{column}" for column in ("name", "run_id", "status", "params", "tags", "metrics")},
    },
    fixed={"source_id": "%(source)s", "model_id": "r.model_id"},
    join=_UNDER_EXPERIMENT,
    returning="model_id, experiment_id",
    after=_TOUCH_EXPERIMENT + _TOUCH_MODELS.format(column="logged_model_id", ref="model_id"),
)
MODELS = Table(
    name="tracking_registeredmodel",
    key="source_id, name",
    record="name text, description text, tags jsonb, aliases jsonb, asked_ms bigint, created_ms bigint, "
    "updated_ms bigint",
    mirrored={
        "description": "r.description",
        "tags": "r.tags",
        "aliases": "r.aliases",
        "created_at": _when("created_ms"),
        "updated_at": _when("updated_ms"),
    },
    noted={"aliases_at": f"coalesce({_when('asked_ms')}, now())"},
    # What is known from a later answer, or was done by ourselves meanwhile, stays.
    settled={
        "aliases": "CASE WHEN t.aliases_at > EXCLUDED.aliases_at THEN t.aliases ELSE EXCLUDED.aliases END",
        "aliases_at": "greatest(t.aliases_at, EXCLUDED.aliases_at)",
    },
    fixed={**_LINKABLE, "name": "r.name"},
    touches_itself=True,
)
VERSIONS = Table(
    name="tracking_modelversion",
    key="model_id, version",
    record="name text, version integer, run_id text, logged_model_id text, origin text, status text, description text, "
    "tags jsonb, created_ms bigint",
    mirrored={
        "created_at": _when("created_ms"),
        **{
            column: f"r.{column}" for column in ("run_id", "logged_model_id", "origin", "status", "description", "tags")
        },
    },
    fixed={"model_id": "m.id", "version": "r.version"},
    join="JOIN tracking_registeredmodel m ON m.source_id = %(source)s AND m.name = r.name",
    returning="model_id",
    after=", touched AS (UPDATE tracking_registeredmodel SET touched_at = clock_timestamp()"
    " WHERE id IN (SELECT model_id FROM stored))",
)

_REF: dict[str, Callable[[Any], str]] = {
    EXPERIMENTS.name: lambda one: one.experiment_id,
    RUNS.name: lambda one: one.run_id,
    LOGGED_MODELS.name: lambda one: one.model_id,
    MODELS.name: lambda one: one.name,
    VERSIONS.name: lambda one: version_ref(one.name, one.version),
}


def version_ref(name: str, version: int) -> str:
    return f"{version}:{name}"


def put(table: Table, source_id: int, found: Iterable[Any]) -> Rows:
    """Store facts of one kind in the caller's transaction; returns what `table.returning` names for the rows that
    changed.

    A thing told twice in one page counts as it was told last.
    """
    rows = {_REF[table.name](one): one for one in found}
    if not rows:
        return []
    # Not asdict(): its deep copies of what is only written out cost more than all else that is done here.
    names = [field.name for field in fields(next(iter(rows.values())))]
    flat = [{name: getattr(one, name) for name in names} for one in rows.values()]
    document = json.dumps(flat, ensure_ascii=False, allow_nan=False)
    return fetch(table.sql(), {"rows": document, "source": source_id})


def hold(source_id: int) -> None:
    """Be the only one who writes into this source's mirror, until the caller's transaction ends.

    Taken before any other row, so that pages of a sync and models that are read again wait for each other in line
    instead of for each other's rows.
    """
    fetch("SELECT id FROM tracking_source WHERE id = %(source)s FOR NO KEY UPDATE", {"source": source_id})


def see(sync_id: int, kind: Seen.Kind, refs: Iterable[str]) -> None:
    """Remember, in the caller's transaction, that the sync has met these."""
    fetch(
        "INSERT INTO tracking_seen (sync_id, kind, ref) SELECT %(sync)s, %(kind)s, unnest(%(refs)s::text[])"
        " ON CONFLICT DO NOTHING",
        {"sync": sync_id, "kind": str(kind), "refs": list(refs)},
    )


def refs(table: Table, found: Iterable[Any]) -> list[str]:
    return [_REF[table.name](one) for one in found]


def fetch(sql: str, values: dict[str, Any]) -> Rows:
    """Run one statement; its rows, or nothing where it returns none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def run_changes(sync_id: int, found: Iterable[facts.RunFacts], changed: Rows) -> None:
    """Remember which runs changed and which logged models they name: those models' metrics may be new."""
    ids = {run_id for run_id, _ in changed}
    see(sync_id, Seen.Kind.CHANGED_RUN, ids)
    see(sync_id, Seen.Kind.NAMED_MODEL, {one for run in found if run.run_id in ids for one in run.model_ids})
