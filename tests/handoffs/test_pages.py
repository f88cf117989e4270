"""The pages of handoffs: what each side reads and does there."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.handoffs import services
from projects.handoffs.models import Handoff
from projects.tracking.models import ModelVersion

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


class TestLists:
    def test_each_sees_first_what_waits_for_them(self, world, ways, sign_in):
        ways.draft()
        submitted = ways.submitted(world.older)
        for person, turn, shown in (
            (world.owner, "submit", "churn 2"),
            (world.operator, "review", "churn 1"),
        ):
            answer = sign_in(person).get("/handoffs/")
            assert answer.context["turn"] == turn
            assert [str(one.model_version) for one in answer.context["page_obj"]] == [shown]
        services.start_review(handoff_id=submitted.pk, actor=world.operator)
        assert sign_in(world.operator).get("/handoffs/").context["turn"] == "accept"
        assert sign_in(world.second).get("/handoffs/").context["turn"] == "all"
        assert sign_in(world.viewer).get("/handoffs/").context["count"] == 2

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("state=draft", 1),
            ("state=nonsense", 2),
            ("unit=retail", 2),
            ("unit=energy", 0),
            # A filter that is wrong is said beside it and left out.
            ("unit=nowhere", 2),
            ("checklist=ready", 2),
            ("checklist=pilot", 0),
            ("q=CHU", 2),
            ("q=churn+nothing", 0),
            ("age=7", 0),
            ("stale=on", 1),
            ("sort=-nonsense&page=9999999999999", 2),
        ],
    )
    def test_narrowed_by_the_address(self, world, ways, sign_in, query, count):
        ways.draft()
        ways.submitted(world.older)
        answer = sign_in(world.viewer).get(f"/handoffs/?turn=all&{query}")
        assert answer.status_code == 200
        assert answer.context["count"] == count

    def test_as_csv(self, world, ways, sign_in):
        ways.accepted()
        answer = sign_in(world.viewer).get("/handoffs/?turn=all&format=csv")
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        row = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
        assert (row["model"], row["version"], row["state"], row["alias_state"]) == ("churn", "2", "accepted", "waiting")
        assert len(row["sha256"]) == 64

    def test_closed_projects_are_neither_shown_nor_counted(self, world, ways, sign_in):
        ways.submitted()
        world.project.visibility = "members"
        world.project.save()
        assert sign_in(world.stranger).get("/handoffs/?turn=all").context["count"] == 0
        assert sign_in(world.operator).get("/handoffs/?turn=all").context["count"] == 1

    def test_several_are_given_to_a_reviewer(self, world, ways, sign_in):
        ids = [ways.submitted().pk, ways.submitted(world.older).pk]
        client = sign_in(world.operator)
        client.post("/handoffs/reassign/", {"handoff": ids, "reviewer": "second@example.com"})
        assert set(Handoff.objects.values_list("reviewer__email", flat=True)) == {"second@example.com"}
        for wrong in ({"handoff": ids}, {"reviewer": "second@example.com"}, {"handoff": ["x"], "reviewer": "x"}):
            assert client.post("/handoffs/reassign/", wrong, follow=True).status_code == 200


class TestOpen:
    def test_model_first_then_the_rest(self, world, sign_in):
        client = sign_in(world.owner)
        assert "churn" in text(client.get("/handoffs/new/"))
        answer = client.get(f"/handoffs/new/?model={world.model.pk}")
        assert answer.status_code == 200
        answer = client.post(
            f"/handoffs/new/?model={world.model.pk}",
            {"model_version": world.version.pk, "checklist": world.checklist.pk, "receiving_unit": "retail"},
        )
        assert answer.headers["Location"] == Handoff.objects.get().get_absolute_url()

    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, world, ways, sign_in):
        ways.draft()
        answer = sign_in(world.owner).post(
            f"/handoffs/new/?model={world.model.pk}",
            {
                "model_version": world.version.pk,
                "checklist": world.checklist.pk,
                "receiving_unit": "retail",
                "summary": "Kept words",
            },
        )
        assert answer.status_code == 422
        assert "has an open handoff by this checklist already" in text(answer)
        assert "Kept words" in text(answer)


class TestOneHandoff:
    @pytest.mark.parametrize("state", ["draft", "answered", "submitted", "in_review", "ready", "accepted"])
    @pytest.mark.parametrize("who", ["owner", "operator", "viewer"])
    def test_in_each_state_for_each_side(self, world, ways, sign_in, state, who):
        handoff = getattr(ways, state)()
        page = text(sign_in(getattr(world, who)).get(handoff.get_absolute_url()))
        offers = {
            "submit/": who == "owner" and state in ("draft", "answered"),
            "review/": who == "operator" and state == "submitted",
            "accept/": who == "operator" and state in ("in_review", "ready"),
            "return/": who == "operator" and state in ("in_review", "ready"),
            "withdraw/": who == "owner" and state != "accepted",
            "token/": who == "owner" and state != "accepted",
            "comment/": who != "viewer",
        }
        there = {path: f"{handoff.get_absolute_url()}{path}" in page for path in offers}
        assert there == offers

    def test_says_why_an_approver_may_not_decide(self, world, ways, sign_in, make):
        make.member(world.project, world.second, "data_science")
        handoff = ways.submitted()
        page = text(sign_in(world.second).get(handoff.get_absolute_url()))
        assert "You are of the team that built the model" in page
        assert "Begin the review" not in page

    def test_a_newer_version_is_said_with_where_to_go(self, world, ways, sign_in):
        old = ways.answered(world.older)
        client = sign_in(world.owner)
        assert "Open one for the newer version" in text(client.get(old.get_absolute_url()))
        new = ways.draft()
        assert f'href="{new.get_absolute_url()}">a handoff of its own' in text(client.get(old.get_absolute_url()))
        page = text(client.get(new.get_absolute_url()))
        assert "Carry over 2 answers from version 1" in page
        client.post(f"{new.get_absolute_url()}carry/", {"from": old.pk, "item": ["runbook", "rollback"]})
        assert new.evidence.count() == 2
        assert client.post(f"{new.get_absolute_url()}carry/", {"from": old.pk}).status_code == 422

    def test_what_people_type_is_never_markup(self, world, ways, sign_in):
        bad = "<script>alert(1)</script>"
        handoff = ways.draft(summary=bad)
        services.add_evidence(
            handoff_id=handoff.pk, actor=world.member, item_key="runbook", kind="text", text_=bad, title=bad
        )
        services.comment(handoff_id=handoff.pk, actor=world.member, body=bad)
        for path in ("", "items/runbook/", "record/", "edit/"):
            assert "<script>alert" not in text(sign_in(world.member).get(f"{handoff.get_absolute_url()}{path}"))

    def test_a_page_that_changed_meanwhile_is_not_submitted(self, world, ways, sign_in):
        handoff = ways.answered()
        client = sign_in(world.owner)
        services.edit_handoff(handoff_id=handoff.pk, actor=world.member, summary="New words")
        answer = client.post(f"{handoff.get_absolute_url()}submit/", {"version": handoff.version})
        assert answer.status_code == 409
        assert "Something changed on this handoff" in text(answer)
        assert Handoff.objects.get().state == "draft"

    def test_the_token_is_shown_once(self, world, ways, sign_in):
        handoff = ways.draft()
        client = sign_in(world.owner)
        answer = client.post(f"{handoff.get_absolute_url()}token/")
        assert "cairn-results-" in text(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "cairn-results-" not in text(client.get(handoff.get_absolute_url()))


class TestItem:
    def test_evidence_and_on_to_the_next(self, world, ways, sign_in):
        handoff = ways.draft()
        client = sign_in(world.member)
        base = f"{handoff.get_absolute_url()}items/"
        answer = client.post(
            f"{base}runbook/", {"act": "evidence", "next": "1", "e-url": "https://wiki.example.com/r", "e-title": ""}
        )
        assert answer.headers["Location"] == f"{base}rollback/"
        upload = SimpleUploadedFile("log.txt", b"It went back in 40 s")
        answer = client.post(f"{base}rollback/", {"act": "evidence", "e-file": upload})
        assert answer.headers["Location"] == f"{base}rollback/"
        assert handoff.answers.filter(state="done").count() == 2

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"act": "evidence"}, "Give a link, a text or a file"),
            ({"act": "evidence", "e-url": "https://a.example", "e-text": "both"}, "one at a time"),
            ({"act": "evidence", "e-url": "javascript:alert(1)"}, "Enter a valid URL"),
            ({"act": "not_applicable", "n-note": ""}, "This field is required"),
        ],
    )
    def test_what_is_wrong_is_said(self, world, ways, sign_in, sent, said):
        handoff = ways.draft()
        answer = sign_in(world.member).post(f"{handoff.get_absolute_url()}items/runbook/", sent)
        assert answer.status_code == 422
        assert said in text(answer)

    def test_does_not_apply_and_is_opened_again(self, world, ways, sign_in):
        handoff = ways.draft()
        client = sign_in(world.member)
        path = f"{handoff.get_absolute_url()}items/runbook/"
        client.post(path, {"act": "not_applicable", "n-note": "It runs by hand"})
        assert "It does not apply: It runs by hand" in text(client.get(path))
        client.post(path, {"act": "reopen"})
        assert handoff.answers.get(item__key="runbook").state == "open"

    def test_is_signed_by_whoever_may(self, world, ways, sign_in):
        handoff = ways.submitted()
        path = f"{handoff.get_absolute_url()}items/receive/"
        assert ">Sign<" not in text(sign_in(world.owner).get(path))
        assert ">Sign<" in text(sign_in(world.operator).get(path))
        sign_in(world.operator).post(path, {"act": "sign", "s-note": "We are ready"})
        assert handoff.answers.get(item__key="receive").by == world.operator

    def test_an_unknown_item_is_not_there(self, world, ways, sign_in):
        handoff = ways.draft()
        assert sign_in(world.owner).get(f"{handoff.get_absolute_url()}items/nothing/").status_code == 404


class TestDecide:
    def test_accept_says_what_will_happen_and_does_it(self, world, ways, sign_in):
        handoff = ways.ready()
        client = sign_in(world.operator)
        path = f"{handoff.get_absolute_url()}accept/"
        assert "The alias <strong>production</strong> moves to version <strong>2</strong>" in text(client.get(path))
        assert client.post(path, {"version": handoff.version}).status_code == 302
        assert Handoff.objects.get().state == "accepted"

    def test_a_newer_version_must_be_named(self, world, ways, sign_in):
        handoff = ways.ready()
        ModelVersion.objects.create(model=world.model, version=3)
        client = sign_in(world.operator)
        path = f"{handoff.get_absolute_url()}accept/"
        assert client.post(path, {"version": handoff.version}).status_code == 422
        assert Handoff.objects.get().state == "in_review"
        assert client.post(path, {"version": handoff.version, "newest_seen": "3"}).status_code == 302

    def test_a_missing_signature_is_said(self, world, ways, sign_in):
        handoff = ways.in_review()
        answer = sign_in(world.operator).post(f"{handoff.get_absolute_url()}accept/", {"version": handoff.version})
        assert answer.status_code == 422
        assert "Operations can run it" in text(answer)

    def test_return_item_by_item(self, world, ways, sign_in):
        handoff = ways.ready()
        client = sign_in(world.operator)
        path = f"{handoff.get_absolute_url()}return/"
        assert client.post(path, {"version": handoff.version}).status_code == 422
        client.post(path, {"version": handoff.version, "item-runbook": "Who is on call?"})
        page = text(sign_in(world.owner).get(handoff.get_absolute_url()))
        assert "Who is on call?" in page
        assert "wants more" in page


def test_project_and_model_and_home_tell_of_it(world, ways, sign_in):
    handoff = ways.submitted()
    link = f'href="{handoff.get_absolute_url()}"'
    client = sign_in(world.operator)
    assert link in text(client.get("/projects/churn/"))
    assert link in text(client.get("/models/tracker/churn/versions/"))
    assert "Handoffs that wait for you" in text(client.get("/"))
    assert "submitted the handoff of churn 2" in text(client.get("/projects/churn/timeline/"))
    assert "Handoffs that wait for you" not in text(sign_in(world.viewer).get("/"))
