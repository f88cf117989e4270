"""What a query finds, and in which order."""

from __future__ import annotations

import pytest

from coe.search import index, search

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "q",
    ["churn", "chur", "CHURN", "customer churn", "churn customer", "Chürn", "cust chu", "churning", "the churn"],
)
def test_words_beginnings_order_case_and_accents_are_forgiven(company, titles, q):
    assert "Customer churn" in titles(company.boss, q)


def test_each_word_must_be_there(company, titles):
    assert titles(company.boss, "churn subscribers") == ["Customer churn"]
    assert "Customer churn" not in titles(company.boss, "churn forecast")


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("boosting", "Customer churn"),
        ("leave", "Customer churn"),
        ("unnoticed", "Customer churn"),
        ("xgb", "churn-xgb"),
        ("churnxgb", "churn-xgb"),
        ("threshold", "How to read scores"),
        ("haddad", "Noor Haddad"),
        ("curve", "Area under the curve"),
        ("auc", "Area under the curve"),
        ("trials", "churn_trials"),
    ],
)
def test_each_field_of_each_kind_is_found(company, titles, q, found):
    assert found in titles(company.boss, q)


def test_the_very_title_first_then_titles_then_bodies(company, make, titles):
    make.project("a", name="Churn of many other things in the whole company", unit=company.energy)
    make.project("b", name="Churn", unit=company.energy)
    make.project("c", name="Leads", problem="Less churn.", unit=company.energy)
    index.rebuild()
    found = titles(company.boss, "churn", kind="project")
    assert found[0] == "Churn"
    assert found[-1] == "Leads"


@pytest.mark.parametrize("q", ["chrun", "chunr", "cchurn", "forcast", "demnad", "Hadad", "custmer"])
def test_a_misspelt_word_finds_what_was_meant(company, q):
    found = search.search(company.boss, q)
    assert found.count > 0
    assert found.is_alike
    assert found.meant in {"churn", "forecast", "demand", "haddad", "customer"}


def test_what_is_spelt_right_is_not_doubted(company):
    found = search.search(company.boss, "churn")
    assert not found.is_alike
    assert found.meant == ""


def test_the_guide_of_a_model_is_found_as_the_model_once(company, make, titles):
    model = company.things["model"]
    make.document("of-model", about=model, kind="model_guide", title="Guide", text="Call them before Friday.")
    index.rebuild()
    found = search.search(company.boss, "friday")
    assert [(hit.kind, hit.url) for hit in found.page.object_list] == [("model", model.get_absolute_url())]
    assert "<mark>Friday</mark>" in found.page.object_list[0].excerpt
    both = search.search(company.boss, "churn-xgb", kind="model")
    assert both.count == 1
    assert titles(company.boss, "xgb friday") == ["Guide · churn-xgb"]


def test_facets_count_and_units_have_their_sub_units(company):
    found = search.search(company.boss, "churn")
    assert {facet.key: facet.count for facet in found.kinds} == {"project": 1, "model": 1, "experiment": 1}
    assert {facet.key: facet.count for facet in found.units} == {"retail": 3}
    narrow = search.search(company.boss, "churn", unit="retail", kind="model")
    assert narrow.count == 1
    assert [facet.key for facet in narrow.units] == ["retail", "stores"]
    assert search.search(company.boss, "churn", unit="energy").count == 0


def test_more_than_can_be_counted(company, make, monkeypatch):
    monkeypatch.setattr("coe.search.found.Asking.look.__kwdefaults__", {"units": None, "most": 3, "only_heads": False})
    for n in range(8):
        make.project(f"w-{n}", name=f"Windfall {n}", unit=company.energy)
    index.rebuild()
    found = search.search(company.boss, "windfall")
    assert found.count_text == "more than 3"
    assert [facet.text for facet in found.kinds] == ["more than 3"]
    assert [facet.text for facet in found.units] == ["at least 4"]


def test_the_very_title_is_found_among_more_than_can_be_counted(company, make, monkeypatch, titles):
    for n in range(8):
        make.project(f"w-{n}", name=f"Windfall {n}", unit=company.energy)
    make.project("w", name="Windfall", unit=company.energy)
    make.project("x", name="Other", problem="A windfall.", unit=company.energy)
    index.rebuild()
    found = titles(company.boss, "windfall")
    assert (found[0], found[-1]) == ("Windfall", "Other")
    monkeypatch.setattr("coe.search.found.Asking.look.__kwdefaults__", {"units": None, "most": 3, "only_heads": False})
    assert titles(company.boss, "windfall")[0] == "Windfall"


def test_suggestions_by_kind(company):
    groups = dict(search.suggest(company.boss, "chur"))
    assert list(groups) == ["Projects", "Models", "Experiments"]
    assert [hit.plain_title for hit in groups["Models"]] == ["churn-xgb"]
    assert [label for label, _ in search.suggest(company.boss, "chrun")] == ["Projects", "Models", "Experiments"]
    assert search.suggest(company.boss, "") == []
