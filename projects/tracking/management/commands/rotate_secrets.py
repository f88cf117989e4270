from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coe.core import secrets


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = (
        "Encrypt every stored credential with the newest key in SECRETS_KEYS; then the older keys can be taken out. "
        "Exit code 1: one of them could not be read with any key."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = secrets.rotate_all()
        self.stdout.write(f"{done.rotated} credentials are encrypted with the newest key.")
        if done.unreadable:
            raise CommandError("No key in SECRETS_KEYS reads these: " + "; ".join(done.unreadable))
