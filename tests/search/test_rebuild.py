"""`manage.py rebuild_search`: all of it anew, a chunk at a time, while people search."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from coe.search import index, search
from coe.search.models import Entry, Word
from tests.races import together

pytestmark = pytest.mark.django_db


def rows():
    return sorted(Entry.objects.values_list("source", "ref", "title", "digest", "stamp"))


def ghost(source, title):
    """An entry of something that is not there."""
    word = title.lower()
    vector = f"'{word}':1A '~{source}'"
    Entry.objects.create(
        source=source,
        ref=10**12,
        kind=source,
        target=10**12,
        title=title,
        url="/",
        folded=word,
        head=vector,
        words=vector,
    )


def test_it_makes_the_same_again(company):
    before = rows()
    Entry.objects.all().delete()
    Word.objects.all().delete()
    index.rebuild()
    assert rows() == before
    assert search.search(company.boss, "chrun").meant == "churn"


def test_twice_changes_nothing(company, capsys):
    assert set(index.rebuild().values()) == {0}
    call_command("rebuild_search")
    assert "project: 0 differed" in capsys.readouterr().out


def test_it_puts_right_what_is_out_of_date(company, capsys):
    Entry.objects.filter(source="project").update(title="Wrong", digest="wrong")
    stale = Entry.objects.filter(source="person").first()
    ghost("person", "Gone")
    ghost("nobody", "Gone")
    Word.objects.create(text="nevermore")
    call_command("rebuild_search")
    assert not Entry.objects.filter(title__in=["Wrong", "Gone"]).exists()
    assert Entry.objects.filter(pk=stale.pk).exists()
    assert not Word.objects.filter(text="nevermore").exists()
    assert Word.objects.filter(text="churn").exists()
    assert "project: 3 differed" in capsys.readouterr().out


def test_one_source_alone(company, capsys):
    Entry.objects.all().delete()
    call_command("rebuild_search", "project")
    assert set(Entry.objects.values_list("source", flat=True)) == {"project"}
    with pytest.raises(CommandError, match=r"There are: .*project"):
        call_command("rebuild_search", "nonsense")


def test_in_chunks(company, monkeypatch):
    before = rows()
    Entry.objects.all().delete()
    monkeypatch.setattr(index, "CHUNK", 2)
    index.rebuild()
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_two_at_once_and_people_search_all_the_while(company):
    before = rows()
    Entry.objects.all().delete()

    def asks():
        return [search.search(company.boss, "churn").count for _ in range(10)]

    results = together(index.rebuild, index.rebuild, asks)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert rows() == before
    connection.close()


def test_an_entry_whose_thing_is_gone_is_not_found(company, titles):
    ghost("guide", "Ghost")
    assert titles(company.centre, "ghost") == []
    assert search.search(company.centre, "ghost").count == 0
