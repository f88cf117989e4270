from __future__ import annotations

import pytest
from django.http import QueryDict

from coe.accounts.models import Person
from coe.core import listing as listing_module
from coe.core.listing import listing

pytestmark = pytest.mark.django_db

SORTS = {"name": ["name"], "email": ["-email"]}


@pytest.fixture
def people():
    return [Person.objects.create_user(f"p{n}@example.com", f"Same {n % 2}") for n in range(5)]


def shown(query, **options):
    return listing(Person.objects.all(), QueryDict(query), sorts=SORTS, per_page=2, **options)


def test_pages_cover_every_row_once(people):
    seen = [person.pk for n in (1, 2, 3) for person in shown(f"page={n}").page]
    assert sorted(seen) == sorted(person.pk for person in people)


@pytest.mark.parametrize(
    "query", ["page=x", "page=", "page=-1", "page=0", "page=1.5", "page=٣", "page=" + "9" * 6000, "page=%00"]
)
def test_a_wrong_page_is_the_first_one(people, query):
    assert shown(query).page.number == 1


def test_a_page_past_the_end_is_the_last_one(people):
    assert shown("page=99").page.number == 3


@pytest.mark.parametrize("query", ["sort=password", "sort=--name", "sort=", "sort=name;drop", "sort=-"])
def test_a_wrong_sort_is_the_default(people, query):
    assert shown(query).sort == "name"
    assert shown(query, default="-email").sort == "-email"


def test_a_minus_turns_the_order(people):
    assert [p.email for p in shown("sort=email").rows] == [p.email for p in shown("sort=-email").rows][::-1]


def test_urls_keep_the_filters(people):
    found = shown("q=a%26b&unit=x&unit=y&page=2")
    assert found.url(page=3) == "?q=a%26b&unit=x&unit=y&page=3"
    assert found.url(page=None, sort="name") == "?q=a%26b&unit=x&unit=y&sort=name"


def test_an_empty_list_has_one_page():
    found = shown("page=7")
    assert (found.count, found.page.number, list(found.page)) == (0, 1, [])


def test_counting_stops_at_the_bound(people, monkeypatch):
    monkeypatch.setattr(listing_module, "COUNT_AT_MOST", 3)
    found = shown("page=99")
    assert (found.count, found.count_text, found.page.number) == (3, "more than 3", 2)
    monkeypatch.setattr(listing_module, "COUNT_AT_MOST", 5)
    assert shown("").count_text == "5"
