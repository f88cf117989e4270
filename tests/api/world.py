"""A small world in which generated requests can meet something: one or two of everything that the API names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from coe.accounts.models import ApiToken, Person
from coe.mentoring.models import Message
from coe.mentors.models import Away
from coe.paths import services as paths
from projects.catalog.models import Project, StatusUpdate
from projects.tracking.models import AliasMove, LoggedModel, ModelVersion, Sync
from tests.factories import Make


class World:
    """`known` gives, for a name of the schema, values under which the API finds something; `token` is an
    administrator's. `server` is the address of what a new source may name.
    """

    def __init__(self, make: Make, server: str) -> None:
        self.admin: Person = make.person("admin@example.com", roles=[("administrator", None)])
        _, self.token = ApiToken.objects.create(user=self.admin)
        retail = make.unit("retail")
        online = make.unit("online", parent=retail)
        owner = make.person("owner@example.com", unit=online)
        churn = make.project("churn", unit=online, owner=owner, links=[{"label": "Wiki", "url": "http://wiki.example"}])
        make.project("demand", unit=retail, owner=owner, stage="idea", visibility="members")
        member = make.member(churn, make.person("member@example.com"))
        StatusUpdate.objects.create(project=churn, status="on_track", text="On its way", author=owner)
        source = make.source("lab")
        experiment = make.experiment(source, project=churn)
        loose = make.experiment(source)
        run = make.run(experiment, metrics={"auc": [0.81, 1_700_000_000_000, 0], "loss": ["NaN", 1_700_000_000_000, 0]})
        LoggedModel.objects.create(experiment=experiment, source=source, model_id="m-1", run_id=run.run_id)
        model = make.model(source, project=churn, aliases={"champion": 1})
        ModelVersion.objects.create(model=model, version=1, run_id=run.run_id)
        AliasMove.objects.create(model=model, alias="champion", version=1, at=timezone.now())
        sync = Sync.objects.create(source=source, state="done", finished_at=timezone.now(), counts={"percent": 100})
        auc, hours, spare = make.kpi("auc"), make.kpi("hours", unit="duration"), make.kpi("spare")
        read = make.binding(churn, auc, experiment=experiment, baseline=0.6, target=0.9)
        entered = make.binding(churn, hours, baseline=1.0, target=2.0, is_withheld=True)
        yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
        make.observation(read, float("nan"), yesterday, run_id=run.run_id)
        typed = make.observation(entered, 1.5, yesterday, author=owner, note="by hand")
        said = make.feedback(churn, author=self.admin)
        answered = make.feedback(
            churn,
            author=owner,
            state="answered",
            outcome="mended",
            answer="Mended.",
            answered_by=owner,
            answered_at=timezone.now(),
        )
        help_ = self._requests(make, churn, owner)
        # The ends of the calendar, where adding a day or turning it into UTC overflows.
        days = [yesterday] * 4 + [date.min.isoformat(), date.max.isoformat()]
        self.known: dict[str, list[Any]] = {
            "project": ["churn", "demand"],
            "projects": ["churn", "demand"],
            "kpi": [auc.key, hours.key, spare.key],
            "kpis": [auc.key, hours.key, spare.key],
            "unit": ["retail", "online"],
            # A KPI's unit is one of measure.
            "kpis.unit": [],
            "units": ["retail", "online"],
            "parent": ["retail", "online"],
            "within": ["retail", "online"],
            "owner": [owner.email],
            "sponsor": [owner.email],
            "person": [member.email],
            "people": [owner.pk, self.admin.pk],
            "origin": ["entered"],
            "source": [source.name],
            "sources": [source.name],
            "experiment": [experiment.experiment_id, loose.experiment_id],
            "experiments": [experiment.pk, loose.pk],
            "model": [model.name],
            "models": [model.pk],
            "runs": [run.run_id],
            "syncs": [sync.pk],
            "bindings": [read.pk, entered.pk],
            "observations": [typed.pk],
            "notices": [make.notice(self.admin).pk, make.notice(self.admin, churn).pk],
            "notices.topic": ["delivery"],
            "notices.state": ["unread", "read"],
            "notices.until": [None, "2026-01-01T00:00:00Z"],
            "notices.choices": [[{"topic": "delivery", "channel": "email", "when": "daily"}]],
            "feedback": [said.pk, answered.pk],
            "feedback.about": ["document"],
            "feedback.document": [make.document("how-to-read-it").slug],
            "feedback.kind": ["wrong_output"],
            "feedback.section": ["limits"],
            "feedback.got": ["90"],
            "feedback.happened_on": [None, yesterday],
            "feedback.tab": ["waiting"],
            "effective_from": days,
            "date": days,
            "on": days,
            "from": days,
            "to": days,
            # A project is moved to a stage.
            "projects.to": ["retired"],
            "due_on": days,
            "observed_at": [f"{day}T00:00:00+14:00" for day in days],
            "q": ["churn", "\x00"],
            # JSON can spell what neither UTF-8 nor PostgreSQL can.
            **{
                name: [*["Words"] * 6, "\x00", "\ud800"]
                for name in ("note", "text", "label", "summary", "problem", "secret")
            },
            "url": [server, source.url, "http://10.0.0.1:5000"],
            "auth": ["none"],
            "responsibility": ["data_science"],
            "text/csv": [
                f"project,kpi,date,value,note,evidence\nchurn,hours,{yesterday},2.5,counted again,\n".encode(),
                b"project,kpi,date,value\nnothing,hours,never,many\n",
            ],
            "as_of": days,
            **help_,
            **self._mentors(make),
            **self._paths(make, owner),
        }

    def _paths(self, make: Make, owner: Person) -> dict[str, list[Any]]:
        """A path with a draft of its next edition; what names its steps in the schema."""
        steps = [{"key": "walk"}, {"key": "read", "kind": "read", "text": "This."}, {"key": "talk", "needs": ["walk"]}]
        make.path("walked", owner=owner, steps=steps)
        paths.draft_edition(slug="walked", actor=owner)
        guide = make.document("walking", owner=owner)
        one = "/api/v1/paths/{slug}/"
        step = f"{one}draft/steps/{{key}}/"
        question = {"text": "Which?", "options": ["This", "That"], "right": [1]}
        return {
            "paths": ["walked"],
            f"{one}editions/{{number}}/ number": ["1", "2"],
            f"{step} key": ["walk", "read"],
            f"{step}move/ key": ["walk", "read"],
            "paths.to": [2],
            "paths.version": [1],
            "paths.kind": ["task", "read"],
            "paths.document": [None, guide.slug],
            "paths.needs": [[]],
            "paths.covers": [[], ["walk"]],
            "paths.questions": [[question]],
            "paths.params": [{}, {"kind": "\x00"}],
            **{f"paths.{name}": [*["Words"] * 6, "\x00", "\ud800"] for name in ("title", "topic")},
        }

    def _mentors(self, make: Make) -> dict[str, list[Any]]:
        """Mentors who serve, pause and stopped, and somebody who may become one; what their profiles can say."""
        serves, pauses = make.mentor(skills={"nlp": 2}), make.mentor(paused_at=timezone.now())
        stopped = make.mentor(stopped_at=timezone.now())
        next_one = make.person(roles=[("mentor", None)])
        today = timezone.now().date()
        away = Away.objects.create(mentor=serves, first=today, last=today)
        days = [one.isoformat() for one in (*(today + timedelta(days=n) for n in (5, 6, 7)), date.min, date.max)]
        one = "/api/v1/mentoring/mentors/{id}/"
        return {
            "mentors": [serves.pk, pauses.pk],
            f"{one}away/{{away}}/ id": [serves.pk],
            f"{one}away/{{away}}/ away": [away.pk],
            f"{one}return/ id": [stopped.pk],
            f"{one}resume/ id": [pauses.pk],
            "mentors.person": [next_one.pk],
            "mentors.languages": [["en"], ["de", "en"], ["xx"]],
            "mentors.language": ["en"],
            "mentors.zone": ["", "Europe/Berlin", "../etc"],
            "mentors.country": ["", "DE"],
            "mentors.region": ["", "", "BY"],
            "mentors.units": [[], ["retail"]],
            "mentors.wanted": [["nlp"], [], ["\x00"]],
            "mentors.unwanted": [["sql"], []],
            "mentors.skill": ["nlp", "\x00"],
            "mentors.week": [[[[540, 720]]] * 7, [[]] * 7],
            "mentors.version": [1],
            "mentors.first": days,
            "mentors.last": days,
            "mentors.until": [None, *days],
            **{f"mentors.{name}": [*["Words"] * 6, "\x00", "\ud800"] for name in ("about", "note", "reason")},
        }

    def _requests(self, make: Make, churn: Project, owner: Person) -> dict[str, list[Any]]:
        """Requests that the administrator asks, answers and places; what names them in the schema."""
        mine, other = make.mentor(self.admin), make.mentor()
        waits = make.request(owner)
        asked = make.request(owner, mentor=mine, state="asked")
        still_open = make.request(self.admin, mentor=other, about=churn)
        done = make.request(self.admin, mentor=other, state="resolved", rating=4)
        soon = timezone.now() + timedelta(days=3)
        meeting = Message.objects.create(request=still_open, author=owner, starts_at=soon, minutes=30)
        one = "/api/v1/mentoring/requests/{id}/meetings/{message}/"
        return {
            "requests": [waits.pk, asked.pk, still_open.pk, done.pk],
            f"{one} id": [still_open.pk],
            # Only this one can go to the mentor who has none of the others.
            "/api/v1/mentoring/requests/{id}/hand-over/ id": [asked.pk],
            f"{one} message": [meeting.pk],
            "requests.starts_at": [soon.isoformat()] * 3 + ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"],
            "requests.about": [None, {"kind": "project", "id": churn.pk}, {"kind": "kpi", "id": 1}],
            "requests.version": [None],
            "requests.team": [[], [owner.email]],
            "requests.mentor": [other.person.email],
            "requests.kind": ["thread"],
            "requests.id": [done.pk],
            **{f"requests.{name}": [*["calibration"] * 6, "\x00"] for name in ("topic", "goal")},
            "requests.reason": [*["Words"] * 6, "\x00", "\ud800"],
        }
