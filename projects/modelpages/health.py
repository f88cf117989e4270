"""Whether a model is healthy, in one sentence. A pure function of what its page knows; nothing uncertain is a "yes"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coe.core import figures as numbers
from projects.modelpages.facts import Facts
from projects.modelpages.figures import ModelFigure
from projects.tracking.health import failing_from
from projects.tracking.models import RegisteredModel

# With these there is a value, and it is wrong.
_FAULTS = ("not_finite", "out_of_range")
# Why nobody can tell, the gravest first.
_UNKNOWN = ("no_data", "source_failing", "stale", "dataset_changed", "no_baseline", "no_target")


@dataclass(frozen=True)
class Health:
    """`state` for lists and the API: yes, no, unknown, off (not in production), gone. `kind` is a colour of the
    stylesheet that repeats it.
    """

    state: str
    sentence: str

    @property
    def kind(self) -> str:
        return {"yes": "good", "no": "bad", "unknown": "warn"}.get(self.state, "")


def health(model: RegisteredModel, facts: Facts, figures: Sequence[ModelFigure], now: datetime) -> Health:
    """The model's health at `now`. `figures` are those that the reader may see; the worst of them speaks.

    First what makes every figure meaningless (gone, never read, moved behind our back), then whether it serves at all,
    then the figures of the model itself: a fault, one below its baseline, one that cannot be told, the lowest index.
    """
    certain = _before_figures(model, facts, now)
    if certain:
        return certain
    own = [one for one in figures if one.is_of_model]
    known = [one for one in own if not one.is_withheld]
    if not own:
        return Health("unknown", "Nobody can tell: no KPI is read from it yet.")
    if not known:
        return Health("unknown", "Its figures are withheld from you.")
    worst = _worst(known)
    if len(known) == len(own) or worst.state != "yes":
        return worst
    return Health("yes", worst.sentence.replace("Yes.", "Yes, as far as you may see.", 1))


def _before_figures(model: RegisteredModel, facts: Facts, now: datetime) -> Health | None:
    if model.missing_since is not None:
        return Health("gone", f"MLflow no longer has it, since {numbers.day(model.missing_since)}.")
    if model.source.last_good_sync_at is None:
        return Health("unknown", "Nobody can tell: its MLflow server was never read to the end.")
    if facts.drift is not None:
        return Health(
            "no",
            f"No. Somebody moved {facts.drift.alias} to {_where(facts.drift.found)} in MLflow;"
            f" decided was {_where(facts.drift.expected)}.",
        )
    if facts.newest is None and facts.production is None:
        return Health("off", "No version of it is registered yet.")
    if facts.production is None:
        return Health("off", f"It is not in production: the alias {facts.alias} stands on no version.")
    late = failing_from(model.source)
    if late is not None and late < now:
        since = numbers.day(model.source.last_good_sync_at)
        return Health("unknown", f"Nobody can tell: its MLflow server was last read on {since}.")
    return None


def _where(version: int | None) -> str:
    return f"version {version}" if version else "no version"


def _worst(known: Sequence[ModelFigure]) -> Health:
    for one in known:
        if one.reason in _FAULTS:
            return Health("no", f"No. {one.name}: {one.reason_text}.")
    measured = [(one.index, one) for one in known if one.index is not None]
    lowest = min(measured, key=lambda pair: pair[0], default=None)
    if lowest is not None and lowest[0] < 0:
        points = numbers.count_of(max(abs(numbers.rounded(lowest[0])), 1), "point")
        return Health("no", f"No. {lowest[1].name} is {points} below what the business had before.")
    unknown = [one for reason in _UNKNOWN for one in known if one.reason == reason]
    if unknown:
        return Health("unknown", f"Nobody can tell. {unknown[0].name}: {unknown[0].reason_text}.")
    if lowest is None:
        return Health("unknown", f"Nobody can tell: {known[0].name} has no index.")
    index, one = lowest
    which = f"{one.name} is " if len(known) > 1 else ""
    if index >= 100:
        return Health("yes", f"Yes. {which or 'It is '}at its target.")
    # One that is nearly there is not there.
    said = f"{numbers.count_of(min(numbers.rounded(index), 99), 'point')} of the way to its target."
    return Health("yes", f"Yes. {which}{said}")
