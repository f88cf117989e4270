"""The inbox: the owner, a stranger; read, unread, counted, filtered, empty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coe.notices.models import Notice
from tests.factories import Make
from tests.notices.conftest import Notices

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com")


@pytest.fixture
def client(reader: Any, sign_in: Any) -> Client:
    return sign_in(reader)  # type: ignore[no-any-return]  # a fixture of pytest


def htmx(client: Client, path: str) -> Any:
    return client.get(path, headers={"HX-Request": "true"})


def test_an_empty_inbox_says_what_comes(client: Client) -> None:
    said = client.get("/notices/").content.decode()
    assert "Nothing yet" in said
    assert "Mark all as read" not in said
    assert "Nothing here" in client.get("/notices/?state=unread").content.decode()


def test_today_and_earlier_the_newest_first(make: Make, client: Client, reader: Any) -> None:
    now = timezone.now()
    for text, days, read in (("Old", 3, True), ("Now", 0, False), ("Older", 9, False)):
        made = make.notice(reader, text=text, read_at=now if read else None)
        Notice.objects.filter(pk=made.pk).update(
            first_at=now - timedelta(days=days), last_at=now - timedelta(days=days)
        )
    answer = client.get("/notices/")
    assert [(day, [row.text for row in rows]) for day, rows in answer.context["days"]] == [
        ("Today", ["Now"]),
        ("Earlier", ["Old", "Older"]),
    ]
    said = answer.content.decode()
    assert said.count("Unread: ") == 2
    assert "3 notices" in said


def test_a_burst_says_how_many(make: Make, client: Client, reader: Any) -> None:
    make.notice(reader, count=4)
    assert "the newest of 4" in client.get("/notices/").content.decode()


def test_filters_and_pages(make: Make, client: Client, reader: Any) -> None:
    for n in range(55):
        make.notice(reader, topic=("handoffs", "projects")[n % 2], read_at=timezone.now() if n < 10 else None)
    texts = lambda path: sum(len(rows) for _, rows in client.get(path).context["days"])  # noqa: E731  said once
    assert (texts("/notices/"), texts("/notices/?page=2")) == (50, 5)
    assert (texts("/notices/?state=unread"), texts("/notices/?state=read")) == (45, 10)
    assert (texts("/notices/?topic=handoffs&state=read"), texts("/notices/?topic=nonsense&state=read")) == (5, 10)


def test_opening_one_marks_it_and_leads_on(make: Make, client: Client, reader: Any) -> None:
    made = make.notice(reader, url="/units/?q=a#b")
    assert client.head(f"/notices/{made.pk}/").status_code == 302
    made.refresh_from_db()
    assert made.read_at is None
    answer = client.get(f"/notices/{made.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/units/?q=a#b")
    assert "no-store" in answer["Cache-Control"]
    made.refresh_from_db()
    first = made.read_at
    assert first is not None
    client.get(f"/notices/{made.pk}/")
    made.refresh_from_db()
    assert made.read_at == first


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_it_leads_nowhere_else(make: Make, client: Client, reader: Any, url: str) -> None:
    made = make.notice(reader, url=url)
    assert client.get(f"/notices/{made.pk}/")["Location"] == "/notices/"


def test_a_strangers_and_a_closed_one_do_not_exist(make: Make, client: Client, reader: Any) -> None:
    project = make.project("secret", visibility="members")
    for made in (make.notice(make.person()), make.notice(reader, project)):
        assert client.get(f"/notices/{made.pk}/").status_code == 404
        assert client.post("/notices/read/", {"notice": made.pk}).status_code == 404
        made.refresh_from_db()
        assert made.read_at is None
    assert "secret" not in client.get("/notices/").content.decode().lower()
    assert "Nothing yet" in client.get("/notices/").content.decode()
    assert 'value="0"' in client.get("/notices/unread/").content.decode()


def test_marking_one_and_all(make: Make, client: Client, reader: Any) -> None:
    one, other = make.notice(reader), make.notice(reader)
    answer = client.post("/notices/read/", {"notice": one.pk, "next": "/notices/?state=unread"})
    assert answer["Location"] == "/notices/?state=unread"
    assert list(Notice.objects.unread()) == [other]
    make.notice(reader)
    answer = client.post("/notices/read/", {"next": "//elsewhere.example/notices/"}, follow=True)
    assert answer.redirect_chain == [("/notices/", 302)]
    assert "2 notices are marked as read." in answer.content.decode()
    assert not Notice.objects.unread().exists()


def test_what_came_while_one_looked_stays_unread(make: Make, notices: Notices, client: Client, reader: Any) -> None:
    project = make.project("churn")
    notices.tell(project, reader, text="Seen")
    notices.tell(project, reader, text="Seen too", thread="other")
    until = client.get("/notices/").context["until"].isoformat()
    notices.tell(project, reader, text="Joined")
    client.post("/notices/read/", {"until": until})
    assert [one.text for one in Notice.objects.unread()] == ["Joined"]
    joined = Notice.objects.unread().get()
    client.post("/notices/read/", {"notice": joined.pk, "until": until})
    assert Notice.objects.unread().exists()


@pytest.mark.parametrize("until", ["yesterday", "2026-03-01", "2026-03-01T10:00:00", "2026-99-01T10:00:00Z"])
def test_a_time_that_is_none(client: Client, until: str) -> None:
    assert client.post("/notices/read/", {"until": until}).status_code == 400


@pytest.mark.parametrize("pk", ["x", "-1", "9" * 30])
def test_a_notice_that_is_none(client: Client, pk: str) -> None:
    assert client.post("/notices/read/", {"notice": pk}).status_code == 404


def test_the_count(make: Make, client: Client, reader: Any) -> None:
    for _ in range(3):
        make.notice(reader)
    make.notice(reader, read_at=timezone.now())
    said = htmx(client, "/notices/unread/").content.decode()
    assert ">3 unread</span>" in said
    assert 'name="had" value="3"' in said
    assert "notices-said" not in said
    # The same as the page has: nothing changes, and nothing is said aloud.
    same = htmx(client, "/notices/unread/?had=3")
    assert (same.status_code, same.content) == (204, b"")
    assert "notices-said" in htmx(client, "/notices/unread/?had=2").content.decode()
    assert "notices-said" not in htmx(client, "/notices/unread/?had=4").content.decode()
    assert "notices-said" not in htmx(client, "/notices/unread/?had=²").content.decode()


def test_the_count_ends_somewhere(make: Make, client: Client, reader: Any) -> None:
    for _ in range(101):
        make.notice(reader)
    said = htmx(client, "/notices/unread/").content.decode()
    assert "99+" in said
    assert "more than 99 unread" in said


def test_a_page_whose_session_ended_stops_asking() -> None:
    answer = htmx(Client(), "/notices/unread/")
    assert (answer.status_code, b"unread" in answer.content) == (286, False)
    assert Client().get("/notices/unread/")["Location"].startswith("/sign-in/")


def test_the_count_needs_few_queries_and_other_pages_none(make: Make, client: Client, reader: Any) -> None:
    for about in (make.project(), make.document(), make.unit(), make.kpi(), make.feedback(make.project())):
        make.notice(reader, about)
    with CaptureQueriesContext(connection) as captured:
        client.get("/notices/unread/")
    # Session, person, roles, what they are about, what of it is open, how many.
    assert len(captured) <= 6, [one["sql"][:120] for one in captured]
    with CaptureQueriesContext(connection) as captured:
        client.get("/units/")
    assert not [one for one in captured if "notices_" in one["sql"]]


def test_the_top_bar_leads_there_without_a_script(client: Client) -> None:
    said = client.get("/units/").content.decode()
    assert 'href="/notices/" hx-get="/notices/unread/"' in said
