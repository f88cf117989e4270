"""A checklist and its editions, as they are printed."""

from __future__ import annotations

import pytest

from projects.checklists import checks, services

pytestmark = pytest.mark.django_db


def test_the_newest_edition(make, sign_in):
    answer = sign_in(make.person()).get("/checklists/production-readiness/")
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Data", "Monitoring", "Handover", "Operations can run it", "comes with Cairn", "ML Test Score"):
        assert words in text
    assert "Cairn checks it." in text
    assert "Signed by</b> approver" in text
    assert "Begin the next edition" not in text


def test_a_check_says_what_it_is_asked_with(make, sign_in):
    item = {"key": "good", "kind": "automatic", "check_key": "metric_beats_threshold"}
    make.checklist("strict", items=[{**item, "params": {"metric": "auc", "threshold": 0.8, "better": "higher"}}])
    text = sign_in(make.person()).get("/checklists/strict/").content.decode()
    assert "Metric: <code>auc</code>, Threshold: <code>0.8</code>, Which is better: <code>higher</code>." in text


def test_a_check_that_is_gone(make, sign_in, ready, monkeypatch):
    monkeypatch.delitem(checks._checks, "has_signature")
    assert "No part of Cairn knows" in sign_in(make.person()).get("/checklists/ready/").content.decode()


def test_an_older_edition_says_so(admin, sign_in, ready):
    services.draft_edition(slug="ready", actor=admin)
    services.edit_item(slug="ready", actor=admin, key="runbook", title="A runbook")
    services.publish_edition(slug="ready", actor=admin, note="Clearer")
    client = sign_in(admin)
    assert "not the newest one" in client.get("/checklists/ready/1/").content.decode()
    newest = client.get("/checklists/ready/").content.decode()
    assert "A runbook" in newest
    assert "Clearer" in newest
    assert client.get("/checklists/ready/3/").status_code == 404


def test_a_draft_is_for_those_who_write_it(admin, make, sign_in, ready):
    services.draft_edition(slug="ready", actor=admin)
    assert "as the team will see it" in sign_in(admin).get("/checklists/ready/2/").content.decode()
    stranger = sign_in(make.person())
    assert stranger.get("/checklists/ready/2/").status_code == 404
    assert "draft" not in stranger.get("/checklists/ready/").content.decode()
    assert stranger.get("/checklists/ready/diff/?before=1&after=2").status_code == 404


def test_nothing_is_published_yet(admin, make, sign_in):
    services.create_checklist(actor=admin, name="Fresh")
    assert "Nothing is published yet" in sign_in(make.person()).get("/checklists/fresh/").content.decode()


def test_one_that_is_not_there(make, sign_in):
    assert sign_in(make.person()).get("/checklists/nowhere/").status_code == 404


def test_few_queries(admin, sign_in, django_assert_max_num_queries):
    services.draft_edition(slug="production-readiness", actor=admin)
    client = sign_in(admin)
    for path in ("", "1/", "2/", "draft/", "draft/publish/", "diff/", "edit/", "draft/add/?kind=automatic"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/checklists/production-readiness/{path}").status_code == 200
