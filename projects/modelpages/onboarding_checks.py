"""What model pages can see of a newcomer's steps: that readers find the guide of the project's model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F

from coe.core.models import Event
from coe.guides.models import Document, Kind
from coe.paths.checks import Check, Finding, Newcomer, Touched, register
from projects.catalog.newcomers import WHOSE, find_by_project, of_kind, touched_by, touched_projects
from projects.tracking.models import RegisteredModel

NO_MODEL = "The project has no registered model to write a guide for yet."
DOCUMENT_VERBS = frozenset(
    f"document.{did}" for did in ("published", "withdrawn", "verified", "archived", "recalled", "imported")
)


def find_guide(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether a registered model of the project has a published guide; with `verified` “yes”, one that somebody
    verified in time. At most three queries.
    """
    verified = str(params.get("verified", "no")) == "yes"

    def of_projects(ids: set[int]) -> dict[int, Finding]:
        models = list(RegisteredModel.objects.filter(project__in=ids, missing_since=None).select_related("source"))
        guides = _guides([one.pk for one in models])
        found: dict[int, Finding] = {}
        for model in models:
            seen = _judged(model, guides.get(model.pk), verified)
            project = model.project_id or 0
            if project not in found or _rank(seen) > _rank(found[project]):
                found[project] = seen
        return found

    return find_by_project(newcomers, of_projects, not_yet=NO_MODEL)


def _guides(model_ids: Sequence[int]) -> dict[int, Document]:
    if not model_ids:
        return {}
    rows = Document.objects.filter(
        kind=Kind.MODEL_GUIDE,
        archived_at=None,
        subject_type=ContentType.objects.get_for_model(RegisteredModel),
        subject_id__in=model_ids,
    )
    return {one.subject_id or 0: one for one in rows}


def _rank(finding: Finding) -> tuple[bool, float]:
    """What is so before what is not; of those, what has been so for longer."""
    return finding.is_so, -finding.at.timestamp() if finding.at else 0.0


def _judged(model: RegisteredModel, guide: Document | None, verified: bool) -> Finding:
    if guide is None:
        return Finding(False, why=f"Nobody has written the guide of {model.name} yet.")
    if guide.published_id is None:
        return Finding(False, why=f"The guide of {model.name} is a draft: nobody has published it.")
    if verified and guide.verified_at is None:
        return Finding(False, why=f"Nobody has verified the guide of {model.name}.")
    if verified and not guide.is_verified:
        return Finding(False, why=f"The verification of the guide of {model.name} has run out.")
    at = guide.verified_at if verified else guide.first_published_at or guide.published_at
    return Finding(True, at=at, evidence=((f"The page of {model.name}", model.get_absolute_url()),))


def touched(events: Sequence[Event]) -> Touched:
    """Whom events about projects, and about the guides of their models, concern."""
    documents = Document.objects.filter(
        pk__in=of_kind(events, Document), subject_type=ContentType.objects.get_for_model(RegisteredModel)
    )
    models = RegisteredModel.objects.filter(
        pk__in=documents.order_by().values(model=F("subject_id")), project__isnull=False
    )
    found = touched_projects(one for one in models.values_list("project_id", flat=True) if one)
    direct = touched_by(events)
    return Touched(people=found.people | direct.people, subjects=found.subjects | direct.subjects)


register(
    Check(
        key="model_guide_published",
        label="Model guide published",
        not_yet="Cairn waits until the guide of one of the project’s models is published.",
        verbs=WHOSE | DOCUMENT_VERBS | {"model.linked", "model.unlinked", "project.models_seen"},
        find=find_guide,
        touched=touched,
        params={"verified": "“yes” asks that somebody verified it, and that this has not run out."},
    )
)
