"""The form on which somebody asks for a mentor."""

from __future__ import annotations

import pytest
from django.utils import timezone

from coe.mentoring import answers, ask_views, places
from coe.mentoring.answers import Offer
from coe.mentoring.models import Request, Served
from tests.mentoring.company import build, pair

pytestmark = pytest.mark.django_db
ASK = "/mentoring/ask/"


@pytest.fixture
def world(make, monkeypatch):
    monkeypatch.setattr(places, "wake", lambda: None)
    return build(make)


@pytest.fixture
def offered(monkeypatch, make):
    """One guide that is like everything."""
    guide = make.document("scores", title="Calibrate scores")

    def offers(person, *, goal, topic="", most=5):
        return [Offer("guide", guide.pk, "Calibrate scores", "how to", guide.get_absolute_url())] if goal else []

    monkeypatch.setattr(answers, "offers", offers)
    return guide


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def said(**more):
    return {"goal": "Calibrate churn scores", "topic": "calibration", "urgency": "today", **more}


class TestFilledIn:
    def test_a_project_gives_its_unit_and_the_tags(self, world, sign_in):
        answer = sign_in(world.asker).get(
            f"{ASK}?about=project:churn&unit=retail&tags=Pricing,time%20series,,x{'y' * 50}"
        )
        form = answer.context["form"]
        assert answer.status_code == 200
        assert form["skills"].value() == "pricing, time series"
        assert form["subject"].value() == ":".join(map(str, pair(world.churn)))
        assert 'About <a href="/projects/churn/">Churn</a>' in text(answer)

    @pytest.mark.parametrize("name", ["tracker/churn-xgb", "churn-xgb", "{pk}"])
    def test_a_model_by_its_names_with_its_version(self, world, sign_in, name):
        answer = sign_in(world.asker).get(f"{ASK}?about=model:{name.format(pk=world.model.pk)}&version=7")
        assert answer.context["form"]["version"].value() == 7
        assert answer.context["form"]["subject"].value() == ":".join(map(str, pair(world.model)))
        assert "churn-xgb</a>, version 7" in text(answer)

    def test_a_guide_is_named_as_read(self, world, make, sign_in):
        make.document("how-to", title="A [b] guide", tags=["pricing"], about=world.churn, unit=world.retail)
        form = sign_in(world.asker).get(f"{ASK}?about=document:how-to").context["form"]
        assert form["details"].value() == "I have read [A (b) guide](/guides/how-to/).\n"
        assert (form["skills"].value(), form["unit"].value()) == ("pricing", "retail")
        assert form["subject"].value() == ":".join(map(str, pair(world.churn)))

    @pytest.mark.parametrize(
        "about", ["project:secret", "project:none", "model:999", "x:1", "document:none", "project:"]
    )
    def test_what_is_not_there_or_closed_is_not_there(self, world, sign_in, about):
        assert sign_in(world.stranger).get(f"{ASK}?about={about}").status_code == 404

    def test_nonsense_beside_it_is_left_out(self, world, sign_in):
        answer = sign_in(world.asker).get(f"{ASK}?about=model:churn-xgb&version=x&unit=none&mentor=abc&topic=t&goal=g")
        assert answer.status_code == 200
        assert answer.context["form"]["goal"].value() == "g"

    def test_oneself_is_not_offered(self, world, sign_in):
        names = [label for _, label in sign_in(world.rosalind.person).get(ASK).context["form"].fields["mentor"].choices]
        assert names == ["Whoever fits best", "Wanjiru Kamau"]


class TestByName:
    def test_a_full_mentor_comes_with_a_warning(self, world, make, sign_in):
        world.rosalind.capacity = 1
        world.rosalind.save()
        make.request(mentor=world.rosalind)
        answer = sign_in(world.asker).get(f"{ASK}?mentor={world.rosalind.pk}")
        assert "Rosalind Franklin has no free place, and can accept only when one is free." in text(answer)
        assert "Rosalind Franklin (full: 1 of 1)" in text(answer)

    def test_so_does_one_who_is_away_or_paused(self, world, sign_in):
        today = timezone.localdate()
        world.rosalind.away.create(first=today, last=today)
        world.wanjiru.paused_at = timezone.now()
        world.wanjiru.save()
        client = sign_in(world.asker)
        for mentor, words in ((world.rosalind, "is away until"), (world.wanjiru, "takes no requests at present")):
            part = client.get(f"{ASK}?part=mentor&mentor={mentor.pk}")
            assert words in text(part)
            assert "<html" not in text(part)
        assert text(client.get(f"{ASK}?part=mentor&mentor=")) == ""

    def test_whoever_is_named_is_asked(self, world, sign_in):
        answer = sign_in(world.asker).post(ASK, said(mentor=world.rosalind.pk), follow=True)
        row = Request.objects.get()
        assert (row.state, row.mentor) == ("asked", world.rosalind)
        assert "Rosalind Franklin is asked." in text(answer)


class TestSending:
    def test_three_fields_are_enough(self, world, sign_in):
        answer = sign_in(world.asker).post(ASK, said())
        row = Request.objects.get()
        assert answer["Location"] == row.get_absolute_url()
        assert (row.state, row.unit, row.urgency, row.is_shared) == ("waiting", world.retail, "today", False)

    def test_all_of_it(self, world, sign_in):
        subject = ":".join(map(str, pair(world.model)))
        more = {"details": "**Why**", "skills": "NLP, Trees", "team": [world.mate.pk], "unit": "energy"}
        more |= {"language": "en", "subject": subject, "version": "3", "is_shared": "on"}
        assert sign_in(world.asker).post(ASK, said(**more)).status_code == 302
        row = Request.objects.get()
        assert (row.skills, row.unit, row.language, row.version) == (["nlp", "trees"], world.energy, "en", 3)
        assert (row.subject_id, row.is_shared, list(row.team.all())) == (world.model.pk, True, [world.mate])
        assert "<strong>Why</strong>" in row.details_html

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"goal": ""}, "This field is required."),
            ({"topic": "a, b"}, "must be tags without commas"),
            ({"urgency": "soon"}, "Select a valid choice."),
            ({"version": "3"}, "is given only with a model"),
            ({"mentor": "999"}, "Select a valid choice."),
            ({"unit": "none"}, "Select a valid choice."),
            ({"team": ["x"]}, "is not a valid value"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, world, sign_in, more, words):
        sent = said(details="Kept details", **{"opened": "about=project:churn", **more})
        answer = sign_in(world.asker).post(ASK, sent)
        assert answer.status_code == 422
        assert words in text(answer)
        assert "Kept details" in text(answer)
        assert 'About <a href="/projects/churn/">' in text(answer)
        assert not Request.objects.exists()

    def test_a_thing_that_is_closed_to_the_person_is_not_there(self, world, sign_in):
        subject = ":".join(map(str, pair(world.secret)))
        assert sign_in(world.stranger).post(ASK, said(subject=subject)).status_code == 404

    def test_what_it_was_opened_from_may_be_closed_meanwhile(self, world, sign_in):
        answer = sign_in(world.stranger).post(ASK, said(goal="", opened="about=project:secret"))
        assert answer.status_code == 422
        assert "secret" not in text(answer).replace("opened", "").lower().replace("about=project:secret", "")


class TestAnswersThatAreThere:
    def test_the_first_time_they_are_offered_before_sending(self, world, sign_in, offered):
        client = sign_in(world.asker)
        step = client.post(ASK, said(act="send", details="Kept details"))
        assert step.status_code == 200
        assert "Maybe one of these answers it" in text(step)
        assert "Kept details" in text(step)
        assert not Request.objects.exists()
        assert client.post(ASK, said(act="anyway")).status_code == 302
        assert Request.objects.exists()

    def test_who_has_seen_them_while_typing_is_not_held_up(self, world, sign_in, offered):
        assert sign_in(world.asker).post(ASK, said(offered=f"guide:{offered.pk}")).status_code == 302

    def test_htmx_gets_the_part_and_others_a_page(self, world, sign_in, offered):
        client = sign_in(world.asker)
        part = client.get("/mentoring/answers/?goal=calibrate", headers={"HX-Request": "true"})
        assert text(part).startswith('<section class="offers"')
        assert f'value="guide:{offered.pk}"' in text(part)
        page = client.get("/mentoring/answers/?goal=calibrate&topic=nlp")
        assert "None of them does: ask a mentor" in text(page)
        assert text(client.get("/mentoring/answers/?goal=", headers={"HX-Request": "true"})) == ""

    def test_this_answered_it_is_counted_and_leads_there(self, world, sign_in, offered):
        client = sign_in(world.asker)
        page = client.post("/mentoring/answers/served/", said(served=f"guide:{offered.pk}"), follow=True)
        row = Served.objects.get()
        assert (row.document, row.person, row.topic) == (offered, world.asker, "calibration")
        assert "it was answered already" in text(page)
        assert 'href="/guides/scores/"' in text(page)
        assert sign_in(world.mate).get(f"/mentoring/answers/served/{row.pk}/").status_code == 404
        assert not Request.objects.exists()

    def test_a_thread_serves_too_and_a_topic_that_is_none_is_left_out(self, world, make, sign_in):
        thread = make.request(world.mate, mentor=world.rosalind, state="resolved")
        sign_in(world.asker).post("/mentoring/answers/served/", {"served": f"thread:{thread.pk}", "topic": "a,b"})
        assert (Served.objects.get().thread, Served.objects.get().topic) == (thread, "")

    @pytest.mark.parametrize("served", ["", "guide:x", "person:1", "guide:999", "thread:999", "guide:" + "9" * 30])
    def test_what_is_no_answer_is_not_there(self, world, sign_in, served):
        assert sign_in(world.asker).post("/mentoring/answers/served/", {"served": served}).status_code == 404


def test_a_preview_shows_what_others_will_see(world, sign_in):
    client = sign_in(world.asker)
    for name in ask_views._TEXTS:
        assert "<strong>b</strong>" in text(client.post("/mentoring/preview/", {name: "**b**<script>"}))
    assert client.post("/mentoring/preview/", {"text": "\0"}).status_code in (200, 422)
    assert "shown here" in text(client.post("/mentoring/preview/", {}))
