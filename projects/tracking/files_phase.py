"""The last phase of a sync: the files of versions that were never read, some hundreds at a time.

A version's files do not change, so one good reading is enough. What could not be read is tried again after an hour,
or, where the version is older than that, after as long again as it was old then (a week at most).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from django.utils import timezone

from projects.tracking import files, store
from projects.tracking.mlflow import Gateway
from projects.tracking.models import LoggedModel
from projects.tracking.pages import At, Job, Page, Work

BATCH = 20
MOST_A_SYNC = 300
_UNREAD = """
SELECT v.id, m.name, v.version, v.run_id, v.logged_model_id, v.origin
FROM tracking_modelversion v JOIN tracking_registeredmodel m ON m.id = v.model_id
WHERE m.source_id = %(source)s AND v.files IS NULL AND v.missing_since IS NULL AND m.missing_since IS NULL
    AND (%(before)s = 0 OR v.id < %(before)s)
    AND (v.files_tried_at IS NULL OR v.files_tried_at + least(greatest(
        v.files_tried_at - coalesce(v.created_at, v.files_tried_at), interval '1 hour'), interval '7 days') < %(now)s)
    AND (%(model)s = '' OR m.name = %(model)s)
ORDER BY v.id DESC LIMIT %(most)s
"""
_KEEP = """
UPDATE tracking_modelversion v SET files = r.files, files_error = r.error, files_tried_at = %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(pk bigint, files jsonb, error text)
WHERE v.id = r.pk AND v.files IS NULL
"""


def unread(source_id: int, *, before: int = 0, model: str = "", most: int) -> list[files.Wanted]:
    """Versions whose files are to be read now, newest first (`before`: an id; `model`: only of that one)."""
    values = {"source": source_id, "before": before, "model": model, "most": most, "now": timezone.now()}
    rows = store.fetch(_UNREAD, values)
    named = _named(source_id, rows)
    return [replace(files.Wanted(*row), logged_models=of_run) for row, of_run in zip(rows, named, strict=True)]


def _named(source_id: int, rows: store.Rows) -> Iterable[tuple[tuple[str, str], ...]]:
    """For each row the logged models of its run, where it names none itself."""
    runs = {run_id for _, _, _, run_id, logged_model_id, _ in rows if run_id and not logged_model_id}
    of: dict[str, list[tuple[str, str]]] = {}
    for one in LoggedModel.objects.filter(source=source_id, run_id__in=runs, missing_since=None):
        of.setdefault(one.run_id, []).append((one.name, one.model_id))
    return [tuple(sorted(of.get(row[3], []))) for row in rows]


def keep(found: Iterable[files.Found]) -> None:
    """Store what was read, in the caller's transaction."""
    rows = [{"pk": one.pk, "files": one.files, "error": one.error} for one in found]
    store.fetch(_KEEP, {"rows": json.dumps(rows, ensure_ascii=False, allow_nan=False), "now": timezone.now()})


class FilesPhase:
    name = "version_files"

    def plan(self, work: Work, at: At) -> Job | None:
        done = int(at.get("done", 0))
        if work.state.get("no_registry") or done >= MOST_A_SYNC:
            return None
        wanted = unread(work.source.pk, before=at.get("before", 0), most=BATCH)
        return Job({"before": wanted[-1].pk, "done": done + len(wanted)}, wanted) if wanted else None

    def fetch(self, gateway: Gateway, job: Job) -> Page:
        page = Page([], job.at, done=min(job.at["done"] / MOST_A_SYNC, 1.0))
        for wanted in job.ask:
            found = files.read(gateway, wanted)
            page.rows.append(found)
            if found.stop:
                page.next_at = None
                break
        return page

    def store(self, work: Work, page: Page) -> None:
        keep(page.rows)
        work.count("files", sum(one.files is not None for one in page.rows))
