"""Steps that people finish: reading, tasks, quizzes; waived and opened again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.onboarding import services
from coe.onboarding.models import Enrolment, Progress, QuizTry
from coe.paths.models import Step
from tests.factories import Make

QUESTIONS = [
    {"text": "What is a baseline?", "options": ["What the business had", "A target"], "right": [0], "why": "See it."},
    {"text": "Which are metrics?", "options": ["auc", "f1", "churn.csv"], "right": [0, 1], "why": ""},
]
STEPS: list[dict[str, Any]] = [
    {"key": "test", "kind": "quiz", "questions": QUESTIONS, "pass_mark": 100, "covers": ["read"], "is_optional": True},
    {"key": "read", "kind": "read"},
    {"key": "task", "kind": "task", "evidence": "words", "needs": ["read"]},
    {"key": "link", "kind": "task", "evidence": "link", "needs": ["task"]},
]


@pytest.fixture
def one(make: Make) -> Enrolment:
    return services.enrol(actor=make.person(), path=make.path(steps=STEPS).slug)


def finish(one: Enrolment, key: str, **given: str) -> Progress:
    return services.finish_step(enrolment_id=one.pk, key=key, actor=one.person, **given)


def test_reading_is_done_by_saying_so(one: Enrolment) -> None:
    row = finish(one, "read")
    assert (row.state, row.by) == ("done", one.person)
    one.refresh_from_db()
    assert (one.next_key, one.done_steps, one.all_steps) == ("task", 1, 3)
    assert Event.objects.about(one).filter(verb="onboarding.step_done").get().facts["key"] == "read"


def test_a_later_step_is_refused_until_the_earlier_one_is_done(one: Enrolment) -> None:
    with pytest.raises(Refused, match="“Read” comes first"):
        finish(one, "task", note="Done")
    assert not Progress.objects.exists()


@pytest.mark.parametrize(("given", "field"), [({}, "note"), ({"note": "x" * 4001}, "note"), ({"note": "  "}, "note")])
def test_a_task_shows_words(one: Enrolment, given: dict[str, str], field: str) -> None:
    finish(one, "read")
    with pytest.raises(ValidationError) as refused:
        finish(one, "task", **given)
    assert field in refused.value.message_dict


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "ftp://x.example/a", "https://", "https://a.example/" + "x" * 500]
)
def test_a_task_shows_a_link(one: Enrolment, link: str) -> None:
    finish(one, "read")
    finish(one, "task", note="We agreed on 0.7.")
    with pytest.raises(ValidationError):
        finish(one, "link", link=link)
    row = finish(one, "link", link="https://wiki.example/baseline")
    assert row.evidence == [["wiki.example/baseline", "https://wiki.example/baseline"]]


def test_at_the_end_the_path_is_done_and_refuses_more(one: Enrolment) -> None:
    finish(one, "read")
    finish(one, "task", note="Done")
    finish(one, "link", link="https://wiki.example/")
    one.refresh_from_db()
    assert one.state == Enrolment.State.DONE
    assert Event.objects.about(one).filter(verb="onboarding.completed").count() == 1
    with pytest.raises(Refused, match="come to its end"):
        services.undo_step(enrolment_id=one.pk, key="read", actor=one.person)


def test_done_twice_is_refused(one: Enrolment) -> None:
    finish(one, "read")
    with pytest.raises(Refused, match="done already"):
        finish(one, "read")


def test_what_one_said_oneself_can_be_taken_back(one: Enrolment) -> None:
    finish(one, "read")
    services.undo_step(enrolment_id=one.pk, key="read", actor=one.person)
    assert not Progress.objects.exists()
    with pytest.raises(Refused, match="Only what you said yourself"):
        services.undo_step(enrolment_id=one.pk, key="read", actor=one.person)


def test_others_may_neither_know_nor_act(one: Enrolment, make: Make) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        services.finish_step(enrolment_id=one.pk, key="read", actor=make.person())
    lead = make.person(roles=[("administrator", None)])
    with pytest.raises(PermissionDenied):
        services.finish_step(enrolment_id=one.pk, key="read", actor=lead)


def test_a_quiz_passed_finishes_what_it_covers(one: Enrolment) -> None:
    made = services.answer_quiz(enrolment_id=one.pk, key="test", actor=one.person, answers=[[0], [1, 0]])
    assert (made.passed, made.right, made.asked) == (True, 2, 2)
    states = dict(Progress.objects.values_list("step_key", "state"))
    assert states == {"test": "done", "read": "tested_out"}


@pytest.mark.parametrize("answers", [[[0], [0]], [[1], [0, 1]], [[], []], [[0, 1], [0, 1]]])
def test_only_exactly_the_right_options_count(one: Enrolment, answers: list[list[int]]) -> None:
    made = services.answer_quiz(enrolment_id=one.pk, key="test", actor=one.person, answers=answers)
    assert not made.passed
    assert not Progress.objects.exists()


def test_a_quiz_is_tried_so_often_a_day(one: Enrolment) -> None:
    for _ in range(3):
        services.answer_quiz(enrolment_id=one.pk, key="test", actor=one.person, answers=[[1], [0]])
    with pytest.raises(Refused, match="tomorrow"):
        services.answer_quiz(enrolment_id=one.pk, key="test", actor=one.person, answers=[[0], [0, 1]])
    QuizTry.objects.update(at=timezone.now() - timedelta(hours=25))
    assert services.answer_quiz(enrolment_id=one.pk, key="test", actor=one.person, answers=[[0], [0, 1]]).passed


def test_every_question_wants_an_answer(one: Enrolment) -> None:
    with pytest.raises(ValidationError):
        services.answer_quiz(enrolment_id=one.pk, key="test", actor=one.person, answers=[[0]])
    with pytest.raises(Refused, match="no quiz"):
        services.answer_quiz(enrolment_id=one.pk, key="read", actor=one.person, answers=[])
    with pytest.raises(Refused, match="passing it"):
        finish(one, "test")


def test_whoever_guides_says_what_is_not_needed(one: Enrolment, make: Make) -> None:
    lead = make.person(roles=[("administrator", None)])
    with pytest.raises(ValidationError):
        services.waive_step(enrolment_id=one.pk, key="read", actor=lead, why=" ")
    row = services.waive_step(enrolment_id=one.pk, key="read", actor=lead, why="Wrote the guide.")
    assert (row.state, row.why, row.by) == ("waived", "Wrote the guide.", lead)
    with pytest.raises(PermissionDenied):
        services.waive_step(enrolment_id=one.pk, key="task", actor=one.person, why="No time")


def test_a_step_that_is_not_on_the_way_is_none(one: Enrolment) -> None:
    with pytest.raises(Step.DoesNotExist):
        finish(one, "nowhere")
