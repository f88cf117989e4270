"""The page of results: what it shows, its addresses, and how few queries it makes."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coe.search import index

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(company, sign_in):
    client = sign_in(company.boss)
    return lambda query="": client.get(f"/search/{query}").content.decode()


def test_finds_with_excerpts_and_facets(page):
    shown = page("?q=churn")
    assert 'href="/projects/churn/"' in shown
    assert "<mark>churn</mark>" in shown
    assert re.search(r'href="\?q=churn&amp;kind=model"[^>]*>Models <span class="n">1</span>', shown)
    assert re.search(r'href="\?q=churn&amp;unit=retail"[^>]*>Retail <span class="n">3</span>', shown)


def test_the_chosen_facets_are_said(page):
    shown = page("?q=churn&kind=model&unit=retail")
    assert re.search(r'href="\?q=churn&amp;kind=model&amp;unit=retail" aria-current="true">Models', shown)
    assert 'href="?q=churn&amp;unit=retail">Everything' in shown
    assert 'href="/projects/churn/"' not in shown


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "What are you looking for?"),
        ("?q=zzzzqqqq", "Use fewer words"),
        ("?q=zzzzqqqq&kind=model", "Search everything"),
        ("?q=chrun", 'Did you mean <a href="/search/?q=churn">churn</a>'),
    ],
)
def test_what_to_do_next(page, query, said):
    assert said in page(query)


def test_a_kind_without_finds_beside_others(page):
    assert "Nothing of this kind" in page("?q=churn&kind=person")


def test_pages(company, make, page):
    for n in range(45):
        make.project(f"w-{n}", name=f"Windfall {n}", unit=company.energy)
    index.rebuild()
    seen = [re.findall(r'<h2><a href="([^"]+)"', page(f"?q=windfall&page={n}")) for n in (1, 2, 3)]
    assert [len(one) for one in seen] == [20, 20, 5]
    assert len({url for one in seen for url in one}) == 45
    assert 'rel="next" href="?q=windfall&amp;page=2"' in page("?q=windfall")
    assert page("?q=windfall&page=99").count("<h2><a") == 5


@pytest.mark.parametrize("who", ["viewer", "member", "boss", "centre"])
@pytest.mark.parametrize("query", ["?q=churn", "?q=chrun&unit=retail&kind=model", "?q=zzzzqqqq&unit=energy"])
def test_at_most_fifteen_queries(company, sign_in, who, query):
    client = sign_in(getattr(company, who))
    for path in (f"/search/{query}", f"/search/suggest/{query}"):
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        assert len(captured) <= 15


def test_suggestions_are_the_options_of_the_palette(company, sign_in):
    shown = sign_in(company.boss).get("/search/suggest/?q=chur").content.decode()
    assert shown.count('role="option"') == 3
    assert 'href="/projects/churn/"' in shown
    assert "<html" not in shown


def test_whoever_is_not_signed_in_comes_back_after_signing_in(client):
    answer = client.get("/search/?q=churn")
    assert answer.status_code == 302
    assert answer["Location"].endswith("next=/search/%3Fq%3Dchurn")


def test_every_page_has_the_box(company, sign_in):
    shown = sign_in(company.viewer).get("/me/").content.decode()
    assert '<form class="search" role="search" action="/search/" method="get">' in shown
    assert shown.count('placeholder="Search projects, models, guides, people"') == 2
