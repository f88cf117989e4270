"""The statements behind a search. Each source is asked on its own, with the condition of what the person may know of,
and only up to a bound: so that neither what is found by half the index nor what is hidden from the reader takes long.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection

from coe.accounts.models import Person
from coe.accounts.rules import standing
from coe.search import sources, words
from coe.search.sources import Source

Sql = tuple[str, list[Any]]
# source, kind, target, unit, entry, tier (0: that very title, 1: by its head, 2: by its body)
Row = tuple[Any, ...]
# So many of each source are put into an order, and so many of all are shown, on pages.
SHOWN = RANKED = 200
# Of each source so many are counted; "more than" is said where there are more.
COUNTED = 250
FEW = 60
# How much D, C, B and A count (PostgreSQL's order).
WEIGHTS = "{0.05, 0.15, 0.4, 1.0}"
# So many words that are like a misspelt one are compared with it letter by letter, and so many of these looked for.
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
    """How many there are: by kind, and by kind and unit; `more` are the kinds of which not all were counted. By source,
    `first` are the ids of what was found by its head, `others` those of the rest.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    units: dict[tuple[str, int | None], int] = field(default_factory=dict)
    more: set[str] = field(default_factory=set)
    first: dict[str, list[int]] = field(default_factory=dict)
    others: dict[str, list[int]] = field(default_factory=dict)

    def of(self, kind: str = "") -> int:
        """How many of a kind, or of all."""
        return self.kinds.get(kind, 0) if kind else sum(self.kinds.values())

    def is_more(self, kind: str = "") -> bool:
        """Whether there are more than that."""
        return kind in self.more if kind else bool(self.more)


class Asking:
    """One person's search, with the conditions of what the person may know of, made once for all statements."""

    def __init__(self, person: Person) -> None:
        self._known = _known_to(person)

    def look(
        self, looked: Looked, *, units: Sequence[int] | None = None, most: int = COUNTED, only_heads: bool = False
    ) -> Counts:
        """Up to `most` of each source, of these units (None: of all): first what has that very title, then what has all
        words in title, keywords and summary, then (unless `only_heads`) what has them anywhere.
        """
        column = "head" if only_heads else "words"
        broad = 4 * most
        # Only how it is done hangs on this number, in which is also what the person may not know of.
        wanted = None if units is None else list(units)
        sql = (
            f"SELECT count(*) FROM (SELECT FROM search_entry WHERE {column} @@ %s::tsquery"  # noqa: S608  names from here
            f" AND (%s::bigint[] IS NULL OR unit_id = ANY(%s)) LIMIT {broad}) found"
        )
        is_broad = _rows(sql, [looked.condition, wanted, wanted])[0][0] == broad
        if is_broad:
            return _counted(self._by_source(looked, units, most, only_heads), most)
        return _counted(self._at_once(looked, units, only_heads), most)

    def _at_once(self, looked: Looked, units: Sequence[int] | None, only_heads: bool) -> list[Row]:
        """All that is found, each asked of its own source: for what is not found in many entries."""
        known, values = self._each()
        column = "head" if only_heads else "words"
        sql = (
            "SELECT e.source, e.kind, e.target, e.unit_id, e.id, 2 - (e.head @@ %s::tsquery)::int"  # noqa: S608  the ORM's own
            " FROM search_entry e"
            f" WHERE e.{column} @@ %s::tsquery AND (%s::bigint[] IS NULL OR e.unit_id = ANY(%s)) AND {known}"
        )
        wanted = None if units is None else list(units)
        return _rows(sql, [looked.condition, looked.condition, wanted, wanted, *values])

    def _each(self) -> Sql:
        """The condition that the person may know of what the entry `e` is of."""
        if not self._known:
            return "false", []
        cases = " ".join(f"WHEN %s THEN true {known}" for _, (known, _) in self._known)
        values = [value for source, (_, own) in self._known for value in (source.name, *own)]
        return f"CASE e.source {cases} ELSE false END", values

    def _by_source(self, looked: Looked, units: Sequence[int] | None, most: int, only_heads: bool) -> list[Row]:
        """One more than so many of each source, the best of them first: for what is found nearly everywhere."""
        branches, values = [], []
        for source, (known, own) in self._known:
            marked = f"'{words.mark(source.name)}' & {looked.condition}"
            tiers, of_tiers = [_VERY, _HEAD], [source.name, looked.text, marked, looked.text]
            if not only_heads:
                tiers.append(_ANYWHERE)
                of_tiers += [marked, marked, looked.text]
            where = f"(%s::bigint[] IS NULL OR e.unit_id = ANY(%s)) {known}"
            branches.append(f"(SELECT e.* FROM ({' UNION ALL '.join(tiers)}) e WHERE {where} LIMIT {most + 1})")  # noqa: S608  the ORM's own
            wanted = None if units is None else list(units)
            values += [*of_tiers, wanted, wanted, *own]
        sql = f"SELECT source, kind, target, unit_id, id, tier FROM ({' UNION ALL '.join(branches)}) found"  # noqa: S608
        return _rows(sql, values)

    def standing_in_heads(self, lexemes: set[str]) -> set[str]:
        """Those words that stand in a title, a keyword or a summary of what the person may know of."""
        known, values = self._each()
        sql = (
            "SELECT word FROM unnest(%s::text[]) word WHERE EXISTS (SELECT 1 FROM search_entry e"  # noqa: S608  the ORM's own
            f" WHERE e.head @@ quote_literal(word)::tsquery AND {known} OFFSET 0)"
        )
        return {word for (word,) in _rows(sql, [sorted(lexemes), *values])}


def best(looked: Looked, counts: Counts, *, most: int, kind: str = "") -> list[Scored]:
    """The `most` best of what was counted, the best first, one entry for each thing that is shown."""
    of = [one.name for one in sources.sources() if kind in ("", one.kind)]
    ids = [pk for name in of for pk in counts.first.get(name, [])[:RANKED]]
    if len(ids) < 2 * most:  # two of them may be shown as one
        ids += [pk for name in of for pk in counts.others.get(name, [])[:RANKED]]
    scoring = [looked.condition, WEIGHTS, looked.any_of, looked.text, _beginning(looked.text), WEIGHTS, looked.any_of]
    # Of what fits alike, kinds that more people look for come first.
    rows = _rows(_BEST, [*scoring, list(sources.kinds()), ids, most]) if ids else []
    return [Scored(pk, score, of_kind) for of_kind, _, pk, score in rows]


_COLUMNS = "id, source, kind, target, unit_id, ref"
_VERY = f"SELECT {_COLUMNS}, 0 AS tier FROM search_entry WHERE source = %s AND folded = %s"  # noqa: S608  names from here
_HEAD = f"SELECT {_COLUMNS}, 1 FROM search_entry WHERE head @@ %s::tsquery AND folded <> %s"  # noqa: S608
_ANYWHERE = (
    f"SELECT {_COLUMNS}, 2 FROM search_entry"  # noqa: S608
    " WHERE words @@ %s::tsquery AND NOT head @@ %s::tsquery AND folded <> %s"
)
# What has all words in its head stands before what has them anywhere; the very title and its beginning stand first.
_BEST = (
    "SELECT kind, target, (array_agg(id ORDER BY score DESC, id))[1], max(score) FROM ("
    " SELECT id, kind, target, CASE WHEN head @@ %s::tsquery THEN 1 + ts_rank(%s, head, %s::tsquery, 1)"
    "  + CASE WHEN folded = %s THEN 2 WHEN folded LIKE %s THEN 0.5 ELSE 0 END"
    "  ELSE ts_rank(%s, words, %s::tsquery, 1) END - 0.04 * array_position(%s::text[], kind::text) AS score"
    " FROM search_entry WHERE id = ANY(%s)) scored"
    " GROUP BY kind, target ORDER BY 4 DESC, 3 LIMIT %s"
)


def _counted(rows: Sequence[Row], most: int) -> Counts:
    counts = Counts()
    seen: set[tuple[str, int]] = set()
    read: Counter[str] = Counter()
    for source, kind, target, unit_id, pk, tier in rows:
        (counts.first if tier < 2 else counts.others).setdefault(source, []).append(pk)
        read[source] += 1
        # Whichever way it was found: no more of a source is counted than one above the bound.
        if read[source] <= most + 1 and (kind, target) not in seen:
            seen.add((kind, target))
            counts.kinds[kind] = counts.kinds.get(kind, 0) + 1
            counts.units[kind, unit_id] = counts.units.get((kind, unit_id), 0) + 1
    for name, n in read.items():
        if n > most:
            counts.more.add(sources.source(name).kind)
    for kind, n in counts.kinds.items():
        if n > most:
            counts.kinds[kind] = most
            counts.more.add(kind)
    return counts


# Each candidate is looked up by its id: OFFSET keeps PostgreSQL from reading all that the person may know of instead,
# which takes longer than a bounded number of candidates does.
_EACH = " AND EXISTS (SELECT 1 FROM ({}) known(id) WHERE known.id = {} OFFSET 0)"


Known = list[tuple[Source, Sql]]
# The conditions of those who searched last: what the rules say, never what they come to.
_kept: OrderedDict[Any, Known] = OrderedDict()
KEPT = 200


def _known_to(person: Person) -> Known:
    """`_conditions`, kept for a minute at most, and only while nothing of the person and of the person's roles changes.

    Only rules that were said without a look into the database are kept: they name nothing but the person and the roles,
    and the database answers them anew each time.
    """
    asked = 0

    def notice(execute: Any, *args: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*args)

    roles = standing(person)
    held = tuple(sorted((role, tuple(sorted(ids))) for role, ids in roles.units.items()))
    fields = tuple(getattr(person, one.attname) for one in Person._meta.concrete_fields)
    minute = int(time.monotonic() // 60)
    key = (minute, fields, tuple(sorted(roles.everywhere)), held, tuple(one.name for one in sources.sources()))
    known = _kept.get(key)
    if known is None:
        with connection.execute_wrapper(notice):
            known = _conditions(person)
        if not asked:
            _kept[key] = known
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return known


def _conditions(person: Person) -> Known:
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
        sql = "".join(_EACH.format(one, column) for column, (one, _) in conditions if one)
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


def _beginning(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def stems(asked: Sequence[str]) -> dict[str, str]:
    """The English stem of each word that has one of its own."""
    long = [word for word in asked if len(word) > 3]
    if not long:
        return {}
    rows = _rows("SELECT w, (ts_lexize('english_stem', w))[1] FROM unnest(%s::text[]) w", [long])
    return {word: words.fold(stem) for word, stem in rows if stem and stem != word}


# pg_trgm's own threshold (0.3) decides what is like a word.
_ALIKE = (
    "SELECT w, k.text FROM unnest(%s::text[]) w CROSS JOIN LATERAL ("
    " SELECT text FROM search_word WHERE text %% w OR text LIKE '%%' || w || '%%'"
    " ORDER BY similarity(text, w) DESC, text LIMIT %s) k"
    " UNION SELECT w, text FROM unnest(%s::text[], %s::text[]) AS pairs(w, other) JOIN search_word ON text = other"
)


def alike(asking: Asking, asked: Sequence[str]) -> dict[str, list[str]]:
    """For each word, those words that it may be a misspelling of, the nearest first: such as stand in titles and names
    that the person may know of. A word of something hidden changes nothing for who may not know of it.
    """
    long = [word for word in asked if len(word) > 2 and not word.isdigit()]
    if not long:
        return {}
    pairs = [(word, other) for word in long for other in words.swapped(word)]
    rows = _rows(_ALIKE, [long, COMPARED, [word for word, _ in pairs], [other for _, other in pairs]])
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
