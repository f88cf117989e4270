"""Files and reports that teams hand in, made of what their models really do."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO, StringIO
from itertools import pairwise
from random import Random
from xml.etree import ElementTree

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

from demo.training.fitting import holdout_rows, predict, train
from demo.training.portfolio import SEED
from demo.training.scoring import score
from demo.training.shape import Case
from demo.world.content.evidence import TESTS

_PARTS = 4


def slices(case: Case, month: int) -> bytes:
    """A CSV of the model's main measure by quarters of its first input (by digit where it reads digits).

    The model is fitted again as in that month: same rows, same settings, so the same model.
    """
    frame = holdout_rows(case, SEED, month)
    # Several threads would wait for each other longer than so small a fit takes.
    with threadpool_limits(1):
        predicted = predict(case, train(case, SEED, month).model, frame)
    truth = frame[case.recipe.target].to_numpy(dtype=float)
    column = case.recipe.target if case.task == "digits" else frame.columns[0]
    values = frame[column].to_numpy(dtype=float)
    out = StringIO()
    table = csv.writer(out)
    table.writerow(["part", "rows", case.primary.key])
    table.writerow(["all", len(frame), _measured(case, truth, predicted)])
    for name, chosen in _parts(str(column), values, by_value=case.task == "digits"):
        table.writerow([name, int(chosen.sum()), _measured(case, truth[chosen], predicted[chosen])])
    return out.getvalue().encode()


def _parts(column: str, values: np.ndarray, *, by_value: bool) -> list[tuple[str, np.ndarray]]:
    if by_value:
        return [(f"{column} {value:g}", values == value) for value in np.unique(values)]
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _PARTS + 1)))
    pairs = list(pairwise(edges))
    return [
        (
            f"{column} {low:.4g} to {high:.4g}",
            (values >= low) & ((values < high) if place < len(pairs) - 1 else (values <= high)),
        )
        for place, (low, high) in enumerate(pairs)
    ]


def _measured(case: Case, truth: np.ndarray, predicted: np.ndarray) -> str:
    """The measure of one part; nothing where it has none (all of one kind, say)."""
    if len(truth) < 2 or (case.task == "labels" and len(np.unique(truth)) < 2):
        return ""
    return f"{score(case.measure, truth, predicted):.4f}"


def history(title: str, points: Sequence[tuple[datetime, float]], baseline: float) -> bytes:
    """A PNG of a measure over the versions so far, with what was there before them."""
    figure = Figure(figsize=(6.4, 3.2), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    days = np.array([at.date() for at, _ in points], dtype="datetime64[D]")
    axes.plot(days, [value for _, value in points], marker="o", color="#1f6f5c", label="versions")
    axes.axhline(baseline, color="#8a8f98", linestyle="--", label="before the model")
    axes.set_title(title, loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.autofmt_xdate()
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def junit(suite: str, seed: str, *, slow: bool = False) -> bytes:
    """The report of a team's test job as JUnit XML; `slow`: the test of the answer time was skipped."""
    random = Random(seed)
    root = ElementTree.Element("testsuite", name=suite, tests=str(len(TESTS)))
    for classname, name in TESTS:
        one = ElementTree.SubElement(
            root, "testcase", classname=classname, name=name, time=f"{random.uniform(0.02, 2):.2f}"
        )
        if slow and name.startswith("test_answers"):
            ElementTree.SubElement(one, "skipped", message="no test stage for the service")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
