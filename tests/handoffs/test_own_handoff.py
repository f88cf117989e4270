"""An approver who submitted a handoff decides it by no route: verb, page, API, list, or the database itself."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects.handoffs import services
from projects.handoffs.models import Handoff
from projects.registry.models import AliasOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(world, ways, make):
    """Submitted by somebody who runs the model and holds the role approver; a colleague has begun the review."""
    make.member(world.project, world.second, "ml_operations")
    handoff = ways.answered()
    services.submit(handoff_id=handoff.pk, actor=world.second)
    services.start_review(handoff_id=handoff.pk, actor=world.operator)
    services.sign_off(handoff_id=handoff.pk, actor=world.operator, item_key="receive")
    handoff.refresh_from_db()
    return handoff


@pytest.fixture(autouse=True)
def nothing_was_decided(own):
    yield
    assert Handoff.objects.get().state == "in_review"
    assert not AliasOrder.objects.exists()


def test_by_no_verb(world, own):
    for verb, more in (
        (services.accept, {}),
        (services.return_handoff, {"reason": "No"}),
        (services.start_review, {}),
        (services.sign_off, {"item_key": "receive"}),
    ):
        with pytest.raises(PermissionDenied):
            verb(handoff_id=own.pk, actor=world.second, **more)


def test_by_no_page(world, own, sign_in):
    client = sign_in(world.second)
    for path in ("accept/", "return/", "review/"):
        answer = client.post(f"{own.get_absolute_url()}{path}", {"version": own.version, "reason": "Good"})
        assert answer.status_code == 403, path
    assert client.get(f"{own.get_absolute_url()}accept/").status_code == 403
    assert "You submitted this handoff" in client.get(own.get_absolute_url()).content.decode()


def test_not_by_the_api(world, own, api):
    client = api(world.second)
    for path in ("accept/", "return/", "review/", "items/receive/sign/"):
        answer = client.post(f"/api/v1/handoffs/{own.pk}/{path}", {"version": own.version}, format="json")
        assert answer.status_code == 403, path


def test_not_by_being_made_the_reviewer(world, own, sign_in, api):
    with pytest.raises(ValidationError):
        services.reassign_many(handoff_ids=[own.pk], actor=world.second, reviewer=world.second)
    answer = api(world.second).post(
        "/api/v1/handoffs/reassign/", {"handoffs": [own.pk], "reviewer": world.second.email}, format="json"
    )
    assert answer.status_code == 400
    assert Handoff.objects.get().reviewer == world.operator


def test_in_no_list_of_what_waits_for_them(world, own):
    known = Handoff.objects.visible_to(world.second)
    assert not known.to_review(world.second).exists()
    assert not known.to_accept(world.second).exists()


def test_not_in_the_database(world, own):
    with pytest.raises(IntegrityError, match="handoff_two_pairs_of_eyes"), transaction.atomic():
        Handoff.objects.update(state="accepted", decided_by=world.second, decided_at=timezone.now())
