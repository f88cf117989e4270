from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from coe.core import context

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rail(monkeypatch):
    monkeypatch.setattr(context, "_items", [])
    context.rail_item("Projects", "/projects/", order=40)
    context.rail_item("Home", "/", order=0)
    context.rail_item("Triage", "/projects/triage/", order=110, allowed=lambda person: person.name == "Ada")


def shown(person, path):
    request = RequestFactory().get(path)
    request.user = person
    return [(item.label, item.on) for item in context.shell(request)["rail"]]


def test_in_order_with_the_nearest_entry_on(make):
    ada = make.person(name="Ada")
    assert shown(ada, "/") == [("Home", True), ("Projects", False), ("Triage", False)]
    assert shown(ada, "/projects/churn/") == [("Home", False), ("Projects", True), ("Triage", False)]
    assert shown(ada, "/projects/triage/") == [("Home", False), ("Projects", False), ("Triage", True)]
    assert shown(ada, "/me/") == [("Home", False), ("Projects", False), ("Triage", False)]


def test_only_what_the_person_may_open(make):
    assert [label for label, _ in shown(make.person(name="Bob"), "/")] == ["Home", "Projects"]
    assert shown(AnonymousUser(), "/") == []


def test_a_place_is_taken_once():
    with pytest.raises(ValueError, match="in the rail already"):
        context.rail_item("Again", "/projects/", order=1)
