"""Results of the team's own test job: by the handoff's token, as JUnit XML or JSON."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.handoffs import reports, services
from projects.handoffs.matching import item_of
from projects.handoffs.models import Evidence, Handoff

JUNIT = b"""<?xml version="1.0"?>
<testsuites name="nightly"><testsuite name="ops" tests="3">
<testcase classname="tests.ops.test_handover" name="test_runbook"/>
<testcase classname="tests.ops.test_handover" name="test_rollback[blue]"><failure message="no blue"/></testcase>
<testcase classname="tests.ops.test_handover" name="test_other"><skipped/></testcase>
</testsuite></testsuites>"""


def url(handoff: Handoff) -> str:
    return f"/api/v1/handoffs/{handoff.pk}/results/"


@pytest.fixture
def sent(client):
    """Posts a body with a token, as a test job would."""

    def send(handoff, token, body, kind="application/xml"):
        return client.post(url(handoff), body, content_type=kind, HTTP_AUTHORIZATION=f"Token {token}")

    return send


@pytest.mark.django_db
class TestByToken:
    def test_junit_answers_the_items_that_its_tests_name(self, world, ways, sent):
        handoff = ways.draft()
        token = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        answer = sent(handoff, token, JUNIT)
        assert answer.status_code == 201
        assert answer.json() | {"id": 0} == {
            "id": 0,
            "suite": "nightly",
            "passed": 1,
            "failed": 1,
            "skipped": 1,
            "items": {"runbook": "done", "rollback": "open"},
        }
        runbook = handoff.answers.get(item__key="runbook")
        assert (runbook.state, runbook.is_automated, runbook.by) == ("done", True, None)

    def test_a_newer_report_of_the_suite_counts_alone(self, world, ways, sent):
        handoff = ways.draft()
        token = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        for outcome, state in (("passed", "done"), ("failed", "open"), ("skipped", "open"), ("passed", "done")):
            body = {"suite": "ops", "tests": [{"name": "check_runbook", "outcome": outcome}]}
            assert sent(handoff, token, body, "application/json").status_code == 201
            assert handoff.answers.get(item__key="runbook").state == state

    def test_what_was_done_by_hand_stands(self, world, ways, sent):
        handoff = ways.answered()
        token = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        body = {"tests": [{"name": "runbook", "outcome": "failed"}]}
        assert sent(handoff, token, body, "application/json").json()["items"] == {"runbook": "done"}

    def test_a_token_is_good_for_one_handoff(self, world, ways, sent, make):
        one = ways.draft(world.older)
        other = ways.draft()
        token = services.issue_results_token(handoff_id=one.pk, actor=world.member)
        for answer in (sent(other, token, JUNIT), sent(one, token + "x", JUNIT), sent(one, "cairn-results-", JUNIT)):
            assert answer.status_code == 401
        assert not Evidence.objects.exists()

    def test_and_for_nothing_else(self, world, ways, client):
        handoff = ways.draft()
        token = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        for path in (f"/api/v1/handoffs/{handoff.pk}/", "/api/v1/handoffs/", "/api/v1/projects/"):
            assert client.get(path, HTTP_AUTHORIZATION=f"Token {token}").status_code == 401

    def test_a_new_token_ends_the_one_before(self, world, ways, sent):
        handoff = ways.draft()
        first = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        second = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        assert sent(handoff, first, JUNIT).status_code == 401
        assert sent(handoff, second, JUNIT).status_code == 201
        services.end_results_token(handoff_id=handoff.pk, actor=world.member)
        assert sent(handoff, second, JUNIT).status_code == 401

    def test_it_expires_and_ends_with_the_handoff(self, world, ways, sent):
        handoff = ways.ready()
        token = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        Handoff.objects.update(results_token_until=timezone.now() - timedelta(seconds=1))
        assert sent(handoff, token, JUNIT).status_code == 401
        token = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        services.accept(handoff_id=handoff.pk, actor=world.operator)
        assert sent(handoff, token, JUNIT).status_code == 401

    def test_only_its_hash_is_kept(self, world, ways):
        handoff = ways.draft()
        token = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
        handoff.refresh_from_db()
        assert token not in str(Handoff.objects.values().get())
        assert len(handoff.results_token_hash) == 64


@pytest.mark.django_db
def test_by_a_member_of_the_team_and_nobody_else(world, ways, api, client):
    handoff = ways.draft()
    body = {"tests": [{"name": "runbook", "outcome": "passed"}]}
    assert api(world.member).post(url(handoff), body, format="json").status_code == 201
    assert api(world.operator).post(url(handoff), body, format="json").status_code == 403
    assert client.post(url(handoff), body, content_type="application/json").status_code == 401
    world.project.visibility = "members"
    world.project.save()
    assert api(world.stranger).post(url(handoff), body, format="json").status_code == 404


BILLION = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        (b"<testsuite><testcase/></testsuite>", "application/xml", "results"),
        (b"<html/>", "application/xml", "results"),
        (b"<testsuite>", "text/xml", "results"),
        (BILLION, "application/xml", "results"),
        (b"<testsuite/>", "application/xml", "tests"),
        (b"[]", "application/json", "tests"),
        (b"{", "application/json", "results"),
        (b'{"tests": [{"name": "a", "outcome": "great"}]}', "application/json", "tests"),
        (b'{"tests": [{"name": " ", "outcome": "passed"}]}', "application/json", "tests"),
        (b'{"tests": [7]}', "application/json", "tests"),
        (b'{"suite": 7, "tests": [{"name": "a", "outcome": "passed"}]}', "application/json", "suite"),
        (b"[" * 100_000, "application/json", "results"),
        (b" " * (reports.MOST_BYTES + 1), "application/json", "results"),
    ],
)
def test_a_bad_report_names_the_field_and_changes_nothing(world, ways, sent, body, kind, field):
    handoff = ways.draft()
    token = services.issue_results_token(handoff_id=handoff.pk, actor=world.member)
    answer = sent(handoff, token, body, kind)
    assert answer.status_code == 400, answer.content[:300]
    assert list(answer.json()["errors"]) == [field]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("test", "key"),
    [
        ("test_data_drift", "data-drift"),
        ("tests.ops.TestDrift.test_data_drift[eu-west.1]", "data-drift"),
        ("tests/ops/test_x.py::test_no_data_drift", "data-drift"),
        ("Data-Drift", "data-drift"),
        ("test_drift", "drift"),
        ("test_metadata_drift", "drift"),
        ("test_adrift", None),
        ("", None),
    ],
)
def test_a_test_belongs_to_the_item_that_its_name_ends_with(test, key):
    assert item_of(test, ["drift", "data-drift", "runbook"]) == key


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_no_body_breaks_the_reader(body, is_xml):
    from django.core.exceptions import ValidationError

    try:
        report = reports.read(body, is_xml=is_xml)
    except ValidationError:
        return
    assert report.tests
