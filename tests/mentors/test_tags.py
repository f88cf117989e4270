from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from coe.core.access import AlreadyRegistered
from coe.mentors import tags
from tests.factories import Make


def test_tags_have_one_spelling() -> None:
    assert tags.clean(["  NLP ", "Time   Series", "nlp", "", "  "]) == ["nlp", "time series"]


@pytest.mark.parametrize("words", [["x" * 41], ["a,b"], ["a\0b"], [f"tag {n}" for n in range(31)]])
def test_what_is_no_tag_is_refused(words: list[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        tags.clean(words, "wanted")

    assert list(refused.value.message_dict) == ["wanted"]


def test_known_are_those_of_mentors_projects_and_guides_that_everybody_may_see(make: Make) -> None:
    make.mentor(skills={"nlp": 2, "sql": 1})
    make.project(techniques=["boosting"], domains=["churn", "nlp"])
    make.project(techniques=["secret"], visibility="members")
    make.document(tags=["reading scores"])
    make.document(tags=["draft"], published=False)
    make.document(tags=["of the unit"], visibility="unit", unit=make.unit())

    assert tags.known() == ["boosting", "churn", "nlp", "reading scores", "sql"]
    assert tags.skilled() == ["nlp", "sql"]


def test_a_source_is_named_once() -> None:
    with pytest.raises(AlreadyRegistered):
        tags.register("skills", list)
