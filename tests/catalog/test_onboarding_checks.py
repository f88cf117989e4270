from __future__ import annotations

import pytest

from coe.core import events
from coe.paths.checks import Newcomer, checks
from projects.catalog import services
from projects.catalog.models import StatusUpdate
from tests.paths.newcomers import found_of, newcomer, queries, see, subject, touched_by_last_event

pytestmark = pytest.mark.django_db
WHOLE = {"problem": "Customers leave.", "decision": "Whom to call."}


@pytest.fixture
def project(make):
    return make.project("churn", sponsor=make.person(), **WHOLE)


def test_a_described_project_is_seen_with_a_link(project):
    found = see("project_in_catalog", newcomer(project.owner, about=project))
    assert (found.is_so, found.at, found.why) == (True, project.updated_at, "")
    assert found.evidence == (("Churn", "/projects/churn/"),)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sponsor": None}, "Churn has no sponsor yet."),
        ({"problem": "  "}, "Churn has no business problem yet."),
        (
            {"summary": "", "problem": "", "decision": "", "sponsor": None},
            "Churn has no summary, no business problem, no decision and no sponsor yet.",
        ),
    ],
)
def test_what_is_missing_is_named(project, changes, why):
    for name, value in changes.items():
        setattr(project, name, value)
    project.save()
    found = see("project_in_catalog", newcomer(project.owner, about=project))
    assert (found.is_so, found.why) == (False, why)


def test_an_author_may_do_without_the_sponsor(project):
    project.sponsor = None
    project.save()
    assert see("project_in_catalog", newcomer(project.owner, about=project), sponsor="no").is_so


def test_it_is_no_longer_so_when_the_sponsor_is_taken_away(project):
    who = newcomer(project.owner, about=project)
    assert see("project_in_catalog", who).is_so
    services.edit_project(slug="churn", actor=project.owner, sponsor=None)
    assert see("project_in_catalog", who).why == "Churn has no sponsor yet."


def test_without_a_project_of_ones_own(make, project):
    assert see("project_in_catalog", newcomer(make.person())).why == "There is no project in the catalog yet."
    assert see("project_in_catalog", newcomer(project.owner)).is_so
    assert see("project_in_catalog", newcomer(make.member(project))).is_so


def test_a_deleted_project_is_not_in_the_catalog(make, project):
    gone = Newcomer(frozenset({project.owner_id}), (subject(project)[0], project.pk + 1000))
    assert see("project_in_catalog", gone).why == "The project is not in the catalog any more."


def test_of_several_projects_the_best_counts_and_else_the_newest_is_told_of(make, project):
    newer = make.project("later", owner=project.owner)
    assert see("project_in_catalog", newcomer(project.owner)).evidence[0][0] == "Churn"
    project.sponsor = None
    project.save()
    assert see("project_in_catalog", newcomer(project.owner)).why.startswith("Later has no ")
    assert newer.pk > project.pk


def test_the_first_status_is_seen_and_stays(make, project):
    who = newcomer(project.owner, about=project)
    assert see("status_given", who).why == "Nobody has said how the project goes yet."
    for status in ("on_track", "at_risk"):
        services.give_status(slug="churn", actor=project.owner, status=status, text="Well.")
    found = see("status_given", who)
    assert (found.is_so, found.at) == (True, StatusUpdate.objects.earliest("created_at").created_at)


@pytest.mark.parametrize("key", ["project_in_catalog", "status_given"])
def test_a_thousand_newcomers_take_as_many_queries_as_two(make, project, key):
    who = [newcomer(make.person(), about=make.project()) for _ in range(3)] + [
        newcomer(make.person()),
        newcomer(project.owner),
    ]
    assert queries(key, who * 200) == queries(key, who[-2:]) == 2
    assert [one.is_so for one in found_of("project_in_catalog", who)] == [False, False, False, False, True]


def test_events_concern_the_project_and_its_people(make, project):
    member = make.member(project)
    services.give_status(slug="churn", actor=project.owner, status="on_track", text="Well.")
    touched = touched_by_last_event("status_given", "project.status_given")
    assert touched.people == {project.owner_id, member.pk}
    assert touched.subjects == {subject(project)}
    services.edit_project(slug="churn", actor=project.owner, decision="Another one.")
    assert touched_by_last_event("project_in_catalog", "project.edited").subjects == {subject(project)}


# -- those of all rooms ---------------------------------------------------------------------------------------------
def test_every_check_has_words_for_newcomers_and_authors():
    found = checks()
    assert len(found) >= 13
    known = set(events.verbs())
    for check in found:
        assert check.label[0].isupper(), check.key
        assert not check.label.endswith("."), check.key
        assert check.not_yet.startswith("Cairn waits "), check.key
        assert check.not_yet.endswith("."), check.key
        assert check.verbs, check.key
        assert check.verbs <= known, check.key
        assert all(words.endswith(".") for words in check.params.values()), check.key


def test_nobody_is_asked_nothing():
    for check in checks():
        assert list(check.find([], {})) == []
        assert check.touched([]).people == frozenset()
