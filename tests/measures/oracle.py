"""A slow, plain oracle: the domain's rules read aloud, with loops and no cleverness, and none of the code under
test.
"""

from __future__ import annotations

import math
from datetime import timedelta


def finite(number):
    return number is not None and not math.isnan(number) and not math.isinf(number) and abs(number) < 1.79e308


def counts(run):
    return run["status"] == "FINISHED" and run["stage"] == "active" and not run["gone"]


def when(run, stamp):
    """The metric's timestamp if above 0, else the run's end, else its start."""
    return stamp if stamp is not None else run["end"] if run["end"] is not None else run["start"]


def dataset_of(run, bound):
    """Name and digest for a run's own metric; None when the bound dataset is not among its inputs."""
    if bound:
        held_out, others = [], []
        for name, digest, context in sorted(run["datasets"]):
            if name == bound:
                is_held_out = context in ("evaluation", "eval", "test", "testing", "validation", "val")
                (held_out if is_held_out else others).append((name, digest))
        return (held_out + others)[0] if held_out + others else None
    everything = {(name, digest) for name, digest, _ in run["datasets"]}
    if len(everything) == 1:
        return everything.pop()
    not_training = {(n, d) for n, d, context in run["datasets"] if context not in ("training", "train")}
    return not_training.pop() if len(not_training) == 1 else ("", "")


def values_of(run, bound, version=None):
    """Every value of a run (or of the version it stands behind) that counts, as dicts."""
    if not counts(run):
        return []
    found = []
    carried = False
    for model in run["models"]:
        for metric in model["metrics"]:
            carried = True
            if version and version["model_id"] and model["id"] != version["model_id"]:
                continue
            if bound and metric["dataset"] != bound:
                continue
            found.append(
                {
                    "value": metric["value"],
                    "at": when(run, metric["at"]),
                    "step": metric["step"],
                    "dataset": metric["dataset"],
                    "digest": metric["digest"],
                    "model": model["id"],
                }
            )
    if not carried and run["own"] is not None:
        dataset = dataset_of(run, bound)
        if dataset is not None:
            own = run["own"]
            found.append(
                {
                    "value": own["value"],
                    "at": when(run, own["at"]),
                    "step": own["step"],
                    "dataset": dataset[0],
                    "digest": dataset[1],
                    "model": "",
                }
            )
    for value in found:
        value["start"], value["run"], value["version"] = run["start"], run["id"], version["number"] if version else 0
    return [value for value in found if value["at"] is not None]


def is_newer(a, b):
    for name in ("at", "step", "start", "run", "version", "dataset", "digest", "model"):
        if a[name] != b[name]:
            if a[name] is None or b[name] is None:
                return b[name] is None
            return a[name] > b[name]
    return False


def newest(values):
    best = None
    for value in values:
        if best is None or is_newer(value, best):
            best = value
    return best


def transform(value, binding):
    return value * binding["scale"] + binding["offset"] if finite(value) else value


def best(values, binding, higher, end):
    recent = [v for v in values if end - timedelta(days=binding["window"]) <= v["at"] < end]
    top = []
    for value in recent:
        mine = transform(value["value"], binding)
        if not finite(mine):
            continue
        theirs = transform(top[0]["value"], binding) if top else None
        if theirs is None or (mine > theirs if higher else mine < theirs):
            top = [value]
        elif mine == theirs:
            top.append(value)
    return newest(top or recent)


def pointed_at(world, binding, end):
    """The version that the selector points at when the day ends, and since when."""
    number, since = None, None
    if binding["selector"] == "alias":
        for at, to in sorted(world["moves"], key=lambda move: move[0]):
            if at < end and (to != number or since is None):
                number, since = to, at
    else:
        for version in sorted(world["versions"], key=lambda v: (v["created"], -v["number"])):
            if not version["gone"] and version["created"] < end and (number is None or version["number"] > number):
                number, since = version["number"], version["created"]
    return number, since


def chosen(world, binding, higher, end):
    """The value that decides as of the day that ends at `end`, or None."""
    runs = {run["id"]: run for run in world["runs"]}
    if binding["on"] == "experiment":
        values = [value for run in world["runs"] for value in values_of(run, binding["dataset"])]
    else:
        values = []
        for version in world["versions"]:
            if not version["gone"] and version["run_id"] in runs:
                values += values_of(runs[version["run_id"]], binding["dataset"], version)
    if binding["selector"] == "best":
        return best(values, binding, higher, end)
    if binding["selector"] == "latest":
        return newest([value for value in values if value["at"] < end])
    number, since = pointed_at(world, binding, end)
    if number is None:
        return None
    value = newest([v for v in values if v["version"] == number and v["at"] < end])
    return None if value is None else {**value, "at": max(value["at"], since)}


def reading(value, binding, definition, end, baseline, digest, target, failing):
    """(value, index, reason): the checks one after another in the order of precedence."""
    if binding["withheld"]:
        return None, None, "withheld"
    if value is None or value["value"] is None:
        return None, None, "no_data"
    number = transform(value["value"], binding)
    if not finite(number):
        return None, None, "not_finite"
    if definition["min"] is not None and number < definition["min"]:
        return None, None, "out_of_range"
    if definition["max"] is not None and number > definition["max"]:
        return None, None, "out_of_range"
    if value["at"] + timedelta(days=definition["cadence"]) < end:
        return number, None, "stale"
    if failing:
        return number, None, "source_failing"
    if baseline is not None and digest and value["digest"] and digest != value["digest"]:
        return number, None, "dataset_changed"
    if baseline is None:
        return number, None, "no_baseline"
    if target is None:
        return number, None, "no_target"
    return number, 100 * (number - baseline) / (target - baseline), None


def in_force(rows, day):
    """The row with the greatest date not after `day`, of (date, …) rows."""
    found = None
    for row in rows:
        if row[0] <= day and (found is None or row[0] > found[0]):
            found = row
    return found


ORDER = (
    "withheld",
    "not_bound",
    "no_data",
    "not_finite",
    "out_of_range",
    "stale",
    "source_failing",
    "dataset_changed",
    "no_baseline",
    "no_target",
)
IN_VALUE = (None, "dataset_changed", "no_baseline", "no_target")


def cell(readings, weights, rule, higher):
    """(value, index, reason, reporting, index_reporting, expected, unweighted) of (value, index, reason) readings."""
    counted, unweighted = [], 0
    for (value, _, reason), weight in zip(readings, weights, strict=True):
        if value is None or reason not in IN_VALUE:
            continue
        if rule == "weighted_mean" and not weight:
            unweighted += 1
            continue
        counted.append((value, weight))
    values = sorted(value for value, _ in counted)
    figure = None
    if values:
        figure = {
            "mean": lambda: sum(values) / len(values),
            "sum": lambda: sum(values),
            "median": lambda: middle(values),
            "worst": lambda: values[0] if higher else values[-1],
            "weighted_mean": lambda: sum(v * w for v, w in counted) / sum(w for _, w in counted),
        }[rule]()
    indexes = sorted(index for _, index, _ in readings if index is not None)
    index = middle(indexes) if indexes else None
    reason = None
    if figure is None or index is None:
        given = [r for _, _, r in readings if r and (figure is None or r in IN_VALUE)]
        reason = "not_bound"
        for candidate in reversed(ORDER):
            if given.count(candidate) and given.count(candidate) >= given.count(reason):
                reason = candidate
    return figure, index, reason, len(counted), len(indexes), len(readings), unweighted


def middle(ordered):
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
