"""The whole way from the verbs of the rooms, with the topics that they name: inbox, mail, access that ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.db import transaction

from coe.core import outbox, stream, telling
from coe.guides import feedback_services
from coe.notices.letters import post_letters
from coe.notices.models import Letter, Notice
from projects.catalog import services as catalog
from tests.factories import Make

pytestmark = pytest.mark.django_db


@pytest.fixture
def topics() -> None:
    """Those of the rooms, in place of the tests' own."""


def hear_and_send() -> list[str]:
    stream.read("notices")
    Letter.objects.filter(state="open").update(due_at="2026-01-01T00:00Z")
    post_letters()
    outbox.sweep()
    return [one.subject for one in mail.outbox]


def test_the_rooms_name_what_they_tell() -> None:
    named = {one.key: one.email for one in telling.topics()}
    assert named["delivery"] == "off"
    assert {"feedback", "projects", "handoffs"} <= named.keys()


def test_feedback_reaches_the_owner_and_its_answer_the_reader(make: Make, sign_in: Any) -> None:
    project, reader = make.project("churn", name="Churn"), make.person("reader@example.com", name="Rita")
    document = make.document("scores", about=project, title="How to read scores")
    pair = (ContentType.objects.get_for_model(document).pk, document.pk)
    said = feedback_services.give_feedback(actor=reader, subject=pair, kind="comment", text="An example would help.")
    assert len(hear_and_send()) == 1
    told = Notice.objects.get()
    assert (told.person, told.topic, told.url) == (document.owner, "feedback", said.get_absolute_url())
    assert mail.outbox[0].to == [document.owner.email]
    assert "Rita" in told.text
    feedback_services.answer_feedback(feedback_id=said.pk, actor=document.owner, outcome="mended", answer="Added.")
    assert len(hear_and_send()) == 2
    assert mail.outbox[1].to == ["reader@example.com"]
    assert sign_in(reader).get("/notices/").content.decode().count("Unread: ") == 1


def test_a_status_comes_in_the_digest_unless_the_project_is_closed_first(make: Make) -> None:
    sponsor, outsider = make.person(), make.person()
    project = make.project("churn", name="Churn", sponsor=sponsor)
    project.stakeholders.add(outsider)
    catalog.give_status(slug="churn", actor=project.owner, status="at_risk", text="The data of May are late.")
    stream.read("notices")
    assert set(Letter.objects.values_list("person", "topic")) == {(sponsor.pk, ""), (outsider.pk, "")}
    with transaction.atomic():
        project.visibility, project.sponsor = "members", None
        project.save()
        project.stakeholders.clear()
        make.member(project, sponsor)
    assert hear_and_send() == ["[Cairn] Your digest: 1 notice"]
    assert mail.outbox[0].to == [sponsor.email]
    assert not Notice.objects.all().visible_to(outsider).exists()
    assert Notice.objects.all().visible_to(sponsor).count() == 1
