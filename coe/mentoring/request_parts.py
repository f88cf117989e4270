"""What the verbs of requests share: the lock, what was typed, who is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q

from coe.accounts.models import Person
from coe.core.errors import Refused, invalid
from coe.mentoring import places
from coe.mentoring.models import Attempt, Request, State
from coe.mentors import tags
from coe.mentors.models import Mentor

GOAL, DETAILS, TEXT, RESOLUTION, REASON, PLACE = 200, 10_000, 20_000, 20_000, 500, 300
MOST_IN_TEAM, MOST_SKILLS = 20, 12
UNRESOLVED = (State.WAITING, State.ASKED, State.OPEN)
LIVE = (Attempt.State.PENDING, Attempt.State.ACCEPTED)


def known(request_id: int, actor: Person) -> Request:
    """The request as it stands. Raises `Request.DoesNotExist` for whoever may not know of it."""
    return Request.objects.visible_to(actor).get(pk=request_id)


def locked(request_id: int, actor: Person) -> Request:
    """The request under its row's lock: every verb comes past here, and locks the row of a mentor only afterwards.

    Raises `Request.DoesNotExist` for whoever may not know of it.
    """
    if not Request.objects.visible_to(actor).filter(pk=request_id).exists():
        raise Request.DoesNotExist
    # Apart from that condition: whoever waited for the lock is told what happened meanwhile, not that nothing is here.
    return Request.objects.select_for_update().get(pk=request_id)


def live(request: Request) -> Attempt | None:
    """Who is asked or answers now, as an attempt; None where nobody is."""
    return request.attempts.filter(state__in=LIVE).select_related("mentor__person").first()


def refuse_resolved(request: Request, what: str) -> None:
    """Raises `Refused` for a request that is resolved or withdrawn; `what` says what may be done instead."""
    if request.state == State.RESOLVED:
        raise Refused(f"It is resolved. {what}")
    if request.state == State.WITHDRAWN:
        raise Refused("It was withdrawn. Ask anew.")


def askers(request: Request) -> list[Person]:
    """The requester and the team, the requester first."""
    return [request.requester, *request.team.order_by("name", "pk")]


def words(value: str, field: str, most: int, *, required: str = "") -> str:
    """`value` trimmed, with the line ends everything is kept with. Raises `ValidationError` on `field`."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if required and not value:
        raise invalid(field, required)
    if len(value) > most:
        raise invalid(field, f"may have at most {most:,} characters")
    if not _can_be_kept(value):
        raise invalid(field, "holds a character that cannot be stored")
    return value


def line(value: str, field: str, most: int, *, required: str = "") -> str:
    """The same on one line."""
    return words(" ".join(value.split()), field, most, required=required)


def _can_be_kept(value: str) -> bool:
    """Whether PostgreSQL takes the text: neither NUL nor half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def topic(value: str) -> str:
    """The topic as tags are kept. Raises `ValidationError` on `topic`."""
    found = tags.clean([line(value, "topic", 200, required="must say what it is about")], "topic")
    if not found:
        raise invalid("topic", "must say what it is about")
    return found[0]


def skills(values: Iterable[str], besides: str) -> list[str]:
    """Further skills as tags are kept, without the topic. Raises `ValidationError` on `skills`."""
    found = [tag for tag in tags.clean((line(one, "skills", 200) for one in values), "skills") if tag != besides]
    if len(found) > MOST_SKILLS:
        raise invalid("skills", f"may be at most {MOST_SKILLS}")
    return found


def team(ids: Sequence[int], requester_id: int, *, already: Iterable[int] = ()) -> list[Person]:
    """The people it is also for: active ones (or in it `already`), none twice, not the requester.

    Raises `ValidationError` on `team`.
    """
    wanted = set(ids)
    if requester_id in wanted:
        raise invalid("team", "must not name whoever asks: they are part of it anyway")
    if len(wanted) > MOST_IN_TEAM:
        raise invalid("team", f"may be at most {MOST_IN_TEAM} people")
    if not all(0 < pk < 2**63 for pk in wanted):
        raise invalid("team", "must be people who have an account here")
    found = list(Person.objects.filter(Q(is_active=True) | Q(pk__in=list(already)), pk__in=wanted))
    if len(found) != len(wanted):
        raise invalid("team", "must be people who have an account here")
    return found


def serving(mentor_id: int, field: str, not_among: Iterable[int]) -> Mentor:
    """The mentor, who mentors now and is none of these people. Raises `ValidationError` on `field`."""
    found = None
    if 0 < mentor_id < 2**63:
        found = Mentor.objects.serving().select_related("person").filter(pk=mentor_id).first()
    if found is None:
        raise invalid(field, "must be somebody who mentors now")
    if found.person_id in set(not_among):
        raise invalid(field, "must not be one of those who ask")
    return found


def locked_serving(mentor_id: int, field: str) -> Mentor:
    """The mentor under the row's lock, if they mentor still. Raises `ValidationError` on `field`."""
    found = places.locked_mentor(mentor_id)
    if not Mentor.objects.serving().filter(pk=mentor_id).exists():
        raise invalid(field, "must be somebody who mentors now")
    return found


def bound(error: ValidationError, field: str) -> ValidationError:
    """The same error under another field."""
    return ValidationError({field: [message for messages in error.message_dict.values() for message in messages]})
