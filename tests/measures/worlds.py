"""Random small worlds: few times, names and values, so that ties, gaps and faults are common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from kpis.measures import derive
from projects.tracking.values import Dataset, Metric, RunFacts, VersionFacts

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
moments = st.integers(0, 20).map(lambda half_days: BEGIN + timedelta(hours=12 * half_days))
values = st.sampled_from([0.1, 0.2, 0.2, 0.5, 0.9, -3.0, 40.0, float("nan"), float("inf"), 1.7976931348623157e308])
names = st.sampled_from(["", "test", "train"])
digests = st.sampled_from(["", "d1", "d2"])
contexts = st.sampled_from(["", "training", "evaluation", "test"])
maybe = st.one_of(st.none(), moments)


def metrics():
    return st.fixed_dictionaries(
        {"value": values, "at": maybe, "step": st.integers(0, 2), "dataset": names, "digest": digests}
    )


def one_each(rows, key):
    return list({key(row): row for row in rows}.values())


@st.composite
def worlds(draw):
    runs = []
    for number in range(draw(st.integers(0, 5))):
        start = draw(maybe)
        models = [
            {
                "id": f"m-{number}{letter}",
                # What MLflow keeps once: a value for each time, step and dataset.
                "metrics": one_each(
                    draw(st.lists(metrics(), max_size=3)), lambda m: (m["at"], m["step"], m["dataset"], m["digest"])
                ),
            }
            for letter in "ab"[: draw(st.integers(0, 2))]
        ]
        # A metric without a time stands at the run's end; two of them there would be one and the same.
        end = draw(moments)
        for model in models:
            model["metrics"] = one_each(
                model["metrics"], lambda m, end=end: (m["at"] or end, m["step"], m["dataset"], m["digest"])
            )
        runs.append(
            {
                "id": f"run{number}",
                "status": draw(st.sampled_from(["FINISHED"] * 4 + ["FAILED", "RUNNING"])),
                "stage": draw(st.sampled_from(["active"] * 5 + ["deleted"])),
                "gone": draw(st.sampled_from([False] * 5 + [True])),
                "start": start,
                "end": end,
                "own": draw(st.one_of(st.none(), metrics())),
                "datasets": draw(
                    st.lists(st.tuples(st.sampled_from(["test", "train"]), digests, contexts), max_size=3)
                ),
                "models": models,
            }
        )
    versions = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        run = draw(st.sampled_from(runs)) if runs else None
        model = draw(st.sampled_from(["", *(m["id"] for m in run["models"])])) if run else ""
        gone = draw(st.sampled_from([False, False, False, True]))
        versions.append(
            {
                "number": number,
                "created": draw(moments),
                "run_id": run["id"] if run else "nowhere",
                "model_id": model,
                "gone": gone,
            }
        )
    moves = draw(st.lists(st.tuples(moments, st.sampled_from([None, 1, 2, 3, 4])), max_size=4))
    return {"runs": runs, "versions": versions, "moves": moves}


@st.composite
def bindings(draw):
    on = draw(st.sampled_from(["experiment", "model"]))
    selectors = ["latest", "best"] if on == "experiment" else ["latest", "best", "alias", "latest_version"]
    selector = draw(st.sampled_from(selectors))
    return {
        "on": on,
        "selector": selector,
        "dataset": draw(st.sampled_from(["", "", "test"])),
        "window": draw(st.integers(1, 8)) if selector == "best" else None,
        "scale": draw(st.sampled_from([1.0, 1.0, 0.01, -2.0, 1e300])),
        "offset": draw(st.sampled_from([0.0, 0.0, 0.5])),
        "withheld": draw(st.sampled_from([False] * 7 + [True])),
    }


@st.composite
def definitions(draw):
    return {
        "higher": draw(st.booleans()),
        "cadence": draw(st.sampled_from([1, 2, 30])),
        "min": draw(st.sampled_from([None, None, 0.0])),
        "max": draw(st.sampled_from([None, None, 1.0])),
    }


def stamp(at):
    return 0 if at is None else round(at.timestamp() * 1000)


def facts(run):
    """A run as `derive` takes it; None when it does not count."""
    if run["status"] != "FINISHED" or run["stage"] != "active" or run["gone"]:
        return None
    logged = [
        Metric(m["value"], stamp(m["at"]), m["step"], m["dataset"], m["digest"], model["id"])
        for model in run["models"]
        for m in model["metrics"]
    ]
    own = run["own"] and Metric(run["own"]["value"], stamp(run["own"]["at"]), run["own"]["step"])
    datasets = tuple(Dataset(*item) for item in run["datasets"])
    return RunFacts(run["id"], run["start"], run["end"], own, datasets, tuple(logged))


def derived(world, binding):
    """What `derive` makes of the world for the binding."""
    keep_ties, name = binding["selector"] == "best", binding["dataset"]
    runs = {run["id"]: found for run in world["runs"] if (found := facts(run))}
    if binding["on"] == "experiment":
        return list(derive.of_runs(runs.values(), name, keep_ties=keep_ties))
    versions = [
        VersionFacts(v["number"], v["created"], runs.get(v["run_id"]), v["model_id"])
        for v in world["versions"]
        if not v["gone"]
    ]
    if binding["selector"] == "alias":
        return derive.of_spans(derive.spans_of_alias([derive.Move(*move) for move in world["moves"]]), versions, name)
    if binding["selector"] == "latest_version":
        return derive.of_spans(derive.spans_of_highest(versions), versions, name)
    return derive.of_versions(versions, name, keep_ties=keep_ties)
