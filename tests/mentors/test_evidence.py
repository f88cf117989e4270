"""What stands beside a claim, and what of it the reader may know."""

from __future__ import annotations

import pytest

from coe.core.access import AlreadyRegistered
from coe.mentors import evidence
from projects.handoffs.models import Handoff
from tests.factories import Make, at


def handoff(make: Make, project, *, submitted_by, decided_by, state="accepted"):
    checklist = make.checklist()
    return Handoff.objects.create(
        project=project, model_version=make.version(make.model(project=project, name="churn-xgb")), checklist=checklist,
        edition=checklist.editions.get(), receiving_unit=project.unit, opened_by=submitted_by,
        opened_at=at("2026-01-01"), state=state, state_since=at("2026-01-02"), round=1, submitted_by=submitted_by,
        submitted_at=at("2026-01-01"), decided_by=decided_by, decided_at=at("2026-01-02"),
    )  # fmt: skip


def shown(found):
    return {tag: [(proof.kind, proof.label, proof.role) for proof in proofs] for tag, proofs in found.items()}


def test_projects_show_what_their_people_know(make: Make) -> None:
    mentor = make.mentor()
    make.project("churn", owner=mentor.person, techniques=["boosting"], domains=["churn"])
    demand = make.project("demand", techniques=["boosting"])
    make.member(demand, mentor.person, "data_science")
    make.member(demand, mentor.person, "support")
    make.project("other", techniques=["boosting"])

    found = shown(evidence.of(make.person(), mentor))

    assert found == {
        "boosting": [("project", "Churn", "owner"), ("project", "Demand", "data science, support")],
        "churn": [("project", "Churn", "owner")],
    }


def test_accepted_handoffs_show_what_both_sides_know(make: Make) -> None:
    builder, receiver, reader = make.mentor(), make.mentor(), make.person(roles=[("executive", None)])
    project = make.project("churn", domains=["churn"])
    done = handoff(make, project, submitted_by=builder.person, decided_by=receiver.person)
    handoff(make, project, submitted_by=builder.person, decided_by=receiver.person, state="returned")

    assert shown(evidence.of(reader, builder)) == {"churn": [("handoff", "Handoff of churn-xgb 1", "submitted it")]}
    assert shown(evidence.of(reader, receiver)) == {"churn": [("handoff", "Handoff of churn-xgb 1", "accepted it")]}
    assert evidence.of(reader, builder)["churn"][0].url == done.get_absolute_url()


def test_a_closed_project_shows_nothing_to_a_stranger(make: Make) -> None:
    mentor = make.mentor()
    project = make.project(owner=mentor.person, domains=["merger"], visibility="members")
    handoff(make, project, submitted_by=mentor.person, decided_by=make.person())

    assert evidence.of(make.person(), mentor) == {}
    assert set(evidence.of(mentor.person, mentor)) == {"merger"}


def test_many_people_take_no_more_queries(make: Make, django_assert_max_num_queries) -> None:
    reader, mentors = make.person(), [make.mentor() for _ in range(5)]
    for mentor in mentors:
        for _ in range(3):
            make.project(owner=mentor.person, domains=["churn"])
    evidence.proofs(reader, [mentors[0].person_id])

    with django_assert_max_num_queries(6):
        found = evidence.proofs(reader, [mentor.person_id for mentor in mentors])

    assert [len(proofs) for proofs in found.values()] == [3] * 5
    assert evidence.proofs(reader, []) == {}


def test_a_provider_is_named_once() -> None:
    with pytest.raises(AlreadyRegistered):
        evidence.register("projects", lambda viewer, ids: [])
