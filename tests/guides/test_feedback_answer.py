"""The owner's answer, taking it up again, taking it back; two people at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.models import Event
from coe.guides import feedback_services as services
from coe.guides.models import Feedback
from tests.guides.readers import build
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


def answer(row, person, **said):
    said = {"outcome": "mended", "answer": "We *mended* it.", **said}
    return services.answer_feedback(feedback_id=row.pk, actor=person, **said)


class TestAnswer:
    def test_owner_member_and_centre_answer(self, world, make):
        for person in (world.owner, world.member, world.admin):
            done = answer(make.feedback(world.churn_model, author=world.reader), person)
            assert (done.state, done.outcome, done.answered_by) == ("answered", "mended", person)
            assert done.answer_html == "<p>We <em>mended</em> it.</p>"

    def test_of_a_document_its_owner_answers_and_not_a_member_of_some_project(self, world, make):
        row = make.feedback(world.howto, author=world.reader)
        with pytest.raises(PermissionDenied):
            answer(row, world.member)
        assert answer(row, world.owner).state == "answered"

    def test_readers_do_not(self, world, make):
        row = make.feedback(world.churn_model, author=world.reader)
        for person in (world.reader, world.other, world.stranger):
            with pytest.raises(PermissionDenied):
                answer(row, person, outcome="nonsense")

    def test_who_may_not_know_of_it_does_not_find_it(self, world, make):
        row = make.feedback(world.secret_model, author=world.owner)
        with pytest.raises(ObjectDoesNotExist):
            answer(row, world.reader)

    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("outcome", {"outcome": "forgotten"}),
            ("answer", {"answer": " "}),
            ("answer", {"answer": "x" * 4001}),
            ("answer", {"answer": "a\0b"}),
        ],
    )
    def test_bad_input_is_named(self, world, make, field, said):
        row = make.feedback(world.churn_model)
        with pytest.raises(ValidationError) as refused:
            answer(row, world.owner, **said)
        assert list(refused.value.message_dict) == [field]

    def test_scripts_in_an_answer_are_text(self, world, make):
        done = answer(
            make.feedback(world.churn), world.owner, answer="<script>alert(1)</script> [x](javascript:alert(1))"
        )
        assert "<script" not in done.answer_html
        assert 'href="javascript' not in done.answer_html

    def test_a_vote_without_words_has_no_answer(self, world, make):
        with pytest.raises(Refused):
            answer(make.feedback(world.churn, kind="helpful"), world.owner)


class TestReopen:
    def test_who_said_it_says_why_and_the_old_answer_stays_in_what_happened(self, world, make):
        row = make.feedback(world.churn_model, author=world.reader)
        answer(row, world.owner)
        again = services.reopen_feedback(feedback_id=row.pk, actor=world.reader, reason="It came again.")
        assert (again.state, again.answer, again.outcome, again.answered_by) == ("open", "", "", None)
        told = Event.objects.about(row).order_by("id").values_list("verb", "facts")
        assert [verb for verb, _ in told] == ["feedback.answered", "feedback.reopened"]
        assert told[0][1]["answer"] == "We *mended* it."
        assert told[1][1]["reason"] == "It came again."

    def test_other_readers_do_not_and_a_reason_is_wanted(self, world, make):
        row = make.feedback(world.churn_model, author=world.reader)
        answer(row, world.owner)
        with pytest.raises(PermissionDenied):
            services.reopen_feedback(feedback_id=row.pk, actor=world.other, reason="Hm")
        with pytest.raises(ValidationError) as refused:
            services.reopen_feedback(feedback_id=row.pk, actor=world.reader, reason=" ")
        assert list(refused.value.message_dict) == ["reason"]

    def test_what_has_no_answer_is_open_already(self, world, make):
        row = make.feedback(world.churn_model, author=world.reader)
        with pytest.raises(Refused):
            services.reopen_feedback(feedback_id=row.pk, actor=world.reader, reason="Hm")


class TestWithdraw:
    def test_only_who_said_it_and_the_words_are_gone(self, world, make):
        row = make.feedback(world.churn_model, author=world.reader)
        for person in (world.owner, world.other, world.admin):
            with pytest.raises(PermissionDenied):
                services.withdraw_feedback(feedback_id=row.pk, actor=person)
        services.withdraw_feedback(feedback_id=row.pk, actor=world.reader)
        assert not Feedback.objects.exists()
        assert Event.objects.get(verb="feedback.withdrawn").facts == {"label": "churn-xgb"}

    def test_what_was_answered_stays(self, world, make):
        row = make.feedback(world.churn_model, author=world.reader)
        answer(row, world.owner)
        with pytest.raises(Refused):
            services.withdraw_feedback(feedback_id=row.pk, actor=world.reader)

    def test_of_what_is_closed_to_its_author_no_name_is_told(self, world, make):
        row = make.feedback(world.secret, author=world.reader)
        services.withdraw_feedback(feedback_id=row.pk, actor=world.reader)
        assert "ecret" not in str(Event.objects.get(verb="feedback.withdrawn").facts)


def at_once(monkeypatch, lock, *verbs):
    """Run the verbs together, all past their reading of the row before any writes, if the lock lets them."""
    meet, read = meeting(), services.locked

    def read_and_meet(feedback_id, actor):
        unlocked = Feedback.objects.select_related("answered_by")
        row = read(feedback_id, actor) if lock else unlocked.get(pk=feedback_id)
        meet()
        return row

    monkeypatch.setattr(services, "locked", read_and_meet)
    return together(*verbs)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_answers_one_counts_and_the_other_is_told(self, world, make, monkeypatch):
        row = make.feedback(world.churn_model, author=world.reader)
        jobs = [lambda who=who: answer(row, who) for who in (world.owner, world.member)]
        assert failures(at_once(monkeypatch, True, *jobs), Refused) == 1
        assert Event.objects.filter(verb="feedback.answered").count() == 1

    def test_without_the_lock_both_would(self, world, make, monkeypatch):
        row = make.feedback(world.churn_model, author=world.reader)
        jobs = [lambda who=who: answer(row, who) for who in (world.owner, world.member)]
        assert failures(at_once(monkeypatch, False, *jobs), Exception) == 0
        assert Event.objects.filter(verb="feedback.answered").count() == 2

    def withdraw_and_answer(self, world, row):
        return [
            lambda: answer(row, world.owner),
            lambda: services.withdraw_feedback(feedback_id=row.pk, actor=world.reader),
        ]

    def test_an_answer_against_taking_it_back(self, world, make, monkeypatch):
        row = make.feedback(world.churn_model, author=world.reader)
        results = at_once(monkeypatch, True, *self.withdraw_and_answer(world, row))
        told = set(Event.objects.filter(subject_id=row.pk).values_list("verb", flat=True))
        assert failures(results, (Refused, ObjectDoesNotExist)) == 1
        assert told == ({"feedback.answered"} if Feedback.objects.exists() else {"feedback.withdrawn"})

    def test_without_the_lock_an_answer_would_be_thrown_away(self, world, make, monkeypatch):
        row = make.feedback(world.churn_model, author=world.reader)
        at_once(monkeypatch, False, *self.withdraw_and_answer(world, row))
        verbs = set(Event.objects.filter(subject_id=row.pk).values_list("verb", flat=True))
        assert "feedback.withdrawn" in verbs
        assert not Feedback.objects.exists()
