"""The list of projects, filtered and searched: 100,000 projects in 200 units, read by an executive and by a colleague.

    python -m benchmarks.catalog [--projects 100000] [--units 200]

The world is made with bulk SQL in a scratch database beside the one that DATABASE_URL names, and dropped afterwards.
Times are those of the server's own work: a request through Django's test client, without a network. The executive may
see every project; the colleague those of the company, of a unit and of a few projects.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from typing import Any

import django

from benchmarks import scratch
from benchmarks.pages import milliseconds, queries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")

SCRATCH = "cairn_bench_catalog"
REQUESTS = 9
PEOPLE = 2_000
VERTICALS = 8
# What people ask for: words, filters, both, each order, and a page far down.
ASKED = (
    "",
    "?q=churn",
    "?q=churn+store",
    "?q=pricing+forecast&stage=production",
    "?q=project+4711",
    "?q=nothing+like+it",
    "?unit=unit-3",
    "?unit=unit-100",
    "?unit=unit-3&stage=pilot&sort=-value",
    "?stage=production&status=at_risk",
    "?tag=boosting",
    "?tag=pricing&risk=high",
    "?owner=Person+77",
    "?owner=person77@example.com&stage=idea",
    "?status=off_track&sort=-updated",
    "?sort=unit",
    "?sort=-unit",
    "?sort=stage",
    "?sort=-stage",
    "?sort=owner",
    "?sort=value",
    "?sort=-value",
    "?sort=-updated",
    "?q=churn&sort=-value",
    "?q=forecast&sort=unit",
    "?stage=exploration&page=30",
)

_WORDS = (
    "ARRAY['churn','basket','pricing','forecast','fraud','routing','demand','returns','energy','credit','claims',"
    "'stock','calls','leads','wear','weather']"
)
_PEOPLE = """
INSERT INTO accounts_person (email, name, title, unit_id, timezone, is_active, created_at, session_epoch, password)
SELECT 'person' || n || '@example.com', 'Person ' || n, 'Analyst', 1 + n %% %(units)s, '', true, now(), 0, '!'
FROM generate_series(1, %(people)s) n
"""
_PROJECTS = f"""
WITH words AS (SELECT {_WORDS} AS w), who AS (SELECT min(id) AS first FROM accounts_person)
INSERT INTO catalog_project (slug, name, summary, problem, problem_html, decision, unit_id, stage, owner_id,
    techniques, domains, delivery, effort, value, annual_value, currency, risk_tier, visibility, latest_status, links,
    created_at, updated_at, version)
SELECT 'project-' || n, initcap(w[1 + h %% 16]) || ' of ' || w[1 + h / 16 %% 16] || ' ' || n,
    'Tells the ' || w[1 + h / 256 %% 16] || ' of each store from its ' || w[1 + h / 4096 %% 16] || '.', '', '', '',
    1 + h / 7 %% %(units)s, (ARRAY['idea','exploration','pilot','production','retired'])[1 + h %% 5],
    who.first + h / 11 %% %(people)s,
    ARRAY[(ARRAY['boosting','time series','clustering','graphs','language'])[1 + h / 3 %% 5]]::varchar[],
    ARRAY[w[1 + h / 13 %% 16]]::varchar[], '', 1 + h %% 5, 1 + h / 5 %% 5,
    CASE WHEN h %% 3 > 0 THEN 1000 * (1 + h %% 900) END, 'EUR',
    (ARRAY['','low','medium','high'])[1 + h / 17 %% 4],
    CASE WHEN h %% 20 = 0 THEN 'members' WHEN h %% 20 < 4 THEN 'unit' ELSE 'company' END,
    (ARRAY['','on_track','at_risk','off_track'])[1 + h / 19 %% 4], '[]',
    now(), now() - make_interval(mins => h %% 500000), 1
FROM generate_series(1, %(projects)s) n, words, who, LATERAL (SELECT abs(hashint4(n)) AS h) hashed
"""
_MEMBERS = """
INSERT INTO catalog_member (project_id, person_id, responsibility, since)
SELECT p.id, who.first + p.id * 31 %% %(people)s, 'data_science', now()
FROM catalog_project p, (SELECT min(id) AS first FROM accounts_person) who
"""


def build(projects: int, units: int) -> dict[str, Any]:
    """The company; returns its readers by name."""
    from django.db import connection

    from coe.accounts.models import BusinessUnit, Grant, Person

    above = [None if n <= VERTICALS else 1 + (n - 1) % VERTICALS for n in range(1, units + 1)]
    for n, parent in enumerate(above, 1):
        lineage = [n] if parent is None else [parent, n]
        BusinessUnit.objects.create(id=n, slug=f"unit-{n}", name=f"Unit {n}", parent_id=parent, lineage=lineage)
    sizes = {"people": PEOPLE, "projects": projects, "units": units}
    with connection.cursor() as cursor:
        for statement in (_PEOPLE, _PROJECTS, _MEMBERS):
            cursor.execute(statement, sizes)
        cursor.execute("VACUUM ANALYZE")
    executive = Person.objects.create_user("executive@example.com", "Executive")
    colleague = Person.objects.create_user("colleague@example.com", "Colleague", unit_id=units // 2)
    Grant.objects.create(person=executive, role="executive")
    Grant.objects.create(person=colleague, role="contributor", unit_id=min(units, 3))
    return {"executive": executive, "colleague": colleague}


def measure(projects: int = 100_000, units: int = 200) -> dict[str, Any]:
    """Times in milliseconds: `<reader>_ms`, the median over all that is asked for, and `<reader>_worst_ms`, of what
    takes longest; `median_ms` and `worst_ms` over both readers; `queries`, the most that one page made.
    """
    with scratch.database(SCRATCH):
        return _measured(projects, units)


def _measured(projects: int, units: int) -> dict[str, Any]:
    from django.test import Client

    started = time.perf_counter()
    readers = build(projects, units)
    found: dict[str, Any] = {"projects": projects, "units": units, "build_s": round(time.perf_counter() - started, 1)}
    everything, slowest, most = [], [], 0
    for name, reader in readers.items():
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(reader)
        times = {asked: _times(client, f"/projects/{asked}") for asked in ASKED}
        medians = {asked: statistics.median(each) for asked, each in times.items()}
        every = [one for each in times.values() for one in each]
        found[f"{name}_ms"] = round(statistics.median(every), 1)
        found[f"{name}_worst_ms"] = round(max(medians.values()), 1)
        most = max(most, *(queries(client, f"/projects/{asked}") for asked in ASKED))
        everything += every
        slowest += [(took, name, asked) for asked, took in medians.items()]
    took, name, asked = max(slowest)
    found["median_ms"] = round(statistics.median(everything), 1)
    found["worst_ms"] = round(took, 1)
    found["queries"] = most
    if os.environ.get("CAIRN_BENCH_DETAIL"):
        for took, name, asked in sorted(slowest, reverse=True):
            print(f"{took:8.1f} ms  {name:10} {asked or '(everything)'}", file=sys.stderr)
    return found


def _times(client: Any, path: str) -> list[float]:
    """Milliseconds of each of some requests, the first of all aside."""
    return [milliseconds(client, path) for _ in range(REQUESTS + 1)][1:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=200)
    options = parser.parse_args()
    django.setup()
    sys.stdout.write(json.dumps(measure(options.projects, options.units), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
