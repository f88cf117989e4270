from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coe.search import index, sources


class Command(BaseCommand):
    help = "Bring the whole search index up to date. People can search meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", nargs="?", default="", help="only this source; all of them unless one is named")

    def handle(self, *args: Any, **options: Any) -> None:
        known = [one.name for one in sources.sources()]
        if options["source"] and options["source"] not in known:
            raise CommandError(f"There is no source {options['source']}. There are: {', '.join(known)}.")
        for name, differed in index.rebuild(options["source"]).items():
            self.stdout.write(f"{name}: {differed} differed")
