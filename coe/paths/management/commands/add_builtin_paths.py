from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from coe.paths import builtin
from coe.search import index


class Command(BaseCommand):
    help = (
        "Adds the paths that come with Cairn where they are missing, and brings those up to date that nobody edited."
        " `migrate` does so, too; this also lets the search find them at once."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        changed = builtin.ensure()
        index.refresh("path", changed)
        many = f"{len(changed)} path{'' if len(changed) == 1 else 's'}"
        self.stdout.write(
            f"Added or brought up to date: {many}." if changed else "Every built-in path is there already."
        )
