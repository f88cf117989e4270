"""Saying something of a document or of what documents explain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils import timezone

from coe.core.http import today
from coe.core.models import Event
from coe.guides import feedback_services as services
from coe.guides.models import Feedback
from tests.guides.readers import build, pair
from tests.races import failures, together

pytestmark = pytest.mark.django_db
CASE = {"kind": "wrong_output", "got": "90", "expected": "Below 40"}


@pytest.fixture
def world(make):
    return build(make)


def give(person, subject, **said):
    return services.give_feedback(actor=person, subject=pair(subject), **{"kind": "comment", "text": "Nice.", **said})


class TestWho:
    def test_whoever_may_know_of_the_thing_speaks_of_it(self, world):
        for person in (world.owner, world.member, world.reader, world.stranger, world.admin):
            for subject in (world.churn, world.churn_model, world.howto):
                assert give(person, subject).state == "open"

    def test_who_may_not_know_of_it_learns_nothing(self, world):
        for subject in (world.secret, world.secret_model, world.secret_guide, world.draft, world.of_unit):
            with pytest.raises(ObjectDoesNotExist):
                give(world.stranger, subject, kind="nonsense")
        assert not Feedback.objects.exists()

    def test_nothing_else_can_be_spoken_of(self, world):
        with pytest.raises(ObjectDoesNotExist):
            give(world.admin, world.retail)


class TestWhatIsKept:
    def test_a_report_is_bound_to_version_section_and_revision(self, world):
        made = give(world.reader, world.churn_model, **CASE, section="distrust", version=7, happened_on=today())
        kept = Feedback.objects.get(pk=made.pk)
        assert (kept.got, kept.expected, kept.section, kept.version) == ("90", "Below 40", "distrust", 7)
        # Of the model's guide, which is what the reader had before them.
        assert (kept.revision, kept.state, kept.author) == (1, "open", world.reader)
        event = Event.objects.get(verb="feedback.given")
        assert event.facts == {"label": "churn-xgb", "kind": "wrong output"}

    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("kind", {"kind": "shout"}),
            ("text", {"text": "  "}),
            ("text", {"text": "x" * 4001}),
            ("text", {"text": "a\0b"}),
            ("section", {"section": "not a key"}),
            ("section", {"section": "x" * 81}),
            ("version", {"version": 0}),
            ("version", {"version": 2**31}),
            ("revision", {"revision": -1}),
            ("got", {"got": "x"}),
            ("expected", {"expected": "x"}),
            ("happened_on", {"happened_on": timezone.now().date()}),
            ("got", {**CASE, "got": " "}),
            ("got", {**CASE, "got": "x" * 1001}),
            ("expected", {**CASE, "expected": "x" * 1001}),
            ("happened_on", {**CASE, "happened_on": timezone.now().date() + timedelta(days=3)}),
        ],
    )
    def test_bad_input_is_named(self, world, field, said):
        with pytest.raises(ValidationError) as refused:
            give(world.reader, world.howto, **said)
        assert list(refused.value.message_dict) == [field]
        assert not Feedback.objects.exists()


class TestVotes:
    def vote(self, world, kind, text="", **more):
        return give(world.reader, world.howto, kind=kind, text=text, **more)

    def test_one_for_each_person(self, world):
        first = self.vote(world, "helpful")
        second = self.vote(world, "not_helpful")
        assert (second.pk, second.kind, second.state) == (first.pk, "not_helpful", "noted")
        assert Feedback.objects.count() == 1

    def test_a_second_click_changes_nothing(self, world):
        self.vote(world, "helpful", version=7)
        self.vote(world, "helpful", version=7)
        assert Event.objects.filter(verb="feedback.given").count() == 1
        assert self.vote(world, "helpful", version=8).version == 8

    def test_words_make_it_wait_for_an_answer(self, world):
        self.vote(world, "not_helpful")
        made = self.vote(world, "not_helpful", "No example.")
        assert (made.state, made.text, Feedback.objects.count()) == ("open", "No example.", 1)
        # Words stay with the vote when it is only clicked again.
        assert self.vote(world, "not_helpful", version=8).text == "No example."

    def test_words_are_not_lost_by_another_vote(self, world):
        self.vote(world, "not_helpful", "No example.")
        self.vote(world, "helpful")
        assert set(Feedback.objects.values_list("kind", "state", "text")) == {
            ("comment", "open", "No example."),
            ("helpful", "noted", ""),
        }

    def test_an_answered_vote_stays_beside_the_new_one(self, world):
        old = self.vote(world, "not_helpful", "No example.")
        services.answer_feedback(feedback_id=old.pk, actor=world.owner, outcome="mended", answer="There is one now.")
        new = self.vote(world, "not_helpful", "A better one?")
        old.refresh_from_db()
        assert (old.kind, old.state, old.answer) == ("comment", "answered", "There is one now.")
        assert (new.kind, new.state) == ("not_helpful", "open")


@pytest.mark.django_db(transaction=True)
class TestTwoClicksAtOnce:
    def jobs(self, world):
        return [lambda kind=kind: give(world.reader, world.howto, kind=kind, text="") for kind in ("helpful",) * 2]

    def test_are_one_vote(self, world):
        assert failures(together(*self.jobs(world)), Exception) == 0
        assert Feedback.objects.count() == 1
