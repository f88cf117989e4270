"""The figures of a model: what its page says of KPIs. Filled by a higher room, which registers a function here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from coe.accounts.models import Person
from coe.core import charts
from coe.core.access import AlreadyRegistered
from projects.tracking.models import RegisteredModel


@dataclass(frozen=True)
class ModelFigure:
    """What one KPI says of a model as of today, as one reader may read it.

    `is_of_model`: read from MLflow for this model or for its project's experiments, and so part of its health; values
    that people entered for the project are not. Of a withheld figure nothing but its name and the reason is given.
    `metric_key` and `value` are as MLflow has them, before any transform; None where they may not be told.
    """

    kpi_key: str
    name: str
    category: str
    value_text: str
    unit_text: str
    index: float | None
    baseline_text: str
    target_text: str
    reason: str
    reason_text: str
    observed_at: datetime | None
    dataset_name: str
    dataset_digest: str
    explain_url: str
    is_of_model: bool
    is_withheld: bool
    metric_key: str = ""
    value: float | None = None
    run_id: str = ""
    version: int | None = None

    @property
    def label(self) -> str:
        """The whole figure in words, for the bar's label."""
        parts = [f"{self.name} {self.value_text}" if self.value_text else f"{self.name}: {self.reason_text}"]
        if self.baseline_text:
            parts.append(f"baseline {self.baseline_text}")
        if self.target_text:
            parts.append(f"target {self.target_text}")
        return ", ".join(parts)

    @property
    def bar(self) -> SafeString:
        """A bar from the baseline to the value, with a tick at the target; nothing without both of them."""
        if not self.baseline_text or not self.target_text:
            return SafeString("")
        return charts.bullet(self.index, label=self.label, width=290, height=24)


Fill = Callable[[Sequence[RegisteredModel], Person], dict[int, list[ModelFigure]]]
_fills: dict[str, Fill] = {}


def register(name: str, function: Fill) -> None:
    """Let a room tell figures of models. It is given the models (with their projects at hand) and the reader, and
    gives each model's figures by its id. Raises `AlreadyRegistered` for a name given twice.
    """
    if name in _fills:
        raise AlreadyRegistered(name)
    _fills[name] = function


def of_models(models: Sequence[RegisteredModel], person: Person) -> dict[int, list[ModelFigure]]:
    """The figures of each model, by its id; in the order in which the rooms give them."""
    found: dict[int, list[ModelFigure]] = {one.pk: [] for one in models}
    for _, function in sorted(_fills.items()):
        for pk, figures in function(models, person).items():
            found[pk] += figures
    return found
