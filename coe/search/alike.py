"""What is like a text: things of one source that say the same words, for "does this exist already?"."""

from __future__ import annotations

from django.db import connection

from coe.search import words

# Of so many words the text is made, so many of what is found by any of them are looked at more closely.
MOST_WORDS, LOOKED_AT = 12, 60
# A word alone says little: two have to be the same, where the text has two.
SAME = 2
_ALIKE = """
    SELECT ref FROM (
        SELECT ref, head, ts_rank(head, %(any)s::tsquery) AS likeness
          FROM search_entry
         WHERE source = %(source)s AND ref <> %(but)s AND head @@ %(any)s::tsquery
         ORDER BY likeness DESC, ref LIMIT %(looked_at)s
    ) found
     WHERE (SELECT count(*) FROM unnest(%(each)s::text[]) one WHERE head @@ one::tsquery) >= %(same)s
     ORDER BY likeness DESC, ref
"""


def alike(text: str, *, source: str, but: int = 0) -> list[int]:
    """The ids of up to 60 things of that source which share words with the text in title, keywords or summary, most
    alike first; `but` is left out. Who may know of them is for the caller to ask. One query.
    """
    found = [f"'{word}'" for word in words.asked(text, most=MOST_WORDS) if len(word) > 2]
    if not found:
        return []
    values: dict[str, str | int | list[str]] = {
        "any": " | ".join(found), "each": found, "source": source, "but": but, "looked_at": LOOKED_AT,
        "same": min(SAME, len(found)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, values)
        return [ref for (ref,) in cursor.fetchall()]
