"""Which of the team's own tests speak of which item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from projects.handoffs.models import Evidence, Handoff

# {item key: {test: outcome}}
Results = Mapping[str, dict[str, str]]
_PARAMETERS = re.compile(r"\[.*\]$", re.DOTALL)


def plain(name: str) -> str:
    """A test's or an item's name as it is compared: the last part of a dotted or `::` path, lower case, `-` as `_`,
    without parameters in brackets.
    """
    last = re.split(r"::|[./\\ ]", _PARAMETERS.sub("", name.strip()))[-1]
    return last.lower().replace("-", "_")


def item_of(test: str, keys: Iterable[str]) -> str | None:
    """The key whose plain form the test's name ends with (a whole word of it); the longest one, or None."""
    name = plain(test)
    fitting = [key for key in keys if name == plain(key) or name.endswith("_" + plain(key))]
    return max(fitting, key=lambda key: (len(key), key), default=None)


def newest_results(handoff: Handoff) -> dict[str, str]:
    """{test: outcome} over the newest report of each suite."""
    reports = handoff.evidence.filter(kind=Evidence.Kind.TESTS, removed_at=None).order_by("id")
    newest = {report.title: report for report in reports}
    found: dict[str, str] = {}
    for report in sorted(newest.values(), key=lambda one: one.pk):
        for test in report.tests or []:
            name = str(test["name"])
            # One name twice in a report (a test that was run twice): the worse outcome counts.
            found[name] = _worse(found.get(name), str(test["outcome"]))
    return found


def _worse(one: str | None, other: str) -> str:
    order = ("passed", "skipped", "failed")
    return other if one is None else max(one, other, key=order.index)


def results_by_item(handoff: Handoff) -> Results:
    """{item key: {test: outcome}}; tests that belong to no item are left out."""
    keys = list(handoff.edition.items.values_list("key", flat=True))
    found: dict[str, dict[str, str]] = {}
    for test, outcome in newest_results(handoff).items():
        key = item_of(test, keys)
        if key is not None:
            found.setdefault(key, {})[test] = outcome
    return found
