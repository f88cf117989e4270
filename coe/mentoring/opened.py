"""Where the form for a request was opened from, and what is filled in because of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coe.accounts.models import Person
from coe.core.http import number_in
from coe.guides import about
from coe.guides.feedback_subjects import title_of
from coe.guides.models import Document
from coe.mentoring import request_parts as p
from coe.mentoring.models import Request
from coe.mentors.tags import LONGEST_TAG, tidy


@dataclass(frozen=True)
class Opened:
    """What the form shows above itself, and begins with."""

    label: str = ""
    url: str = ""
    version: int | None = None
    initial: dict[str, Any] = field(default_factory=dict)


def opened_from(asked: Mapping[str, str], person: Person) -> Opened:
    """What `about`, `version`, `tags`, `unit`, `goal`, `topic` and `mentor` of an address fill in.

    Raises `Request.DoesNotExist` for an `about` that is nothing, or nothing that the person may know of.
    """
    initial: dict[str, Any] = {name: asked.get(name, "").replace("\0", "") for name in ("goal", "topic", "unit")}
    initial["mentor"] = asked.get("mentor", "")
    tags = _tags(asked.get("tags", ""))
    kind, _, name = asked.get("about", "").partition(":")
    if not kind:
        initial["skills"] = tags
        return Opened(initial=initial)
    thing = _document(person, name) if kind == "document" else _thing(person, kind, name)
    subject: tuple[int, int] | None = None
    if isinstance(thing, Document):
        if thing.subject_type_id and about.subject_of(person, thing.subject_type_id, thing.subject_id) is not None:
            subject = (thing.subject_type_id, thing.subject_id or 0)
        tags = tags or _tags(",".join(thing.tags))
        initial["details"] = f"I have read [{_plain(title_of(thing))}]({thing.get_absolute_url()}).\n"
        initial["unit"] = initial["unit"] or (thing.unit.slug if thing.unit else "")
    else:
        # The unit stays open: the request is for that of the thing.
        subject = (about.kind(kind).type_id, thing.pk)
    version = _version(asked.get("version", "")) if kind == "model" else None
    initial |= {"skills": tags, "version": version, "subject": f"{subject[0]}:{subject[1]}" if subject else ""}
    return Opened(title_of(thing), thing.get_absolute_url(), version, initial)


def _thing(person: Person, kind: str, name: str) -> Any:
    """By its id, or by what people call it."""
    found = next((one for one in about.kinds() if one.name == kind), None)
    if found is None or "\0" in name:
        raise Request.DoesNotExist
    known = found.visible_to(person)
    if related := getattr(found.model, "subject_related", ()):
        known = known.select_related(*related)
    if name.isascii() and name.isdigit() and len(name) < 19:
        by_id = known.filter(pk=int(name)).first()
        if by_id is not None:
            return by_id
    if found.named is None or (thing := known.filter(pk__in=found.named(name).order_by().values("pk")).first()) is None:
        raise Request.DoesNotExist
    return thing


def _document(person: Person, slug: str) -> Document:
    known = Document.objects.visible_to(person).select_related("published", "unit")
    found: Document | None = known.filter(slug=slug.replace("\0", "")).first()
    if found is None:
        raise Request.DoesNotExist
    return found


def _tags(raw: str) -> list[str]:
    found = dict.fromkeys(tag for tag in map(tidy, raw.replace("\0", "").split(",")) if 0 < len(tag) <= LONGEST_TAG)
    return list(found)[: p.MOST_SKILLS]


def _version(raw: str) -> int | None:
    return number_in(raw) or None


def _plain(title: str) -> str:
    """Without what Markdown would take for the end of a link's words."""
    return title.replace("[", "(").replace("]", ")").replace("\\", "/")
