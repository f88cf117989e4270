"""The whole chain, by the right people in Chromium, with a real MLflow server: a team starts, its runs arrive, its
figures count, a mentor answers, the model is explained and handed over, its alias moves, and the scoreboard shows it.

Long forms that have journeys of their own (bindings, guides) are filled in by their verbs here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from mlflow import MlflowClient
from playwright.sync_api import Page, expect

from coe.accounts.models import Person
from coe.core import outbox, stream
from coe.guides import services as guides
from coe.mentoring import placing
from coe.mentoring.models import Request
from coe.onboarding.models import Enrolment
from coe.onboarding.way import way_of
from coe.paths import builtin
from kpis.measures import services as measures
from kpis.measures.observations import gather
from projects.checklists.models import Checklist
from projects.handoffs import services as handoffs
from projects.handoffs.models import Handoff
from projects.modelpages import services as modelpages
from projects.modelpages.sections import guides_of
from projects.tracking.models import RegisteredModel, Source
from tests.factories import Make
from tests.onboarding.test_newcomer_journey import follow, run
from tests.tracking.mirror import read

pytestmark = [pytest.mark.browser, pytest.mark.mlflow, pytest.mark.django_db(transaction=True)]
ITEMS: list[dict[str, Any]] = [
    {"key": "runbook", "title": "A runbook is written", "group": "Operations"},
    {"key": "receive", "title": "Operations can run it", "group": "Operations", "kind": "sign_off", "role": "approver"},
]


@dataclass
class Company:
    owner: Person
    approver: Person
    executive: Person
    mentor: Person
    source: Source
    name: str
    url: str

    @property
    def model(self) -> RegisteredModel:
        return RegisteredModel.objects.get(name=self.name)

    def sync(self) -> None:
        """The ordinary sync, and what the worker makes of the stream and of the outbox."""
        assert read(self.source).state == "done"
        settle()


def settle() -> None:
    """What the worker does within seconds: the stream is read, work outside of the database carried out."""
    stream.read_all()
    while outbox.sweep():
        stream.read_all()


@pytest.fixture
def company(make: Make, mlflow_server: str, settings: Any) -> Company:
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    builtin.ensure()
    unit = make.unit("online", name="Online")
    mentor = make.mentor(make.person(name="Rosa Ray"), skills={"mlflow": 3}, all_week=True)
    Checklist.objects.update(is_default=False)
    make.checklist("ready", items=ITEMS, is_default=True)
    return Company(
        owner=make.person(unit=unit, name="Wanda Weber", roles=[("contributor", unit)]),
        approver=make.person(name="Oto Operator", roles=[("approver", unit)]),
        executive=make.person(name="Eva Executive", roles=[("executive", None)]),
        mentor=mentor.person,
        source=Source.objects.create(name="lab", label="Lab", url=mlflow_server),
        name=f"cards-{uuid.uuid4().hex[:8]}",
        url=mlflow_server,
    )


def test_from_the_idea_to_the_scoreboard(company: Company, make: Make, chromium: Any, tmp_path: Path) -> None:
    team = chromium(company.owner)
    start(team, company, tmp_path)
    measured(company, make)
    asked(team, company, chromium)
    explained(team, company)
    handed_over(team, company, chromium)
    board = chromium(company.executive)
    board.goto("/scoreboard/online/")
    assert "0.9" in board.locator("table.heat tbody tr", has_text=company.name).inner_text()
    states = way_of(Enrolment.objects.get(person=company.owner)).progress
    assert {"catalog-entry", "first-run", "mapped", "dataset"} <= {
        key for key, row in states.items() if row.state == "verified"
    }


def start(team: Page, company: Company, tmp_path: Path) -> None:
    """Project and path; the lines that the page shows are run, and the runs arrive."""
    team.goto("/start/")
    team.get_by_label("What is the project called?").fill(company.name)
    team.get_by_label("What will it do, in one sentence?").fill("Says who is about to give the card back.")
    team.get_by_label("For which business unit?").select_option("online")
    follow(team, "Start", "button")
    lines = team.locator("#lines").text_content() or ""
    more = team.locator("#more-lines").text_content() or ""
    run(lines + "\n" + more, tmp_path)
    team.goto(f"/projects/{company.name}/edit/")
    team.locator("[name=problem]").fill("Every tenth card is given back within a year.")
    team.locator("[name=decision]").fill("Whom the call centre calls this week.")
    team.locator("[name=sponsor]").select_option(label=company.executive.name)
    follow(team, "Save", "button")
    company.sync()
    team.goto(f"/start/{company.name}/")
    expect(team.get_by_text("It arrived.")).to_be_visible()
    one = Enrolment.objects.get(person=company.owner)
    for key, note in (("time-zone", ""), ("how-cairn-works", ""), ("baseline", "The rule finds 31 of 100.")):
        team.goto(f"/onboarding/{one.pk}/steps/{key}/")
        if note:
            team.get_by_label("What came of it").fill(note)
        button = team.get_by_role("button", name="I have read it").or_(team.get_by_role("button", name="It is done"))
        with team.expect_navigation():
            button.click()
    team.goto(f"/onboarding/{one.pk}/")
    expect(team.locator("#step-first-run").get_by_role("link", name="Run first run")).to_be_visible()


def measured(company: Company, make: Make) -> None:
    """The metric counts for the company: bound, with what there was and what is wanted."""
    kpi = make.kpi("auc", valid_min=0.0, valid_max=1.0)
    binding = measures.create_binding(
        actor=company.owner,
        project_slug=company.name,
        kpi_key=kpi.key,
        origin="mlflow",
        model=company.model,
        metric_key="auc",
        selector="alias",
        alias="production",
    )
    today = timezone.localdate()
    began = {"effective_from": today, "note": "Agreed with the call centre."}
    measures.set_baseline(actor=company.owner, binding_id=binding.pk, value=0.5, **began)
    due = today.replace(year=today.year + 1, day=1)
    measures.set_target(actor=company.owner, binding_id=binding.pk, value=0.999, due_on=due, **began)
    settle()


def asked(team: Page, company: Company, chromium: Any) -> None:
    """One button when stuck; the mentor takes it on from a phone, and it is resolved."""
    one = Enrolment.objects.get(person=company.owner)
    team.goto(f"/onboarding/{one.pk}/")
    follow(team, "I am stuck")
    follow(team, "Ask a mentor", "button")
    placing.route()
    phone = chromium(company.mentor, phone=True)
    phone.goto("/mentoring/")
    with phone.expect_navigation():
        phone.get_by_role("button", name="Accept").first.click()
    settle()
    request = Request.objects.get()
    assert request.state == "open"
    team.goto(f"/onboarding/{one.pk}/")
    expect(team.get_by_role("link", name="Rosa Ray")).to_be_visible()


def explained(team: Page, company: Company) -> None:
    """The model has a page that says what it decides; a colleague verified it."""
    sections = {"decides": "Whom the call centre calls this week."}
    written = modelpages.write_guide(
        model_id=company.model.pk,
        actor=company.owner,
        based_on=None,
        title="Cards",
        summary="Who is about to leave.",
        sections=sections,
        version=1,
    )
    guide = guides_of([company.model])[company.model.pk]
    guides.publish_document(slug=guide.slug, actor=company.owner, revision=written.number)
    guides.verify_document(slug=guide.slug, actor=company.owner, revision=written.number)
    team.goto(f"/models/lab/{company.name}/")
    expect(team.get_by_text("Whom the call centre calls this week.")).to_be_visible()
    settle()


def handed_over(team: Page, company: Company, chromium: Any) -> None:
    """The version is handed over: evidence, submitted, reviewed, signed, accepted; the alias moves in MLflow."""
    version = company.model.versions.get()
    handoff = handoffs.open_handoff(
        actor=company.owner, model_version=version, checklist=Checklist.objects.get(slug="ready")
    )
    team.goto(f"/handoffs/{handoff.pk}/")
    with team.expect_navigation():
        team.get_by_role("link", name="A runbook is written").first.click()
    team.get_by_label("A link").fill("https://wiki.example.com/cards/runbook")
    follow(team, "Add, and on to the next", "button")
    follow(team, "Submit it", "button")
    other = chromium(company.approver)
    other.goto(f"/handoffs/{handoff.pk}/")
    follow(other, "Begin the review", "button")
    with other.expect_navigation():
        other.get_by_role("link", name="Operations can run it").first.click()
    follow(other, "Sign", "button")
    other.goto(f"/handoffs/{handoff.pk}/")
    follow(other, "Accept…")
    follow(other, "Accept it", "button")
    settle()
    assert Handoff.objects.get().state == "accepted"
    client = MlflowClient(company.url, registry_uri=company.url)
    assert client.get_model_version_by_alias(company.name, "production").version == "1"
    company.sync()
    for binding in company.model.project.bindings.all() if company.model.project else []:
        gather(binding.pk)
