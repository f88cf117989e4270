"""The pages of projects, people and units in Chromium: axe-core finds nothing, scripts and CSP complain of nothing."""

from __future__ import annotations

import pytest

from projects.catalog import services
from tests.factories import Make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    *("/projects/", "/projects/new/", "/projects/churn/", "/projects/churn/edit/", "/projects/churn/move/"),
    *("/projects/churn/members/", "/projects/churn/status/", "/projects/churn/timeline/"),
    *("/people/", "/people/new/", "/units/", "/units/retail/", "/units/new/", "/me/"),
)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_found(chromium, axe, dark):
    make = Make()
    retail = make.unit("retail")
    admin = make.person(unit=retail, title="Head", roles=[("administrator", None), ("unit_lead", retail)])
    project = make.project("churn", unit=retail, owner=admin, stage="exploration", since="2026-01-01")
    make.member(project)
    services.give_status(slug="churn", actor=admin, status="at_risk", text="Data is *late*.")
    page = chromium(admin, dark=dark, phone=dark)
    for path in (*PAGES, f"/people/{admin.pk}/"):
        assert page.goto(path).status == 200, path
        axe(page)
