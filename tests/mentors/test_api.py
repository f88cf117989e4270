from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from coe.mentors import load
from coe.mentors.models import Away, Mentor
from tests.factories import Make

LIST = "/api/v1/mentoring/mentors/"


def test_the_list_says_what_the_page_says(make: Make, api, monkeypatch: pytest.MonkeyPatch) -> None:
    retail = make.unit("retail")
    mentor = make.mentor(skills={"nlp": 3}, units=[retail], zone="", all_week=True)
    make.mentor(languages=["de"])
    make.mentor(stopped_at=timezone.now())
    monkeypatch.setattr(load, "_count", [lambda ids: {mentor.pk: 3}])
    client = api(make.person())

    found = client.get(LIST).json()

    assert found["count"] == 2
    row = next(one for one in found["results"] if one["id"] == mentor.pk)
    assert (row["person"]["name"], row["units"], row["zone"]) == (mentor.person.name, ["retail"], "UTC")
    assert (row["skills"], row["capacity"], row["held"]) == ([{"tag": "nlp", "level": 3}], 3, 3)
    assert (row["free"], row["state"], row["now"]["is_working"]) == (0, "full", True)
    assert client.get(f"{LIST}{mentor.pk}/").json() == row
    for query, count in (
        ("?skill=NLP", 1),
        ("?language=de", 1),
        ("?unit=retail", 2),
        ("?unit=nowhere", 0),
        ("?free=true", 1),
        ("?free=true&unit=retail&sort=-free", 1),
        ("?stopped=true", 3),
        ("?q=person&sort=-since", 2),
    ):
        assert client.get(f"{LIST}{query}").json()["count"] == count, query


def test_the_mentor_keeps_the_profile(make: Make, api) -> None:
    mentor, unit = make.mentor(), make.unit("retail")
    client, path = api(mentor.person), f"{LIST}{mentor.pk}/"
    today = timezone.now().date()

    body = {"about": "*Hard* cases.", "units": [unit.slug], "languages": ["en", "de"], "zone": "Europe/Berlin"}
    changed = client.patch(path, {**body, "country": "DE", "wanted": ["NLP"], "version": 1})
    assert (changed.status_code, changed.json()["version"], changed.json()["wanted"]) == (200, 2, ["nlp"])
    assert client.patch(path, {"capacity": 4, "version": 1}).status_code == 409
    assert client.put(f"{path}skills/", [{"tag": "SQL", "level": 2}]).json()["skills"] == [{"tag": "sql", "level": 2}]
    week = [[[0, 1440]]] * 7
    assert client.put(f"{path}week/", {"week": week}).json()["week"] == week
    away = client.post(f"{path}away/", {"first": today.isoformat(), "last": today.isoformat(), "note": "Dentist"})
    assert away.status_code == 201
    assert client.get(path).json()["state"] == "away"
    assert client.delete(f"{path}away/{away.json()['id']}/").status_code == 204
    until = (today + timedelta(days=3)).isoformat()
    assert client.post(f"{path}pause/", {"until": until}).json()["paused_until"] == until
    assert client.post(f"{path}pause/", {}).json()["state"] == "paused"
    assert client.post(f"{path}resume/").json()["state"] == "free"
    assert client.post(f"{path}stop/", {"reason": "Done"}).json()["state"] == "stopped"
    assert client.post(f"{path}return/").json()["state"] == "free"


def test_begin_for_oneself_and_for_another(make: Make, api) -> None:
    centre = api(make.person(roles=[("administrator", None)]))
    one, other = (make.person(roles=[("mentor", None)]) for _ in range(2))

    assert api(one).post(LIST, {}).status_code == 201
    assert api(one).post(LIST, {}).status_code == 409
    assert api(one).post(LIST, {"person": other.pk}).status_code == 403
    assert centre.post(LIST, {"person": other.pk}).json()["person"]["id"] == other.pk
    assert centre.post(LIST, {"person": 2**62}).status_code == 404
    assert centre.post(LIST, {}).status_code == 409
    assert Mentor.objects.count() == 2


@pytest.mark.parametrize(
    ("method", "name", "body", "field"),
    [
        ("patch", "", {"languages": ["xx"]}, "languages"),
        ("patch", "", {"units": ["nowhere"]}, "units"),
        ("patch", "", {"capacity": 99}, "capacity"),
        ("put", "skills/", [{"tag": "a", "level": 1}, {"tag": "a", "level": 2}], "skills"),
        ("put", "skills/", [{"tag": "a", "level": 1}, {"tag": "A", "level": 2}], "skills"),
        ("put", "week/", {"week": [[]]}, "week"),
        ("put", "week/", {"week": [[[600, 540]]] + [[]] * 6}, "week"),
        ("post", "away/", {"first": "2000-01-01", "last": "2000-01-02"}, "last"),
        ("post", "pause/", {"until": "2000-01-01"}, "until"),
        ("post", "stop/", {}, "reason"),
    ],
)
def test_what_is_not_valid_is_told_by_field(make: Make, api, method: str, name: str, body: object, field: str) -> None:
    mentor = make.mentor()

    answer = getattr(api(mentor.person), method)(f"{LIST}{mentor.pk}/{name}", body)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_whoever_may_not_is_refused_before_the_input_is_read(make: Make, api) -> None:
    mentor, today = make.mentor(), timezone.now().date()
    away = Away.objects.create(mentor=mentor, first=today, last=today, note="Dentist")
    client, path = api(make.mentor().person), f"{LIST}{mentor.pk}/"

    for method, name in (
        ("patch", ""), ("put", "skills/"), ("put", "week/"), ("post", "away/"), ("delete", f"away/{away.pk}/"),
        ("post", "pause/"), ("post", "resume/"), ("post", "stop/"), ("post", "return/"),
    ):  # fmt: skip
        assert getattr(client, method)(path + name, {"nonsense": 1}).status_code == 403, name
    # The note is the mentor's own.
    assert client.get(path).json()["away"] == [
        {"id": away.pk, "first": today.isoformat(), "last": today.isoformat(), "note": ""}
    ]
    assert api(mentor.person).get(path).json()["away"][0]["note"] == "Dentist"
    # Of another mentor, at this one's address.
    other = make.mentor()
    assert api(other.person).delete(f"{LIST}{other.pk}/away/{away.pk}/").status_code == 404
    assert client.get(f"{LIST}0/").status_code == 404
