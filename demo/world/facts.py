"""What the teams with models say of their projects. Asking takes a second: the libraries they train with are loaded."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo.training.portfolio import CaseFacts


@cache
def facts() -> dict[str, CaseFacts]:
    """By slug, the projects that the demo trains."""
    # Not above: a start that finds everything in place must not wait for scikit-learn.
    from demo.training import portfolio

    return {each.slug: each for each in portfolio.facts()}
