"""The lists of feedback: what waits for a person, what the person said, all; narrowed, as a page and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Case, CharField, Count, Q, QuerySet, Value, When
from django.utils import timezone

from coe.accounts.models import Person
from coe.accounts.rules import is_administrator
from coe.guides import about
from coe.guides.feedback_subjects import document_type_id, named
from coe.guides.models import Document, Feedback
from coe.guides.queries import FeedbackQuerySet
from coe.guides.rules import answerable

SORTS = {"given": ["created_at"], "kind": ["kind", "-created_at"], "state": ["-state", "-created_at"]}
SORTS |= {"answered": ["answered_at"]}
CSV = (
    *("id", "about", "kind", "state", "section", "version", "revision", "text", "got", "expected", "happened_on"),
    *("author", "given_at", "outcome", "answer", "answered_by", "answered_at"),
)
# An answer counts as news for so long.
NEWS = timedelta(days=14)
_CHUNK = 500


@dataclass(frozen=True)
class Tab:
    """A list by whose turn it is; `count` is None where it says nothing."""

    key: str
    label: str
    count: int | None


def waiting_for(person: Person) -> Q:
    """The condition on feedback that waits for the person to answer: open, of what the person owns. For the centre
    also of what nobody owns.
    """
    documents = Document.objects.filter(owner=person).order_by().values("pk")
    own = Q(subject_type=document_type_id(), subject_id__in=documents) | about.owned_subjects(person)
    if is_administrator(person):
        own |= about.owned_subjects(None)
    return Q(state="open") & own


def of_tab(person: Person, tab: str) -> FeedbackQuerySet:
    """The feedback of one list. Votes without words are counted on pages, and listed only to who gave them."""
    known: FeedbackQuerySet = Feedback.objects.visible_to(person)
    if tab == "waiting":
        return known.filter(waiting_for(person))
    if tab == "mine":
        return known.filter(author=person)
    return known


def tabs(person: Person) -> list[Tab]:
    """The lists, with how many wait and how many are the person's own. One query."""
    parts = [
        of_tab(person, key)
        .order_by()
        .annotate(tab=Value(key, CharField()))
        .values("tab")
        .annotate(n=Count("pk"))
        .values_list("tab", "n")
        for key in ("waiting", "mine")
    ]
    counts = dict(parts[0].union(parts[1], all=True))
    return [
        Tab("waiting", "Waiting for me", counts.get("waiting", 0)),
        Tab("mine", "What I said", counts.get("mine", 0)),
        Tab("all", "All", None),
    ]


def with_may_answer(rows: QuerySet[Feedback], person: Person) -> QuerySet[Feedback]:
    """`may_answer`: whether the person may; whoever may is also told who said it."""
    condition = answerable(person)
    may: Any = Value(True)
    if condition:
        may = Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.annotate(may_answer=may)


def narrowed(rows: FeedbackQuerySet, wanted: Mapping[str, Any], person: Person) -> FeedbackQuerySet:
    """Those that match each of kind, state, section, version, q, about ("type-id") and to_answer that is given."""
    rows = rows.wanted(wanted)
    for word in str(wanted.get("q") or "").replace("\0", "").split()[:8]:
        said = Q(text__icontains=word) | Q(got__icontains=word) | Q(expected__icontains=word)
        rows = rows.filter(said | Q(answer__icontains=word))
    if wanted.get("section"):
        word = str(wanted["section"]).replace("\0", "").strip().replace(" ", "-")
        rows = rows.filter(section__icontains=word)
    if wanted.get("version"):
        rows = rows.filter(version=wanted["version"])
    if wanted.get("about"):
        rows = rows.filter(pair(wanted["about"]))
    return rows.filter(answerable(person) & Q(state="open")) if wanted.get("to_answer") else rows


def pair(text: str) -> Q:
    """The condition that it is about the thing which "<content type id>-<id>" names; nothing for another text."""
    parts = text.split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        return Q(pk__in=[])
    type_id, object_id = map(int, parts)
    return Q(subject_type=type_id, subject_id=object_id) if type_id < 2**31 else Q(pk__in=[])


def author_of(row: Feedback, person: Person) -> str:
    """Who said it, for the author and for whoever may answer; else nothing."""
    told = row.author_id == person.pk or row.__dict__.get("may_answer")
    return row.author.name if told else ""


def show(rows: list[Feedback], person: Person) -> list[Feedback]:
    """The rows with `about` (what it is about, None where the person may not know of it) and `by` (who said it)."""
    found = named({(row.subject_type_id or 0, row.subject_id or 0) for row in rows}, person)
    for row in rows:
        row.__dict__["about"] = found.get((row.subject_type_id or 0, row.subject_id or 0))
        row.__dict__["by"] = author_of(row, person)
    return rows


def csv_rows(rows: QuerySet[Feedback], person: Person) -> Iterator[list[Any]]:
    """The rows of the list as `CSV` names them, read a few hundred at a time."""
    chunk: list[Feedback] = []
    for row in with_may_answer(rows, person).select_related("author", "answered_by").iterator(chunk_size=_CHUNK):
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield from _csv_lines(chunk, person)
            chunk = []
    yield from _csv_lines(chunk, person)


def _csv_lines(chunk: list[Feedback], person: Person) -> Iterator[list[Any]]:
    for row in show(chunk, person):
        there, by = row.__dict__["about"], row.__dict__["by"]
        yield [
            *(row.pk, there.label if there else "", row.kind, row.state, row.section, row.version, row.revision),
            *(row.text, row.got, row.expected, row.happened_on, by, row.created_at, row.outcome, row.answer),
            *(row.answered_by.name if row.answered_by else "", row.answered_at),
        ]


def on_home(person: Person) -> tuple[list[Feedback], list[Feedback]]:
    """What waits for the person's answer, and what was answered of the person's own lately. One query."""
    news = Q(author=person, state="answered", answered_at__gte=timezone.now() - NEWS)
    rows = Feedback.objects.visible_to(person).filter(waiting_for(person) | news).select_related("answered_by")
    found = list(rows.order_by("-state", "-created_at")[:200])
    return [row for row in found if row.state == "open"], [row for row in found if row.state == "answered"]
