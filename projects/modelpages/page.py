"""The page of a model, composed: what its guide says, what the mirror says, its figures, who to ask, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access
from coe.core.models import Event
from coe.guides.models import Document, Revision
from projects.modelpages.changes import changes_of
from projects.modelpages.facts import Facts, Version, facts_of
from projects.modelpages.figures import ModelFigure, of_models
from projects.modelpages.health import Health, health
from projects.modelpages.sections import SECTIONS, Completeness, completeness, guide_of, parts_of, versions_of
from projects.modelpages.signature import Signature, signature
from projects.tracking.models import RegisteredModel


@dataclass(frozen=True)
class ShownSection:
    """A section as readers see it. `warning` says for which versions it was written when not for the page's."""

    key: str
    title: str
    html: str
    versions: list[int]
    warning: str


@dataclass(frozen=True)
class Page:
    model: RegisteredModel
    facts: Facts
    guide: Document | None
    text: Revision | None
    sections: list[ShownSection]
    completeness: Completeness
    figures: list[ModelFigure]
    first: ModelFigure | None
    others: list[ModelFigure]
    health: Health
    version: Version | None
    signature: Signature
    aliases: list[tuple[str, int]]
    changes: list[Event]
    may_write: bool

    @property
    def title(self) -> str:
        """What readers know it by: the guide's title, else the name in MLflow."""
        return self.text.title if self.text else self.model.name

    @property
    def lead(self) -> str:
        """What it is, in a sentence or two: the guide's summary, else what MLflow says."""
        return (self.text.summary if self.text else "") or self.model.description[:2000]

    @property
    def has_draft(self) -> bool:
        """Whether an editor should know of a text that readers do not see yet."""
        return self.may_write and self.guide is not None and self.guide.has_draft

    @property
    def run_in_mlflow(self) -> str:
        """Where the run behind the version opens in MLflow; empty where there is none that the reader may know of."""
        run = self.version.run if self.version else None
        return f"{self.model.source.web_url}/#/experiments/{run.experiment_id}/runs/{run.run_id}" if run else ""

    @property
    def read_at(self) -> object:
        """When MLflow was last read to the end; None for never."""
        return self.model.source.last_good_sync_at


def compose(model: RegisteredModel, person: Person) -> Page:
    """The page of a model that the person may know of, which came with its source and project. About ten queries,
    whatever hangs on it; composed once for each model instance.
    """
    kept: Page | None = model.__dict__.get("_page")
    if kept is not None:
        return kept
    facts = facts_of([model], person, with_versions=True)[model.pk]
    guide = guide_of(model, person)
    text = guide.published if guide else None
    figures = of_models([model], person)[model.pk]
    first = next((one for one in figures if one.is_of_model and not one.is_withheld), None)
    version = facts.versions.get(facts.version or 0)
    page = Page(
        model=model,
        facts=facts,
        guide=guide,
        text=text,
        sections=shown_sections(text, facts),
        completeness=completeness(text, facts.version),
        figures=figures,
        first=first,
        others=[one for one in figures if one is not first],
        health=health(model, facts, figures, timezone.now()),
        version=version,
        signature=signature(facts.version, version.files if version else None, version.files_error if version else ""),
        aliases=sorted((alias, int(number)) for alias, number in model.aliases.items()),
        changes=changes_of([model], {model.pk: guide} if guide else {}, person, most=6)[model.pk],
        may_write=access.may(person, "modelpage.write", model),
    )
    model.__dict__["_page"] = page
    return page


def shown_sections(text: Revision | None, facts: Facts) -> list[ShownSection]:
    """The written sections in their order, each with what a reader must know of the versions it was written for."""
    parts = parts_of(text)
    found = []
    for one in SECTIONS:
        if one.key in parts:
            versions = versions_of(parts[one.key])
            html = parts[one.key].get("html", "")
            found.append(ShownSection(one.key, one.title, html, versions, _warning(versions, facts)))
    return found


def _warning(versions: Sequence[int], facts: Facts) -> str:
    now = facts.version
    if now is None or now in versions:
        return ""
    where = "is in production now" if now == facts.production else "is the newest"
    written = f"Written for {numbered(versions)}" if versions else "It is not said for which version this was written"
    return f"{written}. Version {now} {where}: this may not hold for it."


def numbered(versions: Sequence[int]) -> str:
    """ "version 7", "versions 5, 6 and 7"."""
    if len(versions) == 1:
        return f"version {versions[0]}"
    return f"versions {', '.join(map(str, versions[:-1]))} and {versions[-1]}"
