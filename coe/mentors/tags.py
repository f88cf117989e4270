"""Tags: what projects are made with, guides are about and mentors know. One spelling for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import F, Func

from coe.core.access import AlreadyRegistered
from coe.core.errors import invalid
from coe.guides.models import Document
from coe.mentors.models import Skill

MOST_TAGS = 30
LONGEST_TAG = 40
# A page offers so many at most.
_MOST_KNOWN = 2000
_sources: dict[str, Callable[[], Iterable[str]]] = {}


def tidy(word: str) -> str:
    """The tag as it is kept: lower case, single spaces."""
    return " ".join(word.lower().split())


def clean(words: Iterable[str], field: str = "tags") -> list[str]:
    """The tags as they are kept, each once, in the order given; empty ones left out.

    Raises `ValidationError` on `field` for one that is too long, for commas and NUL, and for more than 30.
    """
    tags = list(dict.fromkeys(tag for tag in map(tidy, words) if tag))
    if len(tags) > MOST_TAGS:
        raise invalid(field, f"may hold at most {MOST_TAGS}")
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise invalid(field, f"may have at most {LONGEST_TAG} characters each: {tag[:LONGEST_TAG]}…")
        if "," in tag or "\0" in tag:
            raise invalid(field, "must be tags without commas and without the character NUL")
    return tags


def register(name: str, tags: Callable[[], Iterable[str]]) -> None:
    """Add a source of tags that are in use. Raises `AlreadyRegistered` for a name given twice."""
    if name in _sources:
        raise AlreadyRegistered(name)
    _sources[name] = tags


def known() -> list[str]:
    """Every tag in use somewhere, by name; for suggestions while one is typed. One query for each source."""
    found = {tag for tags in _sources.values() for tag in tags()}
    return sorted(tag for tag in found if tag)[:_MOST_KNOWN]


def skilled() -> list[str]:
    """Every tag that some mentor knows, by name."""
    return list(Skill.objects.order_by("tag").values_list("tag", flat=True).distinct()[:_MOST_KNOWN])


def _guides() -> Iterable[str]:
    # A tag is shown to everybody, so only what everybody may read gives one.
    open_to_all = Document.objects.filter(published__isnull=False, visibility="company", archived_at=None)
    tags: Any = Func(F("tags"), function="unnest")
    return open_to_all.order_by().values_list(tags, flat=True).distinct()


register("skills", skilled)
register("guides", _guides)
