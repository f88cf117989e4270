"""The scoreboard's table as one would make it without the portal: `mlflow.search_runs` and pandas."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import mlflow
import psycopg

from benchmarks.sync import fill
from demo import services
from demo.processes import Family

DATABASE = "cairn_bench_pandas"
UNITS = 41


def seconds(runs: int = 20_000, experiments: int = 100) -> float:
    """Seconds to a table units × metrics out of the newest run of each experiment.

    It flatters pandas: the server holds a fiftieth of the portal's observations, and nothing is compared with anything.
    """
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    store = f"{base.rpartition('/')[0]}/{DATABASE}" + (f"?{query}" if query else "")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
        family = Family()
        try:
            with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
                url = _serve(family, store, Path(folder))
                fill(store, first=1, last=runs, runs=runs, experiments=experiments)
                return _table(url, experiments)
        finally:
            family.stop_all()
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())


def _serve(family: Family, store: str, folder: Path) -> str:
    port = services.free_port()
    dialect = store.replace("postgresql://", "postgresql+psycopg://", 1)
    command = services.mlflow_command(
        port=port, store=dialect, artifacts=folder / "artifacts", log=folder / "mlflow.log", workers=1
    )
    url = f"http://127.0.0.1:{port}"
    child = family.start(command)
    family.until(lambda: services.answers(f"{url}/health"), "MLflow", seconds=180, child=child)
    return url


def _table(url: str, experiments: int) -> float:
    mlflow.set_tracking_uri(url)
    started = time.perf_counter()
    runs = mlflow.search_runs(experiment_ids=[str(n) for n in range(1, experiments + 1)], max_results=10**6)
    newest = runs.sort_values("end_time").groupby("experiment_id").tail(1)
    metrics = [column for column in newest if column.startswith("metrics.")]
    table = newest.assign(unit=newest["experiment_id"].astype(int) % UNITS).groupby("unit")[metrics].median()
    took = time.perf_counter() - started
    if len(table) != min(UNITS, experiments):
        raise RuntimeError(f"the table has {len(table)} rows")
    return took
