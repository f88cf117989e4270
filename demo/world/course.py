"""The course of one handoff: who did what when, from the draft to the alias that really moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from coe.accounts.models import Person
from coe.core import outbox
from coe.core.models import OutboxEntry
from demo.world import papers
from demo.world.clock import Story, today
from demo.world.content import evidence as words
from demo.world.content.evidence import Shown
from demo.world.dossier import Dossier
from projects.checklists.models import Checklist, Item
from projects.handoffs import reports, services
from projects.handoffs.answers import carriable
from projects.handoffs.models import Answer, Handoff
from projects.registry import orders
from projects.tracking.models import ModelVersion

# Working days after the version was made, and the hour (UTC) of that day.
_WHEN: dict[str, tuple[int, float]] = {
    "open": (1, 8.5), "papers": (1, 9), "tests": (1, 14), "checks": (2, 8.5), "submit": (2, 10), "ask": (2, 15),
    "reply": (3, 8.5), "review": (3, 10), "operations": (3, 14), "unit": (4, 9), "accept": (4, 13), "end": (4, 14),
    "return": (3, 16), "again": (4, 9), "resubmit": (4, 11), "review2": (5, 8.5), "operations2": (5, 10),
    "unit2": (5, 14), "accept2": (6, 9), "end2": (6, 10), "withdraw": (3, 15),
}  # fmt: skip


def working_day(start: date, days: int) -> date:
    """So many working days after `start`."""
    day = start
    while days or day.weekday() > 4:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


@dataclass
class Course:
    """Adds the acts of one handoff to the story. `last` is the handoff before it, from which answers are carried over;
    by `until` the act `ends` has happened, however recently the version was made.
    """

    story: Story
    dossier: Dossier
    checklist: str
    papers: Sequence[Shown]
    summary: str
    until: datetime
    ends: str = "end"
    last: Course | None = None
    # Days are counted from here; without it, from the day on which the version was made.
    began: datetime | None = None
    handoff_id: int = 0

    # -- times -----------------------------------------------------------------------------------------------------
    @property
    def start(self) -> datetime:
        return self.began or self.dossier.registered

    def at(self, what: str) -> datetime:
        """When a step is taken: as usual, or all in haste where there is less time than that."""
        start = self.start
        wanted, last = self._usual(what), self._usual(self.ends)
        if last <= self.until:
            return wanted
        return start + (wanted - start) * ((self.until - start) / (last - start))

    def _usual(self, what: str) -> datetime:
        start = self.start
        days, hour = _WHEN[what]
        midnight = datetime.combine(working_day(start.date(), days), datetime.min.time(), start.tzinfo)
        jitter = self.dossier.chance(f"{self.checklist} {self.dossier.version.version}", 40)
        return midnight + timedelta(hours=hour, minutes=jitter)

    def add(self, what: str, do: Callable[[], object], *, after: timedelta = timedelta()) -> None:
        self.story.add(self.at(what) + after, do)

    # -- the team's part -------------------------------------------------------------------------------------------
    def open(self) -> None:
        """The draft, what the team shows, and the report of its test job."""
        self.add("open", self._open)
        if self.last:
            self.add("papers", self._carry)
        between = (self.at("tests") - self.at("papers")) / (len(self.papers) + 3)
        for place, shown in enumerate(self.papers, start=1):
            self.add("papers", partial(self._show, shown), after=between * place)

    def prepare(self) -> None:
        """A whole dossier, up to its submission."""
        self.open()
        self.add("tests", self._tests)
        self.add("checks", self._remarks)
        self.submit()

    def submit(self) -> None:
        self.add("submit", lambda: services.submit(handoff_id=self.handoff_id, actor=self.dossier.owner))

    def _open(self) -> None:
        version = ModelVersion.objects.select_related("model").get(pk=self.dossier.version.pk)
        handoff = services.open_handoff(
            actor=self.dossier.owner,
            model_version=version,
            checklist=Checklist.objects.get(slug=self.checklist),
            summary=self.summary.format(**self.dossier.facts),
        )
        self.handoff_id = handoff.pk

    def _carry(self) -> None:
        assert self.last is not None
        anew = {shown.item for shown in self.papers}
        other = Handoff.objects.get(pk=self.last.handoff_id)
        keys = [answer.item.key for answer in carriable(other) if answer.item.key not in anew]
        services.carry_over(handoff_id=self.handoff_id, actor=self.dossier.owner, from_id=other.pk, item_keys=keys)

    def _show(self, shown: Shown) -> None:
        """One piece of evidence, by whoever of the team has it."""
        dossier = self.dossier
        actor = dossier.data_engineer if shown.by == "data" else dossier.owner
        title, body = shown.title.format(**dossier.facts), shown.body.format(**dossier.facts)
        add = partial(services.add_evidence, handoff_id=self.handoff_id, actor=actor, item_key=shown.item, title=title)
        if shown.kind == "link":
            add(kind="link", url=body)
        elif shown.kind == "text":
            add(kind="text", text_=body)
        else:
            add(kind="file", upload=self._file(shown.kind))

    def _file(self, kind: str) -> SimpleUploadedFile:
        dossier = self.dossier
        if kind == "slices":
            name = f"slices-v{dossier.version.version}.csv"
            return SimpleUploadedFile(name, papers.slices(dossier.case, dossier.month), "text/csv")
        title = f"{dossier.case.primary.key} on {dossier.case.dataset}"
        drawn = papers.history(title, dossier.history(), dossier.baseline)
        return SimpleUploadedFile(f"history-v{dossier.version.version}.png", drawn, "image/png")

    def _tests(self) -> None:
        """Sent by the team's test job, with the token of the handoff."""
        dossier = self.dossier
        token = services.issue_results_token(handoff_id=self.handoff_id, actor=dossier.owner)
        wave = f"{dossier.handover.model} {dossier.version.version}"
        body = papers.junit(f"pipelines/{dossier.facts['pipe']}", wave, slow=not dossier.chance(wave, 3))
        services.take_results(
            handoff_id=self.handoff_id, actor=None, report=reports.read(body, is_xml=True), token=token
        )

    def _remarks(self) -> None:
        """What does not apply, with its reason; where there was anything to say, the checks are run again."""
        answers = {one.item.key: one for one in Answer.objects.filter(handoff=self.handoff_id).select_related("item")}
        remarks = {"infrastructure-quality-validated": words.FIRST_VERSION} if self.dossier.place == 0 else {}
        if self.dossier.plan.slug not in words.CONCERNS_PEOPLE:
            remarks["model-fairness-tested"] = words.NOBODY_CONCERNED
        if self.dossier.chance("new", 2):
            remarks["data-features-new-quickly"] = words.NEVER_NEW
        for key, note in remarks.items():
            if answers[key].state == Answer.State.OPEN:
                services.answer_item(
                    handoff_id=self.handoff_id,
                    actor=self.dossier.owner,
                    item_key=key,
                    state=Answer.State.NOT_APPLICABLE,
                    note=note,
                )

    def withdraw(self) -> None:
        """Begun, and taken back by the team."""
        self.open()
        reason = words.WITHDRAWN
        self.add(
            "withdraw",
            lambda: services.withdraw(handoff_id=self.handoff_id, actor=self.dossier.owner, reason=reason),
        )

    # -- the receiving team's part -------------------------------------------------------------------------------
    def assign(self, due_on: date) -> None:
        """Give it to the reviewer, with a date; the day of submission is the earliest one."""
        self.add("submit", partial(self._assign, due_on), after=timedelta(minutes=5))

    def _assign(self, due_on: date) -> None:
        services.reassign(
            handoff_id=self.handoff_id, actor=self.dossier.owner, reviewer=self.dossier.reviewer, due_on=due_on
        )

    def talk(self) -> None:
        """A question of the reviewer's, and the answer."""
        dossier = self.dossier
        talk = words.TALKS[dossier.chance(f"talk {dossier.place}", len(words.TALKS))]
        for what, actor, said in zip(("ask", "reply"), (dossier.reviewer, dossier.owner), talk, strict=True):
            body = said.format(**dossier.facts)
            self.add(what, partial(self._say, actor, body))

    def _say(self, actor: Person, body: str) -> None:
        services.comment(handoff_id=self.handoff_id, actor=actor, body=body)

    def review(self, again: str = "") -> None:
        self.add(
            f"review{again}", lambda: services.start_review(handoff_id=self.handoff_id, actor=self.dossier.reviewer)
        )

    def give_back(self, reasons: dict[str, str], reason: str = "") -> None:
        """Return it with what is wanting."""
        reason = reason.format(**self.dossier.facts)
        self.add(
            "return",
            lambda: services.return_handoff(
                handoff_id=self.handoff_id, actor=self.dossier.reviewer, reason=reason, reasons=reasons
            ),
        )

    def mend(self) -> None:
        """Show what was wanting, and submit it again."""
        for place, (item, _, then) in enumerate(words.WANTING):
            shown = Shown(item, "text", "What was wanting", then)
            self.add("again", partial(self._show, shown), after=(self.at("resubmit") - self.at("again")) * place / 3)
        self.add("resubmit", lambda: services.submit(handoff_id=self.handoff_id, actor=self.dossier.owner))

    def sign(self, again: str = "") -> None:
        """The sign-offs that the checklist asks for: the receiving side's, then the unit's."""
        self.add(f"operations{again}", partial(self._sign, "approver"))
        self.sign_for_unit(again)

    def sign_for_unit(self, again: str = "") -> None:
        self.add(f"unit{again}", partial(self._sign, "unit_lead"))

    def _sign(self, role: str) -> None:
        dossier = self.dossier
        actor = dossier.reviewer if role == "approver" else dossier.lead
        note = words.SIGNED[dossier.chance(f"{role} {dossier.place}", len(words.SIGNED))]
        asked = Answer.objects.filter(handoff=self.handoff_id, item__kind=Item.Kind.SIGN_OFF, item__role=role)
        for key in asked.values_list("item__key", flat=True):
            services.sign_off(handoff_id=self.handoff_id, actor=actor, item_key=key, note=note)

    def accept(self, again: str = "") -> None:
        """Accept it; moments later the outbox's handler sets the alias on the real server."""
        self.add(f"accept{again}", self._accept)
        self.add(f"accept{again}", self._carry_out, after=timedelta(seconds=4))

    def _accept(self) -> None:
        dossier = self.dossier
        reason = words.ACCEPTED[dossier.chance(f"accepted {dossier.place}", len(words.ACCEPTED))]
        services.accept(handoff_id=self.handoff_id, actor=dossier.reviewer, reason=reason)

    def _carry_out(self) -> None:
        """As a worker would, but at this time of the story. Raises when MLflow does not take it."""
        order = Handoff.objects.select_related("order").get(pk=self.handoff_id).order
        assert order is not None
        entry = OutboxEntry.objects.get(kind=orders.KIND, key=orders.key(order.pk))
        claimed = outbox.claim(entry.pk)
        if claimed is None or not outbox.carry_out(claimed):
            entry.refresh_from_db(fields=["error"])
            raise RuntimeError(f"{order.managed}: MLflow did not take the alias: {entry.error}")


def due(course: Course, *, late: bool) -> date:
    """Some days from today; for what is late, a day that has passed since it was submitted."""
    if late:
        return max(course.at("submit").date(), today() - timedelta(days=3))
    return today() + timedelta(days=4)
