"""What is like a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from coe.accounts.models import Person
from coe.onboarding.models import Enrolment, Team
from coe.search import index
from coe.search.alike import alike
from projects.catalog.models import Project
from tests.factories import Make

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(make: Make) -> dict[str, Project]:
    made = {
        "cards": make.project("cards", name="Cards given back", summary="Says who is about to give the card back."),
        "churn": make.project("churn", name="Customer churn", summary="Says who is about to leave."),
        "loyalty": make.project(
            "loyalty", name="Loyalty cards", summary="Which cards of customers are about to lapse."
        ),
        "roads": make.project("roads", name="Roads", summary="Where the road breaks."),
    }
    index.refresh("project", [one.pk for one in made.values()])
    return made


def test_two_words_are_the_same_and_most_alike_comes_first(known: dict[str, Project]) -> None:
    text = "Cards given back. Customers who are about to give cards back"
    assert alike(text, source="project")[:2] == [known["cards"].pk, known["loyalty"].pk]
    assert known["roads"].pk not in alike(text, source="project")
    assert known["cards"].pk not in alike(text, source="project", but=known["cards"].pk)
    # Alone a word is enough, where the text has no other.
    assert alike("road", source="project") == [known["roads"].pk]
    assert alike("road of cards", source="project") == []


@pytest.mark.parametrize("text", ["", "  ", "it is", "'; DROP TABLE x --", "a&b|c:*", "\0"])
def test_any_text_will_do(known: dict[str, Project], text: str) -> None:
    assert alike(text, source="project") == []


def test_a_newcomer_sees_them_as_far_as_she_may(
    known: dict[str, Project], make: Make, sign_in: Callable[[Person], Client]
) -> None:
    person = make.person()
    mine = make.project(name="Cards that churn", summary="Which customers give their cards back.", owner=person)
    Project.objects.filter(pk=known["loyalty"].pk).update(visibility="members")
    kind = ContentType.objects.get_for_model(Project)
    team = Team.objects.create(name="Us", lead=person, subject_type=kind, subject_id=mine.pk)
    path = make.path()
    one = Enrolment.objects.create(
        path=path, edition=path.editions.get(), person=person, team=team, started_on=mine.created_at.date()
    )
    client = sign_in(person)
    for address in (one.get_absolute_url(), f"/start/{mine.slug}/"):
        page = client.get(address).content.decode()
        assert "Projects near yours" in page
        assert known["cards"].get_absolute_url() in page
        assert "Loyalty cards" not in page
