"""Servers that fail and lie. After each fault a clean sync gives exactly the mirror that a sync from nothing gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coe.core.models import Event
from projects.tracking import sync as engine
from projects.tracking.mlflow import Gateway
from projects.tracking.models import Experiment, LoggedModel, RegisteredModel, Run, Seen, Source, Sync
from tests.tracking import lying
from tests.tracking.lying import Asked, Liar, Reply, at
from tests.tracking.mirror import assert_same_as_from_nothing, mirror, read
from tests.tracking.team import DAY, Team

pytestmark = [pytest.mark.django_db, pytest.mark.mlflow]

ENDS = {
    "500 in the middle": (lying.error_500, "has an error of its own (status 500)"),
    "an empty page in the middle": (lying.empty_page, "empty page in the middle"),
    "a redirect": (lying.redirect, "sends us on to another address"),
    "not JSON": (lying.page_of_html, "not as an MLflow server does"),
    "an answer that breaks off": (lying.half, "broke off"),
    "pages without an end": (lying.endless, "keeps sending the same"),
    "another order than asked for": (lying.unordered, "order that was asked for"),
    "a list of something else": (lying.list_of_words, "no list"),
    "too many requests": (lying.too_many, "asks us to slow down"),
}


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        *((fault, "runs/search") for fault in ENDS),
        ("500 in the middle", "experiments/search"),
        ("not JSON", "registered-models/search"),
        ("an answer that breaks off", "logged-models/search"),
        ("pages without an end", "model-versions/search"),
    ],
)
def test_a_fault_ends_the_sync_and_leaves_no_trace(
    lied_to: Source, liar: Liar, team: Team, small_pages: None, fault: str, where: str
) -> None:
    lie, sentence = ENDS[fault]
    experiment = team.experiment()
    ids = team.runs(experiment, 7)
    team.registered(ids[0], team.logged_model(experiment, ids[0], val=0.5))
    read(lied_to)
    team.runs(experiment, 3, start=DAY + 10**6)
    kept = mirror(lied_to)
    liar.lies[where] = at(3 if where == "runs/search" else 1, lie)
    failed = read(lied_to, full=True)
    assert failed.state == "failed"
    assert sentence in failed.error
    lied_to.refresh_from_db()
    assert lied_to.last_error == failed.error
    assert lied_to.last_error_at
    assert not Seen.objects.exists()
    for name, rows in kept.items():
        assert len(mirror(lied_to)[name]) >= len(rows), f"{name} went missing"
    liar.honest()
    assert read(lied_to).state == "done"
    assert_same_as_from_nothing(lied_to)


@pytest.mark.parametrize(
    "where", ["runs/search", "experiments/search", "registered-models/search", "model-versions/search"]
)
def test_an_empty_answer_marks_nothing_as_missing(lied_to: Source, liar: Liar, team: Team, where: str) -> None:
    experiment = team.experiment()
    ids = team.runs(experiment, 4)
    team.registered(ids[0])
    read(lied_to)
    liar.lies[where] = lying.empty
    done = read(lied_to, full=True)
    assert done.state == "done"
    assert not done.counts.get("missing")
    assert not Run.objects.filter(source=lied_to, missing_since__isnull=False).exists()
    assert not Experiment.objects.filter(source=lied_to, missing_since__isnull=False).exists()
    assert not RegisteredModel.objects.filter(source=lied_to, missing_since__isnull=False).exists()
    liar.honest()
    read(lied_to)
    assert_same_as_from_nothing(lied_to)


def test_a_page_that_leaves_runs_out_loses_none_that_are_known(lied_to: Source, liar: Liar, team: Team) -> None:
    experiment = team.experiment()
    team.runs(experiment, 6)
    read(lied_to)

    def shorter(asked: Asked) -> Reply:
        status, body, headers = asked.truth()
        return status, json.dumps({"runs": json.loads(body)["runs"][:2]}).encode(), headers

    liar.lies["runs/search"] = shorter
    assert not read(lied_to, full=True).counts.get("missing")
    liar.honest()
    read(lied_to, full=True)
    assert_same_as_from_nothing(lied_to)


def test_tokens_that_are_no_json(lied_to: Source, liar: Liar, team: Team) -> None:
    run_id = team.run(team.experiment(), metrics={"auc": float("nan")})

    def raw(asked: Asked) -> Reply:
        status, body, headers = asked.truth()
        return (
            status,
            body.replace(b'"NaN"', b"NaN").replace(b'"key": "depth"', b'"key": "dep\\u0000th\\ud800"'),
            headers,
        )

    liar.lies["runs/search"] = raw
    done = read(lied_to)
    assert done.state == "done"
    run = Run.objects.get(source=lied_to, run_id=run_id)
    assert run.metrics["auc"][0] == "NaN"
    assert "dep" in next(iter(run.params))
    assert any(one["id"] == run_id and "cannot be stored" in one["reason"] for one in done.skipped)
    liar.honest()
    read(lied_to, full=True)
    assert_same_as_from_nothing(lied_to)


def test_infinity_as_a_token(lied_to: Source, liar: Liar, team: Team) -> None:
    run_id = team.run(team.experiment(), metrics={"auc": float("nan")})

    def raw(asked: Asked) -> Reply:
        status, body, headers = asked.truth()
        return status, body.replace(b'"NaN"', b"-Infinity"), headers

    liar.lies["runs/search"] = raw
    read(lied_to)
    assert Run.objects.get(source=lied_to, run_id=run_id).metrics["auc"][0] == "-Infinity"


def test_a_server_that_never_answers(lied_to: Source, liar: Liar, team: Team) -> None:
    team.run(team.experiment())
    liar.lies["runs/search"] = lying.silence
    failed = read(lied_to, gateway=Gateway(liar.url, silence=0.2, attempts=2))
    assert failed.state == "failed"
    assert "took too long" in failed.error
    liar.over.set()
    liar.honest()
    read(lied_to)
    assert_same_as_from_nothing(lied_to)


def test_an_answer_without_an_end_to_its_size(lied_to: Source, liar: Liar, team: Team) -> None:
    team.runs(team.experiment(), 12)
    # 64 MB are too much to send in a test: the bound is what is tried.
    failed = read(lied_to, gateway=Gateway(liar.url, most_bytes=600))
    assert failed.state == "failed"
    assert "in one answer" in failed.error
    # A page that is too large is asked for again as smaller ones.
    assert read(lied_to, gateway=Gateway(liar.url, most_bytes=9000)).state == "done"
    assert_same_as_from_nothing(lied_to)


def test_busy_for_a_while(lied_to: Source, liar: Liar, team: Team, no_waiting: list[float]) -> None:
    team.runs(team.experiment(), 2)
    liar.lies["runs/search"] = lambda asked: lying.too_many(asked) if asked.number < 3 else None
    assert read(lied_to).state == "done"
    # Retry-After said seven seconds.
    assert no_waiting[:2] == [7.0, 7.0]
    assert_same_as_from_nothing(lied_to)


def test_a_server_that_takes_ten_experiments_a_call(lied_to: Source, liar: Liar, team: Team) -> None:
    for _ in range(12):
        team.run(team.experiment())

    def few(asked: Asked) -> Reply | None:
        if len(json.loads(asked.body)["experiment_ids"]) <= 10:
            return None
        body = {"error_code": "INVALID_PARAMETER_VALUE", "message": "at most 10 experiment ids"}
        return 400, json.dumps(body).encode(), {"Content-Type": "application/json"}

    liar.lies["runs/search"] = few
    done = read(lied_to)
    assert done.state == "done"
    assert done.error == ""
    liar.honest()
    assert_same_as_from_nothing(lied_to)


def test_a_server_older_than_logged_models(lied_to: Source, liar: Liar, team: Team) -> None:
    team.run(team.experiment())
    liar.lies["logged-models"] = lambda asked: (404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"})
    done = read(lied_to)
    assert done.state == "done"
    assert any("older than MLflow 3" in one["reason"] for one in done.skipped)
    assert not LoggedModel.objects.filter(source=lied_to).exists()


def test_runs_that_arrive_while_it_reads(lied_to: Source, liar: Liar, team: Team, small_pages: None) -> None:
    """Rows shift under the reader: new ones come in before, among and after those that it has read."""
    experiment = team.experiment()
    team.runs(experiment, 9)
    arrived = []

    def arriving(asked: Asked) -> None:
        if asked.number in (2, 3):
            arrived.append(team.run(experiment, start=DAY + asked.number, end=DAY + 10**7))
            arrived.append(team.run(experiment, start=DAY + 10**7, end=DAY + 10**7))

    liar.lies["runs/search"] = arriving
    read(lied_to)
    liar.honest()
    read(lied_to)
    assert len(arrived) == 4
    assert_same_as_from_nothing(lied_to)


def test_failing_is_told_once_and_tried_again_later_and_later(lied_to: Source, liar: Liar, team: Team) -> None:
    read(lied_to)
    liar.lies["experiments/search"] = lying.error_500
    waits = []
    for _ in range(4):
        failed = read(lied_to)
        lied_to.refresh_from_db()
        assert failed.finished_at
        waits.append(round((lied_to.next_sync_at - failed.finished_at).total_seconds() / 60))
    assert waits == [1, 2, 4, 8]
    assert Event.objects.about(lied_to).filter(verb="sync.failed").count() == 1
    liar.honest()
    read(lied_to)
    lied_to.refresh_from_db()
    assert lied_to.last_error == ""
    assert lied_to.last_error_at is None


def test_one_failing_source_holds_up_no_other(lied_to: Source, liar: Liar) -> None:
    other = Source.objects.create(name="other", label="Other", url=liar.behind)
    liar.lies["experiments/search"] = lying.error_500
    assert read(lied_to).state == "failed"
    assert read(other).state == "done"


def test_a_mistake_of_our_own_ends_the_sync_too(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistake(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine.PHASES[0], "store", mistake)
    failed = read(source)
    assert failed.state == "failed"
    assert "Cairn itself" in failed.error
    assert Sync.objects.get(pk=failed.pk).lease_token is None
