from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coe.accounts import services
from coe.accounts.models import Person
from coe.core.errors import Refused


class Command(BaseCommand):
    help = "Prints a new API token of a person, and nothing else. It cannot be read again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="script", help="what the token is for")
        parser.add_argument("--days", type=int, help="how long it lasts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = Person.objects.get(email=options["email"].strip().lower())
            _, token = services.issue_token(person_id=person.pk, actor=None, name=options["name"], days=options["days"])
        except Person.DoesNotExist:
            raise CommandError(f"email: nobody has the address {options['email']}", returncode=2) from None
        except (ValidationError, Refused) as error:
            raise CommandError(one_line(error), returncode=2) from None
        self.stdout.write(token)


def one_line(error: ValidationError | Refused) -> str:
    """The error on one line, each rule after the field it is about."""
    if isinstance(error, Refused):
        return error.message
    return "; ".join(f"{field}: {' '.join(rules)}" for field, rules in error.message_dict.items())
