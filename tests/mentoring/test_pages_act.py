"""What is done to a request on its page."""

from __future__ import annotations

import pytest

from coe.mentoring import places, services
from tests.mentoring.company import build, fresh, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make, monkeypatch):
    monkeypatch.setattr(places, "wake", lambda: None)
    return build(make)


@pytest.fixture
def asked(world, make):
    return make.request(world.asker, mentor=world.rosalind, state="asked", team=[world.mate], goal="Calibrate scores")


@pytest.fixture
def opened(world, make):
    return make.request(world.asker, mentor=world.rosalind, team=[world.mate], goal="Calibrate scores")


@pytest.fixture
def solved(world, make):
    return make.request(
        world.asker, mentor=world.rosalind, state="resolved", team=[world.mate], goal="Calibrate scores"
    )


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def at(request, path: str = "") -> str:
    return f"/mentoring/{request.pk}/{path}"


class TestAnswering:
    def test_one_click_accepts(self, world, asked, sign_in):
        answer = sign_in(world.rosalind.person).post(at(asked, "accept/"), follow=True)
        assert fresh(asked).state == "open"
        assert "You have it." in text(answer)

    def test_accepting_twice_or_without_a_place_is_refused_in_words(self, world, make, asked, sign_in):
        client = sign_in(world.rosalind.person)
        client.post(at(asked, "accept/"))
        again = client.post(at(asked, "accept/"))
        assert again.status_code == 409
        assert "You have taken it on." in text(again)
        world.rosalind.capacity = 1
        world.rosalind.save()
        more = make.request(world.mate, mentor=world.rosalind, state="asked", how="direct", holds_place=False)
        assert "You have no free place" in text(client.post(at(more, "accept/")))

    def test_declined_it_leaves_the_mentor(self, world, asked, sign_in):
        answer = sign_in(world.rosalind.person).post(at(asked, "decline/"), {"reason": "No time"}, follow=True)
        assert answer.redirect_chain == [("/mentoring/", 302)]
        assert (fresh(asked).state, only(asked).reason) == ("waiting", "No time")

    def test_too_long_a_reason_is_said(self, world, asked, sign_in):
        answer = sign_in(world.rosalind.person).post(at(asked, "decline/"), {"reason": "x" * 501})
        assert answer.status_code == 422
        assert fresh(asked).state == "asked"

    def test_others_may_not(self, world, asked, sign_in):
        for act in ("accept/", "decline/"):
            assert sign_in(world.asker).post(at(asked, act)).status_code == 403
            assert sign_in(world.stranger).post(at(asked, act)).status_code == 404

    def test_handed_over_to_another(self, world, opened, sign_in):
        client = sign_in(world.rosalind.person)
        offered = [label for _, label in client.get(at(opened, "hand-over/")).context["form"].fields["mentor"].choices]
        assert offered == ["Choose one", "Wanjiru Kamau"]
        there = at(opened, "hand-over/")
        assert client.post(there, {"mentor": world.wanjiru.pk, "reason": ""}).status_code == 422
        assert client.post(there, {"mentor": world.rosalind.pk, "reason": "x"}).status_code == 422
        answer = client.post(there, {"mentor": world.wanjiru.pk, "reason": "Knows trees"})
        assert answer["Location"] == "/mentoring/"
        assert (fresh(opened).mentor, fresh(opened).state) == (world.wanjiru, "asked")
        assert sign_in(world.asker).get(there).status_code == 403


class TestEnding:
    def test_resolved_rated_and_opened_again(self, world, opened, sign_in):
        client = sign_in(world.mate)
        client.post(at(opened, "resolve/"), {"resolution": "**Isotonic**"})
        page = text(client.get(at(opened)))
        assert "<strong>Isotonic</strong>" in page
        assert "Did it help?" in page
        client.post(at(opened, "rate/"), {"rating": "5"})
        assert fresh(opened).rating == 5
        assert "You said: very helpful" in text(client.get(at(opened)))
        assert client.post(at(opened, "reopen/"), {"reason": ""}).status_code == 422
        client.post(at(opened, "reopen/"), {"reason": "Still off"})
        assert (fresh(opened).state, fresh(opened).round) == ("asked", 2)

    @pytest.mark.parametrize("rating", ["", "0", "6", "x"])
    def test_a_rating_is_one_of_five(self, world, solved, sign_in, rating):
        answer = sign_in(world.asker).post(at(solved, "rate/"), {"rating": rating})
        assert answer.status_code == 422
        assert fresh(solved).rating is None

    def test_resolving_twice_is_refused(self, world, solved, sign_in):
        answer = sign_in(world.asker).post(at(solved, "resolve/"), {"resolution": "Kept words"})
        assert answer.status_code == 422
        assert "has resolved it already" in text(answer)
        assert "Kept words" in text(answer)

    def test_withdrawn(self, world, asked, sign_in):
        sign_in(world.asker).post(at(asked, "withdraw/"), {"reason": "Found it"})
        assert fresh(asked).state == "withdrawn"
        assert "Withdrawn" in text(sign_in(world.asker).get(at(asked)))
        answer = sign_in(world.asker).post(at(asked, "withdraw/"), {"reason": ""})
        assert answer.status_code == 422

    def test_the_mentor_does_not_rate_nor_withdraw(self, world, solved, opened, sign_in):
        client = sign_in(world.rosalind.person)
        assert client.post(at(solved, "rate/"), {"rating": "5"}).status_code == 403
        for act in ("withdraw/", "change/", "reopen/"):
            assert client.post(at(opened, act)).status_code == 403


class TestGuide:
    def test_a_draft_is_made_once(self, world, solved, sign_in):
        services.change_request(
            request_id=solved.pk, actor=world.asker, goal=solved.goal, details="", topic=solved.topic, skills=[],
            urgency="week", team=[world.mate.pk], is_shared=True,
        )  # fmt: skip
        client = sign_in(world.rosalind.person)
        assert "Make a guide of this" in text(client.get(at(solved)))
        answer = client.post(at(solved, "guide/"))
        made = fresh(solved).guide
        assert answer["Location"] == f"/guides/{made.slug}/edit/"
        assert f'href="/guides/{made.slug}/"' in text(client.get(at(solved)))
        assert client.post(at(solved, "guide/")).status_code == 409
        # Nobody else may read the draft yet.
        assert made.slug not in text(sign_in(world.stranger).get(at(solved)))

    def test_who_writes_no_guides_is_not_offered_it(self, world, solved, sign_in):
        assert "Make a guide of this" not in text(sign_in(world.mate).get(at(solved)))
        assert sign_in(world.mate).post(at(solved, "guide/")).status_code == 403


class TestChange:
    def sent(self, **more):
        return {"goal": "Another goal", "topic": "nlp", "urgency": "today", "details": "D", "skills": "a, b", **more}

    def test_what_it_says(self, world, opened, sign_in):
        client = sign_in(world.asker)
        assert client.get(at(opened, "change/")).context["form"]["goal"].value() == "Calibrate scores"
        answer = client.post(at(opened, "change/"), self.sent(team=[world.stranger.pk], is_shared="on"))
        assert answer["Location"] == at(opened)
        row = fresh(opened)
        assert (row.goal, row.topic, row.skills, row.urgency) == ("Another goal", "nlp", ["a", "b"], "today")
        assert list(row.team.all()) == [world.stranger]

    def test_what_is_wrong_is_said(self, world, opened, sign_in):
        answer = sign_in(world.asker).post(at(opened, "change/"), self.sent(goal="", details="Kept words"))
        assert answer.status_code == 422
        assert "Kept words" in text(answer)

    def test_of_a_resolved_one_only_whether_it_is_shared(self, world, solved, sign_in):
        same = {"goal": solved.goal, "topic": solved.topic, "urgency": solved.urgency, "team": [world.mate.pk]}
        client = sign_in(world.asker)
        assert client.post(at(solved, "change/"), same).status_code == 302
        assert fresh(solved).is_shared is False
        assert client.post(at(solved, "change/"), {**same, "goal": "Else"}).status_code == 422

    def test_whoever_leaves_the_team_goes_to_the_list(self, world, opened, sign_in):
        answer = sign_in(world.mate).post(at(opened, "change/"), self.sent())
        assert answer["Location"] == "/mentoring/"
