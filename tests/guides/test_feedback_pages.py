"""The panel, the form, the lists and the thread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from coe.guides import feedback_panel
from coe.guides import feedback_services as services
from coe.guides.models import Feedback
from tests.guides.readers import build, pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def address(subject, **more) -> str:
    type_id, pk = pair(subject)
    return f"/feedback/give/?type={type_id}&id={pk}" + "".join(f"&{name}={value}" for name, value in more.items())


def posted(subject, kind, **more):
    type_id, pk = pair(subject)
    return {"type": type_id, "id": pk, "kind": kind, "next": f"/projects/{subject.slug}/?as_of=2026-01-31", **more}


class TestPanel:
    def test_it_counts_the_votes_on_this_version(self, world, make):
        for n in range(21):
            make.feedback(
                world.churn_model, kind="helpful" if n < 18 else "not_helpful", version=7, text="", state="noted"
            )
        make.feedback(world.churn_model, kind="not_helpful", version=6, text="", state="noted")
        told = feedback_panel.of(world.churn_model, world.reader, version=7)
        assert (told["helpful"], told["votes"]) == (18, 21)
        assert feedback_panel.of(world.churn_model, world.reader)["votes"] == 22

    def test_open_reports_show_to_every_reader_but_not_who_sent_them(self, world, make):
        make.feedback(world.churn_model, author=world.reader, version=7, section="distrust")
        for person, name in ((world.stranger, ""), (world.reader, "Rita Reader"), (world.owner, "Rita Reader")):
            (row,) = feedback_panel.of(world.churn_model, person)["open"]
            assert row.__dict__["by"] == name

    def test_answered_ones_come_with_the_answer(self, world, make):
        row = make.feedback(world.churn_model, author=world.reader)
        services.answer_feedback(feedback_id=row.pk, actor=world.owner, outcome="planned", answer="Next month.")
        told = feedback_panel.of(world.churn_model, world.stranger)
        assert (told["open"], [one.answer for one in told["answered"]]) == ([], ["Next month."])


class TestVoteByClick:
    def test_without_javascript_it_returns_to_the_page(self, world, sign_in):
        answer = sign_in(world.reader).post("/feedback/give/", posted(world.churn, "helpful", version="7"))
        assert (answer.status_code, answer["Location"]) == (302, "/projects/churn/?as_of=2026-01-31#feedback")
        assert Feedback.objects.get().version == 7

    def test_it_returns_to_no_other_site(self, world, sign_in):
        for place in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
            answer = sign_in(world.reader).post("/feedback/give/", {**posted(world.churn, "helpful"), "next": place})
            assert answer["Location"] == "/projects/churn/#feedback"

    def test_htmx_gets_the_panel_which_asks_why_not(self, world, sign_in):
        client = sign_in(world.reader)
        asked = client.post("/feedback/give/", posted(world.churn, "not_helpful"), headers={"HX-Request": "true"})
        assert text(asked).startswith('<section id="feedback"')
        assert "What did you miss?" in text(asked)
        assert "0 of 1 found it helpful" in text(asked)
        more = posted(world.churn, "not_helpful", text="No example.")
        assert "What did you miss?" not in text(client.post("/feedback/give/", more, headers={"HX-Request": "true"}))
        assert Feedback.objects.get().state == "open"

    def test_a_wrong_version_is_said(self, world, sign_in):
        answer = sign_in(world.reader).post("/feedback/give/", posted(world.churn, "helpful", version="x"), follow=True)
        assert "version: Enter a whole number." in text(answer)
        assert not Feedback.objects.exists()


class TestForm:
    def test_the_section_and_the_version_are_filled_in(self, world, sign_in):
        path = address(world.churn_model, kind="wrong_output", section="distrust", version=7)
        answer = sign_in(world.reader).get(path)
        assert '<option value="distrust" selected>When not to trust it</option>' in text(answer)
        assert "No personal data is asked for" in text(answer)
        assert "It goes to Olga Owner" in text(answer)
        assert "version 7" in text(answer)

    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, world, sign_in):
        path = address(world.churn_model, kind="wrong_output")
        answer = sign_in(world.reader).post(path, {"got": "", "expected": "Below 40"})
        assert answer.status_code == 422
        assert "Below 40" in text(answer)
        assert not Feedback.objects.exists()

    def test_a_report_is_sent(self, world, sign_in):
        path = address(world.churn_model, kind="wrong_output")
        said = {"got": "90", "expected": "40", "section": "decides", "version": "7", "happened_on": "2026-01-02"}
        answer = sign_in(world.reader).post(path, said)
        assert answer["Location"].endswith("#feedback")
        row = Feedback.objects.get()
        assert (row.section, row.version, row.got, str(row.happened_on)) == ("decides", 7, "90", "2026-01-02")

    @pytest.mark.parametrize("query", ["", "?type=1", "?type=x&id=1", "?type=999999&id=1", "?type=1&id=" + "9" * 30])
    def test_an_address_of_nothing_is_not_there(self, world, sign_in, query):
        assert sign_in(world.reader).get("/feedback/give/" + query).status_code == 404

    def test_what_the_reader_may_not_know_of_is_not_there(self, world, sign_in):
        for subject in (world.secret, world.secret_guide, world.draft, world.of_unit):
            assert sign_in(world.stranger).get(address(subject)).status_code == 404


class TestLists:
    def rows(self, answer):
        return [row.pk for row in answer.context["rows"]]

    def test_each_sees_first_what_waits_for_them(self, world, make, sign_in):
        row = make.feedback(world.churn_model, author=world.reader)
        make.feedback(world.churn, kind="helpful", author=world.reader)
        owner, reader = sign_in(world.owner).get("/feedback/"), sign_in(world.reader).get("/feedback/")
        assert (owner.context["tab"], self.rows(owner)) == ("waiting", [row.pk])
        assert (reader.context["tab"], len(self.rows(reader))) == ("mine", 2)
        other = sign_in(world.other).get("/feedback/")
        assert (other.context["tab"], self.rows(other)) == ("all", [row.pk])

    def test_nothing_of_closed_things_shows_or_counts(self, world, make, sign_in):
        make.feedback(world.secret_model, author=world.owner, got="Kept quiet.")
        make.feedback(world.of_unit, author=world.owner, kind="comment")
        for query in ("?tab=all", "?tab=all&q=quiet", f"?tab=all&about={pair(world.secret_model)[0]}-1"):
            assert sign_in(world.stranger).get("/feedback/" + query).context["count"] == 0
        body = b"".join(sign_in(world.stranger).get("/feedback/?tab=all&format=csv").streaming_content).decode()
        assert len(body.splitlines()) == 1
        assert sign_in(world.member).get("/feedback/?tab=all").context["count"] == 1

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("kind=wrong_output", 1),
            ("kind=comment", 1),
            ("state=open", 2),
            ("state=answered", 0),
            ("q=score+stayed", 1),
            ("q=nothing", 0),
            ("section=distrust", 1),
            ("version=7", 1),
            ("version=x", 2),
            ("kind=nonsense", 2),
            ("about=1-x", 0),
            ("to_answer=on", 0),
            ("page=99&sort=-kind", 2),
        ],
    )
    def test_it_is_narrowed_by_the_address(self, world, make, sign_in, query, count):
        make.feedback(world.churn_model, version=7, section="distrust")
        make.feedback(world.howto, kind="comment")
        answer = sign_in(world.stranger).get("/feedback/?tab=all&" + query)
        assert (answer.status_code, answer.context["count"]) == (200, count)

    def test_the_owner_finds_what_they_may_answer_and_the_centre_what_nobody_owns(self, world, make, sign_in):
        make.feedback(world.churn_model)
        loose = make.feedback(make.model(world.churn_model.source))
        assert sign_in(world.member).get("/feedback/?tab=all&to_answer=on").context["count"] == 1
        assert self.rows(sign_in(world.admin).get("/feedback/?tab=waiting")) == [loose.pk]

    def test_csv_runs_no_formula_and_names_no_author_to_readers(self, world, make, sign_in):
        make.feedback(world.churn_model, author=world.reader, got='=HYPERLINK("http://evil.example")')
        for person, named in ((world.stranger, False), (world.owner, True)):
            answer = sign_in(person).get("/feedback/?tab=all&format=csv")
            body = b"".join(answer.streaming_content).decode()
            assert "\"'=HYPERLINK" in body
            assert ("Rita Reader" in body) is named

    def test_an_empty_list_says_what_next(self, world, sign_in):
        assert "Nothing waits for you" in text(sign_in(world.other).get("/feedback/?tab=waiting"))
        assert "Take out a filter" in text(sign_in(world.other).get("/feedback/?tab=all&q=x"))


class TestThread:
    def test_it_says_what_it_is_about_and_who_may_do_what(self, world, make, sign_in):
        row = make.feedback(world.churn_model, author=world.reader, version=7, section="distrust", revision=1)
        shown = {
            "owner": (True, False, "Rita Reader"),
            "reader": (False, True, "Rita Reader"),
            "other": (False, False, "A reader"),
        }
        for name, (answers, withdraws, said_by) in shown.items():
            answer = sign_in(getattr(world, name)).get(row.get_absolute_url())
            page = text(answer)
            assert "churn-xgb" in page
            assert "section “When not to trust it”, version 7, text of revision 1" in page
            assert (answer.context["may_answer"], answer.context["may_withdraw"]) == (answers, withdraws)
            assert f"<strong>{said_by}</strong>" in page

    def test_answered_reopened_and_answered_again(self, world, make, sign_in):
        row = make.feedback(world.churn_model, author=world.reader)
        owner, reader = sign_in(world.owner), sign_in(world.reader)
        page = row.get_absolute_url()
        assert owner.post(page + "answer/", {"outcome": "", "answer": "Typed"}).status_code == 422
        assert owner.post(page + "answer/", {"outcome": "explained", "answer": "First *answer*"}).status_code == 302
        assert "<em>answer</em>" in text(reader.get(page))
        assert reader.post(page + "withdraw/").status_code == 409
        assert reader.post(page + "reopen/", {"reason": ""}).status_code == 422
        assert reader.post(page + "reopen/", {"reason": "It came again"}).status_code == 302
        assert owner.post(page + "answer/", {"outcome": "mended", "answer": "Second"}).status_code == 302
        told = text(sign_in(world.other).get(page))
        assert told.index("First *answer*") < told.index("It came again") < told.index("Second")
        assert "Rita" not in told

    def test_a_second_answer_keeps_what_was_typed(self, world, make, sign_in):
        row = make.feedback(world.churn_model, author=world.reader)
        services.answer_feedback(feedback_id=row.pk, actor=world.member, outcome="mended", answer="Done.")
        answer = sign_in(world.owner).post(row.get_absolute_url() + "answer/", {"outcome": "mended", "answer": "Mine"})
        assert answer.status_code == 422
        assert "Mia Member has answered it already" in text(answer)
        assert "Mine" in text(answer)

    def test_it_is_taken_back(self, world, make, sign_in):
        row = make.feedback(world.churn_model, author=world.reader)
        assert sign_in(world.other).post(row.get_absolute_url() + "withdraw/").status_code == 403
        assert sign_in(world.reader).post(row.get_absolute_url() + "withdraw/").status_code == 302
        assert not Feedback.objects.exists()

    def test_of_what_is_closed_now_its_author_reads_no_name(self, world, make, sign_in):
        row = make.feedback(world.secret, author=world.reader)
        assert sign_in(world.other).get(row.get_absolute_url()).status_code == 404
        page = text(sign_in(world.reader).get(row.get_absolute_url()))
        assert "no longer open to you" in page
        assert "Secret" not in page


class TestElsewhere:
    def test_the_home_page_tells_owner_and_author(self, world, make, sign_in):
        row = make.feedback(world.churn_model, author=world.reader, got="A score of 90")
        assert "A score of 90" in text(sign_in(world.owner).get("/"))
        assert "A score of 90" not in text(sign_in(world.reader).get("/"))
        services.answer_feedback(feedback_id=row.pk, actor=world.owner, outcome="mended", answer="Mended today.")
        assert "Mended today." in text(sign_in(world.reader).get("/"))
        assert "A score of 90" not in text(sign_in(world.owner).get("/"))
        Feedback.objects.update(answered_at=timezone.now() - timedelta(days=20))
        assert "Mended today." not in text(sign_in(world.reader).get("/"))
