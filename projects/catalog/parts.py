"""The parts of a project that people fill in: which there are, and how they are put in order before they are kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import slugify

from coe.accounts.models import Person
from coe.core.errors import invalid
from projects.catalog.models import Project

# Only whoever governs the project may change these.
GOVERNED = frozenset({"owner", "sponsor", "stakeholders", "unit", "visibility"})
# Roll-ups are computed from these, so that figures of the past change with them too.
FIGURES_DEPEND_ON = frozenset({"unit", "annual_value", "currency", "visibility"})
PARTS = (
    *("name", "summary", "unit", "owner", "sponsor", "stakeholders", "problem", "decision", "techniques", "domains"),
    *("delivery", "effort", "value", "annual_value", "currency", "risk_tier", "visibility", "links"),
)
MOST_TAGS = 20
MOST_LINKS = 20
_is_url = URLValidator(schemes=["http", "https"])
# Words that stand where a slug would in the addresses of pages.
_RESERVED = frozenset({"new"})


def tidy_tags(field: str, tags: list[str]) -> list[str]:
    """The tags in lower case, each once, in their order. Raises `ValidationError` naming `field`."""
    tidied = list(dict.fromkeys(" ".join(tag.lower().split()) for tag in tags if tag.strip()))
    if len(tidied) > MOST_TAGS:
        raise invalid(field, f"may have at most {MOST_TAGS} tags")
    if any(len(tag) > 40 or "," in tag for tag in tidied):
        raise invalid(field, "must be tags of at most 40 characters without commas")
    return tidied


def tidy_links(links: Any) -> list[dict[str, str]]:
    """Links as [{label, url}]. Raises `ValidationError` naming `links` for what is no http or https address."""
    if not isinstance(links, list) or len(links) > MOST_LINKS:
        raise invalid("links", f"must be a list of at most {MOST_LINKS} links")
    tidied = []
    for link in links:
        url, label = (link.get("url"), link.get("label") or link.get("url")) if isinstance(link, dict) else (None, None)
        try:
            _is_url(url)
        except ValidationError:
            raise invalid(
                "links", f"must begin with http:// or https:// and be an address, not {str(url)[:60]!r}"
            ) from None
        tidied.append({"label": str(label)[:120], "url": str(url)[:500]})
    return tidied


def tidied(parts: dict[str, Any]) -> dict[str, Any]:
    """The given parts as they are kept. Raises `TypeError` for a part that projects do not have."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise TypeError(f"a project has no {', '.join(sorted(unknown))}")
    found = dict(parts)
    for field in ("techniques", "domains"):
        if field in found:
            found[field] = tidy_tags(field, found[field])
    if "links" in found:
        found["links"] = tidy_links(found["links"])
    for field in ("name", "summary", "problem", "decision"):
        if field in found:
            found[field] = found[field].strip()
    for field in ("owner", "sponsor"):
        person = found.get(field)
        if isinstance(person, Person) and not person.is_active:
            raise invalid(field, f"must be somebody whose account is open; {person}’s is closed")
    return found


def free_slug(name: str) -> str:
    """A slug made from the name that no project has. Raises `ValidationError` when there is nothing to make one of."""
    base = slugify(name)[:70].strip("-")
    if not base:
        raise invalid("name", "must have letters or digits")
    taken = set(Project.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | _RESERVED
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))] if slug not in taken)


def check_slug(slug: str) -> None:
    """Raises `ValidationError` naming `slug` for a word that addresses of pages use themselves."""
    if slug in _RESERVED:
        raise invalid("slug", f"must not be {slug!r}: a page has that address")
