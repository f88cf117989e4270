"""The small company on which the access matrix is tried: two units, an open and a closed project, one person a role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from coe.accounts.models import Grant, Person
from coe.core import files
from coe.guides import services as guides
from coe.mentoring.models import Message, MessageFile, Served
from coe.mentors.models import Away, Mentor
from coe.notices import links
from coe.onboarding import services as onboarding
from coe.paths import services as paths
from projects.catalog.models import Project
from projects.checklists import services as checklists
from projects.handoffs import services
from projects.registry.models import Drift, ManagedAlias
from projects.registry.services import order_alias
from projects.tracking.models import ModelVersion, Sync
from tests.factories import Make
from tests.guides.pictures import png

ROLES = (
    "anonymous",
    "viewer",
    "contributor",
    "member",
    "owner",
    "unit_lead",
    "executive",
    "approver",
    "administrator",
    "stranger",
)


@dataclass
class World:
    """The people by role, and the names that stand in addresses."""

    people: dict[str, Person]
    names: dict[str, str | int]

    def path(self, template: str) -> str:
        """`/projects/{open}/` with the names filled in."""
        return template.format(**self.names)


def build(make: Make) -> World:
    """Retail with an open (company) and a closed (members only) project, each with everything that can hang on one."""
    retail, health = make.unit("retail"), make.unit("health")
    granted = {
        "viewer": ("viewer", retail),
        "contributor": ("contributor", retail),
        "unit_lead": ("unit_lead", retail),
        "executive": ("executive", None),
        "approver": ("approver", retail),
        "administrator": ("administrator", None),
        "stranger": ("viewer", health),
    }
    people = {role: make.person(f"{role}@example.com", roles=[grant]) for role, grant in granted.items()}
    people["owner"], people["member"] = make.person("owner@example.com"), make.person("member@example.com")
    source, kpi = make.source("tracker"), make.kpi("auc")
    receive = {"key": "receive", "kind": "sign_off", "role": "approver"}
    checklist = make.checklist("ready", items=[{"key": "runbook"}, receive])
    # Published, with the next edition begun.
    make.checklist("written", items=[{"key": "runbook"}])
    checklists.draft_edition(slug="written", actor=people["administrator"])
    steps = [{"key": "walk"}, {"key": "read", "kind": "read", "document": make.document("walking")}]
    steps.append({"key": "ask", "kind": "quiz", "needs": ["walk"]})
    for slug, published in (("walked", True), ("unfinished", False)):
        make.path(slug, owner=people["owner"], steps=steps, published=published, audience="mentor", level=1)
    paths.draft_edition(slug="walked", actor=people["owner"])
    names: dict[str, str | int] = {
        "source": source.name,
        "kpi": kpi.key,
        "unit": retail.slug,
        "person": people["viewer"].pk,
        "grant": Grant.objects.get(person=people["viewer"]).pk,
        "token": "nothing",
        "project_type": ContentType.objects.get_for_model(Project).pk,
        "sync": Sync.objects.create(source=source, state="done", finished_at=source.created_at).pk,
    }
    for slug, visibility in (("open", "company"), ("closed", "members")):
        project = make.project(slug, unit=retail, owner=people["owner"], visibility=visibility)
        make.member(project, people["member"])
        experiment = make.experiment(source, project=project)
        run = make.run(experiment, metrics={"auc": [0.8, 1767225600000, 0]})
        model = make.model(source, project=project, name=f"{slug}-model")
        version = ModelVersion.objects.create(model=model, version=1, run_id=run.run_id, created_at=run.ended_at)
        handoff = services.open_handoff(actor=people["owner"], model_version=version, checklist=checklist)
        upload = SimpleUploadedFile("runbook.txt", b"Call Mia.")
        part = {"item_key": "runbook", "kind": "file", "upload": upload}
        evidence = services.add_evidence(handoff_id=handoff.pk, actor=people["owner"], **part)
        order = order_alias(model=model, alias="production", version=1, actor=people["owner"], reason="accepted")
        elsewhere = ManagedAlias.objects.create(model=model, alias="standby", wanted_version=1, applied_version=1)
        drift = Drift.objects.create(
            managed=elsewhere, expected_version=1, found_version=None, found_at=source.created_at
        )
        reader = make.person(unit=retail)
        feedback = make.feedback(project, author=reader)
        document = make.document(f"{slug}-guide", owner=project.owner, about=project)
        guides.add_file(slug=document.slug, actor=project.owner, name="plan.png", upload=png())
        binding = make.binding(project, kpi, experiment=experiment, baseline=0.5, target=0.9)
        observation = make.observation(binding, 0.8, "2026-01-01", run_id=run.run_id)
        names |= {
            slug: slug,
            f"{slug}_member": project.members.get().pk,
            f"{slug}_experiment": experiment.experiment_id,
            f"{slug}_experiment_pk": experiment.pk,
            f"{slug}_run": run.run_id,
            f"{slug}_model": model.name,
            f"{slug}_model_pk": model.pk,
            f"{slug}_binding": binding.pk,
            f"{slug}_observation": observation.pk,
            f"{slug}_handoff": handoff.pk,
            f"{slug}_evidence": evidence.pk,
            f"{slug}_order": order.pk,
            f"{slug}_drift": drift.pk,
            f"{slug}_pk": project.pk,
            f"{slug}_document": document.slug,
            f"{slug}_feedback": feedback.pk,
        }
    names |= requests(make, people)
    names |= notices(make, people)
    names |= newcomers(make, people)
    return World(people, names)


def requests(make: Make, people: dict[str, Person]) -> dict[str, str | int]:
    """Requests that the member asked and the owner, who has a mentor's profile, is asked or answers.

    `request` is in conversation, `asked` waits for the owner's answer; of each project one that is resolved and shared.
    """
    mentor = Mentor.objects.create(person=people["owner"], languages=["en"])
    other = make.mentor(make.person("mentor@example.com"))
    one = make.request(people["member"], mentor=mentor, topic="forecasting")
    asked = make.request(people["member"], mentor=mentor, state="asked")
    starts = timezone.now() + timedelta(days=2)
    meeting = Message.objects.create(request=one, author=people["owner"], starts_at=starts, minutes=30, place="Room 4")
    written = Message.objects.create(request=one, author=people["member"], text="Here.", html="<p>Here.</p>")
    kept = files.keep("log.txt", b"epoch 1: 0.71")
    found: dict[str, str | int] = {
        "request": one.pk,
        "asked": asked.pk,
        "meeting": meeting.pk,
        "message_file": MessageFile.objects.create(message=written, name="log.txt", file=kept).pk,
        "mentor": mentor.pk,
        "other_mentor": other.pk,
        "other_mentor_person": other.person_id,
        "other_mentor_away": Away.objects.create(mentor=other, first=starts.date(), last=starts.date()).pk,
    }
    for project in Project.objects.filter(slug__in=["open", "closed"]):
        solved = make.request(people["member"], mentor=mentor, about=project, state="resolved")
        found[f"{project.slug}_request"] = solved.pk
        if project.slug == "open":
            found["served"] = Served.objects.create(person=people["viewer"], thread=solved).pk
    return found


def notices(make: Make, people: dict[str, Person]) -> dict[str, str | int]:
    """The viewer was told of both projects, of the closed one before it was closed; and a mail's way out."""
    viewer = people["viewer"]
    found: dict[str, str | int] = {"unsubscribe": links.unsubscribe_token(viewer.pk, "delivery")}
    for project in Project.objects.filter(slug__in=["open", "closed"]):
        told = make.notice(viewer, project)
        found["notice" if project.slug == "open" else "closed_notice"] = told.pk
    return found


def newcomers(make: Make, people: dict[str, Person]) -> dict[str, str | int]:
    """The owner's team of the unit retail, with the member on a path."""
    retail = people["unit_lead"].grants.get().unit
    path = make.path("begun", steps=[{"key": "begin"}, {"key": "run", "kind": "verified", "needs": ["begin"]}])
    team = onboarding.make_team(actor=people["owner"], name="Newcomers", unit=retail, members=[people["member"].pk])
    one = onboarding.enrol(actor=people["owner"], path=path.slug, person_id=people["member"].pk, team_id=team.pk)
    return {"newcomers": team.pk, "enrolment": one.pk, "way": path.slug}
