"""The guide of a model: written by section, for versions; two editors at once; confirming; who may."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.models import Event
from coe.guides.models import Revision
from coe.guides.services import Conflict
from projects.modelpages import services
from projects.modelpages.sections import completeness, guide_of, parts_of, versions_of
from projects.tracking.models import RegisteredModel
from tests.modelpages.conftest import TEXTS, text

pytestmark = pytest.mark.django_db
EDIT, CONFIRM = "/models/lab/churn/xgb/guide/edit/", "/models/lab/churn/xgb/guide/confirm/"


def versions(revision):
    return {key: versions_of(part) for key, part in parts_of(revision).items()}


def form(**given):
    return {"title": "Churn risk", "summary": "Who leaves", "version": "1", "note": "", "based_on": "", **given}


class TestWrite:
    def test_the_first_makes_the_document(self, world):
        made = world.write(decides="Whom to call.")
        document = made.document
        assert (document.kind, document.owner, document.unit) == ("model_guide", world.owner, world.unit)
        assert document.published is None
        assert versions(made) == {"decides": [1]}
        assert guide_of(world.model) == document

    def test_a_member_without_any_role_may(self, world):
        assert world.write(actor=world.member).document.owner == world.owner

    def test_changed_sections_are_true_for_the_version_named_alone(self, world):
        world.write(1)
        made = world.write(2, decides="Something else.")
        found = versions(made)
        assert found.pop("decides") == [2]
        assert set(map(tuple, found.values())) == {(1,)}

    def test_an_emptied_section_is_not_written(self, world):
        world.write(1)
        assert "ask" not in versions(world.write(1, ask="  "))

    def test_line_ends_and_spaces_are_no_change(self, world):
        first = world.write(1, decides="One.\nTwo.")
        again = services.write_guide(
            model_id=world.model.pk,
            actor=world.owner,
            based_on=1,
            title=first.title,
            summary=first.summary,
            sections={"decides": "One.\r\nTwo.\r\n"},
            version=2,
        )
        assert again.number == 1

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"version": 9}, "version"),
            ({"version": 0}, "version"),
            ({"sections": {"nonsense": "x"}}, "sections"),
            ({"title": " "}, "title"),
            ({"based_on": 3}, "based_on"),
        ],
    )
    def test_what_is_wrong_is_named(self, world, changed, field):
        given = {"based_on": None, "title": "T", "summary": "", "sections": {"decides": "x"}, "version": 1, **changed}
        with pytest.raises(ValidationError) as error:
            services.write_guide(model_id=world.model.pk, actor=world.owner, **given)
        assert field in error.value.message_dict
        assert not Revision.objects.exists()

    def test_who_may_not(self, world):
        with pytest.raises(PermissionDenied):
            world.write(actor=world.stakeholder)
        with pytest.raises(RegisteredModel.DoesNotExist):
            world.write(actor=world.stranger)

    def test_both_began_at_once(self, world):
        """The second one makes no second guide, and writes over nothing: both texts come together."""
        world.write(decides="Mine.")
        world.write(act="Later.")
        with pytest.raises(Conflict) as error:
            services.write_guide(
                model_id=world.model.pk,
                actor=world.member,
                based_on=None,
                title="Churn risk score",
                summary="How likely each customer is to leave.",
                sections={"read": "From another."},
                version=1,
            )
        texts = {part["key"]: part["text"] for part in error.value.parts}
        assert (texts["decides"], texts["read"], texts["act"]) == ("Mine.", "From another.", "Later.")


class TestCompleteness:
    def test_counts_what_is_written_and_true(self, world):
        assert completeness(None, 1).written == 0
        made = world.write(1, decides="a", read="b", act="c")
        full = completeness(made, 1)
        assert (full.written, full.true_for_version, full.of) == (3, 3, 7)
        assert [one.key for one in full.missing] == ["distrust", "ask", "limits", "evaluated"]
        full = completeness(made, 2)
        assert (full.written, full.true_for_version) == (3, 0)
        assert [one.key for one in full.outdated] == ["decides", "read", "act"]
        assert completeness(world.write(1), 1).is_complete


class TestEditor:
    def test_asks_the_seven_questions(self, world, sign_in):
        shown = text(sign_in(world.owner).get(EDIT))
        assert shown.count("<textarea") == 7
        assert "which decision rests on it?" in shown
        assert '<option value="1" selected>Version 1, in production' in shown

    def test_saves_a_draft_then_publishes(self, world, sign_in):
        client = sign_in(world.member)
        assert client.post(EDIT, form(decides="Whom to call.", do="draft")).status_code == 302
        document = guide_of(world.model)
        assert document.published is None
        assert client.post(EDIT, form(based_on="1", decides="Whom to call.", do="publish")).status_code == 302
        document.refresh_from_db()
        assert document.published.number == 1
        assert client.post(EDIT, form(based_on="1", decides="Whom not to.", do="publish")).status_code == 302
        document.refresh_from_db()
        assert document.published.number == 2

    def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(self, world, sign_in):
        answer = sign_in(world.owner).post(EDIT, form(title="", decides="Long typed text.", do="draft"))
        assert answer.status_code == 422
        assert "Long typed text." in text(answer)

    def test_two_at_once_lose_nothing(self, world, sign_in):
        world.write(1, decides="Whom to call.", act="Call them.")
        mine = form(based_on="1", title="Churn risk score", summary="How likely each customer is to leave.", do="draft")
        sign_in(world.member).post(EDIT, {**mine, "decides": "Whom to call first.", "act": "Call them."})
        client = sign_in(world.owner)
        answer = client.post(EDIT, {**mine, "decides": "Whom to call.", "act": "Call them on Monday."})
        assert answer.status_code == 409
        shown = text(answer)
        assert "Mia Member saved revision 2 while you were writing" in shown
        assert '<ins><span class="visually-hidden-always">Added: </span>' in shown
        merged = answer.context["form"]
        assert merged["decides"].value() == "Whom to call first."
        assert merged["act"].value() == "Call them on Monday."
        assert merged["based_on"].value() == "2"
        again = {name: merged[name].value() for name in ("based_on", "title", "summary", "decides", "act", "version")}
        assert client.post(EDIT, {**mine, **again}).status_code == 302
        latest = guide_of(world.model).latest
        assert latest.number == 3
        assert parts_of(latest)["decides"]["text"] == "Whom to call first."

    def test_two_who_begin_it_at_once_lose_nothing(self, world, sign_in):
        world.write(1, decides="Whom to call.")
        client = sign_in(world.member)
        mine = form(title="churn/xgb", summary="", decides="", act="Call them.", do="draft")
        answer = client.post(EDIT, mine)
        assert answer.status_code == 409
        merged = answer.context["form"]
        assert merged["title"].value() == "Churn risk score"
        assert merged["decides"].value() == "Whom to call."
        assert merged["act"].value() == "Call them."
        assert parts_of(guide_of(world.model).latest).keys() == {"decides"}

    def test_the_same_words_changed_by_both_are_marked(self, world, sign_in):
        world.write(1, decides="Whom to call.")
        mine = form(based_on="1", title="Churn risk score", summary="How likely each customer is to leave.", do="draft")
        sign_in(world.member).post(EDIT, {**mine, "decides": "Whom to write."})
        client = sign_in(world.owner)
        answer = client.post(EDIT, {**mine, "decides": "Whom to visit."})
        merged = answer.context["form"]["decides"].value()
        assert "Whom to write." in merged
        assert "Whom to visit." in merged
        left = client.post(EDIT, {**mine, "based_on": "2", "decides": merged})
        assert left.status_code == 422
        assert "delete the marks" in text(left)

    def test_without_a_version_there_is_nothing_to_write_for(self, world, sign_in):
        world.make.model(world.source, project=world.project, name="bare")
        assert "There is no version to write for yet" in text(sign_in(world.owner).get("/models/lab/bare/guide/edit/"))

    def test_who_may(self, world, sign_in):
        assert sign_in(world.stakeholder).get(EDIT).status_code == 403
        assert sign_in(world.stakeholder).post(EDIT, form(decides="x")).status_code == 403
        assert sign_in(world.stranger).get(EDIT).status_code == 404
        assert not Revision.objects.exists()


class TestConfirm:
    def test_readers_see_it_at_once(self, world, sign_in):
        document = world.publish(1)
        world.move(2)
        answer = sign_in(world.member).post(CONFIRM, {"based_on": "1", "version": "2", "keys": ["decides", "ask"]})
        assert answer.status_code == 302
        document.refresh_from_db()
        assert document.published.number == 2
        assert versions(document.published)["decides"] == [1, 2]
        assert versions(document.published)["read"] == [1]
        assert document.published.note == "Still true for version 2: What it decides, Who to ask"

    def test_a_verification_goes_on(self, world):
        document = world.publish(1, verified=True)
        services.confirm_sections(model_id=world.model.pk, actor=world.owner, keys=list(TEXTS), version=2, based_on=1)
        document.refresh_from_db()
        assert document.is_verified

    def test_a_waiting_draft_stays_one(self, world):
        document = world.publish(1)
        world.write(1, decides="New.")
        services.confirm_sections(model_id=world.model.pk, actor=world.owner, keys=["read"], version=2, based_on=2)
        document.refresh_from_db()
        assert (document.published.number, document.latest.number) == (1, 3)

    def test_refused(self, world, sign_in):
        given = {"model_id": world.model.pk, "actor": world.owner, "version": 2, "based_on": 1}
        with pytest.raises(Refused, match="no guide"):
            services.confirm_sections(keys=["read"], **given)
        assert sign_in(world.owner).get(CONFIRM).status_code == 409
        world.publish(1, decides="a", read="b")
        for keys in ([], ["ask"], ["nonsense"]):
            with pytest.raises(ValidationError):
                services.confirm_sections(keys=keys, **given)
        with pytest.raises(Refused, match="said already"):
            services.confirm_sections(keys=["read"], **{**given, "version": 1})
        world.write(1, read="c")
        with pytest.raises(Refused, match="meanwhile"):
            services.confirm_sections(keys=["read"], **given)

    def test_who_may(self, world, sign_in):
        world.publish(1)
        assert sign_in(world.stakeholder).post(CONFIRM, {"keys": ["read"]}).status_code == 403
        assert sign_in(world.stranger).post(CONFIRM, {"keys": ["read"]}).status_code == 404


def test_events_tell_of_each_step(world):
    world.publish(1, verified=True)
    services.confirm_sections(model_id=world.model.pk, actor=world.owner, keys=["read"], version=2, based_on=1)
    told = list(Event.objects.filter(verb__startswith="document.").order_by("id").values_list("verb", flat=True))
    assert told == [
        "document.created",
        "document.published",
        "document.verified",
        "document.revised",
        "document.published",
    ]
