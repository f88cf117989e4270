"""What a page shows of the feedback on the thing that it is about."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Max, Model, Q

from coe.accounts.models import Person
from coe.guides.feedback_lists import author_of, with_may_answer
from coe.guides.feedback_services import VOTES
from coe.guides.models import Feedback
from coe.guides.queries import FeedbackQuerySet

SHOWN = 12


def pair_of(subject: Model) -> str:
    """The thing as filters name it: "<content type id>-<id>"."""
    return f"{ContentType.objects.get_for_model(subject).pk}-{subject.pk}"


def of(subject: Model, person: Person, *, version: int | None = None, revision: int | None = None) -> dict[str, Any]:
    """The votes (on `version`, where there is one), the person's own, the open reports, and what was answered.

    The caller has shown that the person may know of the thing. Two queries.
    """
    type_id = ContentType.objects.get_for_model(subject).pk
    said = Feedback.objects.about(subject)
    votes = Q(kind__in=VOTES)
    counted = votes if version is None else votes & Q(version=version)
    counts = said.order_by().aggregate(
        helpful=Count("pk", filter=counted & Q(kind="helpful")),
        votes=Count("pk", filter=counted),
        mine=Max("kind", filter=votes & Q(author=person)),
        has_words=Count("pk", filter=votes & Q(author=person) & ~Q(text="")),
        reports=Count("pk", filter=Q(kind="wrong_output", state="open")),
        comments=Count("pk", filter=~Q(kind="wrong_output") & Q(state="open")),
    )
    rows = _rows(said.filter(Q(kind="wrong_output", state="open") | Q(state="answered")), person)
    bound = {"type": type_id, "id": subject.pk, "version": version, "revision": revision}
    return {
        **counts,
        "query": urlencode({name: value for name, value in bound.items() if value is not None}),
        "subject_type": type_id,
        "subject_id": subject.pk,
        "pair": pair_of(subject),
        "version": version,
        "revision": revision,
        "open": [row for row in rows if row.state == "open"],
        "answered": [row for row in rows if row.state == "answered"],
    }


def reports_on(subject: Model, person: Person) -> list[Feedback]:
    """The open reports of wrong outputs of a thing, the newest first; one more than is shown. One query."""
    return _rows(Feedback.objects.about(subject).open_reports(), person, SHOWN + 1)


def _rows(rows: FeedbackQuerySet, person: Person, most: int = SHOWN) -> list[Feedback]:
    """Open ones first. Who said it is told to whoever may answer."""
    found = with_may_answer(rows.select_related("author", "answered_by"), person).order_by("-state", "-created_at")
    shown = list(found[:most])
    for row in shown:
        row.__dict__["by"] = author_of(row, person)
    return shown
