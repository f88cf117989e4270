"""When what is run: the steps of a project's year, in the order in which they happened."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zlib import crc32

from .frames import LAST_MONTH
from .shape import Case

Kind = Literal["baseline", "failed", "retrain", "leak", "sweep"]
_SPAN = 2


@dataclass(frozen=True)
class Step:
    """One run to make: its kind, the month of the story (0 is the first), the calendar month and the start."""

    kind: Kind
    month: int
    label: str
    start: datetime

    @property
    def name(self) -> str:
        """What marks the run in MLflow, so that it is made once."""
        return "baseline" if self.kind == "baseline" else f"{self.label}/{self.kind}"

    @property
    def evaluated(self) -> datetime:
        """When the metrics were measured: some minutes after the start."""
        return self.start + timedelta(minutes=3 + crc32(self.name.encode()) % 7)

    @property
    def end(self) -> datetime:
        return self.evaluated + timedelta(minutes=2)


def latest_month(case: Case, until: date) -> str:
    """The newest month (`2026-11`) whose retraining lies wholly before the end of `until`."""
    number = _number(f"{until:%Y-%m}")
    return _label(number if _day(case) + _SPAN <= until.day else number - 1)


def first_month(case: Case, until: date) -> str:
    """The month that counts as the first of the story when the story ends with the newest month."""
    return _label(_number(latest_month(case, until)) - LAST_MONTH)


def steps(case: Case, first: str, until: date, months: int) -> list[Step]:
    """All runs of the last `months` months up to `until`, oldest first; `first` is month 0."""
    newest = _number(latest_month(case, until)) - _number(first)
    window = range(max(0, newest - months + 1), newest + 1)
    planned = [step for month in window for step in _month(case, _number(first), month)]
    if planned:
        opening = planned[0]
        planned.insert(0, Step("baseline", opening.month, opening.label, opening.start - timedelta(days=1)))
    return planned


def _month(case: Case, first: int, month: int) -> list[Step]:
    """A month's runs: the retraining, after a failed one a day later, and what else happened then."""
    story, label = case.story, _label(first + month)
    if story.last_run is not None and month > story.last_run:
        return []
    year, calendar_month = (int(part) for part in label.split("-"))
    seed = crc32(case.slug.encode())
    start = datetime(year, calendar_month, _day(case), 1 + seed % 5, seed % 60, seed % 47, tzinfo=UTC)
    failed = [Step("failed", month, label, start)] if month in story.failed else []
    retrain = Step("retrain", month, label, start + timedelta(days=_SPAN - 1 if failed else 0))
    leak = [Step("leak", month, label, start + timedelta(hours=9))] if month == story.deleted else []
    sweep = [Step("sweep", month, label, start + timedelta(hours=30))] if month == story.running else []
    return [*failed, retrain, *leak, *sweep]


def _day(case: Case) -> int:
    return 2 + crc32(case.slug.encode()) % 14


def _number(label: str) -> int:
    year, month = label.split("-")
    return 12 * int(year) + int(month) - 1


def _label(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
