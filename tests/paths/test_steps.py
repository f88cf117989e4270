"""Steps of a draft: added, changed, moved, taken off."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.models import Event
from coe.paths import services
from coe.paths.models import Path, Step
from tests.paths.conftest import ASKED

pytestmark = pytest.mark.django_db
SLUG = "team-start"


def order(draft):
    return list(draft.steps.order_by("position").values_list("key", "position"))


def keys(draft):
    return [key for key, _ in order(draft)]


def add(actor, key="hello", **parts):
    return services.add_step(slug=SLUG, actor=actor, key=key, **{"title": "Say hello", **parts})


class TestAdd:
    def test_it_is_the_last_one(self, owner, draft):
        step = add(owner, text="Say **hello**.", needs=["read"], roles=["mentor"], due_days=0)
        assert order(draft)[-1] == ("hello", 5)
        assert step.html == "<p>Say <strong>hello</strong>.</p>"
        draft.refresh_from_db()
        assert draft.version == 2
        event = Event.objects.get(verb="path.step_added")
        assert event.facts == {"number": 2, "key": "hello", "title": "Say hello"}

    def test_what_belongs_to_another_kind_goes(self, owner, draft, make):
        everything = {
            "document": make.document(), "evidence": "link", "questions": [ASKED], "covers": ["read"], "pass_mark": 9,
            "topic": "x", "check_key": "look-here", "params": {"kind": "thing"}, "tries_a_day": 9,
        }  # fmt: skip
        own = {
            "read": {"document"},
            "task": {"evidence"},
            "quiz": {"questions", "covers", "pass_mark", "tries_a_day"},
            "meet": {"topic"},
            "verified": {"check_key", "params"},
        }
        usual = Step()
        for kind, names in own.items():
            step = add(owner, key=f"of-{kind}", kind=kind, **everything)
            step.refresh_from_db()
            kept = {name for name in everything if getattr(step, name) != getattr(usual, name)}
            assert kept == names

    def test_a_check_is_asked_with_what_it_knows(self, owner, draft):
        step = add(owner, kind="verified", check_key="look-here", params={"kind": " thing "})
        assert step.params == {"kind": "thing"}
        assert add(owner, key="bare", kind="verified", check_key="look-here", params={"kind": ""}).params == {}

    @pytest.mark.parametrize(
        ("parts", "field"),
        [
            ({"key": "read"}, "key"),
            ({"key": "no spaces"}, "key"),
            ({"key": ""}, "key"),
            ({"title": "  "}, "title"),
            ({"title": "x" * 161}, "title"),
            ({"text": "a\0b"}, "text"),
            ({"text": 3}, "text"),
            ({"kind": "odd"}, "kind"),
            ({"scope": "odd"}, "scope"),
            ({"needs": ["nowhere"]}, "needs"),
            ({"needs": ["hello"]}, "needs"),
            ({"needs": "read"}, "needs"),
            ({"needs_rule": "some"}, "needs_rule"),
            ({"roles": ["king"]}, "roles"),
            ({"experience": ["odd"]}, "experience"),
            ({"due_days": -1}, "due_days"),
            ({"due_days": 501}, "due_days"),
            ({"minutes": 99999}, "minutes"),
            ({"evidence": "odd"}, "evidence"),
            ({"kind": "verified"}, "check_key"),
            ({"kind": "verified", "check_key": "odd"}, "check_key"),
            ({"kind": "verified", "check_key": "look-here", "params": {"x": 1}}, "params"),
            ({"kind": "verified", "check_key": "look-here", "params": {"kind": ["a"]}}, "params"),
            ({"kind": "verified", "check_key": "look-here", "params": {"kind": "\ud800"}}, "params"),
            ({"kind": "meet", "topic": "a, b"}, "topic"),
            ({"kind": "quiz", "pass_mark": 0}, "pass_mark"),
            ({"kind": "quiz", "tries_a_day": 0}, "tries_a_day"),
            ({"kind": "quiz", "covers": ["nowhere"]}, "covers"),
            ({"kind": "quiz", "covers": ["hello"]}, "covers"),
            ({"kind": "quiz", "questions": "x"}, "questions"),
            ({"kind": "quiz", "questions": [ASKED] * 41}, "questions"),
            ({"kind": "quiz", "questions": [3]}, "questions"),
            ({"kind": "quiz", "questions": [{**ASKED, "text": " "}]}, "questions"),
            ({"kind": "quiz", "questions": [{**ASKED, "options": ["one"]}]}, "questions"),
            ({"kind": "quiz", "questions": [{**ASKED, "options": ["one", "one"]}]}, "questions"),
            ({"kind": "quiz", "questions": [{**ASKED, "right": []}]}, "questions"),
            ({"kind": "quiz", "questions": [{**ASKED, "right": [2]}]}, "questions"),
            ({"kind": "quiz", "questions": [{**ASKED, "right": [True]}]}, "questions"),
            ({"kind": "quiz", "questions": [{**ASKED, "why": "a\0b"}]}, "questions"),
            ({"edition": 3}, "edition"),
        ],
    )
    def test_what_is_wrong_is_named(self, owner, draft, parts, field):
        with pytest.raises(ValidationError) as error:
            add(owner, **parts)
        assert field in error.value.message_dict
        assert keys(draft) == ["read", "run", "ask", "quiz"]

    def test_a_guide_must_be_there_for_readers(self, owner, draft, make):
        for hidden in (make.document(published=False), make.document(about=make.project(visibility="members"))):
            with pytest.raises(ValidationError) as error:
                add(owner, kind="read", document=hidden)
            assert list(error.value.message_dict) == ["document"]

    def test_there_is_an_end_to_them(self, owner, make):
        make.path("long", owner=owner, steps=[{"key": f"s{n}"} for n in range(100)], published=False)
        with pytest.raises(Refused, match="at most 100"):
            services.add_step(slug="long", actor=owner, key="more", title="More")


class TestEdit:
    def test_one_field_at_a_time(self, owner, draft):
        services.edit_step(slug=SLUG, actor=owner, key="read", version=1, title="Read more", is_optional=True)
        step = draft.steps.get(key="read")
        assert (step.title, step.is_optional, step.text, step.minutes) == ("Read more", True, "Read *this*.", 20)
        assert step.html == "<p>Read <em>this</em>.</p>"
        services.edit_step(slug=SLUG, actor=owner, key="read", version=2, title="Read more ")
        draft.refresh_from_db()
        assert draft.version == 2

    def test_another_text_reads_otherwise(self, owner, draft):
        services.edit_step(slug=SLUG, actor=owner, key="read", text="*New*")
        assert draft.steps.get(key="read").html == "<p><em>New</em></p>"
        services.edit_step(slug=SLUG, actor=owner, key="read", text="")
        assert draft.steps.get(key="read").html == ""

    def test_it_needs_earlier_ones_only(self, owner, draft):
        with pytest.raises(ValidationError, match="“Quiz” comes later"):
            services.edit_step(slug=SLUG, actor=owner, key="run", needs=["quiz"])
        services.edit_step(slug=SLUG, actor=owner, key="ask", needs=["run", "read", "run"], needs_rule="any")
        assert draft.steps.get(key="ask").needs == ["run", "read"]

    def test_one_that_is_not_there(self, owner, draft):
        with pytest.raises(Step.DoesNotExist):
            services.edit_step(slug=SLUG, actor=owner, key="nowhere", title="x")


class TestMove:
    def test_to_a_place(self, owner, draft):
        services.move_step(slug=SLUG, actor=owner, key="ask", to=2)
        assert order(draft) == [("read", 1), ("ask", 2), ("run", 3), ("quiz", 4)]
        services.move_step(slug=SLUG, actor=owner, key="ask", to=2)
        assert Event.objects.filter(verb="path.step_moved").count() == 1
        # What the steps are stays as it was.
        assert draft.steps.get(key="quiz").needs == ["run", "ask"]

    def test_far_and_back(self, owner, draft):
        services.edit_step(slug=SLUG, actor=owner, key="run", needs=[])
        services.edit_step(slug=SLUG, actor=owner, key="ask", needs=[])
        services.edit_step(slug=SLUG, actor=owner, key="quiz", needs=[])
        services.move_step(slug=SLUG, actor=owner, key="quiz", to=1)
        assert keys(draft) == ["quiz", "read", "run", "ask"]
        services.move_step(slug=SLUG, actor=owner, key="quiz", to=4)
        assert keys(draft) == ["read", "run", "ask", "quiz"]

    @pytest.mark.parametrize(
        ("key", "to", "said"),
        [
            ("run", 1, "“Run” needs “Read” first"),
            ("read", 2, "“Run” needs “Read” first"),
            ("quiz", 3, "“Quiz” needs “Ask”"),
        ],
    )
    def test_before_what_it_needs_it_is_refused_by_name(self, owner, draft, key, to, said):
        with pytest.raises(Refused, match=said):
            services.move_step(slug=SLUG, actor=owner, key=key, to=to)
        assert keys(draft) == ["read", "run", "ask", "quiz"]

    @pytest.mark.parametrize("to", [0, 5, -1, True, "2"])
    def test_a_place_that_there_is_not(self, owner, draft, to):
        with pytest.raises(ValidationError, match="from 1 to 4"):
            services.move_step(slug=SLUG, actor=owner, key="run", to=to)


class TestRemove:
    def test_what_needed_it_needs_what_it_needed(self, owner, draft):
        changed = services.remove_step(slug=SLUG, actor=owner, key="ask")
        assert [(one.key, one.needs) for one in changed] == [("quiz", ["run", "read"])]
        assert order(draft) == [("read", 1), ("run", 2), ("quiz", 3)]
        assert draft.steps.get(key="quiz").needs == ["run", "read"]
        assert Event.objects.get(verb="path.step_removed").facts["relinked"] == ["Quiz"]

    def test_a_quiz_no_longer_covers_it(self, owner, draft):
        changed = services.remove_step(slug=SLUG, actor=owner, key="read")
        assert {one.key for one in changed} == {"run", "ask", "quiz"}
        assert draft.steps.get(key="quiz").covers == []
        assert draft.steps.get(key="run").needs == []
        with pytest.raises(Step.DoesNotExist):
            services.remove_step(slug=SLUG, actor=owner, key="read")


VERBS = [
    (services.add_step, {"key": "hello", "title": "Hello"}),
    (services.edit_step, {"key": "read", "title": "Two"}),
    (services.move_step, {"key": "ask", "to": 2}),
    (services.remove_step, {"key": "read"}),
    (services.publish_edition, {"note": "x"}),
    (services.discard_draft, {}),
]


@pytest.mark.parametrize(("verb", "parts"), VERBS, ids=[verb.__name__ for verb, _ in VERBS])
class TestEachVerb:
    def test_two_editors_lose_nothing(self, owner, draft, verb, parts):
        services.edit_step(slug=SLUG, actor=owner, key="read", version=1, title="One")
        with pytest.raises(services.EditConflict) as conflict:
            verb(slug=SLUG, actor=owner, version=1, **parts)
        assert conflict.value.current.version == 2
        assert draft.steps.get(key="read").title == "One"
        assert keys(draft) == ["read", "run", "ask", "quiz"]

    def test_without_a_draft(self, owner, path, verb, parts):
        with pytest.raises(Refused, match="no draft"):
            verb(slug=SLUG, actor=owner, **parts)

    def test_others_are_refused(self, make, draft, verb, parts):
        with pytest.raises(PermissionDenied):
            verb(slug=SLUG, actor=make.person(roles=[("unit_lead", make.unit())]), **parts)

    def test_who_may_not_know_of_it_does_not_find_it(self, make, verb, parts):
        make.path("fresh", published=False)
        with pytest.raises(Path.DoesNotExist):
            verb(slug="fresh", actor=make.person(), **parts)

    def test_the_centre_may(self, admin, draft, verb, parts):
        verb(slug=SLUG, actor=admin, **parts)
