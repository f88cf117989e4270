"""Recomputes every reading and every cell of the scoreboard from MLflow's own answers, with none of Cairn's code.

What people decided in Cairn (units, projects, definitions, bindings, baselines, targets, entered values, when an alias
moved) is read from Cairn's API; every figure out of MLflow is read from MLflow. Then the rules of the domain are
applied in the plainest way, and both sides are compared.

    python tests/independent/recompute.py --portal http://127.0.0.1:8000 --token TOKEN [--as-of 2026-09-30] [--zone UTC]
"""

from __future__ import annotations

import argparse
import math
import sys
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import requests

TOLERANCE = 1e-9
ORDER = [
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
]
IN_VALUE = {None, "dataset_changed", "no_baseline", "no_target"}


class Portal:
    """Cairn's API, page after page."""

    def __init__(self, url: str, session: Any) -> None:
        self.url = url.rstrip("/") + "/api/v1/"
        self.session = session

    def get(self, path: str, **params: Any) -> Any:
        answer = self.session.get(self.url + path, params=params, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        page = self.get(path, page_size=500, **params)
        while True:
            rows += page["results"]
            if not page["next"]:
                return rows
            answer = self.session.get(page["next"], timeout=60)
            answer.raise_for_status()
            page = answer.json()


class Mlflow:
    """MLflow's REST API."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") + "/api/2.0/mlflow/"
        self.session = requests.Session()

    @cached_property
    def answers(self) -> bool:
        try:
            return self.session.get(self.url + "experiments/search", params={"max_results": 1}, timeout=10).ok
        except requests.RequestException:
            return False

    def search(self, path: str, key: str, **body: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while True:
            answer = self.session.post(self.url + path, json=body, timeout=60)
            answer.raise_for_status()
            page = answer.json()
            rows += page.get(key, [])
            if not page.get("next_page_token"):
                return rows
            body["page_token"] = page["next_page_token"]

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.session.get(self.url + path, params=params, timeout=60)
        return answer.json() if answer.ok else {}


def number(raw: Any) -> float:
    return float(raw)


def moment(milliseconds: Any) -> datetime | None:
    value = int(milliseconds or 0)
    return datetime.fromtimestamp(value / 1000, UTC) if value > 0 else None


def when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def run_time(metric: dict[str, Any], run: dict[str, Any] | None) -> datetime | None:
    info = run["info"] if run else {}
    return moment(metric.get("timestamp")) or moment(info.get("end_time")) or moment(info.get("start_time"))


def run_counts(run: dict[str, Any]) -> bool:
    return run["info"]["status"] == "FINISHED" and run["info"]["lifecycle_stage"] == "active"


def run_inputs(run: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    for item in run.get("inputs", {}).get("dataset_inputs", []):
        context = next((t["value"] for t in item.get("tags", []) if t["key"] == "mlflow.data.context"), "")
        found.append((item["dataset"]["name"], item["dataset"]["digest"], context))
    return sorted(found)


def input_of_metric(run: dict[str, Any], wanted: str) -> tuple[str, str] | None:
    """The dataset that a run's own metric is taken to be on; None where the bound dataset is not among the inputs."""
    inputs = run_inputs(run)
    if wanted:
        named = [item for item in inputs if item[0] == wanted]
        if not named:
            return None
        named.sort(key=lambda item: item[2] not in ("evaluation", "test", "testing", "validation", "eval", "val"))
        return named[0][0], named[0][1]
    distinct = sorted({item[:2] for item in inputs})
    if len(distinct) == 1:
        return distinct[0]
    held_out = sorted({item[:2] for item in inputs if item[2] not in ("training", "train")})
    return held_out[0] if len(held_out) == 1 else ("", "")


def candidate(
    metric: dict[str, Any], run: dict[str, Any] | None, dataset: tuple[str, str], **more: Any
) -> dict[str, Any]:
    info = run["info"] if run else {}
    return {
        "value": number(metric["value"]),
        "at": run_time(metric, run),
        "step": int(metric.get("step") or 0),
        "start": int(info.get("start_time") or 0),
        "run_id": info.get("run_id", ""),
        "dataset": dataset[0],
        "digest": dataset[1],
        **more,
    }


def unmasked(metric: dict[str, Any], run: dict[str, Any] | None) -> dict[str, Any]:
    """MLflow answers 0 for a NaN of a logged model; the run's own metric of that moment still says NaN."""
    for own in run["data"].get("metrics", []) if run else []:
        moment_of = [(m["key"], int(m.get("timestamp") or 0), int(m.get("step") or 0)) for m in (own, metric)]
        if moment_of[0] == moment_of[1] and math.isnan(number(own["value"])) and number(metric["value"]) == 0:
            return {**metric, "value": "NaN"}
    return metric


def candidates_of(
    key: str, dataset: str, run: dict[str, Any] | None, logged: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """A run's (or a version's) values: its logged models' where one has the key, else the run's own."""
    metrics = [
        (model["info"]["model_id"], metric)
        for model in logged
        for metric in model.get("data", {}).get("metrics", [])
        if metric["key"] == key
    ]
    if metrics:
        metrics = [(model_id, unmasked(metric, run)) for model_id, metric in metrics]
        return [
            candidate(
                metric, run, (metric.get("dataset_name", ""), metric.get("dataset_digest", "")), model_id=model_id
            )
            for model_id, metric in metrics
            if not dataset or metric.get("dataset_name", "") == dataset
        ]
    if run is None:
        return []
    own = [metric for metric in run["data"].get("metrics", []) if metric["key"] == key]
    found = input_of_metric(run, dataset)
    return [candidate(metric, run, found, model_id="") for metric in own if found is not None]


def newest(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    return max(rows, key=lambda r: (r["at"], r["step"], r["start"], r["run_id"]), default=None)


class World:
    """Everything both sides told, and what follows from it as of a date."""

    def __init__(self, portal: Portal, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.now = datetime.now(UTC)
        self.units = {u["slug"]: u for u in portal.all("units/")}
        self.projects = {p["slug"]: p for p in portal.all("projects/")}
        self.kpis = {k["key"]: k for k in portal.all("kpis/")}
        self.bindings = portal.all("bindings/")
        self.sources = {s["name"]: s for s in portal.all("sources/")}
        self.portal = portal
        self.models = {(m["source"], m["name"]): m for m in portal.all("models/")}
        self.moves = {slug: portal.all(f"projects/{slug}/move/") for slug in self.projects}
        self.entered: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in portal.all("observations/", origin="entered"):
            self.entered.setdefault((row["project"], row["kpi"]), []).append(row)
        self.servers = {name: Mlflow(source["url"]) for name, source in self.sources.items()}
        self._values: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._experiments: dict[tuple[str, str], tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]] = {}

    # -- what MLflow says -------------------------------------------------------------------------------------
    def experiment(self, source: str, experiment_id: str) -> tuple[list[Any], dict[str, list[Any]]]:
        if (source, experiment_id) not in self._experiments:
            server = self.servers[source]
            runs = server.search(
                "runs/search", "runs", experiment_ids=[experiment_id], max_results=1000, run_view_type="ACTIVE_ONLY"
            )
            logged = server.search("logged-models/search", "models", experiment_ids=[experiment_id], max_results=50)
            by_run: dict[str, list[Any]] = {}
            for model in logged:
                by_run.setdefault(model["info"].get("source_run_id", ""), []).append(model)
            self._experiments[source, experiment_id] = (runs, by_run)
        return self._experiments[source, experiment_id]

    def versions(self, binding: dict[str, Any]) -> list[dict[str, Any]]:
        """The versions of the bound model, with all the values that it carries."""
        server = self.servers[binding["source"]]
        found = server.get("model-versions/search", filter=f"name='{binding['model']}'", max_results=10000)
        rows = []
        for version in found.get("model_versions", []):
            model_id = version.get("model_id") or version.get("source", "").removeprefix("models:/")
            model_id = model_id if model_id.startswith("m-") else ""
            named = server.get(f"logged-models/{model_id}").get("model") if model_id else None
            run_id = version.get("run_id") or (named["info"].get("source_run_id", "") if named else "")
            run = server.get("runs/get", run_id=run_id).get("run") if run_id else None
            logged = [named] if named else []
            if run:
                of_run = self.experiment(binding["source"], run["info"]["experiment_id"])[1].get(run_id, [])
                logged += [one for one in of_run if one["info"]["model_id"] != model_id]
            values = []
            if run_counts(run) if run else not run_id:
                found_values = candidates_of(binding["metric_key"], binding["dataset_name"], run, logged)
                # A version that names the model behind it has no other model's values.
                values = [v for v in found_values if not (v["model_id"] and model_id) or v["model_id"] == model_id]
            for value in values:
                value["version"] = int(version["version"])
            rows.append(
                {
                    "version": int(version["version"]),
                    "created": moment(version["creation_timestamp"]),
                    "values": values,
                }
            )
        return rows

    def from_mlflow(self, binding: dict[str, Any], end: datetime, better: int) -> dict[str, Any] | None:
        key, dataset, selector = binding["metric_key"], binding["dataset_name"], binding["selector"]
        if not self.servers[binding["source"]].answers:
            # Of a server that is gone, what Cairn noted while it was there is all that is left.
            return newest([row for row in self.noted(binding) if row["at"] < end])
        if selector in ("alias", "latest_version"):
            return self.pointed_at(binding, end)
        cache = (binding["project"], binding["kpi"])
        if cache not in self._values:
            if binding["experiment"]:
                runs, logged = self.experiment(binding["source"], binding["experiment"])
                self._values[cache] = [
                    value
                    for run in runs
                    if run_counts(run)
                    for value in candidates_of(key, dataset, run, logged.get(run["info"]["run_id"], []))
                ]
            else:
                self._values[cache] = [v for version in self.versions(binding) for v in version["values"]]
        known = [value for value in self._values[cache] if value["at"] < end]
        if selector == "latest":
            return newest(known)
        recent = [v for v in known if v["at"] >= end - timedelta(days=binding["window_days"])]
        finite = [v for v in recent if finite_value(transform(v["value"], binding))]
        if not finite:
            return newest(recent)
        best = max(better * transform(v["value"], binding) for v in finite)
        return newest([v for v in finite if better * transform(v["value"], binding) == best])

    def pointed_at(self, binding: dict[str, Any], end: datetime) -> dict[str, Any] | None:
        versions = {row["version"]: row for row in self.versions(binding)}
        if binding["selector"] == "alias":
            model = self.portal.get(f"models/{self.models[binding['source'], binding['model']]['id']}/")
            moves = [m for m in model["alias_moves"] if m["alias"] == binding["alias"] and when(m["at"]) < end]
            if not moves:
                return None
            last = moves[-1]
            number_, since = last["version"], when(last["at"])
        else:
            made = [row for row in versions.values() if row["created"] < end]
            if not made:
                return None
            highest = max(made, key=lambda row: row["version"])
            number_, since = highest["version"], highest["created"]
        values = versions[number_]["values"] if number_ in versions else []
        value = newest([one for one in values if one["at"] < end])
        if value is None or since is None:
            return None
        return {**value, "at": max(value["at"], since)}

    def noted(self, binding: dict[str, Any]) -> list[dict[str, Any]]:
        cache = (binding["project"], binding["kpi"])
        if cache not in self._values:
            rows = self.portal.all("observations/", project=binding["project"], kpi=binding["kpi"])
            self._values[cache] = [
                {
                    "value": number(row["value"]),
                    "at": when(row["observed_at"]),
                    "digest": row["dataset_digest"] or "",
                    "step": 0,
                    "start": 0,
                    "run_id": row["run_id"] or "",
                }
                for row in rows
            ]
        return self._values[cache]

    # -- the rules --------------------------------------------------------------------------------------------
    def end(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), datetime.min.time(), self.zone)

    def definition(self, kpi: str, day: date) -> dict[str, Any]:
        versions = sorted(self.kpis[kpi]["versions"], key=lambda v: v["effective_from"])
        in_force = [v for v in versions if v["effective_from"] <= day.isoformat()]
        return in_force[-1] if in_force else versions[0]

    def failing(self, binding: dict[str, Any], end: datetime) -> bool:
        if binding["origin"] != "mlflow":
            return False
        source = self.sources[binding["source"]]
        good = when(source["last_good_sync_at"])
        return good is None or good < min(end, self.now) - 3 * timedelta(minutes=source["interval_minutes"])

    def reading(self, binding: dict[str, Any], day: date) -> dict[str, Any]:
        end, definition = self.end(day), self.definition(binding["kpi"], day)
        better = 1 if definition["direction"] == "higher" else -1
        if binding["origin"] == "mlflow":
            chosen = self.from_mlflow(binding, end, better)
        else:
            rows = [
                {
                    "value": number(row["value"]),
                    "at": when(row["observed_at"]),
                    "digest": row["dataset_digest"] or "",
                    "step": 0,
                    "start": 0,
                    "run_id": "",
                    "id": row["id"],
                }
                for row in self.entered.get((binding["project"], binding["kpi"]), [])
            ]
            known = [row for row in rows if row["at"] < end]
            chosen = max(known, key=lambda r: (r["at"], r["id"]), default=None)
        answer = {"project": binding["project"], "kpi": binding["kpi"], "value": None, "index": None, "reason": None}
        if chosen is None:
            return {**answer, "reason": "no_data"}
        value = transform(chosen["value"], binding)
        if not finite_value(value):
            return {**answer, "reason": "not_finite"}
        low, high = definition["valid_min"], definition["valid_max"]
        if (low is not None and value < low) or (high is not None and value > high):
            return {**answer, "reason": "out_of_range"}
        baseline, target = in_force(binding["baselines"], day), in_force(binding["targets"], day)
        reason = None
        if end - chosen["at"] > timedelta(days=definition["cadence_days"]):
            reason = "stale"
        elif self.failing(binding, end):
            reason = "source_failing"
        elif baseline and baseline["dataset_digest"] and chosen["digest"] not in ("", baseline["dataset_digest"]):
            reason = "dataset_changed"
        elif baseline is None:
            reason = "no_baseline"
        elif target is None:
            reason = "no_target"
        index = None
        if reason is None and baseline and target:
            index = 100 * (value - baseline["value"]) / (target["value"] - baseline["value"])
        return {**answer, "value": value, "index": index, "reason": reason}

    def is_retired(self, slug: str, day: date) -> bool:
        done = [move for move in self.moves[slug] if move["on"] <= day.isoformat()]
        return bool(done) and done[-1]["after"] == "retired"

    def chain(self, unit: str | None) -> list[str]:
        return [] if unit is None else [unit, *self.chain(self.units[unit]["parent"])]

    def cells(self, readings: list[dict[str, Any]], units: list[str], day: date) -> list[dict[str, Any]]:
        """Roll up readings into the scoreboard's rows of these units."""
        table = pd.DataFrame(
            [
                {**reading, "row": row}
                for reading in readings
                if not self.is_retired(reading["project"], day)
                for row in self.chain(self.projects[reading["project"]]["unit"])
            ],
            columns=["project", "kpi", "value", "index", "reason", "row"],
        )
        result = []
        for (row, kpi), group in table[table["row"].isin(units)].groupby(["row", "kpi"]):
            in_value = pd.Series([r in IN_VALUE or pd.isna(r) for r in group["reason"]], index=group.index)
            counted = group[in_value & group["value"].notna()]
            indexes = group["index"].dropna().astype(float)
            definition = self.definition(kpi, day)
            if definition["roll_up"] == "weighted_mean":
                weights = counted["project"].map(lambda slug: float(self.projects[slug]["annual_value"] or 0))
                counted, weights = counted[weights > 0], weights[weights > 0]
                value = (
                    float((counted["value"].astype(float) * weights).sum() / weights.sum()) if len(counted) else None
                )
            else:
                values = counted["value"].astype(float)
                worst = "min" if definition["direction"] == "higher" else "max"
                how = {"worst": worst}.get(definition["roll_up"], definition["roll_up"])
                value = float(values.agg(how)) if len(values) else None
            result.append(
                {
                    "row": row,
                    "kpi": kpi,
                    "value": value,
                    "index": float(indexes.median()) if len(indexes) else None,
                    "reporting": len(counted),
                    "expected": len(group),
                    "reasons": [r for r in group["reason"] if isinstance(r, str)],
                }
            )
        return result


def transform(value: float, binding: dict[str, Any]) -> float:
    return value * binding["scale"] + binding["offset"] if finite_value(value) else value


def finite_value(value: float) -> bool:
    return math.isfinite(value) and abs(value) < 1.79e308


def in_force(rows: list[dict[str, Any]], day: date) -> dict[str, Any] | None:
    known = [row for row in rows if row["effective_from"] <= day.isoformat()]
    return max(known, key=lambda row: row["effective_from"], default=None)


def same(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def agree(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    figures = all(same(ours[name], theirs[name]) for name in ("value", "index"))
    return figures and ours["reason"] == theirs["reason"]


def cell_reason(cell: dict[str, Any]) -> str | None:
    """Why a cell lacks its value or, with a value, its index: what most readings say; ties by precedence."""
    if cell["value"] is not None and cell["index"] is not None:
        return None
    reasons = cell["reasons"] if cell["value"] is None else [r for r in cell["reasons"] if r in IN_VALUE]
    if not reasons:
        return "not_bound"
    return min(set(reasons), key=lambda r: (-reasons.count(r), ORDER.index(r)))


def compare(portal: Portal, world: World, day: date) -> tuple[int, list[str]]:
    """How many readings and cells were compared as of `day`, and the differences, one line each."""
    differences: list[str] = []
    mine = {(b["project"], b["kpi"]): world.reading(b, day) for b in world.bindings}
    told = {(r["project"], r["kpi"]): r for r in portal.all("readings/", as_of=day.isoformat())}
    if mine.keys() != told.keys():
        differences.append(f"{day}: readings of {sorted(mine.keys() ^ told.keys())} are on one side only")
    for key in sorted(mine.keys() & told.keys()):
        a, b = mine[key], told[key]
        if not agree(a, b):
            differences.append(f"{day} reading {key}: recomputed {a}, portal {b}")
    compared = len(mine.keys() | told.keys())
    for within in [None, *world.units]:
        board = portal.get("scoreboard/", as_of=day.isoformat(), **({"within": within} if within else {}))
        units = [row["key"] for row in board["rows"] if row["kind"] == "unit"]
        projects = {row["key"] for row in board["rows"] if row["kind"] == "project"}
        columns = {column["key"] for column in board["kpis"]}
        told_cells = {(c["row"], c["kpi"]): c for c in board["cells"]}
        mine_cells = {(c["row"], c["kpi"]): c for c in world.cells(list(mine.values()), units, day)}
        for key, cell in mine_cells.items():
            shown = told_cells.get(key)
            if shown is None:
                if key[1] in columns:
                    differences.append(f"{day} cell {key} within {within} is missing")
                continue
            counts = (cell["reporting"], cell["expected"]) == (shown["reporting"], shown["expected"])
            if not counts or not agree({**cell, "reason": cell_reason(cell)}, shown):
                differences.append(f"{day} cell {key} within {within}: recomputed {cell}, portal {shown}")
            compared += 1
        for key, shown in told_cells.items():
            if key[0] in projects and key in mine:
                compared += 1
                if not agree(mine[key], shown):
                    differences.append(f"{day} row {key} within {within}: recomputed {mine[key]}, portal {shown}")
            elif key not in mine_cells and (shown["value"] is not None or shown["index"] is not None):
                differences.append(f"{day} cell {key} within {within} has figures out of nothing: {shown}")
    return compared, differences


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--portal", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--as-of", action="append", type=date.fromisoformat, default=[])
    parser.add_argument("--zone", default="UTC")
    options = parser.parse_args()
    session = requests.Session()
    session.headers["Authorization"] = f"Token {options.token}"
    portal = Portal(options.portal, session)
    world = World(portal, options.zone)
    total, lines = 0, []
    for day in options.as_of or [datetime.now(ZoneInfo(options.zone)).date()]:
        compared, found = compare(portal, world, day)
        total, lines = total + compared, lines + found
    sys.stdout.write("\n".join([*lines, f"{total} figures compared, {len(lines)} differences"]) + "\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
