"""The library: which documents there are for a person, what is new, what is read, what needs a look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from coe.accounts.models import Person
from coe.guides.models import Document, Reader

# What is "most used" is what people read in the last so many days.
LATE = timedelta(days=30)


def note_reader(document: Document, person: Person) -> None:
    """Note that the person reads the document now: one statement, whether it is the first time or not."""
    Reader.objects.bulk_create(
        [Reader(document=document, person=person, last_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["document", "person"],
        update_fields=["last_at"],
    )


def readers_of_late(documents: Iterable[Document]) -> dict[int, int]:
    """By the id of each document, how many people read it in the last 30 days. One query."""
    since = timezone.now() - LATE
    ids = [document.pk for document in documents]
    rows = Reader.objects.filter(document__in=ids, last_at__gte=since).order_by().values("document")
    return dict(rows.annotate(n=Count("pk")).values_list("document", "n"))
