"""What a person may not know of is in no answer: not shown, not counted, not suggested, not hinted at."""

from __future__ import annotations

import pytest

from coe.accounts.models import Grant
from coe.search import index, search
from projects.catalog.models import Project

pytestmark = pytest.mark.django_db

# A word of the thing, and who may find it: viewer, member, boss (executive), centre.
SECRETS = [
    ("quokka", {"member", "boss", "centre"}),
    ("wombat", {"centre"}),
    ("platypus", set()),
    ("echidna", {"boss", "centre"}),
]


def told(person, q):
    """Everything that a search and its suggestions say."""
    found = search.search(person, q)
    parts = [found.count, found.kinds, found.units, found.meant, found.is_alike, len(found.page.object_list)]
    return parts, search.suggest(person, q)


@pytest.mark.parametrize(("word", "known_to"), SECRETS)
@pytest.mark.parametrize("who", ["viewer", "member", "boss", "centre"])
def test_found_only_by_whom_it_may_be_known(company, word, known_to, who):
    person = getattr(company, who)
    nothing = told(person, "zzzzqqqq")
    for q in (word, word[:4], word[1] + word[0] + word[2:]):
        assert (told(person, q) != nothing) == (who in known_to), q


def test_a_hidden_thing_is_not_counted_beside_visible_ones(company, make):
    make.project("open-quokka", name="Quokka census", unit=company.retail)
    index.rebuild()
    for person, n in ((company.viewer, 1), (company.member, 2), (company.boss, 2)):
        found = search.search(person, "quokka", kind="project")
        assert found.count == n
        assert [facet.count for facet in found.kinds if facet.key == "project"] == [n]
        assert [facet.count for facet in found.units if facet.key == "retail"] == [n]


def test_many_hidden_ones_never_say_more_than(company, make, monkeypatch):
    monkeypatch.setattr("coe.search.found.Asking.look.__kwdefaults__", {"units": None, "most": 3, "only_heads": False})
    for n in range(8):
        make.project(f"h-{n}", name=f"Bilby {n}", unit=company.retail, visibility="members")
    for n in range(2):
        make.project(f"o-{n}", name=f"Bilby open {n}", unit=company.retail)
    index.rebuild()
    found = search.search(company.viewer, "bilby")
    assert (found.count, found.is_more, len(found.page.object_list)) == (2, False, 2)


def test_the_rule_of_this_moment_counts_not_that_of_the_index(company):
    hidden = company.things["hidden"]
    Project.objects.filter(pk=company.things["churn"].pk).update(visibility="members")
    assert search.search(company.viewer, "churn").count == 0
    Project.objects.filter(pk=hidden.pk).update(visibility="company")
    assert search.search(company.viewer, "quokka").count > 0


def test_a_role_is_followed_at_once(company):
    assert search.search(company.viewer, "echidna").count == 0
    Grant.objects.create(person=company.viewer, role="viewer", unit=company.stores)
    again = type(company.viewer).objects.get(pk=company.viewer.pk)
    assert search.search(again, "echidna").count == 1


def test_the_guide_of_a_model_that_is_for_the_unit_alone(company, make):
    model = company.things["model"]
    make.document(
        "narrow",
        about=model,
        kind="model_guide",
        title="Narrow",
        unit=company.stores,
        visibility="unit",
        text="Numbat.",
    )
    index.rebuild()
    assert search.search(company.viewer, "numbat").count == 0
    assert search.search(company.boss, "numbat").count == 1
    shown = search.search(company.viewer, "xgb").page.object_list
    assert [hit.plain_title for hit in shown] == ["churn-xgb"]
    assert "Numbat" not in shown[0].excerpt


def test_the_guide_of_a_model_that_the_owner_of_the_guide_may_not_know(company, make):
    make.document(
        "own",
        owner=company.viewer,
        about=company.things["hidden_model"],
        kind="model_guide",
        title="Own",
        text="Dunnart.",
    )
    index.rebuild()
    assert search.search(company.viewer, "dunnart").count == 0


def test_what_is_meant_is_said_from_what_may_be_known(company):
    """ "quokak" is near to a word of a hidden project: only its people hear of it."""
    assert search.search(company.viewer, "quokak").meant == ""
    assert search.search(company.member, "quokak").meant == "quokka"


def test_a_hidden_word_takes_no_place_from_others(company, make):
    """Hidden words are as near to "quokes" as the one that the viewer may know of."""
    for n, name in enumerate(["Quokas", "Quokasa", "Quokase", "Quokasi", "Quokaso"]):
        make.project(f"h-{n}", name=name, unit=company.retail, visibility="members")
    make.project("open", name="Quokus", unit=company.energy)
    index.rebuild()
    assert [hit.plain_title for hit in search.search(company.viewer, "quokes").page.object_list] == ["Quokus"]


def test_nobody_finds_nothing(company):
    company.boss.is_active = False
    assert search.search(company.boss, "churn").count == 0
