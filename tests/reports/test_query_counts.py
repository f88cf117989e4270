"""How many queries the pages make when figures are kept."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.reports.conftest import World

MOST = {
    "/": 14,
    "/scoreboard/": 9,
    "/scoreboard/?by=category": 9,
    "/scoreboard/retail/": 15,
    "/scoreboard/online/": 15,
    "/kpis/auc/": 15,
    "/compare/?p=churn&p=basket": 15,
    "/explain/project/churn/auc/": 15,
    "/explain/unit/retail/auc/": 15,
    "/explain/unit/retail/category:model_quality/": 15,
}


@pytest.mark.parametrize("path", MOST)
def test_a_page_makes_few_queries(world: World, sign_in, path: str) -> None:
    for person in (world.executive, world.stranger):
        client = sign_in(person)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        told = "\n".join(query["sql"][:120] for query in captured)
        assert len(captured) <= MOST[path], f"{len(captured)} queries:\n{told}"


def test_more_projects_need_no_more_queries(world: World, sign_in) -> None:
    client = sign_in(world.executive)

    def count() -> int:
        client.get("/scoreboard/retail/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/scoreboard/retail/")
        return len(captured)

    before = count()
    for _ in range(5):
        world.make.binding(world.make.project(unit=world.retail), world.auc, baseline=0.1, target=0.9)
    assert count() == before
