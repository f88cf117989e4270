"""What rooms that write in editions share: tried on a path and on a checklist, as they are in PostgreSQL."""

from __future__ import annotations

from itertools import combinations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from hypothesis import given
from hypothesis import strategies as st

from coe.core import comparing, drafting, editions, fields
from coe.core.errors import EditConflict, Refused
from coe.core.forms import saved, status_of
from coe.core.http import number_in
from coe.paths.models import Path, Step
from projects.checklists.models import Checklist, Item
from tests.races import failures, together

on_database = pytest.mark.django_db


@pytest.fixture
def person(make):
    return make.person()


@pytest.fixture(params=["path", "checklist"])
def thing(request, make):
    """With its first edition published, of two entries."""
    if request.param == "path":
        return make.path("first", steps=[{"key": "one"}, {"key": "two"}])
    return make.checklist("first", items=[{"key": "one"}, {"key": "two"}])


def entries_of(edition):
    return getattr(edition, "steps" if hasattr(edition, "steps") else "items").order_by("position")


def begin(thing, number=2):
    return thing.editions.create(number=number)


def rules(caught):
    return caught.value.message_dict


@on_database
class TestWhichThereAre:
    def test_the_newest_published_one_and_the_draft(self, thing, django_assert_num_queries):
        first = editions.newest_published(thing)
        assert (first.number, editions.draft(thing)) == (1, None)
        second = begin(thing)
        with django_assert_num_queries(1):
            found = editions.draft(thing)
            # It knows what it is an edition of.
            assert str(found) == "First, edition 2"
        assert found == second

    def test_nothing_is_published_yet(self, thing):
        other = type(thing).objects.create(slug="second")
        assert editions.newest_published(other) is None

    def test_no_draft(self, thing):
        with pytest.raises(Refused, match=f"There is no draft of this {thing.subject_kind}. Begin one first."):
            editions.draft_of(thing)

    def test_a_draft_that_somebody_changed_meanwhile(self, thing):
        draft = begin(thing)
        editions.count_change(draft)
        assert editions.draft_of(thing).version == editions.draft_of(thing, 2).version == 2
        with pytest.raises(EditConflict, match="Somebody else changed this draft while you were") as conflict:
            editions.draft_of(thing, 1)
        assert conflict.value.current == draft


@on_database
class TestShortNames:
    @pytest.mark.parametrize(
        ("slug", "title", "found"), [("", "Walk in, now!", "walk-in-now"), ("mine", "Walk in", "mine")]
    )
    def test_given_or_made_from_the_title(self, thing, slug, title, found):
        assert editions.checked_slug(type(thing), slug, title) == found

    def test_a_long_title(self, thing):
        made = editions.checked_slug(type(thing), "", "x" * 59 + " and more")
        assert made == "x" * 59

    @pytest.mark.parametrize(
        ("slug", "title"), [("", "!?"), ("", "New"), ("new", "Walk in"), ("", "2026"), ("12", "x")]
    )
    def test_what_would_not_do_in_an_address(self, thing, slug, title):
        with pytest.raises(ValidationError) as caught:
            editions.checked_slug(type(thing), slug, title)
        assert rules(caught) == {"slug": ["must be a short name with letters, and not “new”"]}

    def test_one_that_is_taken(self, thing):
        with pytest.raises(ValidationError) as caught:
            editions.checked_slug(type(thing), "", "First")
        assert rules(caught) == {"slug": [f"is taken by another {thing.subject_kind}"]}

    def test_one_that_was_taken_meanwhile_leaves_the_transaction_whole(self, thing):
        kind = type(thing)
        with transaction.atomic():
            with pytest.raises(ValidationError) as caught:
                fields.save_new(kind(slug="first"))
            fields.save_new(kind(slug="second"))
        assert rules(caught) == {"slug": [f"is taken by another {thing.subject_kind}"]}
        assert kind.objects.filter(slug__in=["first", "second"]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_that_are_saved_at_once_one_is_told(make):
    saves = [lambda: fields.save_new(Checklist(slug="same", name="Same"))] * 2
    assert failures(together(*saves), ValidationError) == 1
    assert Checklist.objects.filter(slug="same").count() == 1


@on_database
class TestFields:
    def test_only_those_named_are_checked(self):
        step = Step(key="no key", kind="odd", title="")
        fields.check_fields(step, "evidence")
        with pytest.raises(ValidationError) as caught:
            fields.check_fields(step, "key", "kind")
        assert set(rules(caught)) == {"key", "kind"}

    def test_the_first_unknown_part_is_named(self):
        fields.only_known({"a": 1}, ("a", "b"))
        with pytest.raises(ValidationError) as caught:
            fields.only_known({"z": 1, "c": 1, "a": 1}, ("a", "b"))
        assert rules(caught) == {"c": ["is no part of it"]}

    def test_what_says_something_else(self, make):
        path = make.path(title="Same", level=2)
        found = fields.differing(path, {"summary": " New ", "title": " Same ", "level": 3, "audience": path.audience})
        assert list(found.items()) == [("summary", "New"), ("level", 3)]


@on_database
class TestPutAway:
    def test_twice_is_once(self, thing, django_assert_num_queries):
        editions.refuse_archived(thing)
        assert editions.set_archived(thing, True) is True
        with django_assert_num_queries(0):
            assert editions.set_archived(thing, True) is False
        thing.refresh_from_db()
        with pytest.raises(Refused, match=f"This {thing.subject_kind} is put away. Take it up again first."):
            editions.refuse_archived(thing)
        assert editions.set_archived(thing, False) is True
        editions.refuse_archived(thing)


@on_database
class TestTheNextEdition:
    def test_entries_are_written_once_more(self, thing):
        first, second = editions.newest_published(thing), begin(thing)
        before = list(entries_of(first))
        editions.copy_entries(entries_of(first), into=second)
        after = list(entries_of(second))
        assert [(one.key, one.position, one.title) for one in after] == [
            (one.key, one.position, one.title) for one in before
        ]
        assert list(entries_of(first)) == before
        assert not set(after) & set(before)

    def test_nothing_to_copy(self, thing, django_assert_num_queries):
        second = begin(thing)
        with django_assert_num_queries(0):
            editions.copy_entries((), into=second)

    def test_places_that_changed_are_written(self, thing, django_assert_num_queries):
        second = begin(thing)
        editions.copy_entries(entries_of(editions.newest_published(thing)), into=second)
        one, two = entries_of(second)
        with django_assert_num_queries(0):
            editions.renumber([one, two])
            editions.renumber([])
        editions.renumber([two, one])
        assert list(entries_of(second).values_list("key", "position")) == [("two", 1), ("one", 2)]

    def test_a_change_is_counted_with_what_it_saves(self, thing):
        second = begin(thing)
        second.note, second.number = "Said", 9
        editions.count_change(second, "note")
        second.refresh_from_db()
        assert (second.version, second.note, second.number) == (2, "Said", 2)


@on_database
class TestPublish:
    def test_with_what_changed(self, thing, person):
        editions.publish(begin(thing), actor=person, note=" Clearer ")
        newest = editions.newest_published(thing)
        assert (newest.number, newest.note, newest.published_by) == (2, "Clearer", person)
        assert newest.published_at is not None

    def test_the_note_that_stands_there(self, thing, person):
        draft = begin(thing)
        draft.note = "Said before"
        editions.publish(draft, actor=person, note=None)
        assert editions.newest_published(thing).note == "Said before"

    @pytest.mark.parametrize("note", [None, "  "])
    def test_a_later_edition_says_what_changed(self, thing, person, note):
        with pytest.raises(ValidationError) as caught:
            editions.publish(begin(thing), actor=person, note=note)
        assert rules(caught) == {"note": ["must say what changed"]}
        assert editions.newest_published(thing).number == 1

    def test_the_first_one_need_not(self, thing, person):
        other = type(thing).objects.create(slug="second")
        editions.publish(begin(other, 1), actor=person, note="")
        assert editions.newest_published(other).number == 1

    def test_what_else_is_checked(self, make, person):
        draft = begin(make.checklist())
        draft.alias = "9 lives"
        with pytest.raises(ValidationError) as caught:
            editions.publish(draft, actor=person, note="x" * 501, checked=("note", "alias"))
        assert set(rules(caught)) == {"note", "alias"}


@on_database
class TestDiscard:
    def test_the_draft_goes_with_its_entries(self, thing):
        draft = begin(thing)
        editions.copy_entries(entries_of(editions.newest_published(thing)), into=draft)
        assert editions.discard(thing, draft) == 2
        assert list(thing.editions.values_list("number", flat=True)) == [1]
        assert Step.objects.count() + Item.objects.filter(edition__checklist__slug="first").count() == 2

    def test_the_only_edition_stays(self, thing):
        other = type(thing).objects.create(slug="second")
        with pytest.raises(Refused, match=f"It is the only edition. Put the {thing.subject_kind} away instead."):
            editions.discard(other, begin(other, 1))
        assert editions.draft(other) is not None


@on_database
class TestPages:
    def test_drafts_are_for_those_who_write(self, thing, django_assert_num_queries):
        begin(thing)
        with django_assert_num_queries(2):
            assert [one.number for one in drafting.readable(thing, with_drafts=True)] == [2, 1]
            assert [one.number for one in drafting.readable(thing, with_drafts=False)] == [1]

    def test_each_with_the_one_before_it(self, thing):
        begin(thing, 3)
        shown = drafting.readable(thing, with_drafts=True)
        assert [(one.number, older) for one, older in drafting.with_older(shown)] == [(3, 1), (1, None)]
        assert drafting.with_older([]) == []
        assert (drafting.first_in("published", shown).number, drafting.first_in("draft", shown).number) == (1, 3)
        assert drafting.first_in("draft", []) is None

    def test_the_draft_or_404(self, thing):
        with pytest.raises(Http404, match=f"There is no draft of this {thing.subject_kind}."):
            drafting.draft_or_404(thing)
        assert begin(thing) == drafting.draft_or_404(thing)

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [("", (2, 3)), ("after=2", (1, 2)), ("after=1", (1, 1)), ("before=3&after=1", (3, 1)), ("before=1", (1, 3))],
    )
    def test_two_side_by_side(self, thing, query, numbers):
        rows = [thing.editions.model(number=number) for number in (3, 2, 1)]
        assert tuple(one.number for one in drafting.compared(rows, QueryDict(query))) == numbers

    @pytest.mark.parametrize("query", ["before=9", "after=x", "after=99999999999", "before=٣", "before=-1"])
    def test_numbers_of_nothing(self, thing, query):
        with pytest.raises(Http404):
            drafting.compared(drafting.readable(thing, with_drafts=True), QueryDict(query))
        with pytest.raises(Http404, match="There is no edition yet"):
            drafting.compared([], QueryDict(query))

    def test_the_form_that_publishes(self, thing):
        first, second = editions.newest_published(thing), begin(thing)
        assert not drafting.PublishForm(draft=first).fields["note"].required
        asked = drafting.PublishForm(QueryDict("note=&version=1"), draft=second)
        assert set(asked.errors) == {"note"}
        assert drafting.PublishForm(draft=second).initial == {"note": "", "version": 1}


class Form(forms.Form):
    tags = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")])
    version = forms.IntegerField()


class TestSaved:
    def form(self):
        return Form(QueryDict("tags=a&tags=b&version=1"))

    def test_done(self):
        form = self.form()
        assert saved(form, lambda: None) == (True, None)
        assert status_of(form) == 200

    def test_refused(self):
        def verb():
            raise Refused("Not now.")

        form = self.form()
        assert saved(form, verb) == (False, None)
        assert (status_of(form), form.data["version"]) == (422, "1")

    def test_a_conflict_is_what_the_form_wins_over_next_time(self):
        current = Path(title="Theirs")
        current.version = 7

        def verb():
            raise EditConflict(current, "path")

        form = self.form()
        assert saved(form, verb) == (False, current)
        assert form.non_field_errors() == ["Somebody else changed this path while you were editing it."]
        assert (form.data["version"], form.data.getlist("tags")) == ("7", ["a", "b"])
        assert status_of(form, current) == 409

    @pytest.mark.parametrize(
        ("raw", "number"), [("12", 12), ("0", 0), ("", None), ("-1", None), ("٣", None), (" 3", None), ("9" * 10, None)]
    )
    def test_numbers_in_a_form(self, raw, number):
        assert number_in(raw) == number


class Entry:
    def __init__(self, key, **fields):
        self.key, self.fields = key, fields


keys = st.lists(st.sampled_from("abcdefg"), unique=True, max_size=7)


def apart(before, after, **options):
    return comparing.compare(before, after, words=lambda old, new: [old, new], **options)


class TestCompare:
    def test_what_came_went_and_says_something_else(self):
        found = apart([Entry("a", Title="A"), Entry("b", Title="B", Old="x")], [Entry("b", Title="Be"), Entry("c")])
        assert [[one.key for one in found.added], [one.key for one in found.removed]] == [["c"], ["a"]]
        (change,) = found.changed
        assert (change.before.key, change.after.key, change.is_moved) == ("b", "b", False)
        assert [(one.label, one.pieces) for one in change.fields] == [("Title", ["B", "Be"]), ("Old", ["x", ""])]
        assert not found.is_empty
        assert apart([Entry("a", Title="A")], [Entry("a", Title="A")]).is_empty

    def test_of_two_that_changed_places(self):
        before, after = [Entry("a"), Entry("b")], [Entry("b"), Entry("a")]
        assert [one.after.key for one in apart(before, after).changed] == ["b"]
        assert [one.after.key for one in apart(before, after, downward=True).changed] == ["a"]

    @given(keys, keys, st.booleans())
    def test_no_fewer_moves_explain_the_order(self, before, after, downward):
        """Slow oracle: the largest set of shared keys that stands in the same order in both."""
        shared = [key for key in after if key in before]
        fewest = next(
            n
            for n in range(len(shared) + 1)
            for out in combinations(shared, n)
            if [k for k in shared if k not in out] == [k for k in before if k in shared and k not in out]
        )
        found = apart([Entry(key) for key in before], [Entry(key) for key in after], downward=downward)
        moved = {one.after.key for one in found.changed}
        assert len(moved) == fewest
        assert [k for k in shared if k not in moved] == [k for k in before if k in shared and k not in moved]
