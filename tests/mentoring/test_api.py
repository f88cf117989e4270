"""Requests in the API: the same verbs as the pages, with problem details."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coe.mentoring.models import Message, Request
from tests.mentoring.company import build, fresh, pair

pytestmark = pytest.mark.django_db
ALL = "/api/v1/mentoring/requests/"


@pytest.fixture
def world(make):
    return build(make)


def one(request, path=""):
    return f"{ALL}{request.pk}/{path}"


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


class TestList:
    @pytest.fixture
    def rows(self, world, make):
        return {
            "waits": make.request(world.asker, topic="drift", skills=["xgboost"], urgency="today", unit=world.energy),
            "open": make.request(world.mate, team=[world.asker], mentor=world.rosalind, urgency="later"),
            "done": make.request(world.stranger, mentor=world.rosalind, state="resolved"),
            "hidden": make.request(world.stranger, mentor=world.wanjiru),
        }

    @pytest.mark.parametrize(
        ("who", "query", "found"),
        [
            ("asker", "", {"waits", "open", "done"}),
            ("asker", "?mine=all", {"waits", "open", "done"}),
            ("asker", "?mine=asked", {"waits", "open"}),
            ("asker", "?mine=answering", set()),
            ("rosalind", "?mine=answering", {"open", "done"}),
            ("rosalind", "", {"open", "done"}),
            ("admin", "", {"waits", "open", "done", "hidden"}),
            ("admin", "?state=open", {"open", "hidden"}),
            ("admin", "?topic=XGBoost", {"waits"}),
            ("admin", "?urgency=today", {"waits"}),
            ("admin", "?unit=energy", {"waits"}),
            ("admin", "?mentor=Rosalind@example.com", {"open", "done"}),
            ("admin", "?mentor=nobody@example.com", set()),
        ],
    )
    def test_filters(self, world, api, rows, who, query, found):
        person = world.rosalind.person if who == "rosalind" else getattr(world, who)
        assert set(ids(api(person).get(ALL + query))) == {rows[name].pk for name in found}

    def test_sorts(self, world, api, rows):
        urgent = ids(api(world.admin).get(ALL + "?sort=urgency"))
        assert (urgent[0], urgent[-1]) == (rows["waits"].pk, rows["open"].pk)
        assert ids(api(world.admin).get(ALL + "?sort=created"))[0] == rows["waits"].pk
        assert ids(api(world.admin).get(ALL + "?sort=nonsense"))

    @pytest.mark.parametrize("query", ["?state=nonsense", "?mine=theirs", "?urgency=1", "?unit=nowhere"])
    def test_what_is_no_filter_is_refused(self, world, api, query):
        answer = api(world.admin).get(ALL + query)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")

    def test_more_rows_need_no_more_queries(self, world, api, make):
        client = api(world.admin)

        def queries():
            with CaptureQueriesContext(connection) as captured:
                client.get(ALL)
            return len(captured)

        for subject in (world.churn, world.model):
            make.request(world.asker, mentor=world.rosalind, about=subject, state="resolved", guide=make.document())
        client.get(ALL)
        few = queries()
        for subject in (world.churn, world.secret, world.model):
            make.request(mentor=make.mentor(), about=subject, state="resolved", team=[make.person()])
        assert queries() == few


class TestOne:
    def test_shown(self, world, api, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", about=world.churn, rating=4)
        shown = api(world.asker).get(one(request)).json()
        assert shown["about"] == {"kind": "project", "id": world.churn.pk, "label": "Churn", "url": "/projects/churn/"}
        assert (shown["requester"], shown["mentor"]) == ("bjorn@example.com", "rosalind@example.com")
        assert (shown["rating"], shown["url"]) == (4, request.get_absolute_url())
        # Others read the thread, not what the help was worth.
        assert api(world.stranger).get(one(request)).json()["rating"] is None

    def test_a_draft_is_named_only_to_who_may_read_it(self, world, api, make):
        draft = make.document("draft", owner=world.rosalind.person, published=False)
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", guide=draft)
        assert api(world.rosalind.person).get(one(request)).json()["guide"] == "draft"
        assert api(world.asker).get(one(request)).json()["guide"] is None

    def test_what_it_is_about_may_be_closed_by_now(self, world, api, make):
        request = make.request(world.stranger, about=world.secret)
        assert api(world.stranger).get(one(request)).json()["about"] is None

    def test_others_do_not_find_it(self, world, api, make):
        request = make.request(world.asker, mentor=world.rosalind)
        assert api(world.stranger).get(one(request)).status_code == 404
        assert api().get(one(request)).status_code == 401


class TestAsk:
    def send(self, client, **said):
        said = {"goal": "Find out why churn drifts", "topic": "calibration", "urgency": "today", **said}
        return client.post(ALL, said, format="json")

    def test_three_fields(self, world, api):
        answer = self.send(api(world.asker))
        assert answer.status_code == 201, answer.content
        assert answer.json()["state"] == "waiting"
        assert answer.json()["unit"] == "retail"

    def test_all_fields(self, world, api):
        answer = self.send(
            api(world.asker), details="*More*", skills=["XGBoost"], unit="energy", language="de", version=3,
            about={"kind": "model", "id": world.model.pk}, team=["tove@example.com"], is_shared=False,
            mentor=" Rosalind@example.com",
        )  # fmt: skip
        assert answer.status_code == 201, answer.content
        shown = answer.json()
        assert (shown["state"], shown["mentor"], shown["wanted"]) == ("asked", *["rosalind@example.com"] * 2)
        assert (shown["team"], shown["skills"], shown["language"]) == (["tove@example.com"], ["xgboost"], "de")
        made = Request.objects.get()
        assert (made.subject_type_id, made.subject_id) == pair(world.model)

    def test_what_one_may_not_know_of_is_not_there(self, world, api):
        answer = self.send(api(world.stranger), about={"kind": "project", "id": world.secret.pk})
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("goal", {"goal": ""}),
            ("topic", {"topic": "x" * 41}),
            ("urgency", {"urgency": "now"}),
            ("mentor", {"mentor": "bjorn@example.com"}),
            ("mentor", {"mentor": 7}),
            ("team", {"team": ["bjorn@example.com"]}),
            ("team", {"team": "tove@example.com"}),
            ("version", {"version": 1}),
            ("language", {"language": "english"}),
            ("subject", {"about": {"kind": "kpi", "id": 1}}),
        ],
    )
    def test_bad_input_is_named(self, world, api, field, said):
        answer = self.send(api(world.asker), **said)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert field in str(answer.json()["errors"])

    def test_changed_in_part(self, world, api, make):
        request = make.request(world.asker, team=[world.mate], skills=["xgboost"], details="Before")
        answer = api(world.asker).patch(one(request), {"topic": "drift", "team": []}, format="json")
        assert answer.status_code == 200, answer.content
        shown = answer.json()
        assert (shown["topic"], shown["team"], shown["skills"], shown["details"]) == (
            "drift",
            [],
            ["xgboost"],
            "Before",
        )


class TestActs:
    def post(self, client, request, path, **said):
        return client.post(one(request, f"{path}/"), said, format="json")

    def test_from_asking_to_a_guide(self, world, api, make):
        asked = make.request(world.asker, mentor=world.rosalind, state="asked")
        hers, his = api(world.rosalind.person), api(world.asker)
        assert self.post(hers, asked, "accept").json()["state"] == "open"
        assert self.post(hers, asked, "messages", text="Try *isotonic*.").status_code == 201
        thread = his.get(one(asked, "messages/")).json()
        assert [(row["author"], row["html"]) for row in thread] == [
            ("rosalind@example.com", "<p>Try <em>isotonic</em>.</p>")
        ]
        assert self.post(his, asked, "resolve", resolution="Isotonic.").json()["resolved_by"] == "bjorn@example.com"
        assert self.post(his, asked, "rate", rating=5).json()["rating"] == 5
        made = self.post(hers, asked, "guide", title="Isotonic")
        assert (made.status_code, made.json()["slug"]) == (201, "isotonic")
        assert self.post(hers, asked, "guide").status_code == 409
        again = self.post(his, asked, "reopen", reason="It drifts still.").json()
        assert (again["state"], again["round"], again["rating"]) == ("asked", 2, None)
        assert self.post(his, asked, "withdraw").json()["state"] == "withdrawn"

    def test_declined_it_is_gone(self, world, api, make):
        asked = make.request(world.asker, mentor=world.rosalind, state="asked")
        client = api(world.rosalind.person)
        assert self.post(client, asked, "decline", reason="Away").status_code == 204
        assert client.get(one(asked)).status_code == 404

    def test_handed_over_it_is_shown_once_more(self, world, api, make):
        asked = make.request(world.asker, mentor=world.rosalind, state="asked")
        answer = self.post(
            api(world.rosalind.person), asked, "hand-over", mentor="wanjiru@example.com", reason="Knows it"
        )
        assert (answer.status_code, answer.json()["mentor"]) == (200, "wanjiru@example.com")

    def test_refusals_are_problems(self, world, api, make):
        request = make.request(world.asker, mentor=world.rosalind)
        answer = self.post(api(world.rosalind.person), request, "accept")
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        assert "taken it on" in answer.json()["detail"]
        answer = self.post(api(world.asker), request, "accept")
        assert answer.status_code == 403
        # Access comes before the input.
        assert self.post(api(world.stranger), request, "rate", rating=9).status_code == 404
        assert self.post(api(world.admin), request, "rate", rating=9).status_code == 403

    def test_placed_by_hand_and_why(self, world, api, make):
        request = make.request(world.asker)
        answer = self.post(api(world.admin), request, "place", mentor="rosalind@example.com")
        assert (answer.status_code, answer.json()["mentor"]) == (200, "rosalind@example.com")
        why = api(world.admin).get(one(request, "why/")).json()
        assert [(row["mentor"], row["how"], row["by"]) for row in why["attempts"]] == [
            ("rosalind@example.com", "by_hand", "ada@example.com")
        ]
        assert isinstance(why["now"], list)
        assert api(world.asker).get(one(request, "why/")).json()["now"] is None
        assert api(world.wanjiru.person).get(one(request, "why/")).status_code == 404

    def test_why_is_not_for_who_only_reads_the_thread(self, world, api, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        assert api(world.stranger).get(one(request, "messages/")).status_code == 200
        assert api(world.stranger).get(one(request, "why/")).status_code == 403


class TestFilesAndMeetings:
    def test_files_come_as_a_form(self, world, api, make):
        request = make.request(world.asker)
        files = [SimpleUploadedFile(f"{n}.txt", b"epoch %d" % n) for n in range(2)]
        answer = api(world.asker).post(one(request, "messages/"), {"files": files}, format="multipart")
        assert answer.status_code == 201, answer.content
        shown = answer.json()
        assert [row["name"] for row in shown["files"]] == ["0.txt", "1.txt"]
        assert shown["files"][0]["url"] == f"/mentoring/{request.pk}/files/{shown['files'][0]['id']}/"
        assert shown["ics"] is None
        bad = SimpleUploadedFile("x.html", b"<html>")
        answer = api(world.asker).post(one(request, "messages/"), {"files": [bad]}, format="multipart")
        assert list(answer.json()["errors"]) == ["files"]

    def test_a_meeting_is_proposed_moved_and_called_off(self, world, api, make):
        request = make.request(world.asker, mentor=world.rosalind)
        client = api(world.asker)
        said = {"starts_at": (timezone.now() + timedelta(days=1)).isoformat(), "minutes": 30, "place": "Room 4"}
        made = client.post(one(request, "meetings/"), said, format="json")
        assert made.status_code == 201, made.content
        path = one(request, f"meetings/{made.json()['id']}/")
        assert made.json()["ics"] == f"/mentoring/{request.pk}/meetings/{made.json()['id']}.ics"
        moved = client.put(path, {**said, "minutes": 60}, format="json")
        assert (moved.status_code, moved.json()["sequence"], moved.json()["minutes"]) == (200, 1, 60)
        assert client.delete(path).status_code == 204
        assert client.delete(path).status_code == 409
        assert Message.objects.get().cancelled_at is not None
        other = make.request(world.asker, mentor=world.rosalind)
        assert client.delete(one(other, f"meetings/{made.json()['id']}/")).status_code == 404

    def test_what_is_no_meeting_is_none(self, world, api, make):
        request = make.request(world.asker, mentor=world.rosalind)
        written = Message.objects.create(request=request, author=world.asker, text="x")
        assert api(world.asker).delete(one(request, f"meetings/{written.pk}/")).status_code == 404


class TestAnswers:
    def test_offered_and_counted(self, world, api, make):
        thread = make.request(world.asker, mentor=world.rosalind, state="resolved")
        client = api(world.stranger)
        assert client.get(ALL + "offers/?goal=churn").json() == []
        answer = client.post(ALL + "served/", {"kind": "thread", "id": thread.pk, "topic": "Drift"}, format="json")
        assert answer.status_code == 201, answer.content
        assert (answer.json()["thread"], answer.json()["topic"]) == (thread.pk, "drift")
        assert client.post(ALL + "served/", {"kind": "guide", "id": 7}, format="json").status_code == 404
        assert fresh(thread).served.count() == 1
