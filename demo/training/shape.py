"""What is written down about a project: its data, its model, the names of its metrics, and what went wrong when."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from .frames import Recipe
from .learners import Learner

Direction = Literal["higher", "lower"]
Unit = Literal["ratio", "percent", "duration", "score", "count"]
Task = Literal["labels", "digits", "values"]


@dataclass(frozen=True)
class Rule:
    """What the business did before there was a model: a note for people, and a score (or value) for each row."""

    note: str
    column: str
    slope: float = 1.0
    start: float = 0.0

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """`start + slope * column`: for labels, 0.5 and more means yes."""
        return np.asarray(self.start + self.slope * frame[self.column], dtype=float)


@dataclass(frozen=True)
class Stencils:
    """The rule of the digit reader: the digit of the nearest among ten clean images."""

    note: str

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """A digit for each row of pixels."""
        images, digits = load_digits(return_X_y=True)
        stencils = np.stack([images[digits == digit][0] for digit in range(10)])
        rows = frame.drop(columns="digit").to_numpy(dtype=float)
        return np.asarray(((rows[:, None, :] - stencils) ** 2).sum(axis=2).argmin(axis=1))


@dataclass(frozen=True)
class Primary:
    """The one metric the project is judged by, under the team's own key. `target` is in the units that are logged.

    `scale` takes the logged value to `unit` (0.01 where percent are logged and a ratio is wanted).
    """

    key: str
    direction: Direction
    unit: Unit
    target: float
    scale: float = 1.0


@dataclass(frozen=True)
class Story:
    """What happened along the way; numbers are months of the story, 0 to 11. None of it happens by default."""

    failed: tuple[int, ...] = ()
    last_run: int | None = None
    new_holdout: int | None = None
    unit_slip: int | None = None
    running: int | None = None
    deleted: int | None = None
    first_name: str = ""
    # Registered under this name as well, until the month.
    first_model: str = ""
    first_model_until: int = 0
    scratch: str = ""


@dataclass(frozen=True)
class Case:
    """One project as its team runs it. `keys` pairs a measure of `scoring` with the name the team logs it under."""

    slug: str
    title: str
    summary: str
    vertical: str
    stage: str
    experiment: str
    task: Task
    recipe: Recipe
    learner: Learner
    keys: tuple[tuple[str, str], ...]
    primary: Primary
    rule: Rule | Stencils
    dataset: str
    model: str = ""
    selector: str = "latest"
    tagged: Literal["experiment", "model", "both", "nothing"] = "both"
    odd_keys: tuple[str, str, str] = ("fit_seconds", "latency_us_row", "n_rows")
    validates: bool = False
    logs_model: bool = True
    # Whether the team logs what goes into the model and what comes out.
    signs: bool = True
    in_production: bool = False
    story: Story = field(default_factory=Story)

    @property
    def measure(self) -> str:
        """The measure behind the primary key."""
        return next(measure for measure, key in self.keys if key == self.primary.key)
