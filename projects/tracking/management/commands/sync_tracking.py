from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils import timezone
from tqdm import tqdm

from projects.tracking import lease
from projects.tracking.models import Source, Sync
from projects.tracking.sync import run_sync


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Read MLflow sources into the mirror now, in the foreground. Exit code 1: one of them could not be read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--source", metavar="NAME", help="only this source (default: every one that is switched on)"
        )
        parser.add_argument("--full", action="store_true", help="read everything again, not only what is new")

    def handle(self, *args: Any, source: str | None = None, full: bool = False, **options: Any) -> None:
        chosen = Source.objects.filter(name=source) if source else Source.objects.filter(is_enabled=True)
        if source and not chosen:
            names = ", ".join(Source.objects.values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no source {source!r}; there are: {names}.", returncode=2)
        states = [self._read(one, full) for one in chosen]
        if any(state != Sync.State.DONE for state in states):
            sys.exit(1)

    def _read(self, source: Source, full: bool) -> str:
        sync = _open(source, full)
        with tqdm(total=100, desc=source.name, unit="%", disable=None) as bar:

            def tell(sync: Sync) -> None:
                bar.set_postfix_str(f"{sync.phase}, {sync.counts.get('runs', 0)} runs", refresh=False)
                bar.update(sync.counts.get("percent", 0) - bar.n)

            sync = run_sync(sync_id=sync.pk, tell=tell)
        self.stdout.write(f"{source.name}: {_summary(sync)}")
        return sync.state


def _open(source: Source, full: bool) -> Sync:
    """The open sync of the source, or a new one. One whose worker died goes on from where it was."""
    try:
        with transaction.atomic():
            return Sync.objects.create(source=source, is_full=full)
    except IntegrityError:
        sync = Sync.objects.filter(source=source, state__in=lease.OPEN).first()
        if sync is None:
            return _open(source, full)
        if full and sync.state == Sync.State.QUEUED:
            Sync.objects.filter(pk=sync.pk, state=Sync.State.QUEUED).update(is_full=True)
        return sync


def _summary(sync: Sync) -> str:
    if sync.state == Sync.State.FAILED:
        return f"failed. {sync.error}"
    if sync.state != Sync.State.DONE:
        until = sync.lease_until
        seconds = f" for {max(int((until - timezone.now()).total_seconds()), 0)} s yet" if until else ""
        return f"another worker reads it now (its lease runs{seconds})."
    counts = sync.counts
    kind = "everything" if sync.is_full else "what is new"
    skipped = f", {counts['skipped']} skipped" if counts.get("skipped") else ""
    return (
        f"read {kind}: {counts.get('runs', 0)} runs, {counts.get('experiments', 0)} experiments, "
        f"{counts.get('models', 0)} models, {counts.get('changed', 0)} changed{skipped}."
    )
