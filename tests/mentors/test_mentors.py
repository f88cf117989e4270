"""The list: who mentors, with what, and who is free."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone

from coe.mentors import load
from coe.mentors.models import Away, Mentor
from tests.factories import Make


@pytest.fixture
def world(make: Make, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Six mentors: free, half full, full, away, paused, stopped; and one who lost the role."""
    retail = make.unit("retail", name="Retail")
    online = make.unit("online", parent=retail)
    today = timezone.now().date()
    found = {
        "free": make.mentor(make.person(name="Ada Free", title="Statistician"), skills={"nlp": 3}, languages=["de"]),
        "half": make.mentor(make.person(name="Bea Half"), skills={"nlp": 1, "sql": 2}, units=[retail]),
        "full": make.mentor(make.person(name="Cem Full"), units=[online], about="Good with clinics."),
        "away": make.mentor(make.person(name="Dan Away"), units=[make.unit("health")]),
        "paused": make.mentor(make.person(name="Eva Paused"), paused_at=timezone.now()),
        "stopped": make.mentor(make.person(name="Fay Stopped"), stopped_at=timezone.now()),
        "former": make.mentor(make.person(name="Gus Former")),
    }
    found["former"].person.grants.all().delete()
    Away.objects.create(mentor=found["away"], first=today - timedelta(days=2), last=today + timedelta(days=2))
    held = {found["half"].pk: 2, found["full"].pk: 3}
    monkeypatch.setattr(load, "_count", [lambda ids: {pk: held[pk] for pk in ids if pk in held}])
    return found


@pytest.fixture
def names(make: Make, sign_in: Any, world: Any) -> Callable[[str], list[str]]:
    client = sign_in(make.person())

    def of(query: str = "") -> list[str]:
        answer = client.get(f"/mentors/{query}")
        assert answer.status_code == 200
        return [row.mentor.person.name.split()[1] for row in answer.context["rows"]]

    return of


def test_who_mentors_by_name(names: Any) -> None:
    assert names() == ["Free", "Half", "Full", "Away", "Paused"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=ada", ["Free"]),
        ("?q=statist", ["Free"]),
        ("?q=clinics", ["Full"]),
        ("?q=sq", ["Half"]),
        ("?q=bea+sql", ["Half"]),
        ("?q=%00", ["Free", "Half", "Full", "Away", "Paused"]),
        ("?skill=NLP", ["Free", "Half"]),
        ("?skill=nl", []),
        ("?language=de", ["Free"]),
        ("?language=xx", ["Free", "Half", "Full", "Away", "Paused"]),
        ("?unit=retail", ["Free", "Half", "Paused"]),
        ("?unit=online", ["Free", "Half", "Full", "Paused"]),
        ("?unit=health", ["Free", "Away", "Paused"]),
        ("?free=yes", ["Free", "Half"]),
        ("?free=yes&skill=sql", ["Half"]),
        ("?sort=-free", ["Free", "Half", "Paused", "Away", "Full"]),
        ("?sort=free&free=yes", ["Half", "Free"]),
        ("?sort=-since", ["Paused", "Away", "Full", "Half", "Free"]),
        ("?sort=nothing&page=9", ["Free", "Half", "Full", "Away", "Paused"]),
        # For the centre alone.
        ("?stopped=yes", ["Free", "Half", "Full", "Away", "Paused"]),
    ],
)
def test_filters_and_orders(names: Any, query: str, found: list[str]) -> None:
    assert names(query) == found


def test_what_a_row_says(make: Make, world: Any, sign_in: Any) -> None:
    page = sign_in(make.person()).get("/mentors/").content.decode()

    for words in ("Free now", "1 of 3 places free", "Full: 3 of 3", "Away until", "Paused", "Can teach it:", "German"):
        assert words in page
    assert "Download as CSV" not in page
    assert "5 mentors" in page


def test_the_centre_sees_those_who_stopped_too(make: Make, world: Any, sign_in: Any) -> None:
    client = sign_in(make.person(roles=[("administrator", None)]))

    page = client.get("/mentors/?stopped=yes").content.decode()

    assert "Fay Stopped" in page
    assert "Gus Former" in page
    assert "No longer a mentor" in page
    assert "Fay Stopped" not in client.get("/mentors/").content.decode()


def test_the_centre_takes_it_as_csv(make: Make, world: Any, sign_in: Any) -> None:
    answer = sign_in(make.person(roles=[("administrator", None)])).get("/mentors/?format=csv&skill=nlp")

    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row["name"], row["skills"], row["taken"], row["state"]) for row in rows] == [
        ("Ada Free", "nlp 3", "0", "free"),
        ("Bea Half", "sql 2; nlp 1", "2", "free"),
    ]
    assert sign_in(make.person(roles=[("executive", None)])).get("/mentors/?format=csv").status_code == 403


@pytest.mark.parametrize(
    ("query", "role", "words"),
    [
        ("?q=nobody", None, "No mentor matches"),
        ("", None, "Nobody mentors yet"),
        ("", "administrator", "Add a mentor"),
    ],
)
def test_an_empty_list_says_what_to_do(make: Make, sign_in: Any, query: str, role: str | None, words: str) -> None:
    person = make.person(roles=[(role, None)] if role else [])

    assert words in sign_in(person).get(f"/mentors/{query}").content.decode()


def test_a_mentor_finds_the_own_profile(make: Make, sign_in: Any) -> None:
    mentor = make.mentor()

    assert "My profile" in sign_in(mentor.person).get("/mentors/").content.decode()
    assert Mentor.objects.visible_to(mentor.person).get() == mentor


@pytest.mark.parametrize("query", ["", "?free=yes&sort=-free&unit=retail&language=de&skill=nlp&q=a"])
def test_the_list_makes_no_more_than_fifteen_queries(
    make: Make, world: Any, sign_in: Any, django_assert_max_num_queries: Any, query: str
) -> None:
    client = sign_in(make.person(roles=[("administrator", None)]))

    with django_assert_max_num_queries(15):
        assert client.get(f"/mentors/{query}").status_code == 200
