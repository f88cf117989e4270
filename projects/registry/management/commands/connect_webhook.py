from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coe.core.secrets import Unreadable
from projects.registry.connect import connect_hook
from projects.tracking.mlflow import GatewayError
from projects.tracking.models import Source


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = (
        "Have an MLflow server tell this site of new model versions, and test it. Safe to repeat: the secret is "
        "renewed. Exit code 1: the server refused, or its test call did not arrive."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="SOURCE")
        parser.add_argument(
            "--url",
            metavar="BASE",
            default=settings.SITE_URL,
            help="the address under which the MLflow server reaches this site (default: SITE_URL)",
        )

    def handle(self, *args: Any, source: str, url: str, **options: Any) -> None:
        chosen = Source.objects.filter(name=source).first()
        if chosen is None:
            names = ", ".join(Source.objects.values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no source {source!r}; there are: {names}.", returncode=2)
        try:
            done = connect_hook(source=chosen, base=url, actor=None)
        except ValidationError as error:
            raise CommandError(f"url: {' '.join(error.messages)}", returncode=2) from None
        except Unreadable as error:
            raise CommandError(f"{source}: {error}.") from None
        except GatewayError as error:
            raise CommandError(f"{source}: {error.sentence}") from None
        self.stdout.write(f"{source}: {'registered' if done.is_new else 'renewed'} the webhook {done.url}")
        if done.test_error:
            self.stdout.write(f"{source}: {done.test_error}")
            sys.exit(1)
        self.stdout.write(f"{source}: the server's test call arrived.")
