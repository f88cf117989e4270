"""Pages of what is written in editions: which of them a reader sees, two of them side by side, the form that publishes.

Each raises 404 where the address names what is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django import forms
from django.http import Http404, QueryDict

from coe.core.editions import E, HasEditions, IsEdition, draft


class PublishForm(forms.Form):
    """What changed in the draft, which every edition but the first must say."""

    note = forms.CharField(
        label="What changed, and why", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, draft: IsEdition, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"note": draft.note, "version": draft.version}})
        self.fields["note"].required = draft.number > 1


def draft_or_404(thing: HasEditions[E]) -> E:
    """The draft. It knows what it is an edition of without another query."""
    found = draft(thing)
    if found is None:
        raise Http404(f"There is no draft of this {thing.subject_kind}.")
    return found


def readable(thing: HasEditions[E], *, with_drafts: bool) -> list[E]:
    """Its editions, the newest first: drafts are for those who write them."""
    editions = thing.editions.select_related("published_by").order_by("-number")
    return list(editions if with_drafts else editions.filter(state=IsEdition.State.PUBLISHED))


def first_in(state: str, editions: Sequence[E]) -> E | None:
    """Of editions the first that is in that state, or None."""
    return next((one for one in editions if one.state == state), None)


def with_older(editions: Sequence[E]) -> list[tuple[E, int | None]]:
    """Editions, the newest first, each with the number of the one before it (None for the oldest)."""
    older = {after.number: before.number for after, before in pairwise(editions)}
    return [(one, older.get(one.number)) for one in editions]


def numbered(editions: Sequence[E], number: int) -> E:
    """The one of that number."""
    for one in editions:
        if one.number == number:
            return one
    raise Http404(f"There is no edition {number}.")


def compared(editions: Sequence[E], params: QueryDict) -> tuple[E, E]:
    """The two that `before` and `after` name; without them the newest and the one before it."""
    if not editions:
        raise Http404("There is no edition yet.")
    after = numbered(editions, _number(params.get("after", ""), editions[0].number))
    before = numbered(editions, _number(params.get("before", ""), max(after.number - 1, editions[-1].number)))
    return before, after


def _number(raw: str, otherwise: int) -> int:
    if not raw:
        return otherwise
    if not (raw.isascii() and raw.isdigit() and len(raw) < 6):
        raise Http404("before and after must be numbers of editions")
    return int(raw)
