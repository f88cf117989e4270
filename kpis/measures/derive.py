"""Which observations a binding has, worked out from what MLflow said. Pure functions over plain values.

The rules are those of the domain's "Exact rules" and of the decisions in `docs/shape.md`; what one run or version says
is in `projects.tracking.values`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from projects.tracking.values import EPOCH, RunFacts, Value, VersionFacts, of_run, of_version

# An observation that a binding should have. A null value: what the selector points at lacks the metric.
Wanted = Value


@dataclass(frozen=True, slots=True)
class Move:
    """From `at` on an alias stands on `version`; on none, where it was taken away."""

    at: datetime
    version: int | None


def of_runs(runs: Iterable[RunFacts], dataset_name: str, *, keep_ties: bool) -> Iterator[Wanted]:
    """The observations of `latest` and `best` on an experiment, run by run.

    `keep_ties` is for `best`, where each value of a run may be the best one. Otherwise only the newest of a run at a
    time and step stays: the others could never decide.
    """
    for run in runs:
        found = of_run(run, dataset_name)
        yield from found if keep_ties else _without_ties(found)


def of_versions(versions: Sequence[VersionFacts], dataset_name: str, *, keep_ties: bool) -> list[Wanted]:
    """The observations of `latest` and `best` on a registered model: every value of every version, at its own time."""
    found = [one for version in versions for one in of_version(version, dataset_name)]
    return found if keep_ties else _without_ties(found)


def _without_ties(found: Iterable[Wanted]) -> list[Wanted]:
    return _last_of(found, lambda one: (one.observed_at, one.step, one.run_id), lambda one: one.newness)


def _last_of(found: Iterable[Wanted], same: Callable[[Wanted], Any], order: Callable[[Wanted], Any]) -> list[Wanted]:
    return list({same(one): one for one in sorted(found, key=order)}.values())


def spans_of_alias(moves: Sequence[Move]) -> list[Move]:
    """An alias's moves in time, without those to the version on which it stood already. `moves` come in their order."""
    spans: list[Move] = []
    for move in sorted(moves, key=lambda move: move.at):  # stable: of two at one time the later row stands
        while spans and spans[-1].at == move.at:
            spans.pop()
        if not spans or spans[-1].version != move.version:
            spans.append(move)
    return spans


def spans_of_highest(versions: Sequence[VersionFacts]) -> list[Move]:
    """From when on which version was the highest one. A version without a time of creation was there from the
    beginning.
    """
    spans: list[Move] = []
    highest = 0
    for version in sorted(versions, key=lambda v: (v.created_at or EPOCH, -v.version)):
        if version.version > highest:
            highest = version.version
            spans.append(Move(version.created_at or EPOCH, highest))
    return spans


def of_spans(spans: Sequence[Move], versions: Sequence[VersionFacts], dataset_name: str) -> list[Wanted]:
    """The observations of `alias` and `latest_version`: in each span those of the version that is pointed at, and of
    no other.

    At the span's start the newest value that the version had by then; afterwards each value as it came. Where it had
    none at the start, a null value says so.
    """
    known = {version.version: version for version in versions}
    wanted: list[Wanted] = []
    for span, following in zip(spans, [*spans, None][1:], strict=True):
        version = known.get(span.version) if span.version is not None else None
        values = of_version(version, dataset_name) if version else []
        before = [one for one in values if one.observed_at <= span.at]
        if before:
            wanted.append(replace(max(before, key=lambda one: one.newness), observed_at=span.at))
        else:
            wanted.append(Wanted(span.at, None, version=span.version))
        later = [one for one in values if one.observed_at > span.at]
        wanted += _without_ties(one for one in later if following is None or one.observed_at < following.at)
    return wanted
