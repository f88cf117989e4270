"""How pages follow each other: the server does not wait for us, and what cannot be kept stops no page."""

from __future__ import annotations

import json
import threading

import pytest

from projects.tracking.models import Run, Source
from projects.tracking.pages import Page
from tests.tracking.lying import Asked, Liar, Reply
from tests.tracking.mirror import read
from tests.tracking.team import Team

pytestmark = [pytest.mark.django_db, pytest.mark.mlflow]


def test_the_next_page_is_asked_for_before_the_last_one_is_parsed(
    source: Source, liar: Liar, team: Team, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = team.runs(team.experiment(), 7)
    asked_again, in_time = threading.Event(), list[bool]()
    parse = Page.read

    def note(asked: Asked) -> Reply | None:
        if asked.number > 1:
            asked_again.set()
        return None

    def patient(page: Page) -> None:
        if page.raw:
            in_time.append(asked_again.wait(30))
        parse(page)

    liar.lies["runs/search"] = note
    monkeypatch.setattr(Page, "read", patient)
    assert read(source).state == "done"
    assert len(in_time) > 1
    assert all(in_time)
    assert set(Run.objects.filter(source=source).values_list("run_id", flat=True)) == set(ids)


def test_a_page_of_which_nothing_can_be_kept_is_passed_over(
    lied_to: Source, liar: Liar, team: Team, small_pages: None
) -> None:
    ids = team.runs(team.experiment(), 7)

    def unkept(asked: Asked) -> Reply | None:
        if asked.number != 2:
            return None
        status, body, headers = asked.truth()
        told = json.loads(body)
        for run in told["runs"]:
            run["info"]["run_id"] *= 3
        return status, json.dumps(told).encode(), headers

    liar.lies["runs/search"] = unkept
    done = read(lied_to)
    assert (done.state, done.error) == ("done", "")
    # The third and fourth run stand on the second page; the third stood on the first one too, and the fifth does on
    # the next.
    assert Run.objects.filter(source=lied_to).count() == len(ids) - 1
    assert {one["reason"] for one in done.skipped} == {"its id cannot be stored"}
