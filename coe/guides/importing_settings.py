"""What front matter says of a document beside its text, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model

from coe.accounts.models import BusinessUnit, Person
from coe.core.errors import invalid
from coe.guides import about
from coe.guides import document_parts as p
from coe.guides.models import Audience, Kind, Outcome

# A model guide is written in sections, on the page of its model.
KINDS = tuple(kind for kind in Kind.values if kind != Kind.MODEL_GUIDE)


class Settings:
    """Reads the fields of one file after the other; who and what they name is looked up once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Model] = {}

    def of(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of the document that the fields name; others stay as they are.

        Raises `ValidationError` by field: an unknown owner, kind, audience, unit or subject, a number that is none.
        """
        found: dict[str, Any] = {}
        for name, known in (("kind", KINDS), ("audience", Audience.values), ("outcome", Outcome.values)):
            if said := word(fields, name):
                found[name] = one_of(name, said, known)
        if email := word(fields, "owner"):
            found["owner"] = self.person(email)
        if slug := word(fields, "unit"):
            found["unit"] = self.unit(slug)
        if "tags" in fields:
            found["tags"] = p.clean_tags(_words(fields["tags"]))
        if days := word(fields, "verify_every_days"):
            if not days.isascii() or not days.isdigit() or not 7 <= int(days[:9]) <= 1100:
                raise invalid("verify_every_days", "must be a number of days from 7 to 1100")
            found["verify_every_days"] = int(days)
        return found | self._subject(fields)

    def person(self, email: str) -> Person:
        """Raises `ValidationError` on `owner`."""
        found = self._looked_up("owner", email, Person.objects.filter(email__iexact=email, is_active=True))
        if not isinstance(found, Person):
            raise invalid("owner", f"there is nobody here with the address {email[:80]}")
        return found

    def unit(self, slug: str) -> BusinessUnit:
        """Raises `ValidationError` on `unit`."""
        found = self._looked_up("unit", slug, BusinessUnit.objects.filter(slug=slug))
        if not isinstance(found, BusinessUnit):
            raise invalid("unit", f"there is no unit {slug[:80]}")
        return found

    def _subject(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What it is about, by the name of its kind: `project: churn`, `model: churn-xgb`."""
        for kind in about.kinds():
            said = word(fields, kind.name)
            if not said or kind.named is None:
                continue
            if (kind.name, said) not in self._found:
                found = list(kind.named(said)[:2])
                if len(found) != 1:
                    many = "more than one has that name" if found else "there is none"
                    raise invalid(kind.name, f"{many}: {said[:80]}")
                self._found[kind.name, said] = found[0]
            subject = self._found[kind.name, said]
            return {"subject_type": ContentType.objects.get_for_model(subject), "subject_id": subject.pk}
        return {}

    def _looked_up(self, name: str, said: str, rows: Any) -> Model | None:
        if (name, said) not in self._found and (row := rows.first()):
            self._found[name, said] = row
        return self._found.get((name, said))


def word(fields: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that says something, as one line. Lists and mappings say nothing."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            # Numbers of more digits than Python writes come from TOML alone, and mean nothing here.
            said = value if isinstance(value, str) else str(value) if abs(value) < 1e12 else ""
            if said := " ".join(said.replace("\0", " ").split()):
                return said
    return ""


def is_draft(fields: Mapping[str, Any]) -> bool:
    """Whether the file says that it is not to be shown yet."""
    return str(fields.get("draft", "")).lower() == "true" or str(fields.get("published", "")).lower() == "false"


def one_of(name: str, said: str, known: tuple[str, ...] | list[str]) -> str:
    """`said` as a value of that field. Raises `ValidationError` naming the known ones."""
    value = said.lower().replace("-", "_").replace(" ", "_")
    if value not in known:
        raise invalid(name, f"must be one of {', '.join(known)}, not {said[:40]}")
    return value


def _words(value: Any) -> list[str]:
    """Tags as they are written: a list, or words between commas. What is no word is none."""
    values = value if isinstance(value, list) else str(value).split(",") if isinstance(value, str) else []
    return [str(one).replace(",", " ") for one in values if isinstance(one, str | int) and str(one).strip()]


def said(error: ValidationError) -> str:
    """The error in one line, by field."""
    if not hasattr(error, "error_dict"):
        return "; ".join(error.messages)
    fields = ((name.replace("_", " "), messages) for name, messages in error.message_dict.items())
    return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in fields)
