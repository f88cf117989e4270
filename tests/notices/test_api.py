from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from coe.notices.models import Choice, Notice
from tests.factories import Make
from tests.notices.conftest import Notices

pytestmark = pytest.mark.django_db
BASE = "/api/v1/notices/"


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com")


def test_the_list(make: Make, notices: Notices, reader: Any, api: Any) -> None:
    project, closed = make.project("churn", name="Churn"), make.project("secret", visibility="members")
    notices.tell(project, reader, text="Ada accepted it.")
    make.notice(reader, closed)
    make.notice(make.person())
    answer = api(reader).get(BASE)
    assert answer.json()["count"] == 1
    (row,) = answer.json()["results"]
    assert {key: row[key] for key in ("topic", "about", "text", "url", "count", "is_read", "read_at")} == {
        "topic": "handoffs",
        "about": "Churn",
        "text": "Ada accepted it.",
        "url": "/handoffs/1/",
        "count": 1,
        "is_read": False,
        "read_at": None,
    }
    assert api(reader).get(f"{BASE}{row['id']}/").json() == row
    assert api(make.person()).get(f"{BASE}{row['id']}/").status_code == 404
    assert api().get(BASE).status_code == 401


def test_filters(make: Make, reader: Any, api: Any) -> None:
    make.notice(reader, topic="handoffs")
    make.notice(reader, topic="projects", read_at=timezone.now())
    count = lambda query: api(reader).get(BASE + query).json()["count"]  # noqa: E731  said once
    assert [count(q) for q in ("?state=unread", "?state=read", "?topic=projects", "?topic=projects&state=unread")] == [
        *(1, 1, 1, 0)
    ]
    wrong = api(reader).get(BASE + "?state=eaten")
    assert (wrong.status_code, wrong.json()["errors"]) == (400, {"state": ["must be one of unread, read"]})
    assert list(api(reader).get(BASE + "?topic=weather").json()["errors"]) == ["topic"]


def test_reading(make: Make, reader: Any, api: Any) -> None:
    one, other = make.notice(reader), make.notice(reader)
    client = api(reader)
    assert client.get(f"{BASE}unread/").json() == {"count": 2}
    answer = client.post(f"{BASE}{one.pk}/read/")
    assert (answer.status_code, answer.json()["is_read"]) == (200, True)
    late = client.post(f"{BASE}{other.pk}/read/", {"until": "2020-01-01T00:00:00Z"})
    assert late.json()["is_read"] is False
    assert client.post(f"{BASE}read-all/", {"until": "2020-01-01T00:00:00Z"}).json() == {"count": 0}
    assert client.post(f"{BASE}read-all/").json() == {"count": 1}
    assert client.get(f"{BASE}unread/").json() == {"count": 0}
    assert api(make.person()).post(f"{BASE}{one.pk}/read/").status_code == 404
    assert client.post(f"{BASE}read-all/", {"until": "soon"}).status_code == 400
    assert not Notice.objects.unread().exists()


def test_choices(reader: Any, api: Any) -> None:
    client = api(reader)
    before = client.get(f"{BASE}choices/").json()
    assert before["digest_hour"] == 8
    assert {"topic": "projects", "channel": "email", "when": "daily"} in before["choices"]
    wanted = [{"topic": "projects", "channel": "email", "when": "off"}]
    after = client.put(f"{BASE}choices/", {"digest_hour": 6, "choices": wanted})
    assert after.status_code == 200
    assert wanted[0] in after.json()["choices"]
    assert after.json() == client.get(f"{BASE}choices/").json()
    assert (after.json()["digest_hour"], Choice.objects.count()) == (6, 1)
    assert client.put(f"{BASE}choices/", after.json()).json() == after.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"digest_hour": 24}, "digest_hour"),
        ({"digest_hour": 3, "choices": [{"topic": "weather", "channel": "email", "when": "off"}]}, "topic"),
        ({"digest_hour": 3, "choices": [{"topic": "projects", "channel": "app", "when": "daily"}]}, "when"),
        ({"digest_hour": 3, "choices": [{"topic": "projects", "channel": "post", "when": "off"}]}, "choices"),
        ({"digest_hour": 3, "choices": "all"}, "choices"),
    ],
)
def test_a_wrong_choice_leaves_all_as_it_was(reader: Any, api: Any, body: Any, field: str) -> None:
    client = api(reader)
    before = client.get(f"{BASE}choices/").json()
    answer = client.put(f"{BASE}choices/", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert client.get(f"{BASE}choices/").json() == before
