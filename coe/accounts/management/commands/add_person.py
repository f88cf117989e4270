from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from coe.accounts import services
from coe.accounts.management.commands.issue_token import one_line
from coe.accounts.models import BusinessUnit, Role
from coe.core.errors import Refused


class Command(BaseCommand):
    help = "Adds a person, and a role if asked: how a new site gets its first administrator."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", choices=Role.values, help="a role to give")
        parser.add_argument("--unit", help="slug of the unit for which the role is given; else the whole company")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else None
        try:
            unit = BusinessUnit.objects.get(slug=options["unit"]) if options["unit"] else None
            person = services.add_person(email=options["email"], name=options["name"], actor=None, password=password)
            if options["role"]:
                services.grant_role(person_id=person.pk, role=options["role"], unit=unit, actor=None)
        except BusinessUnit.DoesNotExist:
            raise CommandError(f"unit: there is no unit {options['unit']}", returncode=2) from None
        except (ValidationError, Refused) as error:
            raise CommandError(one_line(error), returncode=2) from None
        self.stdout.write(f"Added {person.name} <{person.email}>.")
