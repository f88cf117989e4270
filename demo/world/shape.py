"""The kinds of things that the content is made of. Times are told in days before the day on which the world is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["on_track", "at_risk", "off_track"]


@dataclass(frozen=True)
class Unit:
    """A business unit; without `parent` it is a vertical."""

    slug: str
    name: str
    parent: str = ""


@dataclass(frozen=True)
class Someone:
    """A person. `key` is the address before the @; `roles` are words like `executive` or `viewer@loyalty`."""

    key: str
    name: str
    title: str
    unit: str = ""
    roles: tuple[str, ...] = ()
    timezone: str = ""


@dataclass(frozen=True)
class Move:
    """A stage reached `ago` days ago, and why. `by` names who moved it if not the owner ("lead": the unit's)."""

    after: str
    ago: int
    reason: str
    by: str = ""
    override: bool = False


@dataclass(frozen=True)
class Word:
    """A status update, given by the owner unless `by` names somebody else."""

    ago: int
    status: Status
    text: str
    by: str = ""


@dataclass(frozen=True)
class Plan:
    """A project's entry and its story. Those that the demo trains leave name and summary to their team's facts.

    `team` lists members as `person:responsibility`; `annual_value` is in whole euros; `began` is the day it entered the
    catalog, as an idea.
    """

    slug: str
    unit: str
    owner: str
    problem: str
    decision: str
    began: int
    name: str = ""
    summary: str = ""
    sponsor: str = ""
    team: tuple[str, ...] = ()
    stakeholders: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    delivery: str = ""
    effort: int | None = None
    value: int | None = None
    annual_value: int | None = None
    risk: str = ""
    visibility: str = "company"
    links: tuple[tuple[str, str], ...] = ()
    moves: tuple[Move, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class KpiPlan:
    """A KPI's definition, as the centre would write it."""

    key: str
    name: str
    sentence: str
    category: str
    unit: str
    direction: str
    roll_up: str
    cadence_days: int
    valid_min: float | None = None
    valid_max: float | None = None


@dataclass(frozen=True)
class Goal:
    """A later baseline or target, in force from `ago` days ago on; `note` says on what grounds."""

    value: float
    ago: int
    note: str


@dataclass(frozen=True)
class Series:
    """A KPI that people enter each month: it runs from `first` to `last`, give or take `spread`, with the months' ends.

    It began `start` months ago and was last entered `stop` months ago (1: the month that ended last); a series that
    stopped goes stale. With `every` 3 it is entered each quarter. `digits` is how people round it (-3: thousands).
    `curve` below 1 rises early, above 1 late. `remarks` are the notes of single months, by months ago.
    """

    project: str
    kpi: str
    first: float
    last: float
    spread: float
    note: str
    baseline: float | None = None
    because: str = ""
    target: float | None = None
    wants: str = ""
    reset: Goal | None = None
    raised: Goal | None = None
    start: int = 12
    stop: int = 1
    every: int = 1
    digits: int = 0
    curve: float = 1.0
    withheld: bool = False
    by: str = ""
    evidence: str = ""
    remarks: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Bound:
    """A KPI that a project takes from MLflow beside its main one; no target means that nobody has set one.

    Without `selector` it is read as the project's main KPI is by its team's own account.
    """

    project: str
    kpi: str
    metric_key: str
    target: float | None = None
    note: str = ""
    selector: str = ""


@dataclass(frozen=True)
class Pending:
    """A handoff that somebody still has to do something about: the version of `month`, left in `state`.

    `state`: "submitted", "late" (submitted, and its date has passed), "in_review" or "returned".
    """

    month: int
    state: Literal["submitted", "late", "in_review", "returned"]


@dataclass(frozen=True)
class HandoverPlan:
    """How the versions of a project's registered model went into production.

    Months are those of the training's year, 0 to 11 (the newest); a month without a version that passed its gate is
    left out. Each month in `accepted` has a handoff that was accepted, the one of `twice` in its second round;
    `withdrawn` is the month of one that the team took back. `reviewer` is of the receiving team.
    """

    project: str
    model: str
    reviewer: str
    accepted: tuple[int, ...]
    twice: int | None = None
    withdrawn: int | None = None
    pending: Pending | None = None
