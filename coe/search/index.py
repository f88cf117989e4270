"""Keeping the index: by the event stream within seconds, by followups of syncs, and all of it anew by a command."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from coe.core.models import Event
from coe.search import sources, words
from coe.search.models import Entry, Word
from coe.search.sources import Source, Text

CHUNK = 200
# Counted up when texts come to be taken apart in another way, so that all of them differ.
_MANNER = 2
# Of all advisory locks of this database, those of the index; and the one of its words.
_LOCKS = 7_263_512
_WORDS = -1
_KEPT = ["kind", "target", "unit", "title", "folded", "summary", "body", "url", "head", "words", "digest", "stamp"]
# Nothing of these shows anywhere, and the second and third mark what was found.
_UNWANTED = dict.fromkeys((0, 2, 3))


def follow(events: Sequence[Event]) -> None:
    """The stream's consumer: index anew what the events speak of."""
    for source in sorted(sources.sources(), key=lambda one: one.name):
        ids = {pk for event in events if event.verb in source.verbs for pk in source.verbs[event.verb](event)}
        refresh(source.name, ids)


def refresh(name: str, ids: Iterable[int]) -> int:
    """Bring the entries of these things of a source up to date; those of vanished ones go.

    Returns how many differed.
    """
    source = sources.source(name)
    ordered = sorted(set(ids))
    return sum(_refresh(source, ordered[at : at + CHUNK]) for at in range(0, len(ordered), CHUNK))


@transaction.atomic
def _refresh(source: Source, ids: Sequence[int]) -> int:
    # Taken before anything is read: whoever comes later reads what is newer.
    _lock(zlib.crc32(source.name.encode()) - 2**31)
    # Before the texts: what changes in between differs from its stamp, and is met again.
    stamps = _stamps(source, ids)
    texts = {text.ref: text for text in source.texts(ids)}
    rows = Entry.objects.filter(source=source.name, ref__in=ids).values_list("ref", "digest", "stamp")
    kept = {ref: (digest, stamp) for ref, digest, stamp in rows}
    gone = [ref for ref in kept if ref not in texts]
    if gone:
        Entry.objects.filter(source=source.name, ref__in=gone).delete()
    entries = [_entry(source, text, stamps.get(text.ref, "")) for text in texts.values()]
    changed = [entry for entry in entries if (entry.digest, entry.stamp) != kept.get(entry.ref)]
    Entry.objects.bulk_create(changed, update_conflicts=True, unique_fields=["source", "ref"], update_fields=_KEPT)
    _learn(changed)
    return len(changed) + len(gone)


def _stamps(source: Source, ids: Sequence[int]) -> dict[int, str]:
    if source.stamp is None:
        return {}
    return dict(source.rows().filter(pk__in=ids).annotate(_now=source.stamp).values_list("pk", "_now"))


def differing(name: str, things: QuerySet[Any]) -> list[int]:
    """The ids of those among `things` (vanished ones too) of which the index has something else than they are now.

    The source must have a stamp. Two statements, whatever their number.
    """
    source = sources.source(name)
    of_thing = Entry.objects.filter(source=name, ref=OuterRef("pk"))
    there = source.rows().filter(pk__in=things.order_by().values("pk"))
    changed = there.annotate(_now=source.stamp).exclude(Exists(of_thing.filter(stamp=OuterRef("_now"))))
    gone = things.exclude(pk__in=source.rows().order_by().values("pk")).filter(Exists(of_thing))
    return [*changed.values_list("pk", flat=True), *gone.values_list("pk", flat=True)]


def _entry(source: Source, text: Text, stamp: str) -> Entry:
    title = _tidy(text.title)[:500]
    summary, body = _tidy(text.summary), _tidy(text.body)[: words.MOST_OF_BODY]
    names = words.words_of_name(title)
    keywords = [word for keyword in text.keywords for word in words.words_of_name(_tidy(keyword))]
    head = [("A", names), ("B", keywords), ("C", words.words_of(summary))]
    beginnings = {beginning for word in names for beginning in words.beginnings(word)}
    marks = [words.mark(source.name), *sorted(beginnings)]
    entry = Entry(
        source=source.name,
        ref=text.ref,
        kind=source.kind,
        target=text.target or text.ref,
        unit_id=text.unit_id,
        title=title,
        folded=words.fold(title)[:500],
        summary=summary,
        body=body,
        url=text.url,
        head=words.vector(head, marks),
        words=words.vector([*head, ("D", words.words_of(body))], marks),
        stamp=stamp,
    )
    said = [title, summary, body, text.url, *keywords]
    entry.digest = _digest([_MANNER, entry.kind, entry.target, entry.unit_id, *said])
    return entry


def _tidy(text: str) -> str:
    return " ".join(text.translate(_UNWANTED).split())


def _digest(parts: Sequence[object]) -> str:
    return blake2b("\2".join(map(str, parts)).encode(errors="replace"), digest_size=16).hexdigest()


def _learn(entries: Sequence[Entry]) -> None:
    """Note the words of titles and keywords, which misspelt ones are compared with."""
    known = {word for entry in entries for word in _worth_knowing(str(entry.head))}
    if known:
        _lock(_WORDS, shared=True)
        Word.objects.bulk_create([Word(text=word) for word in sorted(known)], ignore_conflicts=True)


def _worth_knowing(head: str) -> Iterator[str]:
    """Of a head as it was written: words of title and keywords with three letters or more that are no numbers."""
    for lexeme in head.split():
        word, _, places = lexeme.rpartition(":")
        word = word.strip("'")
        if len(word) > 2 and not word.isdigit() and ("A" in places or "B" in places):
            yield word


def rebuild(name: str = "") -> dict[str, int]:
    """Bring all entries of a source (of each one, unless it is named) up to date, a chunk at a time, each in a
    transaction of its own: people can search all the while. Returns how many differed, by source.
    """
    chosen = [sources.source(name)] if name else sources.sources()
    found = {one.name: sum(_refresh(one, ids) for ids in _all_ids(one)) for one in chosen}
    if not name:
        Entry.objects.exclude(source__in=found).delete()
        _forget()
    return found


def _all_ids(source: Source) -> Iterator[list[int]]:
    """The ids of what can be found and of what is in the index, a chunk at a time."""
    for rows, field in ((source.rows(), "pk"), (Entry.objects.filter(source=source.name), "ref")):
        last: Any = None
        while True:
            more = rows if last is None else rows.filter(**{f"{field}__gt": last})
            ids = list(more.order_by(field).values_list(field, flat=True)[:CHUNK])
            if not ids:
                break
            yield ids
            last = ids[-1]


def _forget() -> None:
    """Drop the words that no title and no keyword has any more."""
    last = ""
    while True:
        with transaction.atomic():
            _lock(_WORDS)
            some = list(Word.objects.filter(text__gt=last).order_by("text").values_list("text", flat=True)[:1000])
            if not some:
                return
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM search_word w WHERE w.text = ANY(%s) AND NOT EXISTS"
                    " (SELECT 1 FROM search_entry e WHERE e.head @@ quote_literal(w.text)::tsquery)",
                    [some],
                )
        last = some[-1]


def _lock(number: int, *, shared: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(%s, %s)", [_LOCKS, number])
