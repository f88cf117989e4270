"""The record's page, PDF and JSON."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader

from projects.handoffs import record, services
from projects.handoffs.models import Decision
from projects.tracking.models import Run

ADDRESSES = ("record/", "record.pdf", "record.json")
KNOW = ("owner", "member", "operator", "second", "everywhere", "lead", "admin", "viewer", "stranger")


def get(client, handoff, address="record/", **query):
    return client.get(f"/handoffs/{handoff.pk}/{address}", query)


def words(response) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages).split())


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_may_know_of_the_handoff_sees_it(sign_in, world, ways, address):
    handoff = ways.submitted()
    for role in KNOW:
        assert get(sign_in(getattr(world, role)), handoff, address).status_code == 200, role


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_closed_project_is_not_there_for_others(sign_in, world, ways, address):
    handoff = ways.submitted()
    world.project.visibility = "members"
    world.project.save()
    for role in ("owner", "member", "operator", "everywhere", "admin"):
        assert get(sign_in(getattr(world, role)), handoff, address).status_code == 200, role
    for role in ("stranger", "viewer", "other"):
        assert get(sign_in(getattr(world, role)), handoff, address).status_code == 404, role


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_is_not_signed_in_is_sent_there(client, ways, address):
    assert get(client, ways.draft(), address).status_code == 302


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_only_read(sign_in, world, ways, address):
    assert sign_in(world.owner).post(f"/handoffs/{ways.draft().pk}/{address}").status_code == 405


def test_a_draft_is_shown_as_it_stands(sign_in, world, ways):
    handoff = ways.draft()
    shown = get(sign_in(world.owner), handoff)
    assert "Not decided" in shown.text
    assert "no checksum" in shown.text
    assert "Not decided so far" in words(get(sign_in(world.owner), handoff, "record.pdf"))
    assert json.loads(get(sign_in(world.owner), handoff, "record.json").content)["decided"] is None


def test_the_newest_decision_by_default_and_others_by_name(sign_in, world, ways):
    handoff = ways.accepted()
    submitted, accepted = handoff.decisions.order_by("id")
    client = sign_in(world.owner)
    shown = get(client, handoff)
    assert accepted.sha256 in shown.text
    assert "Oto Operator" in shown.text
    assert "MLflow does not have production on version 2 yet" in shown.text
    assert accepted.sha256 in words(get(client, handoff, "record.pdf"))
    before = get(client, handoff, decision=submitted.pk)
    assert submitted.sha256 in before.text
    assert accepted.sha256 not in before.text
    assert f"record.pdf?decision={submitted.pk}" in before.text
    assert submitted.sha256 in words(get(client, handoff, "record.pdf", decision=submitted.pk))
    assert get(client, handoff, "record.json", decision=submitted.pk).content == record.canonical(submitted.record)


@pytest.mark.parametrize("address", ADDRESSES)
def test_decisions_of_others_are_not_there(sign_in, world, ways, make, address):
    handoff, other = ways.draft(), ways.submitted(world.older)
    client = sign_in(world.owner)
    for asked in (other.decisions.get().pk, 0, "x", "", "²", "9" * 30):
        assert get(client, handoff, address, decision=asked).status_code == 404, asked


def test_anybody_can_compute_the_checksum(sign_in, world, ways):
    handoff = ways.accepted()
    given = get(sign_in(world.owner), handoff, "record.json")
    assert hashlib.sha256(given.content).hexdigest() == handoff.decisions.get(kind="accepted").sha256
    assert given["Content-Disposition"] == f'attachment; filename="handoff-{handoff.pk}-round-1-accepted.json"'
    assert given["Content-Type"] == "application/json"
    assert "✓ Yes." in get(sign_in(world.owner), handoff).text


def test_odd_numbers_keep_the_checksum(sign_in, world, ways):
    stamp = 1767225600000
    odd = {"a": 1e22, "b": -0.0, "c": 1e-7, "d": 1.7e308, "e": 1e16, "f": 123456789.125, "g": 5e-324, "h": "NaN"}
    Run.objects.filter(pk=world.run.pk).update(metrics={key: [value, stamp, 0] for key, value in odd.items()})
    handoff = ways.submitted()
    given = get(sign_in(world.owner), handoff, "record.json")
    assert hashlib.sha256(given.content).hexdigest() == handoff.decisions.get().sha256


def test_a_changed_record_is_found(sign_in, world, ways):
    handoff = ways.submitted()
    decision = handoff.decisions.get()
    kept = decision.record
    kept["version"]["version"] = 1
    Decision.objects.create(
        handoff=handoff,
        round=2,
        kind="submitted",
        actor=world.member,
        at=timezone.now(),
        newest_version=2,
        record=kept,
        sha256=decision.sha256,
    )
    assert "✕ No." in get(sign_in(world.owner), handoff).text


def test_files_can_be_had_from_the_record(sign_in, world, ways):
    handoff = ways.draft()
    upload = SimpleUploadedFile("plan.txt", b"plan")
    part = {"item_key": "runbook", "kind": "file", "upload": upload}
    evidence = services.add_evidence(handoff_id=handoff.pk, actor=world.owner, **part)
    where = f"/handoffs/{handoff.pk}/evidence/{evidence.pk}/file/"
    assert where in get(sign_in(world.owner), handoff).text
    assert where in words(get(sign_in(world.owner), handoff, "record.pdf"))


def test_what_people_wrote_is_text(sign_in, world, ways):
    handoff = ways.draft()
    services.edit_handoff(handoff_id=handoff.pk, actor=world.owner, summary="<script>alert(1)</script>")
    shown = get(sign_in(world.owner), handoff).text
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_the_pdf_is_private(sign_in, world, ways):
    given = get(sign_in(world.owner), ways.submitted(), "record.pdf")
    assert given["Content-Type"] == "application/pdf"
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ADDRESSES)
def test_queries(sign_in, world, ways, address, django_assert_max_num_queries):
    handoff = ways.accepted()
    client = sign_in(world.operator)
    get(client, handoff, address)
    with django_assert_max_num_queries(15, connection=connection):
        get(client, handoff, address)
