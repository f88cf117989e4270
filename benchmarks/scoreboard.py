"""The executive's scoreboard over a large company: 3,600 projects, 41 units, a million observations.

    python -m benchmarks.scoreboard [--projects 3600] [--units 41] [--observations 1000000]

The world is made with bulk SQL in a scratch database beside the one that DATABASE_URL names, and dropped afterwards.
Times are those of the server's own work: a request through Django's test client, without a network.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

from benchmarks import scratch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")

SCRATCH = "cairn_bench_scoreboard"
REQUESTS = 25
KPIS = 8
BINDINGS = 3  # of a project

_VALUES = """
INSERT INTO measures_baseline (binding_id, value, effective_from, note, dataset_digest, created_at)
SELECT id, CASE WHEN kpi_id % 2 = 0 THEN 0.5 ELSE 0.9 END, '2020-01-01', 'Before', 'aaaa', now()
FROM measures_binding WHERE id % 40 > 0;
INSERT INTO measures_target (binding_id, value, effective_from, note, created_at)
SELECT id, CASE WHEN kpi_id % 2 = 0 THEN 0.9 ELSE 0.5 END, '2020-01-01', '', now()
FROM measures_binding WHERE id % 30 > 0;
"""
_OBSERVATIONS = """
INSERT INTO measures_observation (binding_id, observed_at, value, step, run_started_at, run_id, model_id, dataset_name,
    dataset_digest, note, evidence, recorded_at, superseded_reason)
SELECT 1 + n %% %(bindings)s,
       now() - make_interval(secs => 86400.0 * 450 * (1 - n::float / %(observations)s)) - interval '1 day',
       0.5 + 0.4 * abs(sin(n)), 0, now() - interval '500 days', md5(n::text), '', 'holdout',
       CASE WHEN n %% 97 = 0 THEN 'bbbb' ELSE 'aaaa' END, '', '', now(), ''
FROM generate_series(1, %(observations)s) n
"""


def build(projects: int, units: int, observations: int) -> Any:
    """The company and its executive: six verticals, projects in every unit, three of eight KPIs each, 450 days.

    One binding in twenty takes the best of 90 days; some have no baseline, no target, or were evaluated on other data.
    """
    from django.db import connection

    from coe.accounts.models import Grant, Person

    executive = Person.objects.create_user("executive@example.com", "Executive", id=1)
    Grant.objects.create(person=executive, role="executive")
    _units(units)
    made = _projects(projects, units)
    _kpis()
    _bindings(made)
    with connection.cursor() as cursor:
        cursor.execute(_VALUES)
        cursor.execute(_OBSERVATIONS, {"bindings": projects * BINDINGS, "observations": observations})
        cursor.execute("VACUUM ANALYZE")
    return executive


def _units(units: int) -> None:
    from coe.accounts.models import BusinessUnit

    verticals = min(units, 6)
    for n in range(1, units + 1):
        above = 1 + (n - 1) % verticals if n > verticals else None
        BusinessUnit.objects.create(
            id=n, slug=f"unit-{n}", name=f"Unit {n}", parent_id=above, lineage=[above, n] if above else [n]
        )


def _projects(projects: int, units: int) -> list[Any]:
    """The projects, at all stages, each with an experiment."""
    from django.utils import timezone

    from coe.accounts.models import Person
    from projects.catalog.models import Project, Stage, StageMove
    from projects.tracking.models import Experiment, Source

    owner = Person.objects.create_user("owner@example.com", "Owner", id=2)
    source = Source.objects.create(
        name="main", url="http://mlflow.example:5000", interval_minutes=1440, last_good_sync_at=timezone.now()
    )
    stages = Stage.values
    made = Project.objects.bulk_create(
        Project(
            id=n,
            slug=f"project-{n}",
            name=f"Project {n}",
            summary="What it does.",
            unit_id=1 + n % units,
            stage=stages[n % len(stages)],
            owner=owner,
            annual_value=10_000 * (1 + n % 90) if n % 7 else None,
        )
        for n in range(1, projects + 1)
    )
    began = timezone.localdate() - timedelta(days=500)
    StageMove.objects.bulk_create(
        StageMove(project=p, before="", after=p.stage, on=began, reason="Began", actor=owner, owner=owner) for p in made
    )
    Experiment.objects.bulk_create(
        Experiment(id=p.id, source=source, experiment_id=str(p.id), name=p.slug, project=p, link_origin="tag")
        for p in made
    )
    return made


def _kpis() -> None:
    from kpis.measures.models import Kpi, KpiVersion

    categories = ("model_quality", "business_value", "adoption", "reliability")
    for n in range(1, KPIS + 1):
        kpi = Kpi.objects.create(id=n, key=f"kpi-{n}", position=n)
        KpiVersion.objects.create(
            kpi=kpi,
            effective_from="2020-01-01",
            name=f"KPI {n}",
            sentence="What it says.",
            category=categories[n % 4],
            unit="ratio",
            direction=("higher", "lower")[n % 2],
            roll_up=("median", "mean", "weighted_mean", "worst")[n % 4],
            cadence_days=60,
        )


def _bindings(made: list[Any]) -> None:
    from kpis.measures.models import Binding

    Binding.objects.bulk_create(
        Binding(
            id=(p.id - 1) * BINDINGS + k,
            project=p,
            kpi_id=1 + (p.id + k * 3) % KPIS,
            origin="mlflow",
            experiment_id=p.id,
            metric_key="metric",
            selector="latest" if p.id % 20 else "best",
            window_days=None if p.id % 20 else 90,
            is_withheld=p.id % 50 == 0,
        )
        for p in made
        for k in range(1, BINDINGS + 1)
    )


def measure(
    projects: int = 3600,
    units: int = 41,
    observations: int = 1_000_000,
    against: Callable[[], float] | None = None,
) -> dict[str, Any]:
    """Times in milliseconds (`kept_ms`, `home_ms`:

    Medians; `today_ms`, `thirteen_days_ms`: once, when nothing is kept).

    `against` may time another way to the same table, in seconds; `times_slower` is then its time by the kept page's.
    """
    with scratch.database(SCRATCH):
        return _measured(projects, units, observations, against)


def _measured(projects: int, units: int, observations: int, against: Callable[[], float] | None) -> dict[str, Any]:
    from django.test import Client

    sizes = {"projects": projects, "units": units, "observations": observations, "bindings": projects * BINDINGS}
    started = time.perf_counter()
    executive = build(projects, units, observations)
    built = time.perf_counter() - started
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(executive)
    found: dict[str, Any] = {**sizes, "build_s": round(built, 1)}
    found["thirteen_days_ms"] = _request(client, "/scoreboard/")
    found["kept_ms"] = _median(client, "/scoreboard/")
    found["kept_queries"] = _queries(client, "/scoreboard/")
    found["home_ms"] = _median(client, "/")
    found["home_queries"] = _queries(client, "/")
    found["unit_ms"] = _median(client, "/scoreboard/unit-1/")
    found["unit_queries"] = _queries(client, "/scoreboard/unit-1/")
    found["kpi_ms"] = _median(client, "/kpis/kpi-1/")
    found["kpi_queries"] = _queries(client, "/kpis/kpi-1/")
    found["explain_ms"] = _median(client, "/explain/unit/unit-1/kpi-1/")
    found["explain_queries"] = _queries(client, "/explain/unit/unit-1/kpi-1/")
    found["today_ms"] = _after_a_change(client)
    if against:
        found["against_s"] = round(against(), 2)
        found["times_slower"] = round(found["against_s"] * 1000 / found["kept_ms"], 1)
    return found


def _request(client: Any, path: str) -> float:
    started = time.perf_counter()
    response = client.get(path)
    elapsed = (time.perf_counter() - started) * 1000
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return round(elapsed, 1)


def _median(client: Any, path: str) -> float:
    _request(client, path)
    return round(statistics.median(_request(client, path) for _ in range(REQUESTS)), 1)


def _queries(client: Any, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def _after_a_change(client: Any) -> float:
    """The page after a value of today came in: only today's board is computed again."""
    from django.db import transaction
    from django.utils import timezone

    from coe.core import changes
    from kpis.measures.models import Observation

    times = []
    for place in range(3):
        now = timezone.now()
        with transaction.atomic():
            Observation.objects.create(binding_id=1, observed_at=now, value=0.6, run_id=f"today{place}")
            changes.note(affects_from=now, what="benchmark")
        times.append(_request(client, "/scoreboard/"))
    return statistics.median(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=3600)
    parser.add_argument("--units", type=int, default=41)
    parser.add_argument("--observations", type=int, default=1_000_000)
    options = parser.parse_args()
    django.setup()
    found = measure(options.projects, options.units, options.observations)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
