"""How editions and their items read: in groups, with what each check does, and in words that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from coe.accounts.models import Role
from projects.checklists import checks
from projects.checklists.checks import Check
from projects.checklists.diff import Difference, Entry, compare
from projects.checklists.models import Edition, Item

_ACTS = {
    Edition.Effect.SET: "points the alias {alias} at the version",
    Edition.Effect.REMOVE: "takes the alias {alias} away",
    Edition.Effect.NONE: "changes nothing in MLflow",
}


@dataclass(frozen=True)
class Line:
    """An item as a page shows it. `check` is None where there is none or no room registers it any more."""

    item: Item
    check: Check | None
    asked_with: tuple[tuple[str, str], ...]

    @property
    def signs(self) -> str:
        """Who signs, in words."""
        return Role(self.item.role).label if self.item.role else ""


@dataclass(frozen=True)
class Group:
    name: str
    lines: tuple[Line, ...]


def effect_of(edition: Edition) -> str:
    """What acceptance does, to follow "Acceptance": "points the alias production at the version"."""
    return _ACTS[Edition.Effect(edition.effect)].format(alias=edition.alias)


def in_groups(items: Iterable[Item]) -> list[Group]:
    """The items, in their order, with those of a group together."""
    groups: dict[str, list[Line]] = {}
    known = {one.key: one for one in checks.all_checks()}
    for item in items:
        check = known.get(item.check_key)
        groups.setdefault(item.group, []).append(Line(item, check, tuple(_params(check, item.params).items())))
    return [Group(name, tuple(lines)) for name, lines in groups.items()]


def _params(check: Check | None, given: Mapping[str, Any]) -> dict[str, str]:
    """What a check is asked with, by label, in the order in which it asks."""
    labels = {param.name: param.label for param in check.params} if check else {}
    names = [*(name for name in labels if name in given), *(name for name in given if name not in labels)]
    return {labels.get(name, name): _text(given[name]) for name in names}


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def entry_of(item: Item, place: int = 0) -> Entry:
    """An item in words."""
    check = next((one for one in checks.all_checks() if one.key == item.check_key), None)
    fields = {
        "Title": item.title,
        "Group": item.group,
        "What counts": item.help,
        "Kind": Item.Kind(item.kind).label if item.kind in Item.Kind.values else item.kind,
        "Required": "yes" if item.is_required else "no",
        "May not apply": "yes" if item.may_not_apply else "no",
    }
    if item.kind == Item.Kind.AUTOMATIC:
        fields["Check"] = check.label if check else item.check_key
        fields |= _params(check, item.params)
    if item.kind == Item.Kind.SIGN_OFF:
        fields["Signed by"] = Role(item.role).label if item.role in Role.values else item.role
    return Entry(item.key, item.title, item.group, place, fields)


def settings_of(edition: Edition) -> dict[str, str]:
    """The settings of an edition in words."""
    return {
        "Acceptance": effect_of(edition),
        "Score": Edition.Score(edition.score).label,
    }


def difference(before: Edition, after: Edition) -> Difference:
    """What changed between two editions. Two queries."""
    entries = [
        [entry_of(item, place) for place, item in enumerate(edition.items.all(), start=1)]
        for edition in (before, after)
    ]
    return compare(entries[0], entries[1], (settings_of(before), settings_of(after)))
