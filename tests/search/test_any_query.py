"""Whatever is typed is looked for and never understood as anything else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.search import index, search, words

pytestmark = pytest.mark.django_db

QUERIES = [
    "'",
    '"',
    "''; DROP TABLE search_entry; --",
    "churn' | 'quokka",
    "churn & !forecast",
    "a:*B | (b <-> c)",
    "churn:*",
    "!churn",
    "<script>alert(1)</script>",
    "%",
    "_____",
    "\\",
    "%s %(q)s {0} {}",
    "\0churn",
    "chu\0rn",
    "🦘🦘 churn",
    "❤️",
    "\u202echurn",
    "é" * 300,
    "x" * 10_000,
    "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 200,
    "churn " * 2000,
    "中文 検索",
    "ǅungla ŉ ﬃ Ⅷ ½",
    "1e10 -5 0x1f 1.2.3",
    "~project ^c",
    "   ",
    "",
    "\ud7ff\ufffd\uffff",
]


@pytest.mark.parametrize("q", QUERIES, ids=range(len(QUERIES)))
def test_every_query_has_an_answer(company, q, sign_in):
    client = sign_in(company.viewer)
    for path in ("/search/", "/search/suggest/", "/api/v1/search/"):
        assert client.get(path, {"q": q}).status_code == 200


@pytest.mark.parametrize("params", [{"kind": "x\0"}, {"unit": "x\0"}, {"unit": "'"}, {"kind": "%"}, {"page": "9" * 30}])
def test_every_filter_has_an_answer(company, params, sign_in):
    client = sign_in(company.viewer)
    for path in ("/search/", "/api/v1/search/"):
        assert client.get(path, {"q": "churn", **params}).status_code == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=40))
def test_any_text(company, q):
    search.search(company.boss, q)
    search.suggest(company.boss, q)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=40).filter(lambda text: "\0" not in text and text.isprintable()))
def test_whatever_a_thing_is_called_it_can_be_indexed_and_found(company, make, name):
    project = company.things["churn"]
    type(project).objects.filter(pk=project.pk).update(name=name)
    index.refresh("project", [project.pk])
    if asked := words.asked(name):
        found = search.search(company.boss, " ".join(asked[:1]), kind="project")
        assert found.count >= 1


def test_operators_are_words(company, titles):
    assert titles(company.boss, "churn | quokka") == []
    assert "Customer churn" in titles(company.boss, "!churn")
    assert titles(company.boss, "%") == []


def test_a_title_with_markup_is_text(company, make):
    make.project(
        "evil", unit=company.energy, name="<b>Numbat</b> \x02\x03", summary="<img src=x onerror=alert(1)> numbat"
    )
    index.rebuild()
    hit = search.search(company.boss, "numbat").page.object_list[0]
    for shown in (hit.title, hit.excerpt):
        assert "<b>" not in shown
        assert "<img" not in shown
        assert shown.count("<mark>") == shown.count("</mark>") == 1


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("churn", "chrun", 1),
        ("churn", "churn", 0),
        ("a", "", 1),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
        ("ab", "ba", 1),
    ],
)
def test_distance(one, other, away):
    assert words.distance(one, other) == away
    assert words.distance(other, one) == away


def test_words_of_names():
    assert words.words_of_name("churn-xgbModel v2") == ["churn", "xgb", "model", "v2", "churnxgbmodel"]
    assert words.words_of("Zoë’s Straße, ŁÓDŹ") == ["zoe", "s", "strasse", "lodz"]
    assert words.asked("how to read the churn score") == ["read", "churn", "score"]
    assert words.asked("how to") == ["how", "to"]
