"""`make bench`: measure at full size on an embedded PostgreSQL and write docs/benchmarks.md.

    python -m benchmarks [--small] [sync] [scoreboard] [catalog] [search] [mentoring]

Each benchmark runs in a process of its own, one after the other. `--small` tries them out and writes nothing.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from demo import services
from demo.processes import Family

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
_ALL = ("sync", "scoreboard", "catalog", "search", "mentoring", "onboarding")
SIZES: dict[str, dict[str, int]] = {name: {} for name in _ALL}
SMALL = {
    "sync": {"n_runs": 1000, "n_experiments": 10},
    "scoreboard": {"projects": 200, "units": 10, "observations": 20_000},
    "catalog": {"projects": 2000, "units": 20},
    "search": {"entries": 2000, "units": 20},
    "mentoring": {"needs": 20, "mentors": 50, "times": 2, "seeds": 2, "days": 20, "warm_up": 5},
    "onboarding": {"people": 300, "events": 50},
}
_SET = {
    "DJANGO_SETTINGS_MODULE": "coe.settings",
    "SECRET_KEY": "a-secret-of-the-benchmarks-that-is-long-enough",
    "SECRETS_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "CAIRN_DEMO": "1",
    "LOG_LEVEL": "ERROR",
    "SERVE_UNCOLLECTED_STATIC": "0",
}


@dataclass(frozen=True)
class Bound:
    """A figure of quality.md: where it is found, and what it must not pass (`least`: what it must reach)."""

    benchmark: str
    key: str
    what: str
    limit: float
    shown: str
    least: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.least else value <= self.limit


BOUNDS = (
    Bound("sync", "first_over_loop", "first sync ÷ a bare loop over the same answers", 1.10, "≤ 1.10"),
    Bound("sync", "again_over_first", "sync again with nothing new ÷ first sync", 0.03, "≤ 0.03"),
    Bound("sync", "peak_mb_all", "memory of a sync (MB)", 250, "≤ 250"),
    Bound("scoreboard", "kept_ms", "executive scoreboard, median (ms)", 60, "≤ 60"),
    Bound("scoreboard", "kept_queries", "executive scoreboard, queries", 12, "≤ 12"),
    Bound("scoreboard", "times_slower", "the same with search_runs and pandas, times slower", 200, "≥ 200", least=True),
    Bound("catalog", "median_ms", "catalog list, filtered and searched, median (ms)", 25, "≤ 25"),
    Bound("catalog", "queries", "catalog list, queries", 15, "≤ 15"),
    Bound("search", "median_ms", "search, median (ms)", 30, "≤ 30"),
    Bound("search", "p95_ms", "search, p95 (ms)", 80, "≤ 80"),
    Bound("search", "suggest_ms", "suggestions, median (ms)", 25, "≤ 25"),
    Bound("search", "queries", "search, queries", 15, "≤ 15"),
    Bound("mentoring", "routing_ms", "routing, 200 requests × 500 mentors, median (ms)", 50, "≤ 50"),
    Bound("mentoring", "fit_60", "mentors at 60 %: mean fit", 0.47, "≥ 0.47", least=True),
    Bound("mentoring", "wait_p90_60_days", "mentors at 60 %: wait, p90 (days)", 1.5, "≤ 1.5"),
    Bound("mentoring", "fit_80", "mentors at 80 %: mean fit", 0.36, "≥ 0.36", least=True),
    Bound("mentoring", "wait_p90_80_days", "mentors at 80 %: wait, p90 (days)", 2.3, "≤ 2.3"),
    Bound(
        "onboarding", "worst_ms", "cohort page with 10,000 people on paths, slowest page's median (ms)", 100, "≤ 100"
    ),
    Bound("onboarding", "queries", "cohort page, queries", 15, "≤ 15"),
    Bound("onboarding", "verify_s", "verification of 1,000 events (s)", 2, "≤ 2"),
)


def measure(name: str, sizes: dict[str, int]) -> dict[str, Any]:
    """Run one benchmark in this process."""
    django.setup()
    arguments: dict[str, Any] = dict(sizes)
    if name == "scoreboard":
        seconds: Callable[..., float] = importlib.import_module("benchmarks.pandas_table").seconds
        arguments["against"] = seconds if not sizes else lambda: seconds(1000, 10)
    found: dict[str, Any] = importlib.import_module(f"benchmarks.{name}").measure(**arguments)
    return found


def run(name: str, sizes: dict[str, int], env: dict[str, str]) -> dict[str, Any]:
    """Run one benchmark in a process of its own; its last line of output is its figures."""
    print(f" · {name}", flush=True)
    command = [sys.executable, "-m", "benchmarks", "--one", name, *(["--small"] if sizes else [])]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def page(found: dict[str, dict[str, Any]]) -> str:
    """docs/benchmarks.md."""
    version = sys.version.split()[0]
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()}, Python {version}, the embedded PostgreSQL, a real MLflow server with one worker.",
        "",
        "| what | must reach | measured | |",
        "|---|---|---|---|",
    ]
    for bound in BOUNDS:
        value = found.get(bound.benchmark, {}).get(bound.key)
        if value is not None:
            lines.append(f"| {bound.what} | {bound.shown} | {value:,} | {'✓' if bound.holds(value) else '✗'} |")
    for name, figures in found.items():
        doc = importlib.import_module(f"benchmarks.{name}").__doc__ or ""
        lines += ["", f"## {name}", "", doc.strip().split("\n\n")[0], "", "| figure | value |", "|---|---|"]
        lines += [f"| `{key}` | {value:,} |" for key, value in figures.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Returns 0 when every bound that was measured holds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *SIZES], default=[], metavar="name")
    parser.add_argument("--small", action="store_true", help="try them out; nothing is written")
    parser.add_argument("--one", choices=list(SIZES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = SMALL if options.small else SIZES
    if options.one:
        print(json.dumps(measure(options.one, sizes[options.one])))
        return 0
    names = options.names or list(SIZES)
    family = Family()
    family.watch()
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        env = {**os.environ, **_SET}
        env.setdefault("BROKER_URL", "redis://127.0.0.1:1/0")
        try:
            if not env.get("DATABASE_URL"):
                postgres = services.Postgres(Path(folder) / "postgres", Path(folder) / "postgres.log")
                postgres.start(family)
                postgres.create("cairn")
                env["DATABASE_URL"] = postgres.url("cairn")
            found = {name: run(name, sizes[name], env) for name in names}
        finally:
            family.stop_all()
    text = page(found)
    print(text)
    if not options.small and set(names) == set(SIZES):
        PAGE.write_text(text)
    missed = [b for b in BOUNDS if (value := found.get(b.benchmark, {}).get(b.key)) is not None and not b.holds(value)]
    return 1 if missed and not options.small else 0


if __name__ == "__main__":
    sys.exit(main())
