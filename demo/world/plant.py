"""The assembly plant's own MLflow server: real, small, and switched off after it was read once.

A source that stopped answering must have answered before, or nothing of it could be bound. So the plant's server really
runs for some seconds: MLflow's own application in this process, to which the plant's team logs as any team does.
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Thread
from unittest import mock

import numpy as np
import pandas as pd
from mlflow import MlflowClient
from werkzeug.serving import make_server

from demo.training.frames import Generated
from demo.training.learners import Learner
from demo.training.portfolio import SEED
from demo.training.shape import Case, Primary, Rule
from demo.training.team import Team

MONTHS = 8


def welds(random: np.random.Generator, n: int, drift: float) -> pd.DataFrame:
    """Welded seams, by the current of the robot; whether the X-ray finds them weak. Drift: tips wear faster."""
    mean = random.normal(9.2, 0.35, n)
    ripple = random.gamma(3, 0.09, n)
    dips = random.poisson(0.6, n).astype(float)
    tip_age = random.uniform(0, 400, n)
    force = random.normal(3.1, 0.18, n)
    logit = -3.0 - 1.6 * (mean - 9.2) + 5.5 * (ripple - 0.27) + 0.9 * dips + 0.004 * (1 + drift) * (tip_age - 200)
    logit = logit + 3 * np.abs(force - 3.1) + 1.2 * (dips > 1) * (tip_age > 250)
    weak = random.random(n) < 1 / (1 + np.exp(-1.3 * logit))
    return pd.DataFrame(
        {"current_ka": mean, "ripple": ripple, "dips": dips, "tip_age": tip_age, "force_kn": force}
        | {"weak": weak.astype(np.int64)}
    )


CASE = Case(
    slug="weld-seam-inspection",
    title="Weld seam inspection",
    summary="Finds weak welds from the current of the welding robot, while the part is still clamped.",
    vertical="Manufacturing",
    stage="pilot",
    experiment="weld-seam-inspection",
    task="labels",
    recipe=Generated("weak", welds, first=40, monthly=45, held_out=1400),
    learner=Learner("boosted_labels", {"max_iter": 35, "learning_rate": 0.08, "max_leaf_nodes": 8}),
    keys=(("auc", "auc"), ("recall", "recall"), ("precision", "precision")),
    primary=Primary("auc", "higher", "ratio", target=0.89),
    rule=Rule("The age of the welding tip", "tip_age", slope=0.0025),
    dataset="xray_holdout",
    tagged="experiment",
    logs_model=False,
)


@contextmanager
def running() -> Iterator[str]:
    """The plant's server on a free port of this machine; gives its address. Nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="plant-mlflow-") as folder:
        store = {
            "MLFLOW_BACKEND_STORE_URI": f"sqlite:///{folder}/mlflow.db",
            "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{folder}/mlflow.db",
            "_MLFLOW_SERVER_ARTIFACT_ROOT": f"{folder}/artifacts",
            "_MLFLOW_SERVER_SERVE_ARTIFACTS": "false",
        }
        for name in ("werkzeug", "mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        with mock.patch.dict(os.environ, store), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The application reads its store from the environment when it is imported.
            from mlflow.server import app

            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                server.server_close()
                thread.join()


def train(url: str, until: date) -> int:
    """What the plant's team logged up to `until`; returns the number of runs."""
    with mock.patch.dict(os.environ, {"MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        team = Team(MlflowClient(url), CASE, SEED, lambda _made: None)
        count = team.prepare({}, until, MONTHS)
        team.work()
    return count
