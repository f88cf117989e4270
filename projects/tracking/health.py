"""How a sync ends, and what a source's health says then."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Model, OuterRef, Subquery
from django.utils import timezone

from coe.core import changes, events
from projects.tracking import aliases, lease
from projects.tracking.models import Experiment, LoggedModel, RegisteredModel, Run, Seen, Source, Sync
from projects.tracking.pages import Work

# A source counts as failing when its last good sync is older than this many intervals.
FAILING_AFTER = 3
FIRST_RETRY = timedelta(minutes=1)


def failing_from(source: Source) -> datetime | None:
    """The moment from which readings of this source count as out of date; None before its first good sync."""
    if source.last_good_sync_at is None:
        return None
    return source.last_good_sync_at + FAILING_AFTER * timedelta(minutes=source.interval_minutes)


@transaction.atomic
def finish(work: Work, token: uuid.UUID) -> None:
    """End a sync that read everything: alias moves, the source's health, one event. Raises `LeaseLost`."""
    lease.renew(work.sync_id, token)
    now = timezone.now()
    sync = Sync.objects.get(pk=work.sync_id)
    source = Source.objects.select_for_update().get(pk=work.source.pk)
    started = sync.started_at or now
    work.count(
        "alias_moves",
        aliases.note_moves(source_id=source.pk, sync_id=sync.pk, at=started, is_first=bool(work.state["first"])),
    )
    _note_change(source, now)
    met = Seen.objects.filter(sync=sync, kind=Seen.Kind.EXPERIMENT).values("ref")
    Experiment.objects.filter(source=source, is_unread=True, experiment_id__in=met).update(is_unread=False)
    source.first_good_sync_at = source.first_good_sync_at or now
    source.last_good_sync_at = now
    source.cursor_ms = max(source.cursor_ms, work.state["newest"])
    source.last_error, source.last_error_at = "", None
    had_failed, source.failing_since = source.failing_since is not None, None
    source.next_sync_at = now + timedelta(minutes=source.interval_minutes)
    if work.state["full"]:
        source.last_full_sync_at = now
    source.save(
        update_fields=[
            "first_good_sync_at",
            "last_good_sync_at",
            "last_full_sync_at",
            "cursor_ms",
            "last_error",
            "last_error_at",
            "failing_since",
            "next_sync_at",
        ]
    )
    Seen.objects.filter(sync=sync).delete()
    work.counts["percent"] = 100
    sync.state, sync.finished_at, sync.counts, sync.cursor = Sync.State.DONE, now, work.counts, {}
    sync.is_full = bool(work.state["full"])
    sync.lease_token, sync.lease_until, sync.error = None, None, ""
    sync.save(
        update_fields=["state", "finished_at", "counts", "cursor", "is_full", "lease_token", "lease_until", "error"]
    )
    facts = {
        "label": str(source),
        "runs": work.counts.get("runs", 0),
        "changed": work.counts.get("changed", 0),
        "sync": sync.pk,
    }
    events.record(actor=sync.asked_by, verb="sync.finished", subject=source, facts=facts)
    if had_failed:
        events.record(actor=None, verb="source.recovered", subject=source, facts={"label": str(source)})


def _note_change(source: Source, now: datetime) -> None:
    """A good sync ends the time in which figures were marked as resting on a failing source."""
    since = failing_from(source)
    if since is None:
        changes.note(affects_from=changes.EVER, what="sync.first")
    elif since <= now:
        changes.note(affects_from=since, what="sync.recovered")


@transaction.atomic
def fail(*, sync_id: int, token: uuid.UUID, sentence: str) -> None:
    """End a sync that could not go on. What it stored stays; nothing is marked as missing; the next try is planned.

    One event tells of the first failure, one of the moment from which figures are out of date, none of each try after
    it. Without the lease nothing is written.
    """
    try:
        lease.renew(sync_id, token)
    except lease.LeaseLost:
        return
    now = timezone.now()
    sync = Sync.objects.get(pk=sync_id)
    source = Source.objects.select_for_update().get(pk=sync.source_id)
    was_failing = bool(source.last_error)
    sync.state, sync.finished_at, sync.error = Sync.State.FAILED, now, sentence
    sync.lease_token = sync.lease_until = None
    sync.cursor = {}
    sync.save(update_fields=["state", "finished_at", "error", "lease_token", "lease_until", "cursor"])
    Seen.objects.filter(sync=sync).delete()
    source.last_error, source.last_error_at = sentence, now
    source.next_sync_at = now + retry_after(source)
    source.save(update_fields=["last_error", "last_error_at", "next_sync_at"])
    facts = {"label": str(source), "error": sentence}
    if not was_failing:
        events.record(actor=sync.asked_by, verb="sync.failed", subject=source, facts=facts)
    if source.failing_since is None and _is_late(source, now):
        source.failing_since = now
        source.save(update_fields=["failing_since"])
        events.record(actor=None, verb="source.failing", subject=source, facts=facts)


def _is_late(source: Source, now: datetime) -> bool:
    """Whether its figures are out of date; of one that was never read, whether that was tried for as long."""
    late = failing_from(source)
    if late is None:
        begun = Sync.objects.filter(source=source).order_by("id").values_list("created_at", flat=True).first() or now
        late = begun + FAILING_AFTER * timedelta(minutes=source.interval_minutes)
    return late <= now


def retry_after(source: Source) -> timedelta:
    """One minute after the first failure in a row, then twice as long each time, up to twice the source's interval."""
    done = (
        Sync.objects.filter(source=source, state=Sync.State.DONE).order_by("-id").values_list("id", flat=True).first()
    )
    failures = Sync.objects.filter(source=source, state=Sync.State.FAILED, id__gt=done or 0).count()
    most = 2 * timedelta(minutes=source.interval_minutes)
    doublings: int = min(max(failures - 1, 0), 20)
    return min(FIRST_RETRY * (1 << doublings), most)


@dataclass(frozen=True)
class Health:
    """How a source does, as a word for people and for the API; `kind` is a colour of the stylesheet that repeats it."""

    word: str
    kind: str
    sentence: str


def state(source: Source, now: datetime) -> Health:
    """The source's health at `now`. Failing means that its readings are out of date, not that one sync failed."""
    if not source.is_enabled:
        return Health("off", "", "It is switched off and not read.")
    late = failing_from(source)
    if late is None:
        return Health("new", "bad" if source.last_error else "", source.last_error or "It has not been read yet.")
    if late < now:
        return Health(
            "failing", "bad", source.last_error or "No sync has come to its end for more than three intervals."
        )
    if source.last_error:
        return Health("troubled", "warn", source.last_error)
    return Health("good", "good", "It is read regularly.")


def mirrored(source: Source) -> dict[str, int]:
    """How much of the source is in the mirror, in one query; what has vanished from the server does not count."""

    def count(model: type[Model]) -> Subquery:
        found = model._default_manager.filter(source=OuterRef("pk"), missing_since=None).order_by()
        return Subquery(found.values("source").annotate(n=Count("pk")).values("n"))

    names: dict[str, type[Model]] = {
        "experiments": Experiment,
        "runs": Run,
        "logged_models": LoggedModel,
        "models": RegisteredModel,
    }
    counted = {f"n_{name}": count(model) for name, model in names.items()}
    row = Source.objects.filter(pk=source.pk).annotate(**counted).values_list(*counted).get()
    return {name: number or 0 for name, number in zip(names, row, strict=True)}
