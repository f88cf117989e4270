"""Makes small worlds for tests, straight in the database. What a verb would refuse, a factory can still make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Grant, Person
from coe.guides.models import Document, Feedback, Revision
from coe.mentoring.models import Attempt, Request
from coe.mentors.models import Mentor, Skill
from coe.notices.models import Notice
from coe.paths.models import Edition as PathEdition
from coe.paths.models import Path, Step
from kpis.measures.models import Baseline, Binding, Kpi, KpiVersion, Observation, Target
from projects.catalog.models import Member, Project, StageMove
from projects.checklists.models import Checklist, Edition, Item
from projects.tracking.models import Experiment, ModelVersion, RegisteredModel, Run, Source

_next = count(1)


def at(text: str) -> datetime:
    """A time in UTC out of "2026-03-01" or "2026-03-01 12:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Make:
    """`make.project("churn", unit=retail)` and so on; everything has a believable default."""

    def person(
        self,
        email: str = "",
        *,
        name: str = "",
        roles: list[tuple[str, BusinessUnit | None]] | None = None,
        **fields: Any,
    ) -> Person:
        number = next(_next)
        email = email or f"person{number}@example.com"
        person = Person.objects.create_user(email, name or f"Person {number}", "a long enough password", **fields)
        for role, unit in roles or []:
            Grant.objects.create(person=person, role=role, unit=unit)
        return person

    def unit(self, slug: str = "", parent: BusinessUnit | None = None, **fields: Any) -> BusinessUnit:
        slug = slug or f"unit-{next(_next)}"
        unit = BusinessUnit.objects.create(slug=slug, parent=parent, **{"name": slug.title(), **fields})
        unit.lineage = [*(parent.lineage if parent else []), unit.pk]
        unit.save(update_fields=["lineage"])
        return unit

    def project(
        self,
        slug: str = "",
        *,
        unit: BusinessUnit | None = None,
        owner: Person | None = None,
        stage: str = "production",
        since: str = "2025-01-01",
        **fields: Any,
    ) -> Project:
        slug = slug or f"project-{next(_next)}"
        owner = owner or self.person()
        project = Project.objects.create(
            slug=slug,
            unit=unit or self.unit(),
            owner=owner,
            stage=stage,
            **{"name": slug.replace("-", " ").capitalize(), "summary": f"What {slug} does.", **fields},
        )
        StageMove.objects.create(
            project=project,
            before="",
            after=stage,
            on=date.fromisoformat(since),
            reason="Began",
            actor=owner,
            owner=owner,
        )
        return project

    def member(self, project: Project, person: Person | None = None, responsibility: str = "data_science") -> Person:
        person = person or self.person()
        Member.objects.create(project=project, person=person, responsibility=responsibility)
        return person

    def source(self, name: str = "", **fields: Any) -> Source:
        name = name or f"source-{next(_next)}"
        defaults = {"label": name.title(), "url": f"http://{name}.example:5000", "last_good_sync_at": datetime.now(UTC)}
        return Source.objects.create(name=name, **{**defaults, **fields})

    def experiment(self, source: Source | None = None, *, project: Project | None = None, **fields: Any) -> Experiment:
        number = next(_next)
        defaults = {
            "experiment_id": str(number),
            "name": f"experiment-{number}",
            "link_origin": "hand" if project else "",
        }
        return Experiment.objects.create(source=source or self.source(), project=project, **{**defaults, **fields})

    def run(
        self, experiment: Experiment, *, start: str = "2026-01-01", end: str = "", metrics: Any = None, **fields: Any
    ) -> Run:
        defaults = {
            "run_id": f"{next(_next):032x}",
            "status": "FINISHED",
            "started_at": at(start),
            "ended_at": at(end or start),
            "metrics": metrics or {},
        }
        return Run.objects.create(experiment=experiment, source=experiment.source, **{**defaults, **fields})

    def model(self, source: Source | None = None, *, project: Project | None = None, **fields: Any) -> RegisteredModel:
        defaults = {"name": f"model-{next(_next)}"}
        return RegisteredModel.objects.create(source=source or self.source(), project=project, **{**defaults, **fields})

    def version(self, model: RegisteredModel, version: int = 1, **fields: Any) -> ModelVersion:
        return ModelVersion.objects.create(model=model, version=version, **{"created_at": at("2026-01-01"), **fields})

    def document(
        self,
        slug: str = "",
        *,
        owner: Person | None = None,
        about: Model | None = None,
        text: str = "It says *what to do*.",
        published: bool = True,
        parts: list[dict[str, Any]] | None = None,
        **fields: Any,
    ) -> Document:
        """A how-to with one revision, published unless it shall be a draft; its HTML is the text as one paragraph."""
        slug = slug or f"guide-{next(_next)}"
        owner = owner or self.person()
        if about is not None:
            fields |= {"subject_type": ContentType.objects.get_for_model(about), "subject_id": about.pk}
        defaults = {"kind": "how_to", "title": slug.replace("-", " ").capitalize()}
        made = Document.objects.create(slug=slug, owner=owner, **{**defaults, **fields})
        revision = Revision.objects.create(
            document=made, number=1, title=made.title, summary=f"About {made.title}.", text=text, plain=text,
            html=f"<p>{text}</p>", parts=parts or [], author=owner,
        )  # fmt: skip
        made.latest = revision
        if published:
            made.published, made.published_at, made.first_published_at = revision, made.created_at, made.created_at
        made.save()
        return made

    def feedback(
        self, about: Model, *, author: Person | None = None, kind: str = "wrong_output", **fields: Any
    ) -> Feedback:
        """A report of a wrong output, open; another kind by its name."""
        case = (
            {"got": "A score of 90 for a customer who stayed.", "expected": "Below 40."}
            if kind == "wrong_output"
            else {}
        )
        state = "noted" if kind == "helpful" else "open"
        return Feedback.objects.create(
            subject_type=ContentType.objects.get_for_model(about), subject_id=about.pk, author=author or self.person(),
            kind=kind, **{"text": "It was wrong.", "state": state, **case, **fields},
        )  # fmt: skip

    def kpi(self, key: str = "", *, since: str = "2020-01-01", position: int = 100, **fields: Any) -> Kpi:
        key = key or f"kpi-{next(_next)}"
        kpi = Kpi.objects.create(key=key, position=position)
        defaults = {
            "name": key.upper(),
            "sentence": f"What {key} says.",
            "category": "model_quality",
            "unit": "ratio",
            "direction": "higher",
            "roll_up": "median",
            "cadence_days": 45,
        }
        KpiVersion.objects.create(kpi=kpi, effective_from=date.fromisoformat(since), **{**defaults, **fields})
        return kpi

    def binding(
        self,
        project: Project | None = None,
        kpi: Kpi | None = None,
        *,
        experiment: Experiment | None = None,
        model: RegisteredModel | None = None,
        baseline: float | None = None,
        target: float | None = None,
        since: str = "2020-01-01",
        digest: str = "",
        **fields: Any,
    ) -> Binding:
        """Entered by default; read from MLflow when an experiment or a model is given (key `auc`, the latest)."""
        bound = {"origin": "entered"}
        if experiment or model:
            bound = {"origin": "mlflow", "metric_key": "auc", "selector": "latest"}
        binding = Binding.objects.create(
            project=project or self.project(),
            kpi=kpi or self.kpi(),
            experiment=experiment,
            model=model,
            **{**bound, **fields},
        )
        day = date.fromisoformat(since)
        if baseline is not None:
            Baseline.objects.create(
                binding=binding, value=baseline, effective_from=day, note="before", dataset_digest=digest
            )
        if target is not None:
            Target.objects.create(binding=binding, value=target, effective_from=day)
        return binding

    def observation(self, binding: Binding, value: float | None, on: str, **fields: Any) -> Observation:
        return Observation.objects.create(binding=binding, value=value, observed_at=at(on), **fields)

    def checklist(
        self,
        slug: str = "",
        *,
        items: list[dict[str, Any]] | None = None,
        effect: str = "set",
        alias: str = "production",
        score: str = "none",
        **fields: Any,
    ) -> Checklist:
        """A checklist with its first edition published; an item is a dict of fields, a manual one unless it says so."""
        slug = slug or f"checklist-{next(_next)}"
        checklist = Checklist.objects.create(slug=slug, **{"name": slug.replace("-", " ").capitalize(), **fields})
        edition = Edition.objects.create(checklist=checklist, number=1, effect=effect, alias=alias, score=score)
        for position, item in enumerate(items if items is not None else [{"key": "runbook"}], start=1):
            key = item.get("key", f"item-{position}")
            plain = {"key": key, "title": key.replace("-", " ").capitalize(), "group": "Handover"}
            Item.objects.create(edition=edition, position=position, **{**plain, **item})
        edition.state, edition.published_at = "published", datetime.now(UTC)
        edition.save(update_fields=["state", "published_at"])
        return checklist

    def path(
        self,
        slug: str = "",
        *,
        steps: list[dict[str, Any]] | None = None,
        published: bool = True,
        owner: Person | None = None,
        **fields: Any,
    ) -> Path:
        """A path with one edition, published unless it shall be a draft; a step is a dict of fields, a task unless it
        says so: `make.path("new-team", steps=[{"key": "read"}, {"key": "run", "needs": ["read"]}])`.
        """
        slug = slug or f"path-{next(_next)}"
        path = Path.objects.create(
            slug=slug, owner=owner or self.person(), **{"title": slug.replace("-", " ").capitalize(), **fields}
        )
        edition = PathEdition.objects.create(path=path, number=1, created_by=path.owner)
        for position, step in enumerate(steps if steps is not None else [{"key": "begin"}], start=1):
            key = step.get("key", f"step-{position}")
            plain = {"key": key, "title": key.replace("-", " ").capitalize()}
            if step.get("kind") == "verified":
                plain["check_key"] = "first_run"
            Step.objects.create(edition=edition, position=position, **{**plain, **step})
        if published:
            edition.state, edition.published_at, edition.published_by = "published", timezone.now(), path.owner
            edition.save(update_fields=["state", "published_at", "published_by"])
        return path

    def mentor(
        self,
        person: Person | None = None,
        *,
        skills: dict[str, int] | None = None,
        all_week: bool = False,
        **fields: Any,
    ) -> Mentor:
        """A mentor who speaks English and takes three at a time, Monday to Friday by UTC; `all_week`: at all hours.

        The skills are levels by tag: `make.mentor(skills={"nlp": 2})`.
        """
        person = person or self.person()
        Grant.objects.get_or_create(person=person, role="mentor", unit=None)
        units = fields.pop("units", [])
        week = {"week": [[[0, 1440]]] * 7} if all_week else {}
        mentor = Mentor.objects.create(
            person=person, **{"languages": ["en"], "zone": "UTC", "capacity": 3, **week, **fields}
        )
        mentor.units.set(units)
        Skill.objects.bulk_create(Skill(mentor=mentor, tag=tag, level=level) for tag, level in (skills or {}).items())
        return mentor

    def request(
        self,
        requester: Person | None = None,
        *,
        mentor: Mentor | None = None,
        about: Model | None = None,
        team: Sequence[Person] = (),
        how: str = "routed",
        holds_place: bool = True,
        **fields: Any,
    ) -> Request:
        """A request that waits; with a mentor one in conversation, or by `state` one that is asked or resolved.

        With a mentor there is the attempt that belongs to its state; it is due in a day where it is pending.
        """
        now = timezone.now()
        state = fields.pop("state", "open" if mentor else "waiting")
        if about is not None:
            fields |= {"subject_type": ContentType.objects.get_for_model(about), "subject_id": about.pk}
        requester = requester or self.person()
        defaults: dict[str, Any] = {"goal": f"Find out why figure {next(_next)} drifts", "topic": "calibration"}
        if state == "waiting":
            defaults["waiting_since"] = now
        if state == "resolved":
            by = mentor.person if mentor else requester
            defaults |= {"resolved_at": now, "resolved_by": by, "resolution": "Mended.", "resolution_html": "Mended."}
        made = Request.objects.create(requester=requester, mentor=mentor, state=state, **{**defaults, **fields})
        made.team.set(team)
        if mentor is not None:
            attempt = {"asked": "pending", "open": "accepted", "resolved": "done"}.get(state, "ended")
            live = attempt in ("pending", "accepted")
            Attempt.objects.create(
                request=made, mentor=mentor, round=made.round, state=attempt, how=how, holds_place=holds_place,
                asked_at=made.created_at, remind_at=now + timedelta(hours=12), due_at=now + timedelta(days=1),
                answered_at=None if attempt == "pending" else now, ended_at=None if live else now,
            )  # fmt: skip
        return made

    def notice(self, person: Person, about: Model | None = None, **fields: Any) -> Notice:
        """An unread notice about a thing, by default about the person; it leads to the person's own page."""
        about = about or person
        defaults = {"topic": "delivery", "thread": f"thread:{next(_next)}", "text": f"Something about {about}."}
        subject = {"subject_type": ContentType.objects.get_for_model(about), "subject_id": about.pk}
        return Notice.objects.create(
            person=person, **{"url": "/me/", "label": str(about), **defaults, **subject, **fields}
        )
