"""`python -m demo.backdate --store URL`: what the teams registered carries the dates of their runs.

MLflow's API takes the times of runs, but says of every version and model that it was made now. The demo's year was
logged in a minute, so its own MLflow store is told when each thing would have been made. Only a demo does this.
"""

from __future__ import annotations

import argparse
import sys

import psycopg

_STATEMENTS = (
    """
    UPDATE model_versions v SET creation_time = r.end_time
    FROM runs r WHERE r.run_uuid = v.run_id AND r.end_time IS NOT NULL AND v.creation_time > r.end_time
    """,
    """
    UPDATE logged_models m SET creation_timestamp_ms = r.end_time
    FROM runs r WHERE r.run_uuid = m.source_run_id AND r.end_time IS NOT NULL AND m.creation_timestamp_ms > r.end_time
    """,
    """
    UPDATE registered_models m SET creation_time = v.first
    FROM (SELECT workspace, name, min(creation_time) AS first FROM model_versions GROUP BY workspace, name) v
    WHERE v.name = m.name AND v.workspace = m.workspace AND m.creation_time > v.first
    """,
    """
    UPDATE experiments e SET creation_time = r.first
    FROM (SELECT experiment_id, min(start_time) AS first FROM runs GROUP BY experiment_id) r
    WHERE r.experiment_id = e.experiment_id AND e.creation_time > r.first
    """,
)


def backdate(store: str) -> int:
    """Date back all that is in the MLflow database at `store`; returns how many rows changed. Twice is as once."""
    with psycopg.connect(store.replace("postgresql+psycopg:", "postgresql:", 1)) as connection:
        return sum(connection.execute(statement).rowcount for statement in _STATEMENTS)


def main(words: list[str] | None = None) -> int:
    """Returns 0."""
    parser = argparse.ArgumentParser(prog="python -m demo.backdate", description=__doc__)
    parser.add_argument("--store", required=True, metavar="URL", help="the PostgreSQL database of the MLflow server")
    backdate(parser.parse_args(words).store)
    return 0


if __name__ == "__main__":
    sys.exit(main())
