from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from coe.accounts.models import ApiToken, Person


def output(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_issue_token_prints_just_the_token(make, client):
    make.person("ada@example.com")
    token = output("issue_token", "ADA@example.com", "--name", "nightly", "--days", "3")
    assert token.endswith("\n")
    assert (
        client.get("/api/v1/me/", headers={"authorization": f"Token {token.strip()}"}).json()["email"]
        == "ada@example.com"
    )
    kept = ApiToken.objects.get()
    assert kept.name == "nightly"
    assert kept.expiry - timezone.now() < timedelta(days=3)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nobody@example.com"], "email: nobody has the address"),
        (["closed@example.com"], "is closed"),
        (["ada@example.com", "--days", "0"], "days: must be from 1"),
        (["ada@example.com", "--name", ""], "name: must have"),
    ],
)
def test_issue_token_refuses_with_2_and_one_line(make, words, says):
    make.person("ada@example.com")
    make.person("closed@example.com", is_active=False)
    with pytest.raises(CommandError) as refused:
        output("issue_token", *words)
    assert refused.value.returncode == 2
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_add_person_makes_the_first_administrator(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a phrase nobody knows\n"))
    output("add_person", "Root@example.com", "Root", "--role", "administrator", "--password-stdin")
    person = Person.objects.get(email="root@example.com")
    assert person.check_password("a phrase nobody knows")
    assert [str(grant.role) for grant in person.grants.all()] == ["administrator"]


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["not-an-address", "Root"], ""),
        (["ada@example.com", "Twice"], ""),
        (["root@example.com", "Root", "--role", "viewer", "--unit", "nowhere"], ""),
        (["root@example.com", "Root", "--password-stdin"], "short\n"),
    ],
)
def test_add_person_refuses_with_2_and_adds_nobody(make, monkeypatch, words, stdin):
    make.person("ada@example.com")
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    with pytest.raises(CommandError) as refused:
        output("add_person", *words)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
    assert Person.objects.count() == 1
