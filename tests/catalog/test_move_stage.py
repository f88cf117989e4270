from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coe.core.models import Change, Event
from projects.catalog import gates, stages


def move(client, to, on="2026-02-01", reason="The trial went well", **more):
    return client.post("/projects/churn/move/", {"to": to, "on": on, "reason": reason, **more})


@pytest.mark.parametrize("who", ["owner", "lead", "admin"])
def test_those_who_govern_it_move_it(world, sign_in, who):
    person = getattr(world, who)
    assert move(sign_in(person), "pilot")["Location"] == "/projects/churn/"
    world.project.refresh_from_db()
    assert world.project.stage == "pilot"
    last = world.project.moves.last()
    assert (last.before, last.after, last.on, last.actor, last.owner, last.is_override) == (
        *("exploration", "pilot", date(2026, 2, 1), person, world.owner, False),
    )
    assert Event.objects.about(world.project).get().facts["reason"] == "The trial went well"
    assert Change.objects.get().affects_from == datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("who", ["member", "viewer", "contributor", "stranger"])
def test_others_may_not(world, sign_in, api, who):
    person = getattr(world, who)
    assert move(sign_in(person), "pilot").status_code == 403
    assert api(person).post("/api/v1/projects/churn/move/", {"to": "pilot", "reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reason": " "}, "required"),
        ({"on": "2999-01-01"}, "future"),
        ({"on": "2025-12-31"}, "before the last move"),
        ({"on": "soon"}, "valid date"),
        ({"to": "production"}, "valid choice"),
        ({"to": "exploration"}, "valid choice"),
        ({"is_override": "on", "to": "production"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said(world, sign_in, wrong, says):
    response = move(sign_in(world.owner), **{"to": "pilot", **wrong})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert world.project.moves.count() == 1


def test_steps_that_do_not_follow_are_refused_and_overridden_by_the_centre_alone(world, api):
    body = {"to": "production", "reason": "The board said so", "on": "2026-02-01"}
    assert api(world.owner).post("/api/v1/projects/churn/move/", body).status_code == 409
    assert api(world.owner).post("/api/v1/projects/churn/move/", {**body, "is_override": True}).status_code == 403
    answer = api(world.admin).post("/api/v1/projects/churn/move/", {**body, "is_override": True})
    assert (answer.status_code, answer.json()["is_override"]) == (201, True)


def test_an_override_stays_visible(world, sign_in):
    assert move(sign_in(world.admin), "production", is_override="on", reason="Board order").status_code == 302
    page = sign_in(world.viewer).get("/projects/churn/").content.decode()
    assert "against the rules: Board order" in page


def test_an_override_that_was_not_needed_is_none(world, sign_in):
    assert move(sign_in(world.admin), "pilot", is_override="on").status_code == 302
    assert not world.project.moves.last().is_override


def test_a_gate_asks_for_more(world, sign_in, monkeypatch):
    monkeypatch.setattr(gates, "_gates", {})

    @gates.gate("pilot", "test")
    def not_yet(project):
        return "" if project.decision else "Say which decision it supports first."

    assert gates.names() == ["pilot: test"]
    assert move(sign_in(world.owner), "pilot").status_code == 422
    world.project.decision = "Whom to call"
    world.project.save()
    assert move(sign_in(world.owner), "pilot").status_code == 302


def test_retire_and_revive(world, sign_in):
    client = sign_in(world.owner)
    assert move(client, "retired").status_code == 302
    assert move(client, "pilot", on="2026-02-02").status_code == 422
    assert move(client, "exploration", on="2026-02-02").status_code == 302


def test_which_stage_follows_which():
    assert {stage: stages.next_stages(stage) for stage in stages.ORDER} == {
        "idea": ["exploration", "retired"],
        "exploration": ["idea", "pilot", "retired"],
        "pilot": ["exploration", "production", "retired"],
        "production": ["pilot", "retired"],
        "retired": ["exploration"],
    }


histories = st.lists(
    st.tuples(st.sampled_from(stages.ORDER), st.dates(date(2020, 1, 1), date(2027, 1, 1))), max_size=12
).map(lambda moves: list(zip((stage for stage, _ in moves), sorted(on for _, on in moves), strict=True)))


@given(histories, st.dates(date(2019, 1, 1), date(2027, 1, 1)))
def test_times_in_stage_agree_with_counting_days_one_by_one(moves, today):
    counted: dict[str, int] = {}
    for ordinal in range(date(2019, 1, 1).toordinal(), today.toordinal()):
        day = date.fromordinal(ordinal)
        stage = next((stage for stage, on in reversed(moves) if on <= day), None)
        if stage:
            counted[stage] = counted.get(stage, 0) + 1
    told = stages.days_in_stages(moves, today)
    assert {stage: days for stage, days in told.items() if days} == counted
    assert sum(span.days for span in stages.spans(moves, today)) == sum(counted.values())
