"""Guides, profiles, mentors and their requests: the checks that need no project."""

from __future__ import annotations

import pytest
from django.utils import timezone

from coe.accounts.services import change_person
from coe.core import events
from coe.guides import services
from coe.mentoring.models import Request
from tests.factories import at
from tests.paths.newcomers import found_of, newcomer, queries, see, subject, touched_by_last_event

pytestmark = pytest.mark.django_db


# -- guides ---------------------------------------------------------------------------------------------------------
def test_a_guide_about_the_newcomers_project(make):
    project = make.project("churn")
    who = newcomer(project.owner, about=project)
    make.document(owner=project.owner)
    assert see("guide_published", who).why == "No guide is published yet."
    assert see("guide_published", who, about="anything").is_so
    lesson = make.document(about=project, kind="lesson", title="What we learned")
    found = see("guide_published", who, kind="lesson")
    assert (found.is_so, found.at, found.evidence) == (
        True,
        lesson.first_published_at,
        (("What we learned", lesson.get_absolute_url()),),
    )
    assert see("guide_published", who, kind="playbook").why == "No playbook is published yet."


def test_without_a_project_a_guide_of_ones_own(make):
    person = make.person()
    make.document()
    make.document(owner=person, published=False)
    assert not see("guide_published", newcomer(person)).is_so
    make.document(owner=person)
    assert see("guide_published", newcomer(person)).is_so


def test_taken_back_it_is_no_longer_so(make):
    project = make.project("churn")
    guide = make.document(about=project, owner=project.owner)
    services.withdraw_document(slug=guide.slug, actor=project.owner, reason="Wrong.")
    assert not see("guide_published", newcomer(project.owner, about=project)).is_so
    touched = touched_by_last_event("guide_published", "document.withdrawn")
    assert (touched.people, touched.subjects) == ({project.owner_id}, {subject(project)})


# -- profiles -------------------------------------------------------------------------------------------------------
def test_a_profile_with_time_zone_and_unit(make):
    person = make.person(name="Noor")
    assert see("profile_complete", newcomer(person)).why == "Noor has no time zone and no unit yet."
    person.unit = make.unit()
    person.save()
    assert see("profile_complete", newcomer(person)).why == "Noor has no time zone yet."
    change_person(person_id=person.pk, actor=person, timezone_name="Europe/Paris")
    assert see("profile_complete", newcomer(person)).is_so
    assert see("profile_complete", newcomer(person, make.person())).why.endswith("has no time zone and no unit yet.")
    assert see("profile_complete", newcomer(make.person(timezone="UTC")), unit="no").is_so
    assert touched_by_last_event("profile_complete", "person.changed").people == {person.pk}


# -- mentors --------------------------------------------------------------------------------------------------------
def test_a_mentors_profile(make):
    person = make.person(name="Rosalind")
    assert see("mentor_profile", newcomer(person)).why == "There is no mentor’s profile yet."
    mentor = make.mentor(person, skills={"nlp": 2, "sql": 1})
    assert see("mentor_profile", newcomer(person)).why == "The profile names 2 of 3 skills."
    found = see("mentor_profile", newcomer(person, make.person()), skills=2)
    assert (found.is_so, found.evidence) == (True, (("Rosalind as a mentor", mentor.get_absolute_url()),))
    mentor.week = [[] for _ in range(7)]
    mentor.save()
    assert see("mentor_profile", newcomer(person), skills=2).why == "The profile has no hours on any day."
    mentor.stopped_at = timezone.now()
    mentor.save()
    assert see("mentor_profile", newcomer(person), skills=2).why == "Rosalind has stopped to mentor."


def test_an_event_about_a_mentor_concerns_the_person(make):
    mentor = make.mentor()
    events.record(actor=mentor.person, verb="mentor.skills_set", subject=mentor, facts={"tags": "nlp"})
    assert touched_by_last_event("mentor_profile", "mentor.skills_set").people == {mentor.person_id}


def resolved(make, mentor, requester, on="2026-03-02", **fields):
    return Request.objects.create(
        requester=requester, goal="Why is it slow?", topic="sql", state="resolved", mentor=mentor,
        resolved_at=at(on), resolved_by=requester, **fields,
    )  # fmt: skip


def test_the_first_request_that_was_resolved(make):
    mentor, asker = make.mentor(), make.person()
    assert see("request_resolved", newcomer(mentor.person)).why == "No request is resolved yet."
    resolved(make, mentor, asker, "2026-03-05")
    first = resolved(make, mentor, asker, "2026-03-02")
    found = see("request_resolved", newcomer(mentor.person))
    assert (found.is_so, found.at) == (True, at("2026-03-02"))
    assert found.evidence == (("Why is it slow?", first.get_absolute_url()),)
    assert not see("request_resolved", newcomer(asker)).is_so
    assert see("request_resolved", newcomer(asker), **{"as": "asker"}).is_so
    events.record(actor=asker, verb="mentoring.resolved", subject=first)
    assert touched_by_last_event("request_resolved", "mentoring.resolved").people == {asker.pk, mentor.person_id}


def test_a_guide_made_of_it(make):
    mentor, asker = make.mentor(), make.person()
    resolved(make, mentor, asker)
    who = newcomer(mentor.person)
    assert see("request_resolved", who, guide="yes").why == "No guide was made of a resolved request yet."
    resolved(make, mentor, asker, guide=make.document())
    assert see("request_resolved", who, guide="yes").is_so


# -- all of them ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "most"), [("guide_published", 1), ("profile_complete", 1), ("mentor_profile", 2), ("request_resolved", 1)]
)
def test_a_thousand_newcomers_take_few_queries(make, key, most):
    mentor = make.mentor(make.person(timezone="UTC", unit=make.unit()), skills={"a": 1, "b": 1, "c": 1})
    make.document(owner=mentor.person)
    resolved(make, mentor, make.person())
    who = [newcomer(mentor.person), newcomer(make.person()), newcomer(make.person(), make.person())]
    assert queries(key, who * 333) == most
    assert [one.is_so for one in found_of(key, who)] == [True, False, False]
