from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.models import Event
from coe.mentors import services
from tests.factories import Make


def known(mentor) -> dict[str, int]:
    return dict(mentor.skills.order_by("tag").values_list("tag", "level"))


def test_these_and_no_others(make: Make, notified) -> None:
    mentor = make.mentor(skills={"nlp": 2, "sql": 1, "kept": 3})

    services.set_skills(mentor_id=mentor.pk, actor=mentor.person, skills={" NLP ": 3, "Time  Series": 1, "kept": 3})

    assert known(mentor) == {"kept": 3, "nlp": 3, "time series": 1}
    assert Event.objects.about(mentor).get().facts["tags"] == "nlp, time series, kept"
    assert notified() == 1
    services.set_skills(mentor_id=mentor.pk, actor=mentor.person, skills={})
    assert known(mentor) == {}


def test_what_is_the_same_changes_nothing(make: Make, notified) -> None:
    mentor = make.mentor(skills={"nlp": 2})

    services.set_skills(mentor_id=mentor.pk, actor=mentor.person, skills={"NLP": 2})

    assert not Event.objects.about(mentor).exists()
    assert notified() == 0


@pytest.mark.parametrize(
    "skills",
    [{"nlp": 0}, {"nlp": 4}, {"x" * 41: 1}, {"a,b": 1}, {"nlp": 1, "NLP": 2}, {f"t{n}": 1 for n in range(31)}],
)
def test_what_is_not_valid(make: Make, skills: dict[str, int]) -> None:
    mentor = make.mentor(skills={"kept": 2})

    with pytest.raises(ValidationError) as refused:
        services.set_skills(mentor_id=mentor.pk, actor=mentor.person, skills=skills)

    assert list(refused.value.message_dict) == ["skills"]
    assert known(mentor) == {"kept": 2}


def test_the_centre_may_and_nobody_else(make: Make) -> None:
    mentor = make.mentor()

    services.set_skills(mentor_id=mentor.pk, actor=make.person(roles=[("administrator", None)]), skills={"nlp": 1})
    with pytest.raises(PermissionDenied):
        services.set_skills(mentor_id=mentor.pk, actor=make.mentor().person, skills={"nlp": 4})


# -- the page ------------------------------------------------------------------------------------------------------


def rows(*pairs: tuple[str, int]) -> dict[str, object]:
    found: dict[str, object] = {}
    for n, (tag, level) in enumerate(pairs):
        found |= {f"tag_{n}": tag, f"level_{n}": level}
    return found


def test_the_page_saves_its_rows(make: Make, sign_in) -> None:
    mentor = make.mentor(skills={"nlp": 2})
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/skills/"
    assert 'value="nlp"' in client.get(path).content.decode()

    answer = client.post(path, rows(("", 2), ("sql", 1), ("Causal Inference", 3), ("", 2)))

    assert answer["Location"] == mentor.get_absolute_url()
    assert known(mentor) == {"causal inference": 3, "sql": 1}


def test_more_rows_lose_nothing_that_was_typed(make: Make, sign_in) -> None:
    mentor = make.mentor(skills={"nlp": 2})
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/skills/"

    answer = client.post(path, {**rows(("nlp", 3), ("sql", 1), ("", 2), ("", 2)), "more": "1"})

    assert answer.status_code == 200
    assert len(answer.context["lines"]) == 9
    assert 'value="sql"' in answer.content.decode()
    assert known(mentor) == {"nlp": 2}


def test_what_is_wrong_is_told_beside_the_row(make: Make, sign_in) -> None:
    mentor = make.mentor()
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/skills/"

    answer = client.post(path, rows(("nlp", 3), ("NLP ", 1)))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["tag_1"]
    assert client.post(path, rows(("x" * 41, 3))).status_code == 422
    assert client.post(path, rows(("nlp", 9))).status_code == 422
    assert client.post(path, {"tag_99": "nlp"}).status_code == 302
    assert known(mentor) == {}


def test_work_that_is_not_named_yet_is_offered(make: Make, sign_in) -> None:
    mentor = make.mentor(skills={"churn": 2})
    make.project(owner=mentor.person, techniques=["boosting"], domains=["churn"])

    answer = sign_in(mentor.person).get(f"/mentors/{mentor.person_id}/skills/")

    assert answer.context["unclaimed"] == ["boosting"]
    assert answer.context["tags"] == ["boosting", "churn"]
