"""Models that touch a person: those that serve their unit, those that they use, those of projects they answer for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import strip_tags

from coe.accounts.models import BusinessUnit, Person
from coe.core.models import Event
from coe.guides.models import Document
from projects.catalog.models import Member, Project
from projects.modelpages.changes import changes_of
from projects.modelpages.facts import PRODUCTION, Facts, facts_of
from projects.modelpages.figures import of_models
from projects.modelpages.health import Health, health
from projects.modelpages.models import Use
from projects.modelpages.sections import completeness, guides_of, parts_of
from projects.tracking.models import RegisteredModel

# What changed counts from when the person last looked; who never said that they use a model sees the last so many days.
LATELY = timedelta(days=30)
WHY = [("", "All of them"), ("use", "I use them"), ("unit", "They serve my unit"), ("project", "Projects of mine")]
SORTS = {"name": ["name"], "project": ["project__name", "name"]}
CSV = ["model", "source", "name in MLflow", "project", "unit", "version", "in production since", "health", "use"]
_SENTENCE = re.compile(r"(.{20,}?[.!?])(\s|$)", re.DOTALL)


@dataclass(frozen=True)
class Card:
    """One model as its card shows it."""

    model: RegisteredModel
    facts: Facts
    title: str
    says: str
    health: Health
    changes: list[Event]
    since: datetime
    written: int
    of: int


def touching(person: Person, why: str = "") -> QuerySet[RegisteredModel]:
    """The models that touch the person and that they may know of, those gone from MLflow aside; `why` keeps one reason:
    use, unit (in production, in the person's unit or below) or project (stakeholder, sponsor, owner, member).
    """
    own = BusinessUnit.objects.filter(lineage__contains=[person.unit_id]) if person.unit_id else None
    serving = Q(aliases__has_key=PRODUCTION, project__unit__in=own.values("pk")) if own is not None else Q(pk__in=[])
    members = Member.objects.filter(person=person).values("project")
    watched = Project.stakeholders.through.objects.filter(person=person).values("project")
    answered = Project.objects.filter(Q(owner=person) | Q(sponsor=person) | Q(pk__in=members) | Q(pk__in=watched))
    reasons = {
        "use": Q(pk__in=Use.objects.filter(person=person).values("model")),
        "unit": serving,
        "project": Q(project__in=answered.order_by().values("pk")),
    }
    condition = reasons[why] if why in reasons else reasons["use"] | reasons["unit"] | reasons["project"]
    known = RegisteredModel.objects.visible_to(person).filter(condition, missing_since=None)
    return known.select_related("source", "project__unit", "project__owner")


def cards(models: Sequence[RegisteredModel], person: Person) -> list[Card]:
    """The models as cards, in their order. A fixed number of queries: eight at most."""
    facts, guides = facts_of(models, person), guides_of(models, person)
    figures, now = of_models(models, person), timezone.now()
    earliest = min([now - LATELY, *(one.mine.seen_at for one in facts.values() if one.mine)])
    changed = changes_of(models, guides, person, since=earliest)
    found = []
    for model in models:
        mine, guide = facts[model.pk].mine, guides.get(model.pk)
        since = mine.seen_at if mine else now - LATELY
        full = completeness(guide.published if guide else None, facts[model.pk].version)
        found.append(
            Card(
                model=model,
                facts=facts[model.pk],
                title=title_of(model, guide),
                says=says(model, guide),
                health=health(model, facts[model.pk], figures[model.pk], now),
                changes=[one for one in changed[model.pk] if one.at > since][:4],
                since=since,
                written=full.written,
                of=full.of,
            )
        )
    return found


def title_of(model: RegisteredModel, guide: Document | None) -> str:
    """What readers know it by."""
    return guide.published.title if guide and guide.published else model.name


def says(model: RegisteredModel, guide: Document | None) -> str:
    """What it decides, in a sentence: the guide's summary, else the first sentence of its first section, else MLflow's
    description; empty for none of them.
    """
    text = guide.published if guide else None
    if text and text.summary:
        return text.summary
    first = next(iter(parts_of(text).values()), None)
    plain = strip_tags(first.get("html") or first["text"]) if first else model.description
    plain = " ".join(plain.split())
    found = _SENTENCE.match(plain)
    return (found[1] if found else plain)[:300]


def csv_rows(rows: QuerySet[RegisteredModel], person: Person) -> Iterator[list[Any]]:
    """The same list as lines, a hundred models at a time."""
    models = list(rows[:2000])
    for start in range(0, len(models), 100):
        for card in cards(models[start : start + 100], person):
            model, facts = card.model, card.facts
            yield [
                card.title,
                model.source.name,
                model.name,
                model.project.slug if model.project else "",
                model.project.unit.slug if model.project else "",
                facts.version,
                facts.since,
                card.health.sentence,
                facts.mine.purpose or "yes" if facts.mine else "",
            ]


@dataclass(frozen=True)
class HomeModel:
    model: RegisteredModel
    title: str
    changes: list[Event]


def for_home(person: Person, most: int = 5) -> list[HomeModel]:
    """The models that the person uses, and those of projects that they watch, with what changed in the last 30 days or
    since they last looked. Three queries; one for whom no model touches.
    """
    watched = Project.stakeholders.through.objects.filter(person=person).values("project")
    touches = Q(uses__person=person) | Q(project__in=watched) | Q(project__sponsor=person)
    known = RegisteredModel.objects.visible_to(person).filter(touches, missing_since=None).distinct()
    models = list(known.select_related("source", "project").order_by("name", "pk")[: most * 4])
    if not models:
        return []
    guides = guides_of(models, person)
    changed = changes_of(models, guides, person, since=timezone.now() - LATELY, most=2)
    rows = [HomeModel(one, title_of(one, guides.get(one.pk)), changed[one.pk]) for one in models]
    rows.sort(key=lambda row: not row.changes)
    return rows[:most]
