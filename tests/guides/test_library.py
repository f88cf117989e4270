"""The library's front page, its list, the glossary, and the guides on a project's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from coe.guides import library
from coe.guides.models import Document, Reader
from tests.guides.readers import build, pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def shelf(answer, name) -> dict[str, int]:
    return {one.label: one.count for one in answer.context["shelves"][name]}


def titles(answer) -> list[str]:
    return [one.slug for one in answer.context["rows"]]


class TestFront:
    def test_the_counts_are_of_what_the_person_may_read(self, world, sign_in):
        reader, stranger, member = (
            sign_in(one).get("/guides/") for one in (world.reader, world.stranger, world.member)
        )
        assert shelf(stranger, "kind") == {"Model guide": 1, "How-to": 1}
        assert shelf(reader, "kind") == {"Model guide": 1, "How-to": 2}
        assert shelf(member, "kind") == {"Model guide": 2, "How-to": 1}
        assert (shelf(stranger, "unit"), shelf(reader, "unit")) == ({"Retail": 1}, {"Retail": 2})
        assert shelf(stranger, "audience") == {"Everyone": 2}

    def test_a_vertical_counts_its_sub_units(self, world, make, sign_in):
        make.document(unit=make.unit("online", parent=world.retail))
        assert shelf(sign_in(world.stranger).get("/guides/"), "unit") == {"Retail": 2}

    def test_new_and_lessons_and_playbooks(self, world, make, sign_in):
        make.document("went-wrong", kind="lesson", outcome="failure", about=world.secret)
        make.document("went-well", kind="lesson", outcome="success", about=world.churn)
        make.document("first-days", kind="playbook")
        answer = sign_in(world.stranger).get("/guides/")
        assert [one.slug for one in answer.context["lessons"]] == ["went-well"]
        assert [one.slug for one in answer.context["playbooks"]] == ["first-days"]
        assert {"went-wrong", "secret-guide", "unfinished", "for-retail"}.isdisjoint(
            one.slug for one in answer.context["newest"]
        )
        assert "It worked" in text(answer)

    def test_most_used_is_who_read_it_in_the_last_thirty_days(self, world, sign_in):
        for document, people in ((world.howto, 2), (world.churn_guide, 1), (world.secret_guide, 3)):
            for person in (world.owner, world.member, world.admin)[:people]:
                library.note_reader(document, person)
                library.note_reader(document, person)
        assert Reader.objects.count() == 6
        assert library.readers_of_late([world.howto, world.draft]) == {world.howto.pk: 2}
        used = sign_in(world.stranger).get("/guides/").context["most_used"]
        assert [(one.slug, one.readers_of_late) for one in used] == [("read-scores", 2), ("churn-guide", 1)]
        Reader.objects.filter(document=world.howto).update(last_at=timezone.now() - timedelta(days=31))
        used = sign_in(world.stranger).get("/guides/").context["most_used"]
        assert [one.slug for one in used] == ["churn-guide"]

    def test_what_is_due_shows_to_whoever_may_verify(self, world, sign_in):
        Document.objects.exclude(pk=world.howto.pk).update(verified_at=timezone.now(), verified_by=world.owner)
        assert [one.slug for one in sign_in(world.owner).get("/guides/").context["due"]] == ["read-scores"]
        assert sign_in(world.reader).get("/guides/").context["due"] == []

    def test_drafts_are_ones_own(self, world, sign_in):
        assert [one.slug for one in sign_in(world.owner).get("/guides/").context["drafts"]] == ["unfinished"]
        assert sign_in(world.admin).get("/guides/").context["drafts"] == []

    def test_an_empty_library_says_what_next(self, make, sign_in):
        assert "No guide is open to you yet" in text(sign_in(make.person()).get("/guides/"))


class TestList:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", {"churn-guide", "read-scores"}),
            ("?q=scores", {"read-scores"}),
            ("?kind=model_guide", {"churn-guide"}),
            ("?kind=nonsense", {"churn-guide", "read-scores"}),
            ("?audience=executives", set()),
            ("?unit=retail", {"churn-guide"}),
            ("?owner=olga", {"churn-guide", "read-scores"}),
            ("?owner=nobody", set()),
            ("?tag=pricing", set()),
            ("?state=due&sort=-readers", {"churn-guide", "read-scores"}),
            ("?state=draft", set()),
            ("?state=archived", set()),
            ("?page=9&sort=verified", {"churn-guide", "read-scores"}),
        ],
    )
    def test_a_stranger_finds_what_is_open(self, world, sign_in, query, found):
        answer = sign_in(world.stranger).get("/guides/all/" + query)
        assert answer.status_code == 200
        assert set(titles(answer)) == found
        assert answer.context["count"] == len(found)

    def test_by_tag_outcome_and_subject(self, world, make, sign_in):
        for slug, project in (("well", world.churn), ("wrong", world.secret)):
            make.document(slug, kind="lesson", outcome="failure", about=project, tags=["pricing", "q1"])
        client = sign_in(world.stranger)
        type_id, pk = pair(world.churn)
        for query in ("?tag=pricing", "?outcome=failure", f"?about={type_id}-{pk}"):
            assert titles(client.get("/guides/all/" + query)) == ["well"]
        # What is closed to the person is no choice, and asking for it narrows nothing that shows.
        assert "secret" not in text(client.get("/guides/all/")).lower()
        assert f"{type_id}-{world.secret.pk}" not in text(client.get("/guides/all/"))
        assert "Tagged “pricing”" in text(client.get("/guides/all/?tag=pricing"))

    def test_a_unit_holds_its_sub_units(self, world, make, sign_in):
        make.document("online-shop", unit=make.unit("online", parent=world.retail))
        assert set(titles(sign_in(world.stranger).get("/guides/all/?unit=retail"))) == {"churn-guide", "online-shop"}

    def test_readers_see_the_published_title_and_editors_that_there_is_more(self, world, sign_in):
        revision = world.howto.revisions.create(
            number=2, title="Secret new name", author=world.owner, document=world.howto
        )
        Document.objects.filter(pk=world.howto.pk).update(latest=revision, title="Secret new name")
        reader, owner = sign_in(world.reader), sign_in(world.owner)
        for path in ("/guides/all/", "/guides/", "/guides/all/?q=secret+new", "/guides/all/?state=draft"):
            assert "Secret new name" not in text(reader.get(path))
        assert titles(reader.get("/guides/all/?q=secret+new")) == []
        assert set(titles(owner.get("/guides/all/?state=draft"))) == {"read-scores", "unfinished"}
        assert "Secret new name" in text(owner.get("/guides/all/?state=draft"))

    def test_what_is_out_of_use_is_in_a_list_of_its_own(self, world, sign_in):
        Document.objects.filter(pk=world.howto.pk).update(archived_at=timezone.now())
        assert titles(sign_in(world.reader).get("/guides/all/?q=scores")) == []
        assert titles(sign_in(world.reader).get("/guides/all/?state=archived")) == ["read-scores"]

    def test_csv_runs_no_formula_and_holds_what_the_person_may_read(self, world, make, sign_in):
        make.document("formula", title="=1+1")
        body = b"".join(sign_in(world.stranger).get("/guides/all/?format=csv").streaming_content).decode()
        assert "'=1+1" in body
        assert ",=1+1" not in body
        assert len(body.splitlines()) == 4
        assert "secret" not in body.lower()

    def test_an_empty_list_says_what_next(self, world, sign_in):
        assert "Take out a filter" in text(sign_in(world.stranger).get("/guides/all/?q=nothing"))


class TestGlossary:
    def test_words_stand_from_a_to_z(self, world, make, sign_in):
        for title, kind in (("Lift", "glossary"), ("AUC", "glossary"), ("alias", "glossary"), ("Drift", "how_to")):
            make.document(title=title, kind=kind)
        make.document(title="2x2 table", kind="glossary")
        make.document(title="Quiet", kind="glossary", unit=world.retail, visibility="unit")
        answer = sign_in(world.stranger).get("/guides/glossary/")
        assert [(letter, [one.title for one in rows]) for letter, rows in answer.context["letters"]] == [
            ("#", ["2x2 table"]),
            ("A", ["alias", "AUC"]),
            ("L", ["Lift"]),
        ]
        assert "4 words" in text(answer)

    def test_an_empty_one_says_what_next(self, world, sign_in):
        assert "No word is explained yet" in text(sign_in(world.reader).get("/guides/glossary/"))


class TestProject:
    def test_it_shows_its_guides_and_lessons_and_its_team_may_write(self, world, make, sign_in):
        make.document("well", title="What went well", kind="lesson", outcome="success", about=world.churn)
        make.document("mine", title="Only a draft", about=world.churn, published=False)
        make.document("inside", title="For Retail alone", about=world.churn, unit=world.retail, visibility="unit")
        for person, writes in (
            (world.owner, True),
            (world.member, True),
            (world.reader, False),
            (world.stranger, False),
        ):
            page = text(sign_in(person).get("/projects/churn/"))
            assert "What went well" in page
            assert "It worked" in page
            assert "Only a draft" not in page
            assert ("Write a lesson" in page) is writes
            assert ("For Retail alone" in page) is (person is not world.stranger)
        assert f"/guides/new/?kind=lesson&amp;type={pair(world.churn)[0]}&amp;id={world.churn.pk}" in text(
            sign_in(world.owner).get("/projects/churn/")
        )
