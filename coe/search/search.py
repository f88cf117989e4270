"""A search, whole: what was found on one page, how many there are of each kind and unit, and what was meant by a
misspelt word. What the person may not know of is in none of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.core.paginator import Page
from django.db.models import F, TextField, Value
from django.db.models.functions import Concat
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from coe.accounts.models import BusinessUnit, Person
from coe.core.listing import COUNT_AT_MOST, BoundedPaginator
from coe.search import found, sources, words
from coe.search.models import Entry

PER_PAGE = 20
# With fewer finds than this, the words may be misspelt.
FEW = 3
SUGGESTED = 4
_OPEN, _CLOSE = "\2", "\3"


@dataclass(frozen=True)
class Hit:
    """One find. `title` and `excerpt` are safe HTML in which what was looked for is marked."""

    kind: str
    noun: str
    plain_title: str
    title: SafeString
    url: str
    excerpt: SafeString
    unit: BusinessUnit | None
    score: float
    # The id of what is shown, in its own table.
    target: int = 0


@dataclass(frozen=True)
class Facet:
    """A kind or a unit to narrow the search to, and how many of it there are: of a kind more than that, of a unit at
    least so many, where `is_more`.
    """

    key: str
    label: str
    count: int
    is_more: bool
    is_chosen: bool = False
    depth: int = 0

    is_unit: bool = False

    @property
    def text(self) -> str:
        return f"at least {self.count:,}" if self.is_unit and self.is_more else _count_text(self.count, self.is_more)


def _count_text(n: int, is_more: bool) -> str:
    return f"more than {n:,}" if is_more else f"{n:,}"


class _Hits(BoundedPaginator):
    """Pages of the best finds: those further down are reached by narrowing the search."""

    total: int = 0
    total_is_more: bool = False

    @cached_property
    def count(self) -> int:
        return min(self.total, found.SHOWN)

    @property
    def count_text(self) -> str:
        return _count_text(self.total, self.total_is_more)


@dataclass
class Found:
    """What a search found. `meant` is the query with its misspelt words put right, where that found something."""

    asked: list[str]
    page: Page[Hit]
    count: int = 0
    is_more: bool = False
    kinds: list[Facet] = field(default_factory=list)
    units: list[Facet] = field(default_factory=list)
    # The units above the chosen one.
    way: list[Facet] = field(default_factory=list)
    meant: str = ""
    is_alike: bool = False

    @property
    def count_text(self) -> str:
        return _count_text(self.count, self.is_more)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing of another kind either."""
        return not any(facet.count for facet in self.kinds)


def search(person: Person, q: str, *, kind: str = "", unit: str = "", page: int = 1) -> Found:
    """What `person` may find by the words of `q`, of one kind and of one unit with its sub-units where these are given.

    A kind or unit that does not exist finds nothing.
    """
    asked = words.asked(q)
    tree = _Tree(unit)
    asking = found.Asking(person)
    if not asked:
        return Found(asked, _page([], 1, 0, False))
    stems = found.stems(asked)
    near: dict[str, list[str]] = {}
    looked = _looked(asked, q, stems)
    counts = asking.look(looked, units=tree.within)
    if counts.of() < FEW and (near := found.alike(asking, asked)):
        wider = _looked(asked, q, stems, near)
        more = asking.look(wider, units=tree.within)
        if more.of() > counts.of():
            looked, counts = wider, more
        else:
            near = {}
    hits = found.best(looked, counts, most=min(page * PER_PAGE, found.SHOWN), kind=kind)
    total, is_more = counts.of(kind), counts.is_more(kind)
    if total > COUNT_AT_MOST:
        total, is_more = COUNT_AT_MOST, True
    return Found(
        asked,
        _page(hits, page, total, is_more, looked),
        total,
        is_more,
        _kinds(counts, kind),
        tree.facets(counts, kind),
        way=tree.way(),
        meant=_meant(asked, near) if hits else "",
        is_alike=bool(near),
    )


def suggest(person: Person, q: str) -> list[tuple[str, list[Hit]]]:
    """The few best finds for what is being typed, by the label of their kind."""
    asked = words.asked(q)
    if not asked:
        return []
    asking = found.Asking(person)
    stems = found.stems(asked)
    looked = _looked(asked, q, stems)
    hits = _typed(asking, looked)
    if not hits and (near := found.alike(asking, asked)):
        looked = _looked(asked, q, stems, near)
        hits = _typed(asking, looked)
    taken: Counter[str] = Counter()
    best = []
    for hit in hits:
        taken[hit.kind] += 1
        if taken[hit.kind] <= SUGGESTED:
            best.append(hit)
    shown = _shown(best[:12], looked)
    return [
        (source.label, of_kind)
        for kind, source in sources.kinds().items()
        if (of_kind := [hit for hit in shown if hit.kind == kind])
    ]


def like(person: Person, text: str, *, kinds: Sequence[str], must: str = "", most: int = 5) -> list[Hit]:
    """What says something like a sentence does, the best first: not every word of it need be there, but two of them.

    Of `must` (a tag, say) and one word of the text also counts what has these two. Only these kinds are looked at.
    """
    first = words.asked(must)
    asked = list(dict.fromkeys([*first, *(word for word in words.asked(text, most=12) if len(word) > 2)]))
    if not asked:
        return []
    stems = found.stems(asked)
    pairs: list[tuple[str, ...]] = [*combinations(asked, 2)] or [(asked[0],)]
    ways = " | ".join(f"({words.condition(pair, stems)})" for pair in pairs)
    looked = found.Looked(f"({ways})", words.any_of(asked, stems), "")
    counts = found.Asking(person).look(looked)
    hits = [hit for kind in kinds for hit in found.best(looked, counts, most=most, kind=kind)]
    return _shown(sorted(hits, key=lambda hit: (-hit.score, hit.pk))[:most], looked)


def _typed(asking: found.Asking, looked: found.Looked) -> list[found.Scored]:
    return found.best(looked, asking.look(looked, most=found.FEW, only_heads=True), most=found.FEW)


def _looked(
    asked: Sequence[str], q: str, stems: dict[str, str], near: dict[str, list[str]] | None = None
) -> found.Looked:
    return found.Looked(
        words.condition(asked, stems, near),
        words.any_of(asked, stems, near),
        " ".join(words.fold(q[:200]).split()),
    )


def _page(
    hits: list[found.Scored], number: int, total: int, is_more: bool, looked: found.Looked | None = None
) -> Page[Hit]:
    paginator = _Hits(hits, PER_PAGE)
    paginator.total, paginator.total_is_more = total, is_more
    page = paginator.get_page(number)
    page.object_list = _shown(list(page.object_list), looked) if looked else []
    return page


def _shown(hits: Sequence[found.Scored], looked: found.Looked) -> list[Hit]:
    """The entries with their excerpts, in the order of `hits`; one that vanished meanwhile is left out."""
    query = SearchQuery(looked.any_of, search_type="raw", config="simple")
    rows = Entry.objects.filter(pk__in=[hit.pk for hit in hits]).select_related("unit").defer("body", "head", "words")
    entries = {
        entry.pk: entry
        for entry in rows.annotate(
            marked=_headline("title", query, highlight_all=True),
            excerpt=_headline(
                Concat(F("summary"), Value(" ", TextField()), F("body")),
                query,
                max_words=32,
                min_words=12,
                max_fragments=2,
            ),
        )
    }
    known = sources.kinds()
    return [
        Hit(
            kind=entry.kind,
            noun=known[entry.kind].noun,
            plain_title=entry.title,
            title=_html(entry.marked),
            url=entry.url,
            excerpt=_html(entry.excerpt),
            unit=entry.unit,
            score=round(score, 4),
            target=entry.target,
        )
        for pk, score, _ in hits
        if (entry := entries.get(pk)) and entry.kind in known
    ]


def _headline(text: Any, query: SearchQuery, **how: Any) -> SearchHeadline:
    """What PostgreSQL makes of the text: cut to what was looked for, and that marked."""
    return SearchHeadline(
        text, query, config="cairn", start_sel=_OPEN, stop_sel=_CLOSE, fragment_delimiter=" … ", **how
    )


def _html(marked: str) -> SafeString:
    """What PostgreSQL marked, as HTML: everything is escaped before the marks become tags."""
    return mark_safe(escape(marked).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>"))  # noqa: S308  escaped


def _kinds(counts: found.Counts, chosen: str) -> list[Facet]:
    return [
        Facet(kind, source.label, counts.of(kind), counts.is_more(kind), kind == chosen)
        for kind, source in sources.kinds().items()
        if counts.of(kind) or kind == chosen
    ]


def _meant(asked: Sequence[str], near: dict[str, list[str]]) -> str:
    """The query in words that there are; empty where it has no others."""
    right = [near.get(word, [word])[0] for word in asked]
    return " ".join(right) if right != list(asked) else ""


class _Unit(NamedTuple):
    pk: int
    slug: str
    name: str
    lineage: list[int]


class _Tree:
    """The units, and which of them a search is narrowed to."""

    def __init__(self, slug: str) -> None:
        rows = BusinessUnit.objects.order_by("pk").values_list("pk", "slug", "name", "lineage")
        self.units = {row[0]: _Unit(*row) for row in rows}
        self.chosen = next((unit for unit in self.units.values() if unit.slug == slug), None) if slug else None
        self.within: list[int] | None = None
        if slug:
            inside = (pk for pk, unit in self.units.items() if self.chosen and self.chosen.pk in unit.lineage)
            self.within = sorted(inside)

    def way(self) -> list[Facet]:
        """The units above the chosen one, from the vertical down; how much they have is not counted."""
        above = self.chosen.lineage[:-1] if self.chosen else []
        return [Facet(self.units[pk].slug, self.units[pk].name, 0, False, depth=at) for at, pk in enumerate(above)]

    def facets(self, counts: found.Counts, kind: str) -> list[Facet]:
        """The verticals; where a unit is chosen, that one and those right below it."""
        path = self.chosen.lineage if self.chosen else []
        n: Counter[int] = Counter()
        for (of_kind, unit_id), many in counts.units.items():
            unit = self.units.get(unit_id or 0)
            if unit and kind in ("", of_kind):
                for pk in unit.lineage[: len(path) + 1]:
                    n[pk] += many
        below = [unit for unit in self.units.values() if unit.lineage[:-1] == path]
        shown = sorted(below, key=lambda unit: (-n[unit.pk], unit.name))
        return [
            Facet(
                unit.slug,
                unit.name,
                n[unit.pk],
                counts.is_more(kind),
                unit == self.chosen,
                len(unit.lineage) - 1,
                is_unit=True,
            )
            for unit in ([self.chosen, *shown] if self.chosen else shown)
            if n[unit.pk] or unit == self.chosen
        ]
