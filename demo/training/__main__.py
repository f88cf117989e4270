"""`python -m demo.training --tracking-uri URL`: train the group's models and log them to an MLflow server."""

import argparse
import logging
import os
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from .portfolio import SEED, cases
from .team import PIPELINE_TAG, Team

_THREADS = 6


def _months(text: str) -> int:
    months = int(text)
    if not 1 <= months <= 12:
        raise argparse.ArgumentTypeError("must be 1 to 12")
    return months


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.training", description=__doc__)
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server, such as http://127.0.0.1:5000")
    parser.add_argument(
        "--months", type=_months, default=None, help="how many months back, 1 to 12 (12; 3 with --small)"
    )
    parser.add_argument("--until", type=date.fromisoformat, default=datetime.now(UTC).date(), help="YYYY-MM-DD (today)")
    parser.add_argument("--small", action="store_true", help="four projects only")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the generated data ({SEED})")
    arguments = parser.parse_args(words)
    arguments.months = arguments.months or (3 if arguments.small else 12)
    return arguments


def _quiet() -> None:
    """Leave the terminal to the progress bar."""
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")


def _one_core() -> None:
    """A fit in this thread takes one core: projects run side by side, and OpenMP's limit is each thread's own."""
    threadpool_limits(1)


def main(words: list[str] | None = None) -> int:
    """Log whatever is missing. Returns 0, or 2 when the server does not answer."""
    arguments = _arguments(words)
    _quiet()
    mlflow.set_tracking_uri(arguments.tracking_uri)
    client = MlflowClient(arguments.tracking_uri)
    try:
        found = client.search_experiments(max_results=1000)
    except MlflowException as error:
        print(f"demo.training: no MLflow at {arguments.tracking_uri}: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    existing = {each.tags[PIPELINE_TAG]: each for each in found if PIPELINE_TAG in each.tags}
    with tqdm(total=0, desc="training", unit="run", file=sys.stderr) as bar:
        teams = [Team(client, case, arguments.seed, bar.update) for case in cases(small=arguments.small)]
        with ThreadPoolExecutor(_THREADS, initializer=_one_core) as pool:
            counts = pool.map(lambda team: team.prepare(existing, arguments.until, arguments.months), teams)
            bar.total = sum(counts)
            bar.refresh()
            for _ in pool.map(Team.work, teams):
                pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
