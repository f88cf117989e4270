"""The centre's figures: pure, and as a page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from coe.mentoring import candidates
from coe.mentoring import centre_figures as f
from coe.mentoring.centre_figures import Asked, Try
from coe.mentoring.centre_read import with_why
from coe.mentoring.models import Message, Request, Served
from tests.factories import at
from tests.mentoring.company import build

START = at("2026-03-01")


def asked(days: float = 0, first: float | None = None, resolved: float | None = None, **more) -> Asked:
    created = START + timedelta(days=days)

    def after(n: float | None):
        return None if n is None else created + timedelta(days=n)

    state = "resolved" if resolved is not None else "open"
    given = {"state": state, "unit": 1, "tags": frozenset({"nlp"}), **more}
    return Asked(created, after(first), after(resolved), **given)


class TestFigures:
    @pytest.mark.parametrize(
        ("values", "share", "found"),
        [([], 0.9, None), ([3], 0.9, 3), ([1, 2, 3, 4], 0.5, 2), (range(1, 11), 0.9, 9), (range(1, 12), 0.9, 10)],
    )
    def test_the_nearest_rank(self, values, share, found):
        assert f.percentile(list(values), share) == found

    def test_times_say_how_many_are_known(self):
        found = f.group(
            "all", [asked(first=1, resolved=4), asked(first=3), asked(), asked(state="withdrawn", first=90)]
        )
        assert (found.asked, found.withdrawn) == (4, 1)
        assert (found.first.count, found.first.of, found.first.median, found.first.p90) == (2, 3, 2.0, 3.0)
        assert (found.resolution.count, found.resolution.median) == (1, 4.0)

    def test_months_are_those_of_the_company(self):
        late = Asked(at("2026-03-31 23:30"), None, None, "open", None, frozenset())
        assert f.month_of("UTC")(late) == (2026, 3)
        assert f.month_of("Europe/Berlin")(late) == (2026, 4)
        assert set(f.groups([asked(0), asked(40)], f.month_of("UTC"))) == {(2026, 3), (2026, 4)}

    def test_work_of_each_mentor(self):
        tries = [Try(1, "done"), Try(1, "accepted"), Try(1, "silent"), Try(2, "declined"), Try(9, "accepted")]
        rows = [asked(resolved=1, mentor=1, rating=4), asked(resolved=1, mentor=1), asked(mentor=2)]
        first, second, third = f.work([1, 2, 3], tries, rows, {1: 90})
        assert (first.mentor, first.asked, first.accepted, first.silent, first.resolved) == (1, 3, 2, 1, 2)
        assert (first.hours, first.rating, first.rated) == (1.5, 4.0, 1)
        assert (second.mentor, second.declined, second.rating) == (2, 1, None)
        assert (third.mentor, third.asked) == (3, 0)

    def test_the_busiest_quarter(self):
        tries = [*[Try(1, "done")] * 6, *[Try(pk, "done") for pk in (2, 3, 4, 5)]]
        found = f.share(f.work(range(1, 6), tries, [], {}))
        assert (found.mentors, found.busiest, found.accepted, found.theirs) == (5, 2, 10, 7)
        assert (found.percent, found.even) == (70.0, 40.0)
        assert f.share([]).percent is None

    def test_skills_that_nobody_or_one_holds(self):
        rows = [asked(tags=frozenset({"nlp", "trees"})), asked(tags=frozenset({"nlp", "sql"}))]
        found = f.gaps(rows, {"trees": {7}, "sql": {7, 8}})
        assert [(one.tag, one.asked, one.holder) for one in found] == [("nlp", 2, None), ("trees", 1, 7)]


@pytest.fixture
def world(make):
    return build(make)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.django_db
class TestPage:
    def test_it_is_for_the_centre(self, world, sign_in):
        for person in (world.asker, world.rosalind.person, world.stranger):
            assert sign_in(person).get("/mentoring/centre/").status_code == 403

    def test_nothing_yet(self, world, sign_in):
        page = text(sign_in(world.admin).get("/mentoring/centre/"))
        assert "Nobody waits." in page
        assert "Nobody has asked in this time" in page
        assert "Rosalind Franklin" in page

    def test_all_of_it(self, world, make, sign_in):
        now = timezone.now()
        solved = make.request(
            world.asker, mentor=world.rosalind, state="resolved", unit=make.unit("online", parent=world.retail),
            rating=5, rated_at=now,
        )  # fmt: skip
        Request.objects.filter(pk=solved.pk).update(
            created_at=now - timedelta(days=2), first_answer_at=now - timedelta(days=1, hours=20), resolved_at=now
        )
        Message.objects.create(request=solved, author=world.asker, starts_at=now - timedelta(hours=3), minutes=90)
        Served.objects.create(person=world.mate, thread=solved)
        make.request(world.mate, topic="forecasting", goal="Forecast returns")
        old = make.request(world.mate, goal="Long ago")
        Request.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=200))
        answer = sign_in(world.admin).get("/mentoring/centre/")
        shown, page = answer.context["shown"], text(answer)
        assert shown.total.asked == 2
        assert shown.total.first.median == pytest.approx(4 / 24, abs=0.001)
        assert [(name, one.asked) for name, one in shown.units] == [("No unit", 1), ("Retail", 1)]
        assert "2 requests wait for a mentor" in page
        assert "is asked within a minute." in page
        assert [one.gap.tag for one in shown.unheld] == ["forecasting"]
        assert (shown.served_count, shown.rating) == (1, 5.0)
        first = shown.mentors[0]
        assert (first.mentor, first.work.accepted, first.work.hours) == (world.rosalind, 1, 1.5)
        assert sign_in(world.admin).get("/mentoring/centre/?days=365").context["shown"].total.asked == 3
        assert sign_in(world.admin).get("/mentoring/centre/?days=x").status_code == 200

    def test_csv(self, world, make, sign_in):
        make.request(world.asker, topic="=1+1")
        answer = sign_in(world.admin).get("/mentoring/centre/?format=csv")
        lines = b"".join(answer.streaming_content).decode().splitlines()
        width = lines[0].count(",")
        assert "'=1+1" in "".join(lines)
        assert {line.count(",") for line in lines} == {width}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "is asked within a minute."),
        ({"paused": True}, "Of 2 who mentor 2 are paused."),
        ({"full": True}, "Who has a free place knows too little of it"),
        ({"paused": True, "topic": "forecasting"}, "Nobody knows forecasting. Of 2 who mentor 2 are paused."),
    ],
)
def test_why_nobody_has_it(world, make, change, said):
    if "paused" in change:
        for mentor in (world.rosalind, world.wanjiru):
            mentor.paused_at = timezone.now()
            mentor.save()
    if "full" in change:
        world.rosalind.capacity = 1
        world.rosalind.save()
        make.request(mentor=world.rosalind)
    row = make.request(world.asker, topic=change.get("topic", "calibration"))
    found = candidates.standing([row], timezone.now())
    assert said in with_why([row], found)[0].why
