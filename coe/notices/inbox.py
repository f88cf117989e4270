"""The inbox as pages and the API show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from coe.accounts.models import Person
from coe.core import telling
from coe.notices.models import Notice
from coe.notices.queries import NoticeQuerySet

# Nobody reads the difference between a hundred and more.
MOST_COUNTED = 100
SORTS = {"when": ["last_at"]}
STATES = [("unread", "Unread"), ("read", "Read")]


def unread_count(person: Person) -> int:
    """How many unread notices the person has, up to `MOST_COUNTED`. Three queries."""
    return Notice.objects.unread().visible_to(person).order_by()[:MOST_COUNTED].count()


def narrowed(wanted: Mapping[str, Any]) -> NoticeQuerySet:
    """Those that match each of `state` (unread, read) and `topic` that is given; of everybody: `visible_to` follows."""
    rows: NoticeQuerySet = Notice.objects.all()
    if wanted.get("state"):
        rows = rows.filter(read_at__isnull=wanted["state"] == "unread")
    return rows.filter(topic=wanted["topic"]) if wanted.get("topic") else rows


def by_day(rows: Iterable[Notice]) -> list[tuple[str, list[Notice]]]:
    """The notices of today and the earlier ones, as the reader's clock has it, each with the `topic_label`."""
    labels = {one.key: one.label for one in telling.topics()}
    today = timezone.localdate()
    parts: dict[str, list[Notice]] = {"Today": [], "Earlier": []}
    for row in rows:
        row.__dict__["topic_label"] = labels.get(row.topic, "")
        parts["Today" if timezone.localdate(row.last_at) >= today else "Earlier"].append(row)
    return [(label, found) for label, found in parts.items() if found]
