"""The page of a request: what each sees and may do there, messages, files, meetings, and why which mentor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from coe.core import access
from coe.mentoring import part, places, placing, services, thread_page
from coe.mentoring.models import Attempt, Message, Request
from tests.guides.pictures import png
from tests.mentoring.company import build, fresh

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


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def at(request, path: str = "") -> str:
    return f"/mentoring/{request.pk}/{path}"


class TestWhoSeesWhat:
    def test_the_mentor_is_asked_with_the_deadline(self, world, asked, sign_in):
        page = text(sign_in(world.rosalind.person).get(at(asked)))
        assert "You are asked and have until" in page
        assert f'action="{at(asked, "accept/")}"' in page
        assert "Hand it over" in page

    def test_who_asked_sees_whom_it_waits_for(self, world, asked, sign_in):
        for person in (world.asker, world.mate):
            page = text(sign_in(person).get(at(asked)))
            assert "Rosalind Franklin is asked and has until" in page
            assert f'action="{at(asked, "accept/")}"' not in page
            assert "Who was asked" in page

    def test_a_shared_one_is_read_without_who_was_asked(self, world, make, sign_in):
        solved = make.request(world.asker, mentor=world.rosalind, state="resolved", rating=2, rated_at=timezone.now())
        page = text(sign_in(world.stranger).get(at(solved)))
        assert "Mended." in page
        for hidden in ("Who was asked", "Did it help", "Why this mentor", "Make a guide", "Open it again", "<textarea"):
            assert hidden not in page
        assert sign_in(world.stranger).get(at(solved, "why/")).status_code == 403

    def test_what_it_is_about_is_named_to_who_may_know(self, world, make, sign_in):
        row = make.request(world.asker, mentor=world.rosalind, about=world.secret, version=3)
        assert 'About <a href="/projects/secret/">Secret</a>, version 3' in text(sign_in(world.asker).get(at(row)))
        page = text(sign_in(world.rosalind.person).get(at(row)))
        assert "About something that is not open to you" in page
        assert "Secret" not in page

    def test_who_was_asked_once_is_told_that_it_went_on(self, world, asked, sign_in):
        services.decline_request(request_id=asked.pk, actor=world.rosalind.person)
        client = sign_in(world.rosalind.person)
        answers = [client.get(at(asked), follow=True)]
        answers += [client.post(at(asked, f"{act}/"), follow=True) for act in ("accept", "decline")]
        for answer in answers:
            assert answer.redirect_chain == [("/mentoring/", 302)]
            assert "gone on to somebody else" in text(answer)
        assert sign_in(world.stranger).post(at(asked, "accept/")).status_code == 404

    @pytest.mark.parametrize("state", ["waiting", "asked", "open", "resolved", "withdrawn"])
    def test_the_page_offers_what_the_rules_allow(self, world, make, state):
        mentor = world.rosalind if state in ("asked", "open", "resolved") else None
        row = make.request(world.asker, mentor=mentor, state=state, team=[world.mate])
        rules = {"answer": "answer", "write": "write", "hand_over": "hand_over", "place": "place", "resolve": "resolve"}
        rules |= dict.fromkeys(("change", "withdraw", "reopen", "rate"), "own") | {"guide": "guide", "why": "write"}
        for person in (
            world.asker,
            world.mate,
            world.rosalind.person,
            world.wanjiru.person,
            world.stranger,
            world.admin,
        ):
            offered = part.may(row, part.part_of(row, person), person)
            for act, rule in rules.items():
                if offered[act]:
                    assert access.may(person, f"mentoring.{rule}", row), (act, person)
            assert part.part_of(row, person).is_inside == access.may(person, "mentoring.write", row)


class TestMessages:
    def test_words_and_files(self, world, opened, sign_in):
        client = sign_in(world.mate)
        files = [SimpleUploadedFile("run.log", b"epoch 1"), SimpleUploadedFile("plot.png", png())]
        answer = client.post(at(opened, "messages/"), {"text": "**See** it", "files": files})
        assert answer["Location"] == at(opened) + "#reply"
        made = Message.objects.get()
        assert [one.name for one in made.files.all()] == ["run.log", "plot.png"]
        page = text(sign_in(world.rosalind.person).get(at(opened)))
        assert "<strong>See</strong> it" in page
        kept = made.files.first()
        body = sign_in(world.rosalind.person).get(at(opened, f"files/{kept.pk}/"))
        assert (body.content, body["Content-Disposition"]) == (b"epoch 1", 'attachment; filename="run.log"')
        assert sign_in(world.stranger).get(at(opened, f"files/{kept.pk}/")).status_code == 404

    def test_a_file_of_another_thread_is_not_there(self, world, make, opened, sign_in):
        other = make.request(world.asker, mentor=world.rosalind)
        made = services.write_message(
            request_id=other.pk, actor=world.asker, text="", files=[("a.txt", b"Notes")]
        ).files.get()
        assert sign_in(world.asker).get(at(opened, f"files/{made.pk}/")).status_code == 404

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"text": ""}, "must say something"),
            ({"text": "Kept words", "files": SimpleUploadedFile("run.exe", b"MZ")}, "A file must be"),
            ({"text": "Kept words", "files": SimpleUploadedFile("empty.txt", b"")}, "is empty"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, world, opened, sign_in, sent, said):
        answer = sign_in(world.asker).post(at(opened, "messages/"), sent)
        assert answer.status_code == 422
        assert said in text(answer)
        assert sent["text"] in text(answer)
        assert not Message.objects.exists()

    def test_the_part_comes_when_something_is_new(self, world, opened, sign_in):
        client, htmx = sign_in(world.asker), {"HX-Request": "true"}
        mark = thread_page.mark_of(opened)
        asked = {"mark": mark, "stood": "open"}
        assert client.get(at(opened, "messages/"), asked, headers=htmx).status_code == 204
        services.write_message(request_id=opened.pk, actor=world.rosalind.person, text="Hello")
        part = text(client.get(at(opened, "messages/"), asked, headers=htmx))
        assert part.startswith('<div id="thread"')
        assert "Hello" in part
        assert "See what you can do now" not in part
        assert "textarea" not in part
        services.resolve_request(request_id=opened.pk, actor=world.rosalind.person)
        assert "See what you can do now" in text(client.get(at(opened, "messages/"), asked, headers=htmx))

    def test_without_htmx_it_is_the_page_and_without_a_session_nothing(self, world, opened, sign_in, client):
        assert sign_in(world.asker).get(at(opened, "messages/"))["Location"] == at(opened)
        assert client.get(at(opened, "messages/"), headers={"HX-Request": "true"}).status_code == 401
        assert client.get(at(opened, "messages/"))["Location"].startswith("/sign-in/")
        assert not AnonymousUser().is_authenticated

    def test_a_resolved_thread_takes_none(self, world, make, sign_in):
        row = make.request(world.asker, mentor=world.rosalind, state="resolved")
        answer = sign_in(world.asker).post(at(row, "messages/"), {"text": "One more"})
        assert answer.status_code == 422
        assert "It is resolved. Open it again first." in text(answer)
        assert "One more" in text(answer)


class TestMeetings:
    def starts(self, hours: int = 30) -> str:
        return f"{timezone.localtime(timezone.now() + timedelta(hours=hours)):%Y-%m-%dT%H:%M}"

    def test_proposed_in_the_readers_zone_and_told_in_both(self, world, opened, sign_in):
        world.asker.timezone = "Asia/Tokyo"
        world.asker.save()
        with timezone.override("Asia/Tokyo"):
            sent = {"starts_at": self.starts(), "minutes": "30", "place": "https://meet.example.com/a"}
        assert sign_in(world.asker).post(at(opened, "meetings/"), sent).status_code == 302
        made = Message.objects.get()
        assert abs(made.starts_at - timezone.now() - timedelta(hours=30)) < timedelta(minutes=2)
        mine, hers = (text(sign_in(one).get(at(opened))) for one in (world.asker, world.rosalind.person))
        assert "for Rosalind Franklin (UTC)" in mine
        assert "for Björn Strøm (Tokyo)" in hers
        assert 'href="https://meet.example.com/a"' in mine

    def test_moved_and_called_off(self, world, opened, sign_in):
        client = sign_in(world.rosalind.person)
        client.post(at(opened, "meetings/"), {"starts_at": self.starts(), "minutes": "30"})
        made = Message.objects.get()
        there = at(opened, f"meetings/{made.pk}/")
        assert client.get(there).status_code == 200
        assert client.post(there, {"starts_at": "x", "minutes": "30"}).status_code == 422
        assert client.post(there, {"starts_at": self.starts(50), "minutes": "60"})["Location"] == at(opened)
        made.refresh_from_db()
        assert (made.minutes, made.sequence) == (60, 1)
        assert b"SEQUENCE:1" in client.get(at(opened, f"meetings/{made.pk}.ics")).content
        client.post(there + "cancel/")
        assert "called off" in text(client.get(at(opened)))
        assert client.post(there + "cancel/").status_code == 409

    @pytest.mark.parametrize("sent", [{}, {"starts_at": "2020-01-01T10:00", "minutes": "30"}, {"minutes": "7"}])
    def test_what_is_wrong_is_said(self, world, opened, sign_in, sent):
        answer = sign_in(world.asker).post(at(opened, "meetings/"), sent)
        assert answer.status_code == 422
        assert not Message.objects.exists()

    def test_a_meeting_of_another_thread_is_not_there(self, world, make, opened, sign_in):
        other = make.request(world.asker, mentor=world.rosalind)
        made = Message.objects.create(request=other, author=world.asker, starts_at=timezone.now(), minutes=30)
        plain = Message.objects.create(request=opened, author=world.asker, text="Words")
        for pk in (made.pk, plain.pk):
            client = sign_in(world.asker)
            for answer in (
                client.get(at(opened, f"meetings/{pk}.ics")),
                client.get(at(opened, f"meetings/{pk}/")),
                client.post(at(opened, f"meetings/{pk}/cancel/")),
            ):
                assert answer.status_code == 404


class TestWhy:
    def test_each_candidate_as_it_was_kept(self, world, make, sign_in):
        row = make.request(world.asker, topic="calibration", unit=world.retail)
        world.wanjiru.skills.update(level=3)
        placing.route()
        page = text(sign_in(world.asker).get(at(row, "why/")))
        assert "Found by Cairn" in page
        for words in ("Rosalind Franklin", "Wanjiru Kamau", "can teach calibration", "serves any unit"):
            assert words in page
        assert "How the points are made" in page

    def test_by_name_nothing_was_compared(self, world, make, sign_in):
        row = make.request(world.asker, mentor=world.rosalind, how="direct")
        assert "No candidates were compared." in text(sign_in(world.asker).get(at(row, "why/")))
        lonely = make.request(world.asker)
        assert "Nobody was asked yet" in text(sign_in(world.asker).get(at(lonely, "why/")))

    def test_the_centre_places_by_hand_with_the_same_in_view(self, world, make, sign_in):
        row = make.request(world.asker, topic="calibration", team=[world.wanjiru.person])
        page = text(sign_in(world.admin).get(at(row, "place/")))
        assert "Give it to Rosalind Franklin" in page
        assert "Give it to Wanjiru Kamau" not in page
        assert "is one of those who ask" in page
        answer = sign_in(world.admin).post(at(row, "place/"), {"mentor": world.rosalind.pk})
        assert answer["Location"] == at(row)
        made = Attempt.objects.get()
        assert (made.how, made.by, made.mentor) == ("by_hand", world.admin, world.rosalind)

    @pytest.mark.parametrize("mentor", ["", "x", "999", "9" * 30])
    def test_nobody_is_no_mentor(self, world, make, sign_in, mentor):
        row = make.request(world.asker)
        answer = sign_in(world.admin).post(at(row, "place/"), {"mentor": mentor})
        assert answer.status_code == 422
        assert fresh(row).state == "waiting"

    def test_nobody_mentors(self, world, make, sign_in):
        world.rosalind.delete()
        world.wanjiru.delete()
        row = make.request(world.asker)
        assert "Nobody mentors at present" in text(sign_in(world.admin).get(at(row, "place/")))
        assert Request.objects.count() == 1
