"""The sync against a real MLflow server on PostgreSQL: 20,000 runs in 100 experiments.

    python -m benchmarks.sync [--runs 20000] [--experiments 100]

It needs a PostgreSQL that DATABASE_URL names and makes two scratch databases beside it, dropped afterwards: one for
MLflow, filled with bulk SQL, and one for the portal. What is compared with: a loop that pages the same answers with
page tokens, pages of 1,000, and drops them. Loops and syncs take turns; of each the quickest of three counts.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import django
import psycopg

from demo import services
from demo.processes import Family

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")

SCRATCH, MLFLOW = "cairn_bench_sync", "cairn_bench_mlflow"
ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
PAGE = 1000
METRICS, PARAMS = 8, 5
# A year of runs, the last one ten days ago: what is new is then nothing, as in a quiet hour.
FIRST_MS = 1_700_000_000_000
YEAR_MS = 365 * 86_400_000

_EXPERIMENTS = """
INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time,
    workspace)
SELECT n, 'experiment ' || n, 'mlflow-artifacts:/' || n, 'active', %(first)s, %(first)s, 'default'
FROM generate_series(%(from)s, %(to)s) n
"""
_RUNS = """
INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
    source_version, lifecycle_stage, artifact_uri, experiment_id)
SELECT md5(n::text), 'run ' || n, 'LOCAL', 'train.py', '', 'anna', 'FINISHED', %(first)s + (%(year)s / %(all)s) * n,
    %(first)s + (%(year)s / %(all)s) * n + 60000, '', 'active', 'mlflow-artifacts:/' || n, 1 + n %% %(experiments)s
FROM generate_series(%(from)s, %(to)s) n
"""
_LATEST = """
INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
SELECT 'metric_' || k, abs(sin(n * k)), %(first)s + n, 10, false, md5(n::text)
FROM generate_series(%(from)s, %(to)s) n, generate_series(1, %(metrics)s) k
"""
_PARAMS = """
INSERT INTO params (key, value, run_uuid)
SELECT 'param_' || k, 'value ' || n %% 17, md5(n::text)
FROM generate_series(%(from)s, %(to)s) n, generate_series(1, %(params)s) k
"""
_TAGS = """
INSERT INTO tags (key, value, run_uuid)
SELECT k.key, k.value, md5(n::text) FROM generate_series(%(from)s, %(to)s) n,
    (VALUES ('mlflow.user', 'anna'), ('mlflow.source.name', 'train.py'), ('mlflow.source.type', 'LOCAL'),
        ('mlflow.runName', 'run'), ('mlflow.source.git.commit', 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3')
    ) k(key, value)
"""


def fill(database: str, *, first: int, last: int, runs: int, experiments: int) -> None:
    """Put the runs numbered `first` to `last` (of `runs` in all) into MLflow's own tables."""
    values = {
        "from": first,
        "to": last,
        "all": runs,
        "experiments": experiments,
        "first": FIRST_MS,
        "year": YEAR_MS,
        "metrics": METRICS,
        "params": PARAMS,
    }
    with psycopg.connect(database, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        if first == 1:
            _make_experiments(connection, {**values, "from": 1, "to": experiments})
        for statement in (_RUNS, _LATEST, _PARAMS, _TAGS):
            connection.execute(statement, values)
        connection.execute("VACUUM ANALYZE")


def _make_experiments(connection: psycopg.Connection[Any], values: dict[str, int]) -> None:
    columns = connection.execute(
        "SELECT 1 FROM information_schema.columns WHERE table_name = 'experiments' AND column_name = 'workspace'"
    )
    statement = _EXPERIMENTS
    if columns.fetchone() is None:
        # MLflow before its workspaces.
        statement = statement.replace(",\n    workspace)", ")").replace(", 'default'\n", "\n")
    connection.execute(statement, values)


class Loop:
    """Pages everything that a sync reads, and drops it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)

    def ask(self, method: str, call: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        content = json.dumps(body).encode() if body is not None else None
        self.connection.request(method, f"/api/2.0/mlflow/{call}", content, {"Content-Type": "application/json"})
        answer: dict[str, Any] = json.loads(self.connection.getresponse().read())
        return answer

    def post(self, call: str, inside: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        """All pages of a list; only what identifies the first is kept."""
        first: list[dict[str, Any]] = []
        token = ""
        while True:
            answer = self.ask("POST", call, {**body, "max_results": PAGE, **({"page_token": token} if token else {})})
            first = first or answer.get(inside, [])
            token = answer.get("next_page_token", "")
            if not token:
                return first

    def run(self) -> None:
        experiments = self.post("experiments/search", "experiments", {"view_type": "ALL"})
        ids = [one["experiment_id"] for one in experiments]
        self.post("runs/search", "runs", {"experiment_ids": ids, "run_view_type": "ALL"})
        self.post("logged-models/search", "models", {"experiment_ids": ids})
        for call in ("registered-models/search", "model-versions/search"):
            self.ask("GET", f"{call}?{urlencode({'max_results': PAGE})}")


def _seconds(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _sync(name: str, url: str, runs: int, *, drop: bool = False) -> tuple[float, float]:
    """A first sync of a source that is new, and one after it with nothing new."""
    from projects.tracking.models import Run, Source, Sync
    from projects.tracking.sync import run_sync

    source = Source.objects.create(name=name, label=name, url=url)

    def once() -> None:
        done = run_sync(sync_id=Sync.objects.create(source=source).pk)
        if done.state != Sync.State.DONE:
            raise RuntimeError(done.error)

    first = _seconds(once)
    stored = Run.objects.filter(source=source).count()
    if stored != runs:
        raise RuntimeError(f"{stored} of {runs} runs are in the mirror")
    again = statistics.median(_seconds(once) for _ in range(3))
    if drop:
        source.delete()
    return first, again


def _peak_mb(url: str, name: str, environment: dict[str, str]) -> float:
    """The most memory that a process of its own held while it did a first sync."""
    from projects.tracking.models import Source

    source = Source.objects.create(name=name, label=name, url=url)
    words = [sys.executable, "manage.py", "sync_tracking", "--source", name]
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the sync failed")
    source.delete()
    # Kilobytes on Linux, bytes on macOS.
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def measure(n_runs: int = 20_000, n_experiments: int = 100) -> dict[str, Any]:
    """Seconds of the loop and of both syncs, their ratios, and the peak memory (MB) for a quarter of the runs and for
    all.
    """
    from django.conf import settings
    from django.db import connection

    base, _, query = os.environ["DATABASE_URL"].partition("?")
    beside = base.rpartition("/")[0]
    suffix = f"?{query}" if query else ""
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    connection.settings_dict["TEST"]["NAME"] = SCRATCH
    name = connection.settings_dict["NAME"]
    family = Family()
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            _execute(f"{beside}/postgres{suffix}", f"DROP DATABASE IF EXISTS {MLFLOW}", f"CREATE DATABASE {MLFLOW}")
            database = f"{beside}/{MLFLOW}{suffix}"
            url = _serve(family, database, Path(folder))
            environment = {
                **os.environ,
                "DATABASE_URL": f"{beside}/{SCRATCH}{suffix}",
                "PRIVATE_HOSTS_ALLOWED": "127.0.0.1",
            }
            return _measured(url, database, environment, n_runs, n_experiments)
        finally:
            family.stop_all()
            connection.creation.destroy_test_db(name, verbosity=0)
            _execute(f"{beside}/postgres{suffix}", f"DROP DATABASE IF EXISTS {MLFLOW} WITH (FORCE)")


def _execute(database: str, *statements: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _serve(family: Family, database: str, folder: Path) -> str:
    port = services.free_port()
    store = database.replace("postgresql://", "postgresql+psycopg://", 1)
    command = services.mlflow_command(
        port=port, store=store, artifacts=folder / "artifacts", log=folder / "mlflow.log", workers=1
    )
    child = family.start(command)
    url = f"http://127.0.0.1:{port}"
    family.until(lambda: services.answers(f"{url}/health"), "MLflow", seconds=180, child=child)
    return url


def _measured(url: str, database: str, environment: dict[str, str], runs: int, experiments: int) -> dict[str, Any]:
    quarter = runs // 4
    fill(database, first=1, last=quarter, runs=runs, experiments=experiments)
    Loop(url).run()
    few = _peak_mb(url, "few", environment)
    fill(database, first=quarter + 1, last=runs, runs=runs, experiments=experiments)
    loops, firsts, agains = [], [], []
    for turn in range(ROUNDS):
        loops.append(_seconds(Loop(url).run))
        first, again = _sync(f"turn-{turn}", url, runs, drop=True)
        firsts.append(first)
        agains.append(again)
    return {
        "runs": runs,
        "experiments": experiments,
        "loop_s": round(min(loops), 2),
        "first_s": round(min(firsts), 2),
        "again_s": round(min(agains), 3),
        "first_over_loop": round(min(firsts) / min(loops), 3),
        "again_over_first": round(min(agains) / min(firsts), 4),
        "peak_mb_quarter": round(few, 1),
        "peak_mb_all": round(_peak_mb(url, "all", environment), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--experiments", type=int, default=100)
    options = parser.parse_args()
    django.setup()
    found = measure(options.runs, options.experiments)
    for name, value in found.items():
        print(f"{name:18} {value:>12,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
