"""Files of evidence: to download, for whoever may know of the handoff."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.handoffs import services


@pytest.fixture
def handoff(ways):
    return ways.draft()


@pytest.fixture
def evidence(world, handoff):
    upload = SimpleUploadedFile("Żółty plan.txt", b"plan")
    part = {"item_key": "runbook", "kind": "file", "upload": upload}
    return services.add_evidence(handoff_id=handoff.pk, actor=world.owner, **part)


def get(client, handoff, evidence, **headers):
    return client.get(f"/handoffs/{handoff.pk}/evidence/{evidence.pk}/file/", headers=headers)


def test_a_download(sign_in, world, handoff, evidence):
    given = get(sign_in(world.member), handoff, evidence)
    assert given.content == b"plan"
    assert given["Content-Type"] == "text/plain; charset=utf-8"
    assert given["Content-Disposition"] == "attachment; filename*=utf-8''%C5%BB%C3%B3%C5%82ty%20plan.txt"
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_whoever_has_it_already_gets_no_content(sign_in, world, handoff, evidence):
    client = sign_in(world.member)
    known = get(client, handoff, evidence)["ETag"]
    again = get(client, handoff, evidence, if_none_match=known)
    assert (again.status_code, again.content) == (304, b"")
    assert get(client, handoff, evidence, if_none_match='"other"').content == b"plan"


def test_a_closed_project_is_not_there_for_others(sign_in, world, handoff, evidence):
    world.project.visibility = "members"
    world.project.save()
    for role, status in {"owner": 200, "member": 200, "operator": 200, "stranger": 404, "viewer": 404}.items():
        assert get(sign_in(getattr(world, role)), handoff, evidence).status_code == status, role
    known = f'"{evidence.file.sha256}"'
    assert get(sign_in(world.stranger), handoff, evidence, if_none_match=known).status_code == 404


def test_whoever_is_not_signed_in_is_sent_there(client, handoff, evidence):
    assert get(client, handoff, evidence).status_code == 302


def test_other_evidence_is_no_file(sign_in, world, handoff):
    part = {"item_key": "runbook", "kind": "link", "url": "https://wiki.example.com/"}
    link = services.add_evidence(handoff_id=handoff.pk, actor=world.owner, **part)
    assert get(sign_in(world.owner), handoff, link).status_code == 404


def test_evidence_of_another_handoff(sign_in, world, ways, evidence):
    assert get(sign_in(world.owner), ways.draft(world.older), evidence).status_code == 404


def test_what_was_taken_back_stays_for_the_record(sign_in, world, handoff, evidence):
    services.remove_evidence(handoff_id=handoff.pk, actor=world.owner, evidence_id=evidence.pk)
    assert get(sign_in(world.owner), handoff, evidence).content == b"plan"


def test_the_name_says_what_it_is(sign_in, world, handoff):
    upload = SimpleUploadedFile("plan.txt", b"plan")
    part = {"item_key": "runbook", "kind": "file", "title": "The plan.exe", "upload": upload}
    titled = services.add_evidence(handoff_id=handoff.pk, actor=world.owner, **part)
    given = get(sign_in(world.owner), handoff, titled)
    assert given["Content-Disposition"] == 'attachment; filename="The plan.exe.txt"'
