"""The verbs of mentors: a profile, what they know, when they work, when they do not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person, Role
from coe.core import access, events, markdown
from coe.core.errors import EditConflict, Refused
from coe.mentors import changed, checks
from coe.mentors.calendars import today_of
from coe.mentors.models import Away, Mentor, Skill

MOST_AWAY = 60


def locked(mentor_id: int, actor: Person) -> Mentor:
    """The mentor under the row's lock, for whoever may keep the profile.

    Raises `Mentor.DoesNotExist` and `PermissionDenied`.
    """
    visible = Mentor.objects.visible_to(actor).select_related("person")
    mentor: Mentor = visible.select_for_update(of=("self",)).get(pk=mentor_id)
    access.require(actor, "mentor.edit", mentor)
    return mentor


def _record(mentor: Mentor, actor: Person, verb: str, **facts: object) -> None:
    """Every change here may free a place or take one away."""
    events.record(actor=actor, verb=verb, subject=mentor, facts={"mentor": str(mentor.person), **facts})
    changed.notify()


@transaction.atomic
def begin_mentoring(*, actor: Person, person_id: int) -> Mentor:
    """Make the profile of somebody with the role of a mentor: one's own, or anybody's for the centre.

    Raises `Person.DoesNotExist`, `PermissionDenied`, and `Refused` for a closed account, for somebody without the
    role, and for who has a profile.
    """
    # One after the other: a double click is one profile.
    person = Person.objects.visible_to(actor).select_for_update(no_key=True).get(pk=person_id)
    access.require(actor, "mentor.begin", person)
    if not person.is_active:
        raise Refused(f"The account of {person} is closed.")
    if not person.grants.filter(role=Role.MENTOR).exists():
        raise Refused(f"{person} does not have the role of a mentor. Give it first, on the person’s page.")
    if Mentor.objects.filter(person=person).exists():
        raise Refused(f"{person} has a profile already.")
    mentor = Mentor.objects.create(person=person, languages=["en"])
    _record(mentor, actor, "mentor.began")
    return mentor


def change_profile(*, mentor_id: int, actor: Person, version: int | None = None, **parts: Any) -> Mentor:
    """Change the given parts: about (Markdown), units, languages, zone, country, region, capacity, wanted, unwanted.

    `version` is the one that the editor saw; None overwrites whatever stands there. Raises `Mentor.DoesNotExist`,
    `PermissionDenied`, `ValidationError` by field, `EditConflict`.
    """
    shown = Mentor.objects.visible_to(actor).get(pk=mentor_id)
    access.require(actor, "mentor.edit", shown)
    # Outside of the lock: rendering may take its time.
    about = checks.words(parts["about"], "about", 2000) if "about" in parts else ""
    html = markdown.render(about, field="about") if about else ""
    with transaction.atomic():
        mentor = locked(mentor_id, actor)
        if version is not None and version != mentor.version:
            raise EditConflict(mentor, "profile")
        found = checks.parts(parts, mentor)
        fields = [field for field, value in found.items() if not _same(mentor, field, value)]
        if not fields:
            return mentor
        columns = [field for field in fields if field != "units"]
        for field in columns:
            setattr(mentor, field, found[field])
        if "units" in fields:
            mentor.units.set(found["units"])
        if "about" in fields:
            mentor.about_html = html
            columns.append("about_html")
        mentor.version += 1
        mentor.save(update_fields=[*columns, "version"])
        _record(mentor, actor, "mentor.changed", fields=fields)
    return mentor


def _same(mentor: Mentor, field: str, value: Any) -> bool:
    if field == "units":
        return set(mentor.units.values_list("pk", flat=True)) == {unit.pk for unit in value}
    return bool(getattr(mentor, field) == value)


@transaction.atomic
def set_skills(*, mentor_id: int, actor: Person, skills: Mapping[str, int]) -> Mentor:
    """Say what the mentor knows, as levels (1 to 3) by tag: these and no others.

    Raises `Mentor.DoesNotExist`, `PermissionDenied`, `ValidationError` on `skills`.
    """
    mentor = locked(mentor_id, actor)
    wanted = checks.skills(skills)
    kept = {skill.tag: skill.level for skill in mentor.skills.all()}
    if kept == wanted:
        return mentor
    mentor.skills.exclude(tag__in=wanted).delete()
    Skill.objects.bulk_create(
        [Skill(mentor=mentor, tag=tag, level=level) for tag, level in wanted.items()],
        update_conflicts=True,
        unique_fields=["mentor", "tag"],
        update_fields=["level"],
    )
    _record(mentor, actor, "mentor.skills_set", tags=", ".join(wanted) or "nothing any more")
    return mentor


@transaction.atomic
def set_week(*, mentor_id: int, actor: Person, week: Any) -> Mentor:
    """Say when the mentor works: for each day from Monday on its spans as [start, end] in minutes after midnight.

    Raises `Mentor.DoesNotExist`, `PermissionDenied`, `ValidationError` on `week`.
    """
    mentor = locked(mentor_id, actor)
    wanted = checks.week(week)
    if wanted == mentor.week:
        return mentor
    mentor.week = wanted
    mentor.save(update_fields=["week"])
    _record(mentor, actor, "mentor.changed", fields=["working_hours"])
    return mentor


@transaction.atomic
def add_away(*, mentor_id: int, actor: Person, first: date, last: date, note: str = "") -> Away:
    """Say that the mentor is away from the first to the last day, both included; the note is for the mentor alone.

    Raises `Mentor.DoesNotExist`, `PermissionDenied`, `ValidationError` by field, `Refused` for days given already.
    """
    mentor = locked(mentor_id, actor)
    today = today_of(mentor)
    checks.away(first, last, today)
    note = checks.words(note, "note", 120)
    if mentor.away.filter(first__lte=first, last__gte=last).exists():
        raise Refused("Those days are given already.")
    if mentor.away.filter(last__gte=today).count() >= MOST_AWAY:
        raise Refused(f"There are {MOST_AWAY} entries to come already. Remove one first.")
    away = Away.objects.create(mentor=mentor, first=first, last=last, note=note)
    _record(mentor, actor, "mentor.away_added", first=first.isoformat(), last=last.isoformat())
    return away


@transaction.atomic
def remove_away(*, away_id: int, actor: Person) -> Mentor:
    """Take back that the mentor is away then. Raises `Away.DoesNotExist`, `PermissionDenied`."""
    visible = Away.objects.filter(mentor__in=Mentor.objects.visible_to(actor).order_by().values("pk"))
    mentor = locked(visible.values_list("mentor_id", flat=True).get(pk=away_id), actor)
    # Looked for again under the lock: somebody may have removed it meanwhile.
    away = mentor.away.get(pk=away_id)
    away.delete()
    _record(mentor, actor, "mentor.away_removed", first=away.first.isoformat(), last=away.last.isoformat())
    return mentor


@transaction.atomic
def pause(*, mentor_id: int, actor: Person, until: date | None) -> Mentor:
    """Take no further requests: until that day, on which they come again, or until the mentor says so.

    Said again, the new end counts. Raises `Mentor.DoesNotExist`, `PermissionDenied`, `ValidationError` on `until`,
    `Refused` for who has stopped.
    """
    mentor = locked(mentor_id, actor)
    checks.pause(until, today_of(mentor))
    _refuse_stopped(mentor)
    mentor.paused_at, mentor.paused_until = timezone.now(), until
    mentor.save(update_fields=["paused_at", "paused_until"])
    _record(mentor, actor, "mentor.paused", until=f" until {until.isoformat()}" if until else "")
    return mentor


@transaction.atomic
def resume(*, mentor_id: int, actor: Person) -> Mentor:
    """Take requests again. Raises `Mentor.DoesNotExist`, `PermissionDenied`, `Refused` for who is not paused."""
    mentor = locked(mentor_id, actor)
    _refuse_stopped(mentor)
    if not mentor.is_paused(today_of(mentor)):
        raise Refused(f"{mentor} takes requests already.")
    mentor.paused_at = mentor.paused_until = None
    mentor.save(update_fields=["paused_at", "paused_until"])
    _record(mentor, actor, "mentor.resumed")
    return mentor


@transaction.atomic
def stop(*, mentor_id: int, actor: Person, reason: str) -> Mentor:
    """Mentor no longer. The profile stays, and so do the conversations that are under way.

    Raises `Mentor.DoesNotExist`, `PermissionDenied`, `ValidationError` on `reason`, `Refused` for who has stopped.
    """
    mentor = locked(mentor_id, actor)
    reason = checks.words(reason, "reason", 500, required="must say why")
    _refuse_stopped(mentor)
    mentor.stopped_at, mentor.paused_at, mentor.paused_until = timezone.now(), None, None
    mentor.save(update_fields=["stopped_at", "paused_at", "paused_until"])
    _record(mentor, actor, "mentor.stopped", reason=reason)
    return mentor


@transaction.atomic
def return_to_mentoring(*, mentor_id: int, actor: Person) -> Mentor:
    """Mentor again, with the profile as it was.

    Raises `Mentor.DoesNotExist`, `PermissionDenied`, and `Refused` for who has not stopped or lost the role.
    """
    mentor = locked(mentor_id, actor)
    if mentor.stopped_at is None:
        raise Refused(f"{mentor} has not stopped.")
    if not mentor.person.grants.filter(role=Role.MENTOR).exists():
        raise Refused(f"{mentor} no longer has the role of a mentor. Give it first, on the person’s page.")
    mentor.stopped_at = None
    mentor.save(update_fields=["stopped_at"])
    _record(mentor, actor, "mentor.returned")
    return mentor


def _refuse_stopped(mentor: Mentor) -> None:
    if mentor.stopped_at is not None:
        raise Refused(f"{mentor} does not mentor any more.")
