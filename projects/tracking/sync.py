"""Reads a source into the mirror: page by page, each in a transaction of its own that also keeps the place to go on
from.

The network is asked in a second thread, one page ahead, while the page before it is stored; never inside a transaction.
"""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as NotYet
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from projects.tracking import followups, gone, health, lease, phases, store
from projects.tracking.files_phase import FilesPhase
from projects.tracking.mlflow import Fault, Gateway, GatewayError
from projects.tracking.models import Experiment, Run, Source, Sync
from projects.tracking.pages import At, Job, Page, Phase, Work

log = structlog.get_logger(__name__)

FULL_EVERY = timedelta(days=1)
# The lease is renewed this often while a slow server keeps us waiting.
HEARTBEAT_SECONDS = 20.0
# A request is on its way after a few milliseconds; a large page takes the server hundreds.
SENDING_SECONDS = 0.02
MOST_SKIPPED = 200
MOST_ATTEMPTS = 50
PHASES: tuple[Phase, ...] = (
    phases.EXPERIMENTS,
    gone.EXPERIMENTS,
    phases.RunsPhase(),
    gone.RUNS,
    phases.LoggedModelsPhase(),
    phases.ChangedModelsPhase(),
    gone.LOGGED_MODELS,
    phases.MODELS,
    phases.VERSIONS,
    gone.MODELS,
    gone.VERSIONS,
    FilesPhase(),
)
# Where the bar stands when a phase begins, in percent: by far the most time goes to runs and logged models.
_BEGINS = {
    "experiments": 0,
    "runs": 3,
    "runs_gone": 70,
    "logged_models": 72,
    "changed_models": 92,
    "models": 95,
    "versions": 96,
    "version_files": 97,
}
Tell = Callable[[Sync], None]


def run_sync(*, sync_id: int, gateway: Gateway | None = None, tell: Tell | None = None) -> Sync:
    """Carry out a sync, or go on with one whose worker died; returns it as it stands afterwards.

    Nothing happens when another worker holds its lease or it is over. `tell` is called after each page. What goes
    wrong on the server's side ends the sync as failed, with a sentence; it raises nothing.
    """
    token = lease.take(sync_id)
    if token is None:
        return Sync.objects.select_related("source").get(pk=sync_id)
    sync = Sync.objects.select_related("source").get(pk=sync_id)
    own: Gateway | None = gateway
    try:
        if sync.attempts > MOST_ATTEMPTS:
            raise GatewayError(Fault.BROKEN, f"The sync was begun {MOST_ATTEMPTS} times and never came to its end.")
        own = own or Gateway.to(sync.source)
        Worker(sync, token, own, tell).run()
    except lease.LeaseLost:
        log.warning("sync.lease_lost", sync=sync_id, source=sync.source.name)
    except GatewayError as error:
        health.fail(sync_id=sync_id, token=token, sentence=error.sentence)
    except Exception:
        log.exception("sync.crashed", sync=sync_id, source=sync.source.name)
        health.fail(
            sync_id=sync_id, token=token, sentence="Cairn itself made a mistake while reading; the log says more."
        )
    except BaseException:
        # Interrupted: somebody stops the worker, or its time is up. The next tick goes on from the cursor.
        lease.release(sync_id, token)
        raise
    finally:
        if own is not None:
            own.close()
    sync.refresh_from_db()
    if sync.state == Sync.State.DONE:
        followups.run_all(sync.source_id)
    return sync


class Worker:
    """One worker on one sync, holding its lease."""

    def __init__(self, sync: Sync, token: uuid.UUID, gateway: Gateway, tell: Tell | None) -> None:
        self.sync, self.token, self.gateway, self.tell = sync, token, gateway, tell
        cursor = dict(sync.cursor)
        self.place: tuple[int, At] = (_index(cursor.pop("phase", "")), cursor.pop("at", {}))
        started = sync.started_at or timezone.now()
        self.work = Work(
            source=sync.source,
            sync_id=sync.pk,
            started_ms=int(started.timestamp() * 1000),
            state=cursor or self._begin(),
            counts=dict(sync.counts),
            skipped=[],
        )

    def _begin(self) -> dict[str, Any]:
        """What the sync decides once, at its start."""
        source = self.sync.source
        runs = Run.objects.filter(source=source)
        last = source.last_full_sync_at
        is_full = self.sync.is_full or last is None or last < timezone.now() - FULL_EVERY
        deleted = runs.filter(lifecycle_stage="deleted", missing_since=None)[: phases.MOST_DELETED + 1].count()
        return {
            "full": is_full,
            # A first reading has nothing that could have gone.
            "marks": is_full and runs.exists(),
            "first": source.first_good_sync_at is None,
            "since": source.cursor_ms,
            "newest": source.cursor_ms,
            "fresh_after": _known_before(source),
            "watch_deleted": deleted <= phases.MOST_DELETED,
        }

    def run(self) -> None:
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sync")
        # Each page is tens of thousands of objects that soon go: the collector, called by their number, need not look
        # through the whole program again for each of them.
        gc.freeze()
        try:
            for index in range(self.place[0], len(PHASES)):
                self._phase(index, self.place[1], pool)
                self.place = (index + 1, {})
        finally:
            self.gateway.abort()
            pool.shutdown(wait=True, cancel_futures=True)
            gc.unfreeze()
        health.finish(self.work, self.token)

    def _phase(self, index: int, at: At, pool: ThreadPoolExecutor) -> None:
        phase = PHASES[index]
        job = self._plan(phase, at)
        coming = pool.submit(phase.fetch, self.gateway, job) if job else None
        while job is not None and coming is not None:
            page = self._wait(coming)
            job = self._plan(phase, page.next_at) if page.next_at is not None else None
            coming = pool.submit(phase.fetch, self.gateway, job) if job else None
            if coming and page.raw:
                # Parsing holds Python's lock: first let the other thread send its request.
                wait((coming,), timeout=SENDING_SECONDS)
            page.read()
            self._keep(index, phase, page)

    def _plan(self, phase: Phase, at: At) -> Job | None:
        return phase.plan(self.work, {**at, "now": self.work.started_ms})

    def _wait(self, coming: Future[Page]) -> Page:
        while True:
            try:
                return coming.result(timeout=HEARTBEAT_SECONDS)
            except NotYet:
                if coming.done():
                    raise
                lease.renew(self.sync.pk, self.token)

    def _keep(self, index: int, phase: Phase, page: Page) -> None:
        """Store one page and the place after it, in one transaction that holds the lease."""
        with transaction.atomic():
            lease.renew(self.sync.pk, self.token)
            store.hold(self.sync.source_id)
            phase.store(self.work, page)
            self.work.skipped += [{"kind": kind, "id": ref, "reason": reason} for kind, ref, reason in page.notes]
            following = (index, page.next_at) if page.next_at is not None else (index + 1, {})
            self._save(following, phase, page.done)
        if self.tell:
            self.tell(self.sync)

    def _save(self, place: tuple[int, At], phase: Phase, done: float) -> None:
        sync, work = self.sync, self.work
        name = PHASES[place[0]].name if place[0] < len(PHASES) else "end"
        sync.cursor = {**work.state, "phase": name, "at": place[1]}
        work.counts["skipped"] = work.counts.get("skipped", 0) + len(work.skipped)
        known = {(one["kind"], one["id"], one["reason"]) for one in sync.skipped}
        for one in work.skipped:
            if len(sync.skipped) < MOST_SKIPPED and (one["kind"], one["id"], one["reason"]) not in known:
                sync.skipped.append(one)
                known.add((one["kind"], one["id"], one["reason"]))
        work.skipped.clear()
        work.counts["percent"] = max(work.counts.get("percent", 0), _percent(phase.name, done))
        sync.counts, sync.phase = work.counts, phase.name
        sync.save(update_fields=["cursor", "counts", "skipped", "phase"])


def _known_before(source: Source) -> int:
    """The id up to which all experiments were read by a good sync."""
    found = Experiment.objects.filter(source=source).aggregate(
        most=Max("pk"), first_unread=Min("pk", filter=Q(is_unread=True, missing_since=None))
    )
    return found["first_unread"] - 1 if found["first_unread"] else found["most"] or 0


def _index(name: str) -> int:
    names = [phase.name for phase in PHASES]
    return len(PHASES) if name == "end" else names.index(name) if name in names else 0


def _percent(name: str, done: float) -> int:
    marks = sorted(_BEGINS.values())
    begin = _BEGINS.get(name, 0)
    end = next((mark for mark in marks if mark > begin), 99)
    return int(begin + (end - begin) * done)
