"""Opening handoffs: by a person, or by Cairn for a version that a source's rule asks for."""

from __future__ import annotations

from datetime import date

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.core import access, events, markdown
from coe.core.errors import Refused, invalid
from projects.catalog.models import Stage
from projects.checklists.models import Checklist, Edition
from projects.checklists.queries import published
from projects.handoffs.checking import run_checks
from projects.handoffs.models import OPEN, Answer, Comment, Handoff, State
from projects.handoffs.parts import answerable, due_date, facts_of, locked, refuse_if_changed, save, text
from projects.registry.models import Hook
from projects.tracking.models import ModelVersion, RegisteredModel

log = structlog.get_logger(__name__)


def open_handoff(
    *,
    actor: Person,
    model_version: ModelVersion,
    checklist: Checklist,
    summary: str = "",
    receiving_unit: BusinessUnit | None = None,
    reviewer: Person | None = None,
    due_on: date | None = None,
) -> Handoff:
    """Open a draft for a version by the checklist's newest edition; its automatic checks run at once.

    Raises `ModelVersion.DoesNotExist` for whoever may not know of the model, `PermissionDenied` to whoever is not of
    the project's team, `ValidationError` by field, `Refused` when the version has an open handoff by this checklist.
    """
    model = RegisteredModel.objects.visible_to(actor).select_related("project__unit").get(pk=model_version.model_id)
    if model.project is None:
        raise invalid("model_version", "must be of a model that belongs to a project: link the model first")
    access.require(actor, "handoff.open", model.project)
    if model_version.missing_since or model.missing_since:
        raise invalid("model_version", "must be one that MLflow still has")
    edition = _edition(checklist)
    if edition is None or checklist.is_archived:
        raise invalid("checklist", "must be one that is published and not put away")
    summary = text(summary, "summary", 4000)
    handoff = Handoff(
        project=model.project,
        model_version=model_version,
        checklist=checklist,
        edition=edition,
        summary=summary,
        summary_html=markdown.render(summary, field="summary"),
        receiving_unit=receiving_unit or model.project.unit,
        due_on=due_date(due_on),
        opened_by=actor,
    )
    if reviewer is not None:
        if not (reviewer.is_active and access.may(reviewer, "handoff.decide", handoff)):
            raise invalid("reviewer", f"must be an approver for {handoff.receiving_unit} who had no hand in it")
        handoff.reviewer = reviewer
    try:
        return _open(handoff, actor, "")
    except IntegrityError:
        there = Handoff.objects.filter(model_version=model_version, checklist=checklist, state__in=OPEN).first()
        raise Refused(
            f"Version {model_version.version} has an open handoff by this checklist already{_at(there)}."
        ) from None


def _at(handoff: Handoff | None) -> str:
    return f" (handoff {handoff.pk})" if handoff else ""


def _edition(checklist: Checklist) -> Edition | None:
    return published(checklist)


@transaction.atomic
def _open(handoff: Handoff, actor: Person | None, because: str) -> Handoff:
    """Save the draft with an answer for each item, and run its checks. Raises `IntegrityError` where one is open."""
    handoff.opened_at = handoff.state_since = timezone.now()
    handoff.save(force_insert=True)
    Answer.objects.bulk_create([Answer(handoff=handoff, item=item) for item in handoff.edition.items.all()])
    facts = facts_of(handoff, because=because)
    events.record(actor=actor, verb="handoff.opened", subject=handoff, facts=facts)
    run_checks(handoff_id=handoff.pk, actor=None)
    handoff.refresh_from_db(fields=["version"])
    return handoff


def open_drafts(source_id: int) -> int:
    """Open a draft for each version of the source that its rule asks for and that never had one; returns how many.

    Safe to run twice, and at once with itself: the database lets each version open one by itself for a checklist.
    """
    hook = Hook.objects.filter(source=source_id).exclude(opens_on=Hook.OpensOn.NOTHING).first()
    if hook is None or hook.opens_since is None:
        return 0
    lists = {one.slug: one for one in Checklist.objects.filter(is_archived=False)}
    default = next((one for one in lists.values() if one.is_default), None)
    opened = 0
    for version in _wanted(hook):
        named = str(version.tags.get(hook.tag_key, "")).strip()
        checklist = lists.get(named, default)
        if checklist is None or Handoff.objects.filter(model_version=version, checklist=checklist).exists():
            continue
        opened += _open_draft(version, checklist, hook)
    return opened


def _wanted(hook: Hook) -> list[ModelVersion]:
    """The versions that the rule asks for and that have no handoff opened by Cairn yet."""
    there = Handoff.objects.filter(model_version=OuterRef("pk")).exclude(origin=Handoff.Origin.HAND)
    asked = Q() if hook.opens_on == Hook.OpensOn.VERSION else Q(tags__has_key=hook.tag_key)
    found = ModelVersion.objects.filter(
        asked,
        ~Exists(there),
        model__source=hook.source_id,
        model__project__isnull=False,
        model__missing_since=None,
        missing_since=None,
        created_at__gte=hook.opens_since,
    ).exclude(model__project__stage=Stage.RETIRED)
    return list(found.select_related("model__project__unit").order_by("created_at", "id"))


def _open_draft(version: ModelVersion, checklist: Checklist, hook: Hook) -> int:
    project, edition = version.model.project, _edition(checklist)
    if project is None or edition is None:
        return 0
    by_tag = hook.opens_on == Hook.OpensOn.TAG
    handoff = Handoff(
        project=project,
        model_version=version,
        checklist=checklist,
        edition=edition,
        origin=Handoff.Origin.TAG if by_tag else Handoff.Origin.VERSION,
        receiving_unit=project.unit,
    )
    try:
        _open(handoff, None, f"because of its tag {hook.tag_key}" if by_tag else "because it is new")
    except IntegrityError:  # another worker was first
        return 0
    log.info("handoff.opened", handoff=handoff.pk, model=version.model.name, version=version.version)
    return 1


def edit_handoff(*, handoff_id: int, actor: Person, summary: str, version: int | None = None) -> Handoff:
    """Change what the team says of the whole.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `summary`.
    """
    known = Handoff.objects.visible_to(actor).select_related("project__unit").get(pk=handoff_id)
    access.require(actor, "handoff.answer", known)
    summary = text(summary, "summary", 4000)
    html = markdown.render(summary, field="summary")
    with transaction.atomic():
        handoff = answerable(handoff_id, actor)
        refuse_if_changed(handoff, version)
        if summary == handoff.summary:
            return handoff
        handoff.summary, handoff.summary_html = summary, html
        save(handoff, "summary", "summary_html")
        events.record(actor=actor, verb="handoff.edited", subject=handoff, facts={"fields": ["summary"]})
    return handoff


def comment(*, handoff_id: int, actor: Person, body: str) -> Comment:
    """Say something about a handoff, in Markdown; also after it was decided.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `ValidationError` on `text`.
    """
    known = Handoff.objects.visible_to(actor).select_related("project__unit", "receiving_unit").get(pk=handoff_id)
    access.require(actor, "handoff.take_part", known)
    body = text(body, "text", 4000, required="must not be empty")
    html = markdown.render(body, field="text")
    with transaction.atomic():
        handoff = locked(handoff_id, actor)
        if handoff.state == State.WITHDRAWN:
            raise Refused("It is withdrawn: nothing more can be said about it.")
        said = Comment.objects.create(handoff=handoff, author=actor, text=body, html=html, at=timezone.now())
        # A comment changes nothing that is decided on, so it does not count as a change.
        events.record(actor=actor, verb="handoff.commented", subject=handoff, facts={"comment": said.pk})
    return said
