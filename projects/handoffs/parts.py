"""What the verbs of handoffs share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access
from coe.core.errors import Refused, invalid
from coe.core.http import today
from projects.handoffs.models import ANSWERABLE, Answer, Handoff
from projects.tracking.models import ModelVersion


class Changed(Refused):
    """The handoff is not what the person saw any more."""

    def __init__(self) -> None:
        super().__init__("Something changed on this handoff while you were looking at it. Look again, then decide.")


def locked(handoff_id: int, actor: Person | None) -> Handoff:
    """The handoff under its row's lock. Raises `Handoff.DoesNotExist` for whoever may not know of it."""
    known = Handoff.objects.all() if actor is None else Handoff.objects.visible_to(actor)
    handoff: Handoff = (
        known.select_for_update(of=("self",))
        .select_related("project__unit", "model_version__model", "checklist", "edition", "receiving_unit")
        .get(pk=handoff_id)
    )
    return handoff


def answerable(handoff_id: int, actor: Person) -> Handoff:
    """The locked handoff, if the actor's team may answer it now."""
    handoff = locked(handoff_id, actor)
    access.require(actor, "handoff.answer", handoff)
    if handoff.state not in ANSWERABLE:
        raise Refused(f"It is {handoff.get_state_display().lower()}: its items cannot be changed now.")
    return handoff


def refuse_unless_open(handoff: Handoff) -> None:
    if not handoff.is_open:
        raise Refused(f"It is {handoff.get_state_display().lower()}: nothing more can be done to it.")


def refuse_if_changed(handoff: Handoff, version: int | None) -> None:
    """`version` is the one that the person saw; None: whatever stands there."""
    if version is not None and version != handoff.version:
        raise Changed


def save(handoff: Handoff, *fields: str) -> None:
    """Save `fields` and count the change."""
    handoff.version += 1
    handoff.save(update_fields=[*fields, "version"])


def enter(handoff: Handoff, state: str, *fields: str) -> datetime:
    """Bring it into `state`, saving `fields` with it; returns the time."""
    now = timezone.now()
    handoff.state, handoff.state_since = state, now
    save(handoff, "state", "state_since", *fields)
    return now


def answer_of(handoff: Handoff, item_key: str) -> Answer:
    """The answer to the item with this key. Raises `ValidationError` on `item`."""
    found = handoff.answers.select_related("item").filter(item__key=item_key).first()
    if found is None:
        raise invalid("item", "must be an item of this handoff’s checklist")
    return found


def newest_version(handoff: Handoff) -> int:
    """The highest version of the model that MLflow still has."""
    there = ModelVersion.objects.filter(model=handoff.model_version.model, missing_since=None)
    most: int | None = there.aggregate(most=Max("version"))["most"]
    return most or handoff.model_version.version


def text(value: str, field: str, most: int, *, required: str = "") -> str:
    """`value` trimmed. Raises `ValidationError` on `field`: too long, or empty where `required` says what lacks."""
    value = value.strip()
    if required and not value:
        raise invalid(field, required)
    if len(value) > most:
        raise invalid(field, f"may have at most {most} characters")
    if "\x00" in value:
        raise invalid(field, "must not hold the character NUL")
    return value


def due_date(value: date | None, *, before: date | None = None) -> date | None:
    """A due date, today or later unless it is left as it was."""
    if value is not None and value != before and value < today():
        raise invalid("due_on", "must not lie in the past")
    return value


def facts_of(handoff: Handoff, **more: Any) -> dict[str, Any]:
    """What every event of a handoff tells."""
    version = handoff.model_version
    return {"name": version.model.name, "version": version.version, "checklist": handoff.checklist.name, **more}
