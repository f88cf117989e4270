"""Stuck, and meeting a mentor: a request with all that is known, whose answer comes back to the step."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentoring import places
from coe.mentoring import services as mentoring
from coe.mentoring.models import Request
from coe.mentors.models import Mentor
from coe.onboarding import hearing, services
from coe.onboarding.models import Enrolment, Progress, Stuck
from tests.factories import Make

STEPS = [
    {"key": "task", "topic": "mlflow"},
    {"key": "meet", "kind": "meet", "topic": "getting started", "needs": ["task"]},
    {"key": "seen", "kind": "verified", "needs": ["meet"]},
]


@pytest.fixture
def one(make: Make) -> Enrolment:
    person = make.person()
    project = make.project("churn", owner=person)
    subject = (ContentType.objects.get_for_model(project).pk, project.pk)
    team = services.make_team(actor=person, name="Churn", subject=subject)
    return services.enrol_team(actor=person, path=make.path(steps=STEPS).slug, team_id=team.pk)[0]


def answered(request: Request, mentor: Mentor) -> None:
    """The mentor takes the request on and resolves it, and the room hears of it."""
    before = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    mentoring.accept_request(request_id=request.pk, actor=mentor.person)
    mentoring.resolve_request(request_id=request.pk, actor=mentor.person, resolution="Set the tag.")
    with transaction.atomic():
        hearing.handle(list(Event.objects.filter(pk__gt=before).order_by("id")))


def test_the_request_carries_step_error_and_project(one: Enrolment) -> None:
    row = services.ask_when_stuck(
        enrolment_id=one.pk, key="task", actor=one.person, error="ModuleNotFoundError: mlflow", urgency="today"
    )
    made = Request.objects.get()
    assert (row.request_id, row.request_url) == (made.pk, made.get_absolute_url())
    assert made.goal == "Stuck at “Task”"
    assert (made.topic, made.urgency) == ("mlflow", "today")
    assert "ModuleNotFoundError: mlflow" in made.details
    assert one.path.title in made.details
    assert one.team is not None
    assert (made.subject_type_id, made.subject_id) == (one.team.subject_type_id, one.team.subject_id)
    again = services.ask_when_stuck(enrolment_id=one.pk, key="task", actor=one.person)
    assert again == row
    assert Event.objects.filter(verb="onboarding.stuck").count() == 1


def test_an_error_with_fences_stays_in_its_own(one: Enrolment) -> None:
    services.ask_when_stuck(enrolment_id=one.pk, key="task", actor=one.person, error="```\n<b>x</b>\n```")
    assert "<b>" not in Request.objects.get().details_html


def test_its_answer_finishes_the_step_and_names_the_mentor(one: Enrolment, make: Make) -> None:
    services.ask_when_stuck(enrolment_id=one.pk, key="task", actor=one.person)
    made, mentor = Request.objects.get(), make.mentor(skills={"mlflow": 3}, all_week=True)
    placed(made, mentor)
    answered(made, mentor)
    row = Progress.objects.get(step_key="task")
    assert row.state == "done"
    assert row.evidence == [[made.goal, made.get_absolute_url()]]
    one.refresh_from_db()
    assert (one.mentor, one.next_key) == (mentor, "meet")
    assert Stuck.objects.get().answered_at is not None


def test_meeting_the_mentor_is_a_request_to_the_one_that_there_is(one: Enrolment, make: Make) -> None:
    mentor = make.mentor(all_week=True)
    Enrolment.objects.update(mentor=mentor)
    with pytest.raises(Refused, match="comes first"):
        services.meet_mentor(enrolment_id=one.pk, key="meet", actor=one.person)
    services.finish_step(enrolment_id=one.pk, key="task", actor=one.person)
    services.meet_mentor(enrolment_id=one.pk, key="meet", actor=one.person, details="Where to begin?")
    made = Request.objects.get()
    assert (made.state, made.mentor) == ("asked", mentor)
    answered(made, mentor)
    assert Progress.objects.get(step_key="meet").state == "done"


def test_what_cairn_sees_is_not_finished_by_an_answer(one: Enrolment, make: Make) -> None:
    mentor = make.mentor(all_week=True)
    services.ask_when_stuck(enrolment_id=one.pk, key="seen", actor=one.person)
    made = Request.objects.get()
    placed(made, mentor)
    answered(made, mentor)
    assert not Progress.objects.exists()


def test_others_cannot_be_stuck_for_one(one: Enrolment, make: Make) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        services.ask_when_stuck(enrolment_id=one.pk, key="task", actor=make.person())
    with pytest.raises(PermissionDenied):
        services.ask_when_stuck(enrolment_id=one.pk, key="task", actor=make.person(roles=[("administrator", None)]))
    with pytest.raises(ValidationError):
        services.ask_when_stuck(enrolment_id=one.pk, key="task", actor=one.person, error="x" * 8001)


def placed(request: Request, mentor: Mentor) -> None:
    """Ask that mentor, as routing would."""
    with transaction.atomic():
        locked = Request.objects.select_for_update().get(pk=request.pk)
        places.ask(request=locked, mentor=places.locked_mentor(mentor.pk), how="routed")
