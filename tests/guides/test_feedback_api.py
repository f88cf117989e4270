"""Feedback by the API: the same verbs and the same sight as the pages."""

from __future__ import annotations

import pytest

from coe.guides.models import Feedback
from tests.guides.readers import build

pytestmark = pytest.mark.django_db
URL = "/api/v1/feedback/"


@pytest.fixture
def world(make):
    return build(make)


def test_give_answer_reopen_withdraw(world, api):
    said = {"about": "model", "about_id": world.churn_model.pk, "kind": "wrong_output", "got": "90", "version": 7}
    made = api(world.reader).post(URL, said, format="json")
    assert made.status_code == 201
    assert (made.data["label"], made.data["author"]) == ("churn-xgb", "rita@example.com")
    one = f"{URL}{made.data['id']}/"
    assert api(world.other).get(one).data["author"] is None
    answer = {"outcome": "mended", "answer": "Done."}
    assert api(world.other).post(one + "answer/", answer, format="json").status_code == 403
    done = api(world.owner).post(one + "answer/", answer, format="json")
    assert (done.status_code, done.data["state"], done.data["answer_html"]) == (200, "answered", "<p>Done.</p>")
    assert api(world.member).post(one + "answer/", answer, format="json").status_code == 409
    assert api(world.reader).post(one + "withdraw/").status_code == 409
    assert api(world.reader).post(one + "reopen/", {"reason": "Again"}, format="json").data["state"] == "open"
    assert api(world.reader).post(one + "withdraw/").status_code == 204
    assert not Feedback.objects.exists()


def test_a_document_by_its_slug(world, api):
    said = {"about": "document", "document": "read-scores", "kind": "helpful"}
    assert api(world.stranger).post(URL, said, format="json").data["label"] == "Reading scores"
    hidden = {**said, "document": "for-retail"}
    assert api(world.stranger).post(URL, hidden, format="json").status_code == 404


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("about", {"about": "unit"}),
        ("about_id", {"about_id": None}),
        ("document", {"document": "read-scores"}),
        ("kind", {"kind": "shout"}),
        ("text", {"text": ""}),
        ("version", {"version": 0}),
        ("section", {"section": "not a key"}),
    ],
)
def test_bad_input_is_named(world, api, field, change):
    said = {"about": "model", "about_id": world.churn_model.pk, "kind": "comment", "text": "Hm", **change}
    answer = api(world.reader).post(URL, {k: v for k, v in said.items() if v is not None}, format="json")
    assert answer.status_code == 400
    assert list(answer.data["errors"]) == [field]


def test_lists_show_and_count_what_the_caller_may_know_of(world, make, api):
    make.feedback(world.secret_model)
    shown = make.feedback(world.churn_model, version=7, section="distrust")
    assert api(world.stranger).get(URL).data["count"] == 1
    assert api(world.member).get(URL).data["count"] == 2
    for query, count in (
        ("?about=model", 1),
        ("?about=document", 0),
        (f"?about=model&about_id={world.churn_model.pk}", 1),
        (f"?about=model&about_id={world.secret_model.pk}", 0),
        ("?kind=comment", 0),
        ("?state=open&version=7&section=distrust&q=stayed&sort=kind", 1),
        ("?tab=mine", 0),
    ):
        assert api(world.stranger).get(URL + query).data["count"] == count, query
    assert [
        row["id"]
        for row in api(world.owner).get(URL + "?tab=waiting&about_id=" + str(world.churn_model.pk)).data["results"]
    ] == [shown.pk]
    assert api(world.stranger).get(URL + "?about=unit").status_code == 400
