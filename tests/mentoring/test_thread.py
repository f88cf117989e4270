"""Writing in the thread, with files."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.models import Event, StoredFile
from coe.mentoring import services
from coe.mentoring.models import Message
from tests.guides.pictures import png
from tests.mentoring.company import build, fresh, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


def write(request, person, text="It is the *prior*.", files=()):
    return services.write_message(request_id=request.pk, actor=person, text=text, files=files)


class TestWho:
    def test_those_in_the_conversation_and_the_centre(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, team=[world.mate])
        for person in (world.asker, world.mate, world.rosalind.person, world.admin):
            assert write(request, person).author == person
        assert request.messages.count() == 4

    def test_nobody_else(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        for person in (world.stranger, world.wanjiru.person):
            with pytest.raises(ObjectDoesNotExist):
                write(request, person, text="")

    def test_who_reads_a_shared_thread_does_not_write_in_it(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        with pytest.raises(PermissionDenied):
            write(request, world.stranger)


class TestWrite:
    def test_markdown_and_one_event_without_the_words(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        made = write(request, world.rosalind.person, text="It is the *prior*.\r\n<script>x</script>")
        assert made.text == "It is the *prior*.\n<script>x</script>"
        assert "<em>prior</em>" in made.html
        assert "<script" not in made.html
        told = Event.objects.about(request).get()
        assert (told.verb, told.facts) == ("mentoring.written", {"message": made.pk, "files": 0})
        assert fresh(request).updated_at > request.updated_at

    @pytest.mark.parametrize("state", ["waiting", "asked", "open"])
    def test_in_every_state_before_it_is_resolved(self, world, make, state):
        request = make.request(world.asker, mentor=None if state == "waiting" else world.rosalind, state=state)
        assert write(request, world.asker).pk

    @pytest.mark.parametrize("state", ["resolved", "withdrawn"])
    def test_not_after(self, world, make, state):
        request = make.request(world.asker, mentor=world.rosalind, state=state)
        with pytest.raises(Refused, match=r"Open it again first|Ask anew"):
            write(request, world.asker)

    def test_a_mentor_who_is_asked_answers_without_taking_it_on(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="asked")
        write(request, world.asker)
        assert fresh(request).first_answer_at is None
        write(request, world.rosalind.person)
        assert fresh(request).first_answer_at is not None
        assert (fresh(request).state, only(request).state) == ("asked", "pending")

    @pytest.mark.parametrize("text", ["", " \n", "x" * 20_001, "a\0b"])
    def test_bad_text_is_named(self, world, make, text):
        request = make.request(world.asker)
        with pytest.raises(ValidationError) as refused:
            write(request, world.asker, text=text)
        assert list(refused.value.message_dict) == ["text"]
        assert not Message.objects.exists()


class TestFiles:
    def test_they_stand_for_words(self, world, make):
        request = make.request(world.asker)
        made = write(request, world.asker, text="", files=[("../a/plot.png", png()), ("log.txt", b"epoch 1")])
        assert [(one.name, one.file.media_type) for one in made.files.all()] == [
            ("plot.png", "image/png"),
            ("log.txt", "text/plain"),
        ]
        assert Event.objects.about(request).get().facts["files"] == 2

    @pytest.mark.parametrize(
        "files",
        [
            [("page.html", b"<html></html>")],
            [("plot.png", b"not a picture")],
            [("log.txt", b"")],
            [("ok.txt", b"fine"), ("bad.exe", b"MZ")],
            [(f"{n}.txt", b"x") for n in range(6)],
        ],
    )
    def test_what_is_not_taken_leaves_nothing(self, world, make, files):
        request = make.request(world.asker)
        with pytest.raises(ValidationError) as refused:
            write(request, world.asker, files=files)
        assert list(refused.value.message_dict) == ["files"]
        assert not Message.objects.exists()
        assert not StoredFile.objects.exists()
