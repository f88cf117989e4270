"""The verbs of projects."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from coe.accounts.models import BusinessUnit, Person
from coe.core import access, changes, events, markdown
from coe.core.errors import EditConflict, Refused, invalid
from coe.core.fields import save_new
from coe.core.http import today
from projects.catalog import gates, stages
from projects.catalog.models import Member, Project, Responsibility, Stage, StageMove, Status, StatusUpdate
from projects.catalog.parts import FIGURES_DEPEND_ON, GOVERNED, check_slug, free_slug, tidied


def _locked(slug: str, actor: Person) -> Project:
    visible = Project.objects.visible_to(actor).select_related("unit", "owner")
    project: Project = visible.select_for_update(of=("self",)).get(slug=slug)
    return project


def _start_of(day: date) -> datetime:
    """The instant at which `day` begins in the company's time zone."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def _checked_day(on: date | None, *, earliest: date | None = None) -> date:
    day = on or today()
    if day > today():
        raise invalid("on", "must not lie in the future")
    if earliest and day < earliest:
        raise invalid("on", f"must not be before the last move, {earliest.isoformat()}")
    return day


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise invalid("reason", "must say why")
    if len(reason) > 500:
        raise invalid("reason", "may have at most 500 characters")
    return reason


def create_project(
    *,
    actor: Person,
    name: str,
    summary: str,
    unit: BusinessUnit,
    owner: Person,
    slug: str = "",
    stage: str = Stage.IDEA,
    on: date | None = None,
    reason: str = "Added to the catalog",
    **parts: Any,
) -> Project:
    """Add a project to the catalog, in `stage` since `on` (today by default); `parts` are those of `parts.PARTS`.

    Raises `ValidationError` by field, `PermissionDenied` to whoever may not add projects in the unit, and `Refused`
    when a gate keeps it out of the stage.
    """
    access.require(actor, "project.create", unit)
    found = tidied({**parts, "name": name, "summary": summary, "unit": unit, "owner": owner})
    stakeholders = found.pop("stakeholders", [])
    html = markdown.render(found.get("problem", ""), field="problem")
    day, reason = _checked_day(on), _checked_reason(reason)
    if stage not in Stage.values:
        raise invalid("stage", "must be one of " + ", ".join(Stage.values))
    check_slug(slug)
    with transaction.atomic():
        project = Project(**{"currency": settings.CURRENCY, **found}, slug=slug or free_slug(name), stage=stage)
        project.problem_html = html
        project.full_clean(exclude=["problem_html", "search_text"])
        if refusals := gates.refusals(project, stage):
            raise Refused(" ".join(refusals))
        save_new(project)
        project.stakeholders.set(stakeholders)
        StageMove.objects.create(
            project=project, before="", after=stage, on=day, reason=reason, actor=actor, owner=project.owner
        )
        if not Project.objects.visible_to(actor).filter(pk=project.pk).exists():
            raise invalid("visibility", "would hide it from you: choose another, or be its owner")
        changes.note(affects_from=changes.EVER, what="project.created")
        events.record(actor=actor, verb="project.created", subject=project, facts={"name": name, "stage": stage})
    return project


def edit_project(*, slug: str, actor: Person, version: int | None = None, **parts: Any) -> Project:
    """Change the given parts. `version` is the one that the editor saw; None overwrites whatever stands there.

    Raises `Project.DoesNotExist`, `PermissionDenied` (the owner, the unit, who sees it: only for whoever governs it;
    another unit: only for whoever may add projects there), `ValidationError` by field, `EditConflict`.
    """
    found = tidied(parts)
    html = markdown.render(found["problem"], field="problem") if "problem" in found else ""
    with transaction.atomic():
        project = _locked(slug, actor)
        access.require(actor, "project.edit", project)
        if version is not None and version != project.version:
            raise EditConflict(project, "project")
        changed = [field for field, value in found.items() if not _same(project, field, value)]
        if GOVERNED.intersection(changed):
            access.require(actor, "project.govern", project)
        if "unit" in changed:
            access.require(actor, "project.create", found["unit"])
        if not changed:
            return project
        if "stakeholders" in changed:
            project.stakeholders.set(found["stakeholders"])
        columns = [field for field in changed if field != "stakeholders"]
        for field in columns:
            setattr(project, field, found[field])
        if "problem" in changed:
            project.problem_html = html
            columns.append("problem_html")
        project.full_clean(exclude=["problem_html", "search_text"])
        project.version += 1
        project.save(update_fields=[*columns, "version", "updated_at"])
        # Who may see a project that not everyone sees decides whose figures it is in.
        restricted = project.visibility != "company" and {"owner", "sponsor", "stakeholders"}.intersection(changed)
        if restricted or FIGURES_DEPEND_ON.intersection(changed):
            changes.note(affects_from=changes.EVER, what="project.edited")
        events.record(actor=actor, verb="project.edited", subject=project, facts={"fields": changed})
    return project


def _same(project: Project, field: str, value: Any) -> bool:
    if field == "stakeholders":
        return set(project.stakeholders.values_list("pk", flat=True)) == {person.pk for person in value}
    return bool(getattr(project, field) == value)


def obstacles(project: Project, to: str) -> list[str]:
    """Why the project may not move to `to` by the rules, as sentences; the centre can override them with a reason."""
    if to not in stages.next_stages(project.stage):
        before, after = Stage(project.stage).label.lower(), Stage(to).label.lower()
        return [f"A project does not move from {before} to {after} in one step."]
    return gates.refusals(project, to)


@transaction.atomic
def move_stage(
    *, slug: str, actor: Person, to: str, reason: str, on: date | None = None, is_override: bool = False
) -> StageMove:
    """Move a project to the stage `to` as of the day `on` (today by default); the reason is kept for good.

    `is_override`: by the centre, where the rules would not let it. Raises `Project.DoesNotExist`, `PermissionDenied`,
    `ValidationError` by field, `Refused` when it is there already or may not go there.
    """
    if to not in Stage.values:
        raise invalid("to", "must be one of " + ", ".join(Stage.values))
    reason = _checked_reason(reason)
    project = _locked(slug, actor)
    access.require(actor, "project.override" if is_override else "project.govern", project)
    if to == project.stage:
        raise Refused(f"It is in {project.get_stage_display().lower()} already.")
    last = project.moves.order_by("-on", "-id").first()
    day = _checked_day(on, earliest=last.on if last else None)
    against = obstacles(project, to)
    if against and not is_override:
        raise Refused(" ".join(against))
    move = StageMove.objects.create(
        project=project,
        before=project.stage,
        after=to,
        on=day,
        reason=reason,
        is_override=bool(against),
        actor=actor,
        owner=project.owner,
    )
    project.stage = to
    project.save(update_fields=["stage", "updated_at"])
    changes.note(affects_from=_start_of(day), what="project.moved")
    facts = {
        "before": move.before,
        "after": to,
        "on": day.isoformat(),
        "reason": reason,
        "is_override": move.is_override,
        "owner": str(project.owner),
    }
    events.record(actor=actor, verb="project.moved", subject=project, facts=facts)
    return move


def _note_if_restricted(project: Project) -> None:
    """Members see the figures of a project that not everyone sees."""
    if project.visibility != "company":
        changes.note(affects_from=changes.EVER, what="project.members")


@transaction.atomic
def add_member(*, slug: str, actor: Person, person: Person, responsibility: str) -> Member:
    """Give a person a responsibility in the project; twice is the same as once.

    Raises `Project.DoesNotExist`, `PermissionDenied`, `ValidationError` by field.
    """
    if responsibility not in Responsibility.values:
        raise invalid("responsibility", "must be one of " + ", ".join(Responsibility.values))
    project = _locked(slug, actor)
    access.require(actor, "project.govern", project)
    if not person.is_active:
        raise invalid("person", f"must be somebody whose account is open; {person}’s is closed")
    member, is_new = Member.objects.get_or_create(project=project, person=person, responsibility=responsibility)
    if is_new:
        _note_if_restricted(project)
        facts = _who(member)
        events.record(actor=actor, verb="project.member_added", subject=project, facts=facts)
    return member


@transaction.atomic
def remove_member(*, slug: str, actor: Person, member_id: int) -> None:
    """Take a person off one responsibility. One may step down by oneself.

    Raises `Project.DoesNotExist`, `Member.DoesNotExist`, `PermissionDenied`.
    """
    project = _locked(slug, actor)
    member = project.members.select_for_update(of=("self",)).select_related("person").get(pk=member_id)
    if member.person_id != actor.pk:
        access.require(actor, "project.govern", project)
    facts = _who(member)
    member.delete()
    _note_if_restricted(project)
    events.record(actor=actor, verb="project.member_removed", subject=project, facts=facts)


def _who(member: Member) -> dict[str, Any]:
    responsibility = member.get_responsibility_display().lower()
    return {"person": str(member.person), "person_id": member.person_id, "responsibility": responsibility}


def give_status(*, slug: str, actor: Person, status: str, text: str = "") -> StatusUpdate:
    """Say how the project goes: on track, at risk or off track, and why in Markdown (needed unless it is on track).

    Raises `Project.DoesNotExist`, `PermissionDenied`, `ValidationError` by field.
    """
    if status not in Status.values:
        raise invalid("status", "must be one of " + ", ".join(Status.values))
    text = text.strip()
    if not text and status != Status.ON_TRACK:
        raise invalid("text", "must say what is wrong and what is done about it")
    if len(text) > 4000:
        raise invalid("text", "may have at most 4000 characters")
    html = markdown.render(text)
    with transaction.atomic():
        project = _locked(slug, actor)
        access.require(actor, "project.edit", project)
        update = StatusUpdate.objects.create(project=project, status=status, text=text, html=html, author=actor)
        project.latest_status = status
        project.save(update_fields=["latest_status", "updated_at"])
        facts = {"status": update.get_status_display().lower()}
        events.record(actor=actor, verb="project.status_given", subject=project, facts=facts)
    return update
