"""The facts of one handoff, from which its texts are made: who is who, and what the mirror knows of the version."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zlib import crc32

from coe.accounts.models import Person
from demo.training import portfolio
from demo.training.shape import Case
from demo.world.content.projects import PROJECTS
from demo.world.people import Cast
from demo.world.shape import HandoverPlan, Plan
from projects.tracking.models import ModelVersion, Run

_PLANS: dict[str, Plan] = {plan.slug: plan for plan in PROJECTS}


def number(label: str) -> int:
    """A month like 2026-11, counted from the year 0."""
    year, month = label.split("-")
    return 12 * int(year) + int(month) - 1


@dataclass(frozen=True)
class Dossier:
    """A version that is handed over. `month` is that of the training's year; `place` counts the model's handoffs."""

    cast: Cast
    handover: HandoverPlan
    version: ModelVersion
    month: int
    place: int

    @property
    def plan(self) -> Plan:
        return _PLANS[self.handover.project]

    @property
    def case(self) -> Case:
        return portfolio.case(self.handover.project)

    @property
    def owner(self) -> Person:
        return self.cast.people[self.plan.owner]

    @property
    def reviewer(self) -> Person:
        return self.cast.people[self.handover.reviewer]

    @property
    def lead(self) -> Person:
        return self.cast.lead_of(self.plan.unit)

    @property
    def registered(self) -> datetime:
        """When the version was made. Versions without a time are none that the demo hands over."""
        assert self.version.created_at is not None
        return self.version.created_at

    def member(self, responsibility: str) -> Person | None:
        keys = (word.partition(":") for word in self.plan.team)
        return next((self.cast.people[key] for key, _, word in keys if word == responsibility), None)

    @property
    def data_engineer(self) -> Person:
        return self.member("data_engineering") or self.owner

    def chance(self, what: str, most: int) -> int:
        """A number below `most`, the same for the same words."""
        return crc32(f"{self.handover.model} {what}".encode()) % most

    @cached_property
    def facts(self) -> dict[str, str]:
        """What texts may name."""
        ops = self.member("ml_operations") or self.reviewer
        support = self.member("support") or ops
        sponsor = self.cast.people[self.plan.sponsor].name if self.plan.sponsor else self.lead.name
        wave = f"{self.version.version} {self.place}"
        return {
            "slug": self.plan.slug,
            "pipe": self.plan.slug.replace("-", "_"),
            "version": str(self.version.version),
            "month": self.registered.strftime("%B %Y"),
            "day": self.registered.strftime("%-d %B"),
            "metric": self.case.primary.key,
            "dataset": self.case.dataset,
            "owner": self.owner.name,
            "ops": ops.name,
            "support": support.name,
            "sponsor": sponsor,
            "unit": self.cast.units[self.plan.unit].name,
            "decision": self.plan.decision,
            "proof": next((move.reason for move in self.plan.moves if move.after == "production"), "A trial"),
            "request": str(20 + 7 * self.version.version + self.chance("request", 90)),
            "minutes": str(4 + self.chance(f"minutes {wave}", 9)),
        }

    @cached_property
    def baseline(self) -> float:
        """The main measure of the rule that was in use before the model."""
        return portfolio.baseline_value(self.case).value

    def history(self) -> list[tuple[datetime, float]]:
        """When each version up to this one was made, and its main measure, where that is a number."""
        earlier = ModelVersion.objects.filter(model=self.version.model_id, version__lte=self.version.version)
        rows = list(earlier.order_by("version").values_list("run_id", "created_at"))
        runs = Run.objects.filter(source=self.version.model.source_id, run_id__in=[run_id for run_id, _ in rows])
        values = {run.run_id: run.metrics.get(self.case.primary.key) for run in runs}
        points = [(at, float(values[run_id][0])) for run_id, at in rows if at and values.get(run_id)]
        return [(at, value) for at, value in points if math.isfinite(value)]
