"""The statements behind a search. Each source is asked on its own, with the condition of what the person may know of,
and only up to a bound: so that neither what is found by half the index nor what is hidden from the reader takes long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from coe.accounts.models import Person
from coe.core.listing import COUNT_AT_MOST
from coe.search import sources, words
from coe.search.sources import Source

Sql = tuple[str, list[Any]]
# So many of each source are put into an order, and so many of all are shown, on pages.
SHOWN = RANKED = 400
FEW_RANKED = 60
# Up to so many entries are put into an order as they were counted.
MANY = 800
# How much D, C, B and A count (PostgreSQL's order).
WEIGHTS = "{0.05, 0.15, 0.4, 1.0}"
# How like two words are (pg_trgm, 0 to 1) before they are compared letter by letter, and how many are.
ALIKE = 0.2
COMPARED = 80
MOST_ALIKE = 4


@dataclass(frozen=True)
class Looked:
    """What is looked for: `condition` finds it, `any_of` (one of the words is enough) puts it into an order, `text` is
    the beginning of a title.
    """

    condition: str
    any_of: str
    text: str


class Scored(NamedTuple):
    """An entry that was found."""

    pk: int
    score: float
    kind: str


@dataclass
class Counts:
    """How many there are: by kind, and by kind and unit; `more` are the kinds of which not all were counted. `entries`
    are the ids of all that was found, by kind, unless these are many.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    units: dict[tuple[str, int | None], int] = field(default_factory=dict)
    more: set[str] = field(default_factory=set)
    entries: dict[str, list[int]] | None = field(default_factory=dict)

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
        self._known = _known_to(person)

    def count(self, looked: Looked, *, units: Sequence[int] | None) -> Counts:
        """Up to `COUNT_AT_MOST` of each source, of these units (None: of all)."""

        def branch(source: Source, known: Sql) -> Sql:
            where, values = _where(source, known, "words", looked, units)
            columns = "e.id, e.source, e.kind, e.target, e.unit_id"
            sql = f"SELECT {columns} FROM search_entry e {where} LIMIT {COUNT_AT_MOST + 1}"  # noqa: S608  the ORM's own
            return sql, values

        rows = self._all(
            branch,
            "SELECT source, kind, unit_id, count(DISTINCT target), count(*),"
            " CASE WHEN source IS NOT NULL THEN array_agg(id) END FROM ({}) found"
            " GROUP BY GROUPING SETS ((kind, unit_id), (source))",
        )
        return _counted(rows)

    def hits(self, looked: Looked, *, most: int, counts: Counts | None = None) -> list[Scored]:
        """The `most` best, the best first: what has all words in title, keywords and
        summary stands before what has them anywhere. One entry for each thing that is shown.

        What `counts` names is not looked for again. Without `counts`, only what has the words in its head is found.
        """
        if counts is not None and counts.entries is not None:
            ids = {pk for kind, found in counts.entries.items() if self.kind in ("", kind) for pk in found}
        else:
            ranked = RANKED if counts is not None else FEW_RANKED
            ids = self._ids(looked, "head", ranked)
            if len(ids) >= ranked:  # what has that very title is not left out
                ids |= self._ids(looked, "folded", FEW_RANKED)
            # Two of them may be shown as one.
            if counts is not None and len(ids) < 2 * most:
                ids |= self._ids(looked, "words", ranked)
        scoring = [looked.condition, WEIGHTS, looked.any_of, looked.text, _beginning(looked.text)]
        rows = _rows(_BEST, [*scoring, WEIGHTS, looked.any_of, sorted(ids), most]) if ids else []
        return [Scored(pk, score, kind) for kind, _, pk, score in rows]

    def standing_in_heads(self, lexemes: set[str]) -> set[str]:
        """Those words that stand in a title, a keyword or a summary of what the person may know of."""
        condition = " | ".join(f"'{word}'" for word in sorted(lexemes))
        ids = self._ids(Looked(f"({condition})", "", ""), "head", RANKED)
        rows = _rows(_STANDING, [sorted(ids), sorted(lexemes)]) if ids else []
        return {word for (word,) in rows}

    def _ids(self, looked: Looked, column: str, most: int) -> set[int]:
        def branch(source: Source, known: Sql) -> Sql:
            if self.kind not in ("", source.kind):
                return "", []
            where, values = _where(source, known, column, looked, self.units)
            return f"SELECT e.id FROM search_entry e {where} LIMIT {most}", values  # noqa: S608  as above

        return {pk for (pk,) in self._all(branch, "SELECT id FROM ({}) found")}

    def _all(self, branch: Callable[[Source, Sql], Sql], around: str) -> list[tuple[Any, ...]]:
        parts = [made for source, known in self._known if (made := branch(source, known))[0]]
        if not parts:
            return []
        union = " UNION ALL ".join(f"({sql})" for sql, _ in parts)
        return _rows(around.format(union), [value for _, values in parts for value in values])


# What has all words in its head stands before what has them anywhere; the very title and its beginning stand first.
_BEST = (
    "SELECT kind, target, (array_agg(id ORDER BY score DESC, id))[1], max(score) FROM ("
    " SELECT id, kind, target, CASE WHEN head @@ %s::tsquery THEN 1 + ts_rank(%s, head, %s::tsquery, 1)"
    "  + CASE WHEN folded = %s THEN 2 WHEN folded LIKE %s THEN 0.5 ELSE 0 END"
    "  ELSE ts_rank(%s, words, %s::tsquery, 1) END AS score FROM search_entry WHERE id = ANY(%s)) scored"
    " GROUP BY kind, target ORDER BY 4 DESC, 3 LIMIT %s"
)


_STANDING = (
    "SELECT DISTINCT lexeme FROM search_entry, unnest(tsvector_to_array(head)) lexeme"
    " WHERE id = ANY(%s) AND lexeme = ANY(%s)"
)


def _counted(rows: Sequence[tuple[Any, ...]]) -> Counts:
    counts = Counts()
    entries: dict[str, list[int]] = {}
    for source, kind, unit_id, different, read, ids in rows:
        if source is None:
            counts.units[kind, unit_id] = different
            counts.kinds[kind] = counts.kinds.get(kind, 0) + different
            continue
        of_kind = sources.source(source).kind
        entries.setdefault(of_kind, []).extend(ids)
        if read > COUNT_AT_MOST:
            counts.more.add(of_kind)
    for kind, n in counts.kinds.items():
        if n > COUNT_AT_MOST:
            counts.kinds[kind] = COUNT_AT_MOST
            counts.more.add(kind)
    counts.entries = entries if sum(map(len, entries.values())) <= MANY else None
    return counts


def _known_to(person: Person) -> list[tuple[Source, Sql]]:
    """Each source of which the person may know something, with the condition on its entries.

    What is shown as another thing must be known itself, and that thing too.
    """
    made: dict[Any, Sql | None] = {}
    for source in sources.sources():
        if source.visible not in made:
            made[source.visible] = _known(source, person)
    found = []
    kinds = sources.kinds()
    for source in sources.sources():
        known, shown = made[source.visible], made[kinds[source.kind].visible]
        if known is None or shown is None:
            continue
        conditions = [("e.ref", known)] + ([("e.target", shown)] if source.shown_as else [])
        sql = "".join(f" AND {column} IN ({one})" for column, (one, _) in conditions if one)
        found.append((source, (sql, [value for _, (_, values) in conditions for value in values])))
    return found


def _known(source: Source, person: Person) -> Sql | None:
    """The ids of the things that the person may know of; empty for all of them, None where there is none such."""
    rows = source.visible(person).order_by()
    try:
        sql, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None
    # Whoever may know of all of them needs no list of them.
    return (sql, list(values)) if rows.query.where.children else ("", [])


def _where(source: Source, known: Sql, column: str, looked: Looked, units: Sequence[int] | None) -> Sql:
    condition, values = known
    if column == "folded":
        where, first = "e.source = %s AND e.folded LIKE %s", [source.name, _beginning(looked.text)]
    else:
        where, first = f"e.{column} @@ %s::tsquery", [f"'{words.mark(source.name)}' & {looked.condition}"]
    narrowed: list[Any] = []
    if units is not None:
        where += " AND e.unit_id = ANY(%s)"
        narrowed = [list(units)]
    return f"WHERE {where} {condition}", [*first, *narrowed, *values]


def _beginning(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def stems(asked: Sequence[str]) -> dict[str, str]:
    """The English stem of each word that has one of its own."""
    long = [word for word in asked if len(word) > 3]
    if not long:
        return {}
    rows = _rows("SELECT w, (ts_lexize('english_stem', w))[1] FROM unnest(%s::text[]) w", [long])
    return {word: words.fold(stem) for word, stem in rows if stem and stem != word}


_ALIKE = (
    "SELECT w, k.text FROM unnest(%s::text[]) w CROSS JOIN LATERAL ("
    " SELECT text FROM search_word WHERE text %% w OR text LIKE '%%' || w || '%%'"
    " ORDER BY similarity(text, w) DESC, text LIMIT %s) k"
)


def alike(asking: Asking, asked: Sequence[str]) -> dict[str, list[str]]:
    """For each word, those words that it may be a misspelling of, the nearest first: such as stand in titles and names
    that the person may know of. A word of something hidden changes nothing for who may not know of it.
    """
    long = [word for word in asked if len(word) > 2 and not word.isdigit()]
    if not long:
        return {}
    with transaction.atomic():
        _rows("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE)])
        rows = _rows(_ALIKE, [long, COMPARED])
    known: dict[str, list[str]] = {}
    for word, other in rows:
        known.setdefault(word, []).append(other)
    near = {word: others for word in known if (others := words.near(word, known[word]))}
    told = asking.standing_in_heads({other for others in near.values() for other in others}) if near else set()
    seen = {word: [other for other in others if other in told][:MOST_ALIKE] for word, others in near.items()}
    return {word: others for word, others in seen.items() if others}


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
