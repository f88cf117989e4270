"""The verb that makes a guide of a resolved thread: a draft with the names taken out."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from coe.accounts.models import Person
from coe.core import access, events
from coe.core.errors import Refused
from coe.guides import about
from coe.guides import document_parts as parts
from coe.guides import services as guides
from coe.guides.merging import has_marks
from coe.guides.models import Document, Kind
from coe.mentoring import request_parts as p
from coe.mentoring.models import Request, State
from coe.mentoring.nameless import OTHER, Names, by_code, mentioned, nameless
from coe.mentors.models import Mentor

TEAM, MENTOR = "the team", "the mentor"
# In bytes: of the 64 kB that a document may have, and of these for the details and for one message or answer.
MOST_TEXT, MOST_DETAILS, MOST_ANSWER = 60_000, 15_000, 22_000
LEFT_OUT = "*(More was said: it was too long for all of it.)*"
_HEADING = re.compile(r"^( {0,3})(#{1,6})(?=[ \t])", re.M)


def make_guide(*, request_id: int, actor: Person, title: str = "") -> Document:
    """Begin a how-to with what was asked, said and answered, for the actor to edit and publish; nobody is named in it.

    It is about what the request was about where the thread is shared and the actor may write there. Raises
    `Request.DoesNotExist`, `PermissionDenied`, `Refused` (not resolved, or there is one), `ValidationError` on `title`.
    """
    request = p.known(request_id, actor)
    access.require(actor, "mentoring.guide", request)
    _refuse(request)
    names = _names(request)
    title = p.line(title, "title", parts.TITLE) or _cut(nameless(request.goal, names), parts.TITLE)
    with transaction.atomic():
        # Rendered inside of the transaction, but before the lock is taken: nobody waits for it.
        made = _draft(request, actor, title, _text(request, names))
        request = p.locked(request_id, actor)
        access.require(actor, "mentoring.guide", request)
        _refuse(request)
        request.guide = made
        request.save(update_fields=["guide"])
        events.record(actor=actor, verb="mentoring.guide_made", subject=request, facts={"title": made.title})
    return made


def _draft(request: Request, actor: Person, title: str, text: str) -> Document:
    tags = [tag for tag in request.tags if "," not in tag][: parts.MOST_TAGS]
    where = _where(request, actor)
    try:
        return guides.create_document(actor=actor, kind=Kind.HOW_TO, title=title, text=text, tags=tags, **where)
    except ValidationError as error:
        if "slug" in error.message_dict:
            raise Refused(
                "Somebody began a guide with that title this very moment. Look whether it is this one."
            ) from None
        raise


def _refuse(request: Request) -> None:
    if request.state != State.RESOLVED:
        raise Refused("It is not resolved yet: a guide is made of what was answered.")
    # What is out of use may be made anew; no document is ever deleted.
    if request.guide is not None and request.guide.archived_at is None:
        raise Refused("There is a guide made of it already. Edit that one.")


def _where(request: Request, actor: Person) -> dict[str, Any]:
    """What the draft is about. Whoever may write there reads it, so only a thread that they may read goes there."""
    if not request.is_shared:
        return {}
    if request.subject_id is None:
        return {"unit": request.unit}
    subject = (request.subject_type_id or 0, request.subject_id)
    return {"subject": subject} if about.may_write_on(actor, *subject) else {}


def _names(request: Request) -> Names:
    """Everybody in the thread, and all people of Cairn who are named in it, by what to say in their place."""
    roles: dict[tuple[str, str], str] = {}
    mentors = Mentor.objects.filter(attempts__request=request).select_related("person").distinct()
    for mentor in mentors:
        roles[mentor.person.name, mentor.person.email] = MENTOR
    for person in p.askers(request):
        roles[person.name, person.email] = TEAM
    for message in request.messages.select_related("author"):
        roles.setdefault((message.author.name, message.author.email), OTHER)
    text = "\n".join([request.goal, request.details, request.resolution, *_texts(request)])
    people = list(Person.objects.values_list("name", "email"))
    there = mentioned(text, {name for name, _ in people})
    for name, email in people:
        if name in there:
            roles.setdefault((name, email), OTHER)
    return Names(roles)


def _texts(request: Request) -> list[str]:
    return list(request.messages.values_list("text", flat=True))


def _text(request: Request, names: Names) -> str:
    """The draft: the question, what was said with who said it, the answer."""
    question = "\n\n".join(filter(None, [nameless(request.goal, names), _inner(request.details, names, MOST_DETAILS)]))
    answer = _inner(request.resolution, names, MOST_ANSWER) or "*Write here what the answer was.*"
    room = MOST_TEXT - len(question.encode()) - len(answer.encode())
    said = _said(request, names, room)
    spoken = ["## What was said", *said] if said else []
    return "\n\n".join(["## Question", question, *spoken, "## Answer", answer])


def _said(request: Request, names: Names, room: int) -> list[str]:
    """What was written, with who wrote it, as far as there is room (in bytes) for it."""
    team = {person.pk for person in p.askers(request)}
    mentors = set(Mentor.objects.filter(attempts__request=request).values_list("person", flat=True))
    found: list[str] = []
    for message in request.messages.filter(starts_at=None).exclude(text=""):
        role = TEAM if message.author_id in team else MENTOR if message.author_id in mentors else OTHER
        said = f"**{role[:1].upper()}{role[1:]}:**\n\n{_inner(message.text, names, MOST_ANSWER)}"
        room -= len(said.encode()) + 2
        if room < 0:
            return [*found, LEFT_OUT]
        found.append(said)
    return found


def _inner(text: str, names: Names, most: int) -> str:
    """A text without names whose headings stand below those of the draft, without marks of a merge, cut to so many
    bytes at the end of a line.
    """
    text = nameless(text.strip(), names)
    pieces = [piece if is_code else _HEADING.sub(_lower, piece) for is_code, piece in by_code(text)]
    lines = [f"> {line}" if has_marks(line) else line for line in "".join(pieces).split("\n")]
    kept: list[str] = []
    for line in lines:
        most -= len(line.encode()) + 1
        if most < 0:
            return "\n".join([*kept, "", LEFT_OUT])
        kept.append(line)
    return "\n".join(kept)


def _lower(heading: re.Match[str]) -> str:
    return heading[1] + "#" * min(len(heading[2]) + 2, 6)


def _cut(title: str, most: int) -> str:
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"
