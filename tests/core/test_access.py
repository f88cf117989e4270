from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from coe.accounts.models import Person
from coe.core import access

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(access, "_rules", {})
    monkeypatch.setattr(access, "_visibilities", {})

    @access.rule("thing.open")
    def owner_only(person, thing):
        return thing == person.email

    @access.visibility("thing")
    def everything(person):
        return Q()


def test_the_rule_decides(make):
    ada = make.person("ada@example.com")
    assert access.may(ada, "thing.open", "ada@example.com")
    assert not access.may(ada, "thing.open", "someone else's")
    access.require(ada, "thing.open", "ada@example.com")
    with pytest.raises(PermissionDenied):
        access.require(ada, "thing.open", "someone else's")


def test_nobody_and_the_deactivated_may_and_see_nothing(make):
    gone = make.person("gone@example.com", is_active=False)
    for person in (AnonymousUser(), gone, None):
        assert not access.may(person, "thing.open", "gone@example.com")
        assert not Person.objects.filter(access.visible("thing", person)).exists()
    assert Person.objects.filter(access.visible("thing", make.person())).count() == 2


def test_an_unregistered_action_or_kind_is_an_error(make):
    with pytest.raises(KeyError):
        access.may(make.person(), "thing.sell")
    with pytest.raises(KeyError):
        access.visible("nothing", make.person())


def test_a_question_is_decided_in_one_place():
    with pytest.raises(access.AlreadyRegistered):
        access.rule("thing.open")(lambda person, thing: True)
    with pytest.raises(access.AlreadyRegistered):
        access.visibility("thing")(lambda person: Q())
    assert access.actions() == ["thing.open"]
