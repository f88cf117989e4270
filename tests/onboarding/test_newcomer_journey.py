"""A newcomer on a phone, from the first sign-in to steps that tick by themselves; her lead; axe on each page.

The MLflow server is a real one, and the lines of Python are those that the page shows, run in a process of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coe.accounts.models import Person
from coe.core import stream
from coe.mentoring import placing, services
from coe.mentoring.models import Request
from coe.onboarding import services as onboarding
from coe.onboarding import verifying
from coe.onboarding.models import Enrolment
from coe.onboarding.way import way_of
from coe.paths import builtin
from projects.tracking.models import Source
from tests.factories import Make
from tests.tracking.mirror import read

pytestmark = [pytest.mark.browser, pytest.mark.mlflow, pytest.mark.django_db(transaction=True)]


@dataclass
class Company:
    newcomer: Person
    lead: Person
    mentor: Person
    source: Source


@pytest.fixture
def company(make: Make, mlflow_server: str, settings: Any) -> Company:
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    builtin.ensure()
    unit = make.unit("online", name="Online")
    newcomer = make.person(unit=unit, name="Wanda Weber", roles=[("contributor", unit)])
    lead = make.person(unit=unit, name="Lea Lead", roles=[("unit_lead", unit)])
    mentor = make.mentor(make.person(name="Rosa Ray"), skills={"mlflow": 3}, all_week=True)
    source = Source.objects.create(name="lab", label="Lab", url=mlflow_server)
    return Company(newcomer, lead, mentor.person, source)


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


def follow(page: Page, name: str, role: Any = "link") -> None:
    """Click it and wait until the page that it leads to is there."""
    with page.expect_navigation():
        page.get_by_role(role, name=name, exact=True).first.click()


def run(lines: str, folder: Path) -> None:
    """In a terminal of her own: another process, in an empty folder, that knows nothing of this site."""
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | quiet
    done = subprocess.run(
        [sys.executable, "-"],
        input=lines,
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_from_the_first_sign_in_to_steps_that_tick(company: Company, chromium: Any, axe: Any, tmp_path: Path) -> None:
    page = chromium(company.newcomer, phone=True)
    page.goto("/")
    expect(page.get_by_role("heading", name="New here?")).to_be_visible()
    axe(page)
    fits(page)
    follow(page, "Start with a project")
    axe(page)
    page.get_by_label("What is the project called?").fill("Cards that churn")
    page.get_by_label("What will it do, in one sentence?").fill("Says who is about to give the card back.")
    page.get_by_label("For which business unit?").select_option("online")
    follow(page, "Start", "button")
    expect(page.get_by_role("heading", name="Your first run")).to_be_visible()
    expect(page.get_by_text("No run has arrived yet.")).to_be_visible()
    axe(page)
    fits(page)

    run(page.locator("#lines").text_content() or "", tmp_path)
    assert read(company.source).state == "done"
    expect(page.get_by_text("It arrived.")).to_be_visible()
    expect(page.get_by_role("link", name="In MLflow")).to_be_visible()
    axe(page)

    with page.expect_navigation():
        page.get_by_role("link", name="On to the path").click()
    one = Enrolment.objects.get(person=company.newcomer)
    page.goto(f"/onboarding/{one.pk}/steps/catalog-entry/")
    expect(page.get_by_text("This page notices by itself.")).to_be_visible()
    axe(page)
    page.goto("/projects/cards-that-churn/edit/")
    page.locator("[name=problem]").fill("Every tenth card is given back within a year.")
    page.locator("[name=decision]").fill("Whom the call centre calls this week.")
    page.locator("[name=sponsor]").select_option(label="Lea Lead")
    follow(page, "Save", "button")
    stream.read("onboarding")
    page.goto(one.get_absolute_url())
    page.reload()
    axe(page)
    fits(page)
    walk(page, one, axe)
    stuck(page, company, one, axe)


def walk(page: Page, one: Enrolment, axe: Any) -> None:
    """Finish by hand what a person has to, until what Cairn saw in MLflow stands there as done, with its link."""
    for _ in range(8):
        one.refresh_from_db()
        way = way_of(one)
        if "first-run" in way.done:
            break
        by_hand = [step for step in way.mine if step.key in way.open and step.kind in ("read", "task")]
        page.goto(f"/onboarding/{one.pk}/steps/{by_hand[0].key}/")
        axe(page)
        button = page.get_by_role("button", name="I have read it").or_(page.get_by_role("button", name="It is done"))
        if page.get_by_label("What came of it").count():
            page.get_by_label("What came of it").fill("The rule that the call centre uses finds 31 of 100.")
        with page.expect_navigation():
            button.click()
    page.goto(f"/onboarding/{one.pk}/")
    done = page.locator("#step-first-run")
    expect(done.get_by_text("seen by cairn")).to_be_visible()
    expect(done.get_by_role("link", name="Run first run")).to_be_visible()


def stuck(page: Page, company: Company, one: Enrolment, axe: Any) -> None:
    """One button: the request has the step, the error and the project in it; whoever takes it on is the mentor."""
    page.goto(f"/onboarding/{one.pk}/")
    follow(page, "I am stuck")
    axe(page)
    fits(page)
    page.get_by_label("The error, if there is one").fill("MlflowException: no signature")
    follow(page, "Ask a mentor", "button")
    expect(page.get_by_text("A mentor is being asked.")).to_be_visible()
    placing.route()
    made = Request.objects.get()
    assert "MlflowException: no signature" in made.details
    assert made.subject_id == one.team.subject_id if one.team else False
    services.accept_request(request_id=made.pk, actor=company.mentor)
    stream.read("onboarding")
    page.reload()
    expect(page.get_by_role("link", name="Rosa Ray")).to_be_visible()
    axe(page)


def test_a_page_that_waits_ticks_by_itself(company: Company, make: Make, chromium: Any, axe: Any) -> None:
    path = make.path("waits", steps=[{"key": "project", "kind": "verified", "check_key": "project_in_catalog"}])
    page = chromium(company.newcomer, dark=True)
    page.goto(f"/onboarding/enrol/?path={path.slug}")
    axe(page)
    follow(page, "Begin", "button")
    expect(page.get_by_text("This page notices by itself.")).to_be_visible()
    axe(page)
    make.project("cards", owner=company.newcomer, sponsor=company.lead, problem="They leave.", decision="Whom to call.")
    verifying.verify(Enrolment.objects.active())
    expect(page.get_by_text("The end of the path")).to_be_visible()
    axe(page)


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)], ids=["wide and light", "phone and dark"])
def test_a_lead_sees_where_people_stand(
    company: Company, make: Make, chromium: Any, axe: Any, phone: bool, dark: bool
) -> None:
    path = make.path("ways", steps=[{"key": "read", "kind": "read"}, {"key": "task", "needs": ["read"]}])
    onboarding.enrol(actor=company.newcomer, path=path.slug)
    page = chromium(company.lead, phone=phone, dark=dark)
    page.goto("/onboarding/")
    axe(page)
    follow(page, "Where people stand")
    expect(page.get_by_role("heading", name="1 person is on a path")).to_be_visible()
    axe(page)
    fits(page)
    follow(page, "Ways")
    axe(page)
    fits(page)
    follow(page, "Wanda Weber")
    axe(page)
    fits(page)
    follow(page, "Not needed for Wanda Weber")
    axe(page)
    page.get_by_label("Why").fill("She wrote that guide.")
    follow(page, "Not needed", "button")
    expect(page.get_by_text("1 of 2 steps done").first).to_be_visible()
    axe(page)
