"""The seven sections of a model guide, and how complete one is for a version. Pure but for `guide_of`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType

from coe.accounts.models import Person
from coe.guides.models import Document, Kind, Revision
from projects.tracking.models import RegisteredModel

Part = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One section: the heading that readers see, the question that it answers, and a hint for whoever writes it."""

    key: str
    title: str
    question: str
    hint: str


SECTIONS = (
    Section(
        "decides",
        "What it decides",
        "What does the model give out, about whom or what, how often, and which decision rests on it?",
        "One paragraph that somebody from the business understands at once. No method, no jargon.",
    ),
    Section(
        "read",
        "How to read it",
        "What does a high value mean, what a low one, and how sure can one be?",
        "Translate the output into something countable: of a hundred customers scored above 80, how many left?",
    ),
    Section(
        "act",
        "What to do with it",
        "What should somebody do with this output, from which value on, and what should they leave alone?",
        "Thresholds and steps. Say also where doing something made no difference.",
    ),
    Section(
        "distrust",
        "When not to trust it",
        "For which cases, times or places is it wrong more often, or was it never meant?",
        "What was not in the training data, what changed since, what users reported.",
    ),
    Section(
        "ask",
        "Who to ask",
        "Whom does one ask what the output means, whom when it is late, and how does one say that it is wrong?",
        "Roles and channels; the people of the project are named beside the page already.",
    ),
    Section(
        "limits",
        "Limits and fairness",
        "What can it not do, who may be treated worse by it, and what is done about that?",
        "Groups that were looked at and what was found; laws and house rules that limit its use.",
    ),
    Section(
        "evaluated",
        "How it was evaluated",
        "On which data, over which time, against what, and how good was it there?",
        "In words. The figures with their data stand beside the page already.",
    ),
)
TITLES = {one.key: one.title for one in SECTIONS}


@dataclass(frozen=True)
class Completeness:
    """How many sections are written, how many are true for a version (None: there is none), and what is missing.

    `missing` are those without a text, `outdated` those written for other versions alone, in the order of the page.
    """

    written: int
    true_for_version: int
    of: int
    missing: tuple[Section, ...]
    outdated: tuple[Section, ...]
    version: int | None

    @property
    def is_complete(self) -> bool:
        """Whether every section is written and true for the version."""
        return self.true_for_version == self.of

    @property
    def sentence(self) -> str:
        """The same in words."""
        said = f"{self.written} of {self.of} sections are written"
        if self.version is None or not self.written:
            return f"{said}."
        return f"{said}, {self.true_for_version} of them for version {self.version}."


def parts_of(revision: Revision | None) -> dict[str, Part]:
    """The written sections of a revision, by key; none for no revision or a free text."""
    parts = revision.parts if revision and isinstance(revision.parts, list) else []
    return {part["key"]: part for part in parts if part.get("key") in TITLES and (part.get("text") or "").strip()}


def versions_of(part: Mapping[str, Any]) -> list[int]:
    """The versions that a section is true for, in order."""
    return sorted({int(one) for one in part.get("versions") or []})


def completeness(guide: Revision | None, version: int | None) -> Completeness:
    """How complete the text is for `version`; without a version every written section counts."""
    parts = parts_of(guide)
    true = [one for one in SECTIONS if one.key in parts and (version is None or version in versions_of(parts[one.key]))]
    return Completeness(
        written=len(parts),
        true_for_version=len(true),
        of=len(SECTIONS),
        missing=tuple(one for one in SECTIONS if one.key not in parts),
        outdated=tuple(one for one in SECTIONS if one.key in parts and one not in true),
        version=version,
    )


def guide_of(model: RegisteredModel, person: Person | None = None) -> Document | None:
    """The model's guide with its newest and its published text; None where there is none, or the person (when given)
    may not know of it. One query.
    """
    return guides_of([model], person).get(model.pk)


def guides_of(models: Iterable[RegisteredModel], person: Person | None = None) -> dict[int, Document]:
    """The guides of many models, by the model's id. One query."""
    found = Document.objects.all() if person is None else Document.objects.visible_to(person)
    rows = found.filter(
        kind=Kind.MODEL_GUIDE,
        archived_at=None,
        subject_type=ContentType.objects.get_for_model(RegisteredModel),
        subject_id__in=[one.pk for one in models],
    ).select_related("published", "latest", "owner", "verified_by")
    return {one.subject_id: one for one in rows if one.subject_id}
