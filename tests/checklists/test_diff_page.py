from __future__ import annotations

import pytest

from projects.checklists import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(admin, ready):
    services.draft_edition(slug="ready", actor=admin)
    services.edit_item(slug="ready", actor=admin, key="rollback", title="Rollback tried", help="Say when & by whom.")
    services.remove_item(slug="ready", actor=admin, key="schema")
    services.add_item(slug="ready", actor=admin, key="costs", title="Costs <known>", group="Data")
    services.edit_edition(slug="ready", actor=admin, alias="champion")
    services.publish_edition(slug="ready", actor=admin, note="Clearer")


def test_what_changed_word_by_word(make, sign_in, two):
    text = sign_in(make.person()).get("/checklists/ready/diff/?before=1&after=2").content.decode()
    assert "Rollback<ins> tried</ins>" in text
    assert "<ins>&amp; by whom.</ins>" in text
    assert "<ins>Costs &lt;known&gt;</ins>" in text
    assert "<del>Schema</del>" in text
    assert "<del>production</del><ins>champion</ins>" in text


def test_the_other_way_round(make, sign_in, two):
    text = sign_in(make.person()).get("/checklists/ready/diff/?before=2&after=1").content.decode()
    assert "<ins>Schema</ins>" in text


def test_without_numbers_the_newest_two(make, sign_in, two):
    assert "edition 1 to 2" in sign_in(make.person()).get("/checklists/ready/diff/").content.decode()


def test_nothing_changed(make, sign_in, ready):
    assert "Nothing changed" in sign_in(make.person()).get("/checklists/ready/diff/").content.decode()


@pytest.mark.parametrize("query", ["before=9&after=1", "before=x", "after=99999999999", "before=٣"])
def test_odd_numbers(make, sign_in, ready, query):
    assert sign_in(make.person()).get(f"/checklists/ready/diff/?{query}").status_code == 404
