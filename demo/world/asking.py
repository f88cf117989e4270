"""A year of requests: routed, answered or not, written about, resolved and rated.

Who is asked is for Cairn to find: the worker's sweeps run at their time, as if it had been there. What the mentor then
does is told by whoever it is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from unittest import mock

from django.conf import settings
from django.utils import timezone

from coe.accounts.models import Person
from coe.guides import services as guides
from coe.guides.models import Document
from coe.mentoring import places, placing, services
from coe.mentoring.models import Attempt, Request
from coe.mentors import hours
from coe.mentors.calendars import calendar_of
from coe.mentors.hours import Calendar
from coe.mentors.models import Mentor, working_week
from demo.world.asked import Asked, Done, conversations
from demo.world.clock import SEED, Story, moment, today
from demo.world.content.mentoring.served import SERVED
from demo.world.guiding import models
from demo.world.people import Cast
from demo.world.saying import pair
from projects.catalog.models import Project

_SOON = timedelta(minutes=1)
_AGAIN = timedelta(hours=3)
_USUAL = tuple(tuple((start, end) for start, end in day) for day in working_week())


def nobody_is_woken() -> AbstractContextManager[object]:
    """Within it the running worker is not sent after each of these requests: the story makes its sweeps itself."""
    return mock.patch.object(places, "_nudge")


def missing() -> bool:
    """Whether nobody has asked anything yet."""
    return not Request.objects.exists()


def add_requests(story: Story, cast: Cast) -> None:
    """All of them, and the answers that were there already."""
    desk = Desk(story, cast)
    for plan in conversations():
        story.add(_begins(plan), partial(desk.ask, plan))
    for ago, who, topic, found in SERVED:
        story.add(moment(ago, f"served {found}"), partial(_serve, cast.people[who], topic, found))


def _begins(plan: Asked) -> datetime:
    """On a day of work; of lately on the very day, and of what waits today and yesterday to the hour."""
    if plan.ago < 3:
        return datetime.now(UTC) - timedelta(days=plan.ago)
    day = today() - timedelta(days=round(plan.ago))
    return moment(day if plan.is_live else _workday(day), f"ask {plan.goal}")


def _workday(day: date) -> date:
    """The day, or the Friday before it."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _serve(person: Person, topic: str, found: str) -> None:
    document = Document.objects.visible_to(person).published_only().filter(slug=found).first()
    thread = Request.objects.visible_to(person).filter(goal=found, state="resolved").first()
    if document is not None:
        services.note_served(actor=person, topic=topic, document_id=document.pk)
    elif thread is not None:
        services.note_served(actor=person, topic=topic, thread_id=thread.pk)


@dataclass
class Desk:
    """Everything that is asked. What would come after today is left undone."""

    story: Story
    cast: Cast
    threads: dict[int, Thread] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    end: datetime = field(default_factory=lambda: datetime.now(UTC))
    _sweeps_at: datetime | None = None

    def add(self, at: datetime, do: Callable[[], object]) -> None:
        if at <= self.end:
            self.story.add(at, do)

    def ask(self, plan: Asked) -> None:
        """Send the request; a minute later somebody is asked."""
        thread = Thread(self, plan)
        thread.send()
        self.threads[thread.pk] = thread
        self.soon()

    def soon(self) -> None:
        """What a nudge does: the worker looks at the queue."""
        self.add(min(timezone.now() + _SOON, self.end), self.sweep)

    def sweep(self) -> None:
        """The worker's sweep. Whoever is asked by it then does what is told of them."""
        placing.sweep()
        pending = Attempt.objects.filter(state=Attempt.State.PENDING).exclude(pk__in=self.seen)
        for attempt in pending.select_related("mentor__person").order_by("pk"):
            self.seen.add(attempt.pk)
            if attempt.request_id in self.threads:
                self.threads[attempt.request_id].asked(attempt)
        now = timezone.now()
        waits = Request.objects.filter(state="waiting").exists()
        if waits and (self._sweeps_at is None or self._sweeps_at <= now):
            self._sweeps_at = now + _AGAIN
            self.add(self._sweeps_at, self.sweep)


@dataclass
class Thread:
    """One request and its conversation. `place` is the act that comes next."""

    desk: Desk
    plan: Asked
    pk: int = 0
    place: int = 0

    def __post_init__(self) -> None:
        self.turns = list(self.plan.turns)
        self.random = Random(f"{SEED} {self.plan.goal}")

    @property
    def request(self) -> Request:
        return Request.objects.select_related("requester", "mentor__person").get(pk=self.pk)

    def person(self, who: str) -> Person:
        request = self.request
        if who == "m":
            assert request.mentor is not None
            return request.mentor.person
        return self.desk.cast.people[self.plan.team[0]] if who == "t" else request.requester

    def send(self) -> None:
        plan, people = self.plan, self.desk.cast.people
        subject, version = self._about()
        wanted = Mentor.objects.filter(person=people[plan.head["with"]]).first() if "with" in plan.head else None
        made = services.ask_for_help(
            actor=people[plan.by], goal=plan.goal, topic=plan.asked[2], urgency=plan.asked[4],
            details="\n".join(plan.details), skills=plan.skills, language=plan.head.get("language", ""),
            subject=subject, version=version, team=[people[one].pk for one in plan.team],
            wanted_id=wanted.pk if wanted else None, is_shared="private" not in plan.head,
        )  # fmt: skip
        self.pk = made.pk
        if plan.acts and plan.acts[0].what == "withdraw":
            self.go_on()

    def _about(self) -> tuple[tuple[int, int] | None, int | None]:
        """The thing, and of a model the version in production; nothing for what the mirror does not have."""
        kind, _, name = self.plan.head.get("about", "").partition(" ")
        if kind == "project":
            return pair(Project.objects.get(slug=name)), None
        model = models().get(name)
        return (pair(model), model.aliases.get("production")) if model is not None else (None, None)

    # -- who is asked
    def asked(self, attempt: Attempt) -> None:
        """The one who is asked takes a while, and then takes it on, declines it, or says nothing."""
        if "hold" in self.plan.head or not self.plan.acts:
            return
        turn = self.turns.pop(0) if self.turns else "accepted"
        if attempt.remind_at and attempt.due_at and turn == "silent":
            for at in (attempt.remind_at, attempt.due_at):
                self.desk.add(at + _SOON, self.desk.sweep)
            return
        at = self._answers(attempt)
        if attempt.remind_at and attempt.remind_at < at:
            self.desk.add(attempt.remind_at + timedelta(seconds=20), self.desk.sweep)
        self.desk.add(at, partial(self.answer, attempt.mentor.person, turn))

    def _answers(self, attempt: Attempt) -> datetime:
        """In working hours of the mentor and before the deadline; lately within hours of the clock."""
        whole = settings.MENTORING_HOURS[self.plan.asked[4]]
        work = timedelta(hours=whole * self.random.uniform(0.05, 0.75))
        if self.plan.is_live:
            return attempt.asked_at + min(work, timedelta(hours=2))
        return hours.after(calendar_of(attempt.mentor), attempt.asked_at, work) or attempt.asked_at + work

    def answer(self, mentor: Person, turn: str) -> None:
        if turn == "accepted":
            services.accept_request(request_id=self.pk, actor=mentor)
            self.go_on()
        else:
            reason = turn.partition(" ")[2]
            services.decline_request(request_id=self.pk, actor=mentor, reason=reason)
            self.desk.soon()

    # -- what is said
    def go_on(self) -> None:
        """Plan the act that comes next."""
        if self.place < len(self.plan.acts):
            act = self.plan.acts[self.place]
            self.place += 1
            self.desk.add(self._at(act), partial(self.do, act))

    def _at(self, act: Done) -> datetime:
        now, while_ = timezone.now(), timedelta(hours=act.hours)
        if self.plan.is_live:
            return now + while_
        mentor = self.request.mentor if act.who == "m" else None
        zone = self.person(act.who).timezone or settings.TIME_ZONE
        calendar = calendar_of(mentor) if mentor else Calendar(zone=zone, week=_USUAL)
        return hours.after(calendar, now, while_) or now + while_

    def do(self, act: Done) -> None:
        actor = self.person(act.who)
        getattr(self, f"_{act.what}")(actor, act)
        if act.what in ("reopen", "hand"):
            # It goes on when whoever is asked now takes it on.
            self.desk.soon()
        else:
            self.go_on()

    def _say(self, actor: Person, act: Done) -> None:
        services.write_message(request_id=self.pk, actor=actor, text=act.words)

    def _meet(self, actor: Person, act: Done) -> None:
        minutes, place, text = act.parts
        services.propose_meeting(
            request_id=self.pk, actor=actor, starts_at=self._meets(), minutes=int(minutes), place=place, text=text
        )

    def _meets(self) -> datetime:
        """On a full hour of the mentor's, a day on; what was proposed lately is still to come."""
        mentor = self.request.mentor
        assert mentor is not None
        begin = (self.desk.end if self.plan.is_live else timezone.now()) + timedelta(hours=22)
        opens = hours.opens(calendar_of(mentor), begin) or begin
        return opens.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)

    def _resolve(self, actor: Person, act: Done) -> None:
        services.resolve_request(request_id=self.pk, actor=actor, resolution=act.words)

    def _rate(self, actor: Person, act: Done) -> None:
        services.rate_help(request_id=self.pk, actor=actor, rating=int(act.words))

    def _reopen(self, actor: Person, act: Done) -> None:
        services.reopen_request(request_id=self.pk, actor=actor, reason=act.words)

    def _withdraw(self, actor: Person, act: Done) -> None:
        services.withdraw_request(request_id=self.pk, actor=actor, reason=act.words)

    def _hand(self, actor: Person, act: Done) -> None:
        key, reason = act.parts
        mentor = Mentor.objects.get(person=self.desk.cast.people[key])
        services.hand_over(request_id=self.pk, actor=actor, mentor_id=mentor.pk, reason=reason)

    def _guide(self, actor: Person, act: Done) -> None:
        title, state = act.parts
        made = services.make_guide(request_id=self.pk, actor=actor, title=title)
        if state == "publish":
            guides.publish_document(slug=made.slug, actor=actor, revision=1, note="Out of a conversation")
