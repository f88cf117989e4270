"""The statements behind a search. Each source is asked on its own, with the condition of what the person may know of,
and only up to a bound: so that neither what is found by half the index nor what is hidden from the reader takes long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from coe.accounts.models import Person
from coe.core.listing import COUNT_AT_MOST
from coe.search import sources, words
from coe.search.sources import Source

Sql = tuple[str, list[Any]]
# So many of each source are put into an order, and so many of all are shown, on pages.
RANKED = 300
SHOWN = 400
# How much D, C, B and A count (PostgreSQL's order).
WEIGHTS = "{0.05, 0.15, 0.4, 1.0}"
# How like two words are (pg_trgm, 0 to 1) before they are compared letter by letter, and how many are.
ALIKE = 0.2
COMPARED = 80


@dataclass(frozen=True)
class Looked:
    """What is looked for: `condition` finds it, `any_of` (one of the words is enough) puts it into an order, `text` is
    the beginning of a title.
    """

    condition: str
    any_of: str
    text: str


@dataclass
class Counts:
    """How many there are: by kind, and by kind and unit; `more` are the kinds of which not all were counted."""

    kinds: dict[str, int] = field(default_factory=dict)
    units: dict[tuple[str, int | None], int] = field(default_factory=dict)
    more: set[str] = field(default_factory=set)

    def of(self, kind: str = "") -> int:
        """How many of a kind, or of all."""
        return self.kinds.get(kind, 0) if kind else sum(self.kinds.values())

    def is_more(self, kind: str = "") -> bool:
        """Whether there are more than that."""
        return kind in self.more if kind else bool(self.more)


class Asking:
    """One person's search, with the conditions of what the person may know of, made once for all statements."""

    def __init__(self, person: Person, *, kind: str = "", units: Sequence[int] | None = None) -> None:
        self.kind = kind
        self.units = units
        self._known = [(one, known) for one in sources.sources() if (known := _known(one, person)) is not None]

    def count(self, looked: Looked, *, units: Sequence[int] | None) -> Counts:
        """Up to `COUNT_AT_MOST` of each kind, of these units (None: of all)."""

        def branch(source: Source, known: Sql) -> Sql:
            where, values = _where(source, known, "words", looked, units)
            most = COUNT_AT_MOST + 1
            return f"SELECT e.source, e.kind, e.target, e.unit_id FROM search_entry e {where} LIMIT {most}", values  # noqa: S608  names from this module, the rest the ORM's own

        rows = self._all(
            branch,
            "SELECT source, kind, unit_id, count(DISTINCT target), count(*) FROM ({}) found"
            " GROUP BY GROUPING SETS ((kind, unit_id), (source))",
        )
        counts = Counts()
        for source, kind, unit_id, different, read in rows:
            if source is None:
                counts.units[kind, unit_id] = different
                counts.kinds[kind] = counts.kinds.get(kind, 0) + different
            elif read > COUNT_AT_MOST:
                counts.more.add(sources.source(source).kind)
        for kind, n in counts.kinds.items():
            if n > COUNT_AT_MOST:
                counts.kinds[kind] = COUNT_AT_MOST
                counts.more.add(kind)
        return counts

    def hits(
        self, looked: Looked, *, most: int, ranked: int = RANKED, head_only: bool = False
    ) -> list[tuple[int, float]]:
        """(id of the entry, score), the best first: what has all words in title, keywords and summary stands before
        what has them anywhere (left out where `head_only`). One entry for each thing that is shown.
        """
        found, is_cut = self._ranked(looked, "head", ranked)
        if is_cut:  # what has that very title is not left out
            for key, hit in self._ranked(looked, "folded", 50)[0].items():
                found.setdefault(key, hit)
        best = sorted(found.values(), key=lambda hit: (-hit[1], hit[0]))
        if len(best) < most and not head_only:
            others, _ = self._ranked(looked, "words", ranked)
            rest = [hit for key, hit in others.items() if key not in found]
            # The lowest of the first ones is still above these.
            top = best[-1][1] if best else 1.0
            highest = max((score for _, score in rest), default=1.0)
            scaled = [(pk, score * min(1.0, 0.9 * top / highest) if highest else 0.0) for pk, score in rest]
            best += sorted(scaled, key=lambda hit: (-hit[1], hit[0]))
        return best[:most]

    def _ranked(self, looked: Looked, column: str, ranked: int) -> tuple[dict[Any, tuple[int, float]], bool]:
        vector = "words" if column == "words" else "head"
        score = (
            f"ts_rank(%s, e.{vector}, %s::tsquery, 1)"
            " + CASE WHEN e.folded = %s THEN 2 WHEN e.folded LIKE %s THEN 0.5 ELSE 0 END"
        )
        scoring = [WEIGHTS, looked.any_of, looked.text, _beginning(looked.text)]

        def branch(source: Source, known: Sql) -> Sql:
            if self.kind and source.kind != self.kind:
                return "", []
            where, values = _where(source, known, column, looked, self.units)
            return (
                f"SELECT e.id, e.kind, e.target, {score} AS score FROM search_entry e {where} LIMIT {ranked}",  # noqa: S608  names from this module, the rest the ORM's own
                [*scoring, *values],
            )

        rows = self._all(
            branch,
            "SELECT kind, target, (array_agg(id ORDER BY score DESC, id))[1], max(score), count(*) FROM ({}) found"
            f" GROUP BY kind, target ORDER BY 4 DESC, 3 LIMIT {SHOWN}",
        )
        found = {(kind, target): (pk, score) for kind, target, pk, score, _ in rows}
        return found, len(rows) == SHOWN or sum(row[4] for row in rows) >= ranked

    def _all(self, branch: Callable[[Source, Sql], Sql], around: str) -> list[tuple[Any, ...]]:
        parts = [made for source, known in self._known if (made := branch(source, known))[0]]
        if not parts:
            return []
        union = " UNION ALL ".join(f"({sql})" for sql, _ in parts)
        return _rows(around.format(union), [value for _, values in parts for value in values])


def _known(source: Source, person: Person) -> Sql | None:
    """The condition on entries of the source that the person may know of the thing; None where there is none such."""
    rows = source.visible(person).order_by()
    try:
        sql, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None
    # Whoever may know of all of them needs no list of them.
    return (f"AND e.ref IN ({sql})", list(values)) if rows.query.where.children else ("", [])


def _where(source: Source, known: Sql, column: str, looked: Looked, units: Sequence[int] | None) -> Sql:
    condition, values = known
    if column == "folded":
        where, first = "e.source = %s AND e.folded LIKE %s", [source.name, _beginning(looked.text)]
    else:
        where, first = f"e.{column} @@ %s::tsquery", [f"'{words.mark(source.name)}' & {looked.condition}"]
    if units is not None:
        where += " AND e.unit_id = ANY(%s)"
        first = [*first, list(units)]
    return f"WHERE {where} {condition}", [*first, *values]


def _beginning(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def stems(asked: Sequence[str]) -> dict[str, str]:
    """The English stem of each word that has one of its own."""
    long = [word for word in asked if len(word) > 3]
    if not long:
        return {}
    rows = _rows("SELECT w, (ts_lexize('english_stem', w))[1] FROM unnest(%s::text[]) w", [long])
    return {word: words.fold(stem) for word, stem in rows if stem and stem != word}


def alike(asked: Sequence[str]) -> dict[str, list[str]]:
    """For each word, those words of titles and names that it may be a misspelling of."""
    long = [word for word in asked if len(word) > 2 and not word.isdigit()]
    if not long:
        return {}
    sql = (
        "SELECT w, k.text FROM unnest(%s::text[]) w CROSS JOIN LATERAL ("
        " SELECT text FROM search_word WHERE text %% w OR text LIKE '%%' || w || '%%'"
        f" ORDER BY similarity(text, w) DESC, text LIMIT {COMPARED}) k"
    )
    with transaction.atomic():
        _rows("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE)])
        rows = _rows(sql, [long])
    known: dict[str, list[str]] = {}
    for word, other in rows:
        known.setdefault(word, []).append(other)
    return {word: near for word, others in known.items() if (near := words.nearest(word, others))}


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
