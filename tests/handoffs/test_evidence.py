"""Answers, evidence, carrying over, sign-offs."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from coe.core.errors import Refused
from coe.core.models import StoredFile
from projects.handoffs import services
from projects.handoffs.models import Evidence, Handoff

pytestmark = pytest.mark.django_db


def add(world, handoff, key="runbook", **parts):
    return services.add_evidence(handoff_id=handoff.pk, actor=world.member, item_key=key, **parts)


class TestAddEvidence:
    def test_a_link_a_text_a_file(self, world, ways):
        handoff = ways.draft()
        add(world, handoff, kind="link", url="https://wiki.example.com/runbook")
        add(world, handoff, kind="text", text_="# The rota\nAsk *Mia*.")
        add(world, handoff, kind="file", upload=SimpleUploadedFile("../rota.txt", b"Mia, then Olga"))
        link, text, file = Evidence.objects.order_by("id")
        assert (link.title, text.title) == ("wiki.example.com", "The rota")
        assert "<em>Mia</em>" in text.html
        assert (file.title, bytes(StoredFile.objects.get().content)) == ("rota.txt", b"Mia, then Olga")
        answer = handoff.answers.get(item__key="runbook")
        assert (answer.state, answer.by) == ("done", world.member)

    @pytest.mark.parametrize(
        ("parts", "field"),
        [
            ({"kind": "link", "url": "javascript:alert(1)"}, "url"),
            ({"kind": "link", "url": ""}, "url"),
            ({"kind": "link", "url": "https://" + "a" * 1000 + ".example"}, "url"),
            ({"kind": "text", "text_": " "}, "text"),
            ({"kind": "text", "text_": "x" * 8001}, "text"),
            ({"kind": "text", "text_": "a\0b"}, "text"),
            ({"kind": "file"}, "file"),
            ({"kind": "file", "upload": SimpleUploadedFile("a.html", b"<script>alert(1)</script>")}, "file"),
            ({"kind": "tests"}, "kind"),
            ({"kind": "link", "url": "https://a.example", "title": "t" * 201}, "title"),
        ],
    )
    def test_bad_input_names_the_field(self, world, ways, parts, field):
        handoff = ways.draft()
        with pytest.raises(ValidationError) as refused:
            add(world, handoff, **parts)
        assert list(refused.value.message_dict) == [field]
        assert not Evidence.objects.exists()

    @pytest.mark.parametrize("key", ["described", "receive", "nothing"])
    def test_only_where_evidence_is_asked_for(self, world, ways, key):
        handoff = ways.draft()
        with pytest.raises(ValidationError) as refused:
            add(world, handoff, key, kind="link", url="https://a.example")
        assert list(refused.value.message_dict) == ["item"]

    @pytest.mark.parametrize("who", ["operator", "viewer"])
    def test_is_the_teams_and_says_nothing_of_the_input_to_others(self, world, ways, who):
        handoff = ways.draft()
        with pytest.raises(PermissionDenied):
            services.add_evidence(handoff_id=handoff.pk, actor=getattr(world, who), item_key="?", kind="?")


class TestRemoveEvidence:
    def test_the_last_piece_opens_the_item(self, world, ways):
        handoff = ways.draft()
        one = add(world, handoff, kind="link", url="https://a.example")
        two = add(world, handoff, kind="link", url="https://b.example")
        services.remove_evidence(handoff_id=handoff.pk, actor=world.owner, evidence_id=one.pk)
        assert handoff.answers.get(item__key="runbook").state == "done"
        services.remove_evidence(handoff_id=handoff.pk, actor=world.owner, evidence_id=two.pk)
        assert handoff.answers.get(item__key="runbook").state == "open"
        with pytest.raises(Evidence.DoesNotExist):
            services.remove_evidence(handoff_id=handoff.pk, actor=world.owner, evidence_id=two.pk)

    def test_not_once_it_was_submitted(self, world, ways):
        handoff = ways.submitted()
        with pytest.raises(Refused):
            services.remove_evidence(handoff_id=handoff.pk, actor=world.owner, evidence_id=handoff.evidence.first().pk)


class TestAnswerItem:
    def test_not_applicable_needs_a_reason_and_an_item_that_allows_it(self, world, ways):
        handoff = ways.draft()
        for key, note, field in (("runbook", "", "note"), ("rollback", "Never", "state")):
            with pytest.raises(ValidationError) as refused:
                services.answer_item(
                    handoff_id=handoff.pk, actor=world.owner, item_key=key, state="not_applicable", note=note
                )
            assert list(refused.value.message_dict) == [field]

    def test_done_needs_evidence(self, world, ways):
        handoff = ways.draft()
        with pytest.raises(ValidationError) as refused:
            services.answer_item(handoff_id=handoff.pk, actor=world.owner, item_key="runbook", state="done")
        assert list(refused.value.message_dict) == ["evidence"]

    @pytest.mark.parametrize("key", ["described", "receive"])
    def test_nobody_says_that_a_check_passed_or_that_somebody_signed(self, world, ways, key):
        handoff = ways.draft()
        with pytest.raises(ValidationError):
            services.answer_item(handoff_id=handoff.pk, actor=world.owner, item_key=key, state="done")


class TestCarryOver:
    def test_item_by_item_saying_where_from(self, world, ways):
        old, new = ways.answered(world.older), ways.draft()
        services.carry_over(handoff_id=new.pk, actor=world.member, from_id=old.pk, item_keys=["runbook"])
        assert dict(new.answers.values_list("item__key", "state"))["rollback"] == "open"
        answer = new.answers.get(item__key="runbook")
        assert (answer.state, answer.carried_from) == ("done", old)
        kept = new.evidence.get()
        assert (kept.url, kept.carried_from) == ("https://wiki.example.com/runbook", old.evidence.first())

    @pytest.mark.parametrize("keys", [[], ["receive"], ["described"], ["notes"], ["nothing"]])
    def test_only_what_was_answered_by_hand(self, world, ways, keys):
        old, new = ways.answered(world.older), ways.draft()
        with pytest.raises(ValidationError) as refused:
            services.carry_over(handoff_id=new.pk, actor=world.member, from_id=old.pk, item_keys=keys)
        assert list(refused.value.message_dict) == ["items"]
        assert not new.evidence.exists()

    def test_only_of_the_same_model_and_checklist(self, world, ways, make):
        old = ways.answered(world.older)
        world.checklist = make.checklist("another", items=[{"key": "runbook"}])
        new = ways.draft()
        with pytest.raises(ValidationError) as refused:
            services.carry_over(handoff_id=new.pk, actor=world.member, from_id=old.pk, item_keys=["runbook"])
        assert list(refused.value.message_dict) == ["from"]

    def test_nothing_is_overwritten(self, world, ways):
        old, new = ways.answered(world.older), ways.answered()
        with pytest.raises(ValidationError):
            services.carry_over(handoff_id=new.pk, actor=world.member, from_id=old.pk, item_keys=["runbook"])


class TestSignOff:
    def test_by_whoever_holds_the_role(self, world, ways):
        handoff = ways.submitted()
        for person in (world.member, world.owner, world.other, world.lead, world.viewer):
            with pytest.raises(PermissionDenied):
                services.sign_off(handoff_id=handoff.pk, actor=person, item_key="receive")
        services.sign_off(handoff_id=handoff.pk, actor=world.second, item_key="receive")
        with pytest.raises(Refused, match="Sara Second has signed"):
            services.sign_off(handoff_id=handoff.pk, actor=world.operator, item_key="receive")

    def test_not_by_an_approver_who_submitted_it(self, world, ways, make):
        make.member(world.project, world.second, "ml_operations")
        handoff = ways.answered()
        services.submit(handoff_id=handoff.pk, actor=world.second)
        with pytest.raises(PermissionDenied):
            services.sign_off(handoff_id=handoff.pk, actor=world.second, item_key="receive")

    def test_not_before_it_is_submitted(self, world, ways):
        handoff = ways.draft()
        with pytest.raises(Refused):
            services.sign_off(handoff_id=handoff.pk, actor=world.operator, item_key="receive")

    def test_no_other_item_is_signed(self, world, ways):
        handoff = ways.submitted()
        with pytest.raises(ValidationError):
            services.sign_off(handoff_id=handoff.pk, actor=world.operator, item_key="runbook")


def test_comments_are_safe_html_and_both_sides_make_them(world, ways):
    handoff = ways.submitted()
    said = services.comment(handoff_id=handoff.pk, actor=world.operator, body="<script>x</script> **Who** is on call?")
    assert "<script>" not in said.html
    assert "<strong>Who</strong>" in said.html
    services.comment(handoff_id=handoff.pk, actor=world.member, body="Mia.")
    with pytest.raises(PermissionDenied):
        services.comment(handoff_id=handoff.pk, actor=world.viewer, body="Me too")
    assert Handoff.objects.get().comments.count() == 2
