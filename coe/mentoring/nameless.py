"""Takes people out of a text: names, e-mail addresses, mentions, telephone numbers, and links that hold one of them.

It rather takes out too much than too little: whoever makes a guide of a thread reads it before it is published.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from coe.search.words import fold

OTHER = "a colleague"
PHONE, LINK = "(telephone number removed)", "(link removed)"
# First and last names that are words of their own: taken for a name only where they are written like one.
_WORDS = frozenset(
    re.findall(
        r"\w+",
        "and ann april art august autumn baker ball banks bell best bill bin bird black brooks brown carter "
        "case chance cook data dawn day dean del den der des drake drew ernest faith field fisher fox frank "
        "frost gold good grace grant gray green hill hope hunter jack jean joy june ken king lake lamb little "
        "long los love mark mason max may mentor miller min model norm not page park pat person price ray "
        "rich rivers rob rose self sharp short silver smith stone sue summer summers swift taylor team test "
        "the van von weaver week white will winter wise wolf wood woods you young",
    )
)
_EMAIL = re.compile(r"(?<![\w.+-])(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}", re.I)
_MAIL_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?mailto:[^)]*\)|<mailto:([^>]*)>", re.I)
_MENTION = re.compile(r"(?<![\w/@.`])@[^\W\d_][\w-]*(?:\.[\w-]+)*")
_LINK = re.compile(
    r"(\[[^\[\]]*\]\()?(<?https?://[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*>?)(\s+\"[^\"]*\")?(\))?", re.I
)
_PHONE = re.compile(
    r"(?<![\w.,/-])(?<!\d )(?:"
    r"(?:\+|00)[1-9][\d ()./-]{6,20}\d"  # with a country's code
    r"|\(?0[1-9]\d{0,4}\)?[ /-]+\d[\d -]{3,14}\d"  # from within a country, its code before a space
    r"|\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}"
    r")(?![\w/-])"
)
_DATE = re.compile(r"0?\d{1,2}[ /.-]\d{1,2}[ /.-](?:\d{2}){1,2}\b")
_CODE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)", re.M | re.S)
# Chinese, Japanese, Korean, Thai.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# The underscore is no part of a word: it makes words slanted.
_WORD = re.compile(r"[^\W_]+")
# What may stand between the parts of a name.
_GAP = r"[\s*_~`.,\u00a0-]{1,6}"


class Names:
    """Whom to take out: `roles` gives by (name, e-mail address) what to say in place of each person."""

    def __init__(self, roles: Mapping[tuple[str, str], str]) -> None:
        # By their folded words: whole names, parts of names, the names that addresses begin with; whole addresses.
        self._whole: dict[str, str] = {}
        self._unspaced: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self._handles: dict[str, str] = {}
        self._emails: dict[str, str] = {}
        patterns: set[str] = set()
        for (name, email), role in roles.items():
            handle = fold(email.partition("@")[0])
            self._emails[fold(email)] = role
            self._handles.setdefault(_key(handle), role)
            if re.search(r"[\W\d_]", handle):
                patterns.add(_bounded(re.escape(handle)))
            patterns |= self._add(fold(name), role)
        ordered = sorted(patterns, key=len, reverse=True)
        self._pattern = re.compile("|".join(ordered)) if ordered else None

    def _add(self, name: str, role: str) -> set[str]:
        """Note the name; the patterns that find it and its parts in a folded text."""
        parts = [part for part in re.split(r"[\s,]+", name) if part]
        found = set()
        if len(parts) > 1:
            for order in (parts, [*parts[-1:], *parts[:-1]]):
                gap = f"(?:{_GAP})?" if _UNSPACED.search(name) else _GAP
                found.add(_bounded(gap.join(map(re.escape, order))))
                self._whole.setdefault(_key(" ".join(order)), role)
                self._unspaced.setdefault(_key(" ".join(order)).replace(" ", ""), role)
        for piece in {piece for part in parts for piece in (part, *part.split("-"))}:
            if len(piece) > 1 and any(sign.isalpha() for sign in piece):
                found.add(_bounded(re.escape(piece)))
                self._parts.setdefault(_key(piece), role)
        return found

    def role_of_email(self, email: str) -> str:
        """What to say in place of an e-mail address."""
        return self._emails.get(fold(email).removeprefix("mailto:"), OTHER)

    def role_of_mention(self, handle: str) -> str:
        """What to say in place of a mention, given without its @."""
        key = _key(handle)
        return self._handles.get(key) or self._whole.get(key) or self._parts.get(key, OTHER)

    def take_out(self, text: str) -> str:
        """The text without the names."""
        if self._pattern is None:
            return text
        # Names are looked for without their marks too; every sign of the text stands for one of the folded one.
        folded, places = _folded(text)
        out, done = [], 0
        for match in self._pattern.finditer(folded):
            start, end = places[match.start()], places[match.end()]
            said = self._role(text[start:end], match[0])
            if said is None or start < done:
                continue
            out += [text[done:start], _as_in_sentence(said, text[:start])]
            done = end
        return "".join([*out, text[done:]])

    def _role(self, written: str, folded: str) -> str | None:
        """What to say in place of what was found; None where it is a word like others."""
        key = _key(folded)
        whole = self._whole.get(key) or self._unspaced.get(key.replace(" ", ""))
        if whole:
            return whole
        if (key in _WORDS or len(key) < 3) and written[:1].islower():
            return None
        return self._parts.get(key) or self._handles.get(key)


def nameless(text: str, names: Names) -> str:
    """The Markdown text without the people in it."""
    # What begins with @ in code is rarely a person: it may be a decorator.
    return "".join(_clean(piece, names, mentions=not is_code) for is_code, piece in by_code(_composed(text)))


def by_code(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces, each with whether it is a fenced block of code."""
    done = 0
    for block in _CODE.finditer(text):
        yield False, text[done : block.start()]
        yield True, block[0]
        done = block.end()
    yield False, text[done:]


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _clean(text: str, names: Names, *, mentions: bool) -> str:
    text = _MAIL_LINK.sub(lambda found: found[1] if found[1] is not None else found[2], text)
    out, done = [], 0
    for link in _LINK.finditer(text):
        out.append(_clean_words(text[done : link.start()], names, mentions))
        out.append(_clean_link(link, names, mentions))
        done = link.end()
    return "".join([*out, _clean_words(text[done:], names, mentions)])


def _clean_link(link: re.Match[str], names: Names, mentions: bool) -> str:
    opened, address, _, closed = link.groups()
    label = _clean_words(opened[1:-2], names, mentions) if opened else ""
    is_clean = _clean_words(address, names, True) == address
    if opened and closed:
        return f"[{label}]({address}{link[3] or ''})" if is_clean else label or LINK
    before = f"[{label}](" if opened else ""
    return f"{before}{address if is_clean else LINK}{link[3] or ''}{closed or ''}"


def _clean_words(text: str, names: Names, mentions: bool) -> str:
    text = _EMAIL.sub(lambda found: names.role_of_email(found[0]), text)
    text = re.sub(rf"<({re.escape(OTHER)}|the \w+)>", r"\1", text)
    if mentions:
        text = _MENTION.sub(lambda found: names.role_of_mention(found[0][1:]), text)
    text = _PHONE.sub(lambda found: found[0] if _DATE.match(found[0]) else PHONE, text)
    return names.take_out(text)


def _as_in_sentence(said: str, before: str) -> str:
    """With a capital at the beginning of a sentence, a line or an item of a list."""
    line = before.rpartition("\n")[2].strip(" \t>*_#+-")
    return said[:1].upper() + said[1:] if not line or line[-1] in ".!?" else said


def _bounded(pattern: str) -> str:
    """The pattern for whole words alone; scripts without spaces between words have no such bounds."""
    if _UNSPACED.search(pattern):
        return pattern
    return rf"(?<![^\W_]){pattern}(?![^\W_])"


def mentioned(text: str, names: Iterable[str]) -> set[str]:
    """Those of the full names that stand in the text, in either order of first and last name."""
    spoken = _key(text).split()
    runs = {" ".join(spoken[at : at + many]) for many in (2, 3, 4, 5) for at in range(len(spoken) - many + 1)}
    written, folded = set(re.findall(r"[\w'’-]+", text)), fold(text)
    found = set()
    for name in names:
        words = _key(name).split()
        if _UNSPACED.search(name):
            there = fold(name).replace(" ", "") in folded.replace(" ", "")
        elif len(words) < 2:
            there = name in written and name[:1].isupper() and fold(name) not in _WORDS
        else:
            there = " ".join(words) in runs or " ".join([*words[-1:], *words[:-1]]) in runs
        if there:
            found.add(name)
    return found


def _key(words: str) -> str:
    return " ".join(_WORD.findall(fold(words)))


def _folded(text: str) -> tuple[str, list[int]]:
    """The text without case and marks, and for each place in it (and its end) the one in the text."""
    out: list[str] = []
    places: list[int] = []
    for at, sign in enumerate(text):
        plain = sign.lower() if sign.isascii() else fold(sign)
        out.append(plain)
        places += [at] * len(plain)
    places.append(len(text))
    return "".join(out), places
