"""The verbs of people, roles, tokens and sessions; those of units are found here too.

`actor` is None only where the operator acts at the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from coe.accounts.models import ApiToken, BusinessUnit, Grant, Person, Role
from coe.accounts.rules import is_administrator
from coe.accounts.unit_services import change_unit, create_unit
from coe.core import access, events
from coe.core.errors import Refused, invalid

__all__ = [
    "add_person",
    "change_person",
    "change_unit",
    "create_unit",
    "deactivate_person",
    "end_sessions",
    "grant_role",
    "issue_token",
    "reactivate_person",
    "revoke_grant",
    "revoke_token",
]

# What the lead of a unit may give and take within it; everything else is the centre's.
LEADS_GIVE = frozenset({Role.VIEWER, Role.CONTRIBUTOR})
_PERSON_FIELDS = ("email", "name", "title", "unit", "timezone")


def _require(actor: Person | None, action: str, obj: object = None) -> None:
    if actor is not None:
        access.require(actor, action, obj)


def _locked(person_id: int, actor: Person | None) -> Person:
    people = Person.objects.all() if actor is None else Person.objects.visible_to(actor)
    person: Person = people.select_for_update(of=("self",)).get(pk=person_id)
    return person


def _check(person: Person, *, exclude: Sequence[str] = ("password",)) -> None:
    """Raises `ValidationError` by field for whatever the model's own rules refuse."""
    if person.timezone and person.timezone not in available_timezones():
        raise invalid("timezone", "must be the name of a time zone, like Europe/Paris")
    person.full_clean(exclude=exclude)


def _lock_administrators() -> None:
    """Locks every administrator's grant, so that two who take one away see each other."""
    list(Grant.objects.select_for_update(of=("self",)).filter(role=Role.ADMINISTRATOR).order_by("pk"))


def _refuse_the_last_administrator(person: Person) -> None:
    """Call after `_lock_administrators`. Raises `Refused` when nobody else would administer the centre."""
    others = Grant.objects.filter(role=Role.ADMINISTRATOR, person__is_active=True).exclude(person=person)
    if not others.exists():
        raise Refused("This is the last administrator. Make somebody else an administrator first.")


@transaction.atomic
def add_person(
    *,
    email: str,
    name: str,
    actor: Person | None,
    title: str = "",
    unit: BusinessUnit | None = None,
    timezone_name: str = "",
    password: str | None = None,
) -> Person:
    """Add somebody who may then sign in; without a password they choose one by "forgot password".

    Raises `ValidationError` by field, `PermissionDenied` to whoever is not of the centre.
    """
    _require(actor, "person.manage")
    person = Person(
        email=email.strip().lower(), name=name.strip(), title=title.strip(), unit=unit, timezone=timezone_name
    )
    _check(person)
    if password is not None:
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from None
    person.set_password(password)
    person.save(force_insert=True)
    events.record(actor=actor, verb="person.added", subject=person, facts={"name": person.name})
    return person


@transaction.atomic
def change_person(
    *,
    person_id: int,
    actor: Person,
    email: str | None = None,
    name: str | None = None,
    title: str | None = None,
    unit: BusinessUnit | bool | None = False,
    timezone_name: str | None = None,
) -> Person:
    """Change what is given (None, and False for the unit, leave a thing as it is). One may set one's own time zone.

    Raises `Person.DoesNotExist`, `PermissionDenied`, `ValidationError` by field.
    """
    person = _locked(person_id, actor)
    if actor.pk != person.pk or not (email is name is title is None and unit is False):
        access.require(actor, "person.manage", person)
    before = {field: getattr(person, field) for field in _PERSON_FIELDS}
    if email is not None:
        person.email = email.strip().lower()
    if name is not None:
        person.name = name.strip()
    if title is not None:
        person.title = title.strip()
    if not isinstance(unit, bool):
        person.unit = unit
    if timezone_name is not None:
        person.timezone = timezone_name
    changed = [field for field in _PERSON_FIELDS if getattr(person, field) != before[field]]
    if not changed:
        return person
    _check(person)
    person.save(update_fields=changed)
    events.record(actor=actor, verb="person.changed", subject=person, facts={"fields": changed})
    return person


@transaction.atomic
def deactivate_person(*, person_id: int, actor: Person) -> Person:
    """Close an account: its sessions and API tokens end at once; what the person made and owns stays.

    Raises `Refused` for the last administrator and for an account that is closed already.
    """
    _lock_administrators()
    person = _locked(person_id, actor)
    access.require(actor, "person.manage", person)
    if not person.is_active:
        raise Refused(f"The account of {person} is closed already.")
    if person.grants.filter(role=Role.ADMINISTRATOR).exists():
        _refuse_the_last_administrator(person)
    person.is_active = False
    person.session_epoch += 1
    person.save(update_fields=["is_active", "session_epoch"])
    ApiToken.objects.filter(user=person).delete()
    events.record(actor=actor, verb="person.deactivated", subject=person)
    return person


@transaction.atomic
def reactivate_person(*, person_id: int, actor: Person) -> Person:
    """Open a closed account again, with the roles it had. Raises `Refused` when it is open."""
    person = _locked(person_id, actor)
    access.require(actor, "person.manage", person)
    if person.is_active:
        raise Refused(f"The account of {person} is open.")
    person.is_active = True
    person.save(update_fields=["is_active"])
    events.record(actor=actor, verb="person.reactivated", subject=person)
    return person


def _require_grant(actor: Person | None, role: str, unit: BusinessUnit | None) -> None:
    _require(actor, "grant.give", unit)
    if actor is not None and role not in LEADS_GIVE and not is_administrator(actor):
        raise PermissionDenied("grant.give")


def may_revoke(actor: Person, grant: Grant) -> bool:
    """Whether `actor` could take this role away (were it not the last administrator's)."""
    return access.may(actor, "grant.give", grant.unit) and (grant.role in LEADS_GIVE or is_administrator(actor))


@transaction.atomic
def grant_role(*, person_id: int, role: str, unit: BusinessUnit | None, actor: Person | None) -> Grant:
    """Give a role everywhere, or for `unit` and its sub-units; in force at once. Given twice, it is the same grant.

    Raises `ValidationError` for an unknown role or an administrator of a unit alone, `PermissionDenied` to whoever may
    not give it, `Refused` for a closed account.
    """
    if role not in Role.values:
        raise invalid("role", "must be one of " + ", ".join(Role.values))
    if role == Role.ADMINISTRATOR and unit is not None:
        raise invalid("unit", "must be empty: an administrator has the whole company")
    person = _locked(person_id, actor)
    _require_grant(actor, role, unit)
    if not person.is_active:
        raise Refused(f"The account of {person} is closed.")
    grant, is_new = Grant.objects.get_or_create(person=person, role=role, unit=unit, defaults={"granted_by": actor})
    if is_new:
        facts = {"role": grant.get_role_display(), "where": str(unit or "the whole company")}
        events.record(actor=actor, verb="role.granted", subject=person, facts=facts)
    return grant


@transaction.atomic
def revoke_grant(*, person_id: int, grant_id: int, actor: Person) -> None:
    """Take a role away; in force at once.

    Raises `Grant.DoesNotExist` when the person does not hold it (any more), `PermissionDenied` to whoever could not
    have given it, `Refused` for the last administrator's.
    """
    _lock_administrators()
    person = _locked(person_id, actor)
    grant = person.grants.select_for_update(of=("self",)).select_related("unit").get(pk=grant_id)
    _require_grant(actor, grant.role, grant.unit)
    if grant.role == Role.ADMINISTRATOR and person.is_active:
        _refuse_the_last_administrator(person)
    facts = {"role": grant.get_role_display(), "where": str(grant.unit or "the whole company")}
    grant.delete()
    events.record(actor=actor, verb="role.revoked", subject=person, facts=facts)


@transaction.atomic
def end_sessions(*, person_id: int, actor: Person) -> Person:
    """End every session of a person (one's own, or anybody's for the centre). A page may renew the one it serves."""
    person = _locked(person_id, actor)
    if actor.pk != person.pk:
        access.require(actor, "person.manage", person)
    person.session_epoch += 1
    person.save(update_fields=["session_epoch"])
    events.record(actor=actor, verb="sessions.ended", subject=person)
    return person


@transaction.atomic
def issue_token(
    *, person_id: int, actor: Person | None, name: str = "script", days: int | None = None
) -> tuple[ApiToken, str]:
    """A new API token of the person's own: the row that stays, and the token itself, which nobody can read again.

    It lasts `days` (at most `settings.TOKEN_DAYS`, which is the default). Raises `ValidationError` by field,
    `PermissionDenied` for somebody else's account, `Refused` for a closed one.
    """
    days = settings.TOKEN_DAYS if days is None else days
    if not 1 <= days <= settings.TOKEN_DAYS:
        raise invalid("days", f"must be from 1 to {settings.TOKEN_DAYS}")
    name = name.strip()
    if not name or len(name) > 80:
        raise invalid("name", "must have 1 to 80 characters")
    person = _locked(person_id, actor)
    if actor is not None and actor.pk != person.pk:
        raise PermissionDenied("token.issue")
    if not person.is_active:
        raise Refused(f"The account of {person} is closed.")
    kept, token = ApiToken.objects.create(user=person, expiry=timedelta(days=days), name=name)
    events.record(actor=actor, verb="token.issued", subject=person, facts={"name": name, "days": days})
    return kept, token


@transaction.atomic
def revoke_token(*, person_id: int, token_key: str, actor: Person) -> None:
    """End one API token of one's own (or anybody's for the centre), named by its first characters; it stops at once.

    Raises `ApiToken.DoesNotExist` when there is none like it.
    """
    person = _locked(person_id, actor)
    if actor.pk != person.pk:
        access.require(actor, "person.manage", person)
    token = ApiToken.objects.select_for_update().filter(user=person, token_key=token_key).order_by("-created").first()
    if token is None:
        raise ApiToken.DoesNotExist(token_key)
    token.delete()
    events.record(actor=actor, verb="token.revoked", subject=person, facts={"name": token.name})


def live_tokens(person: Person) -> list[ApiToken]:
    """The person's tokens that have not expired, newest first."""
    return list(ApiToken.objects.filter(user=person, expiry__gt=timezone.now()))
