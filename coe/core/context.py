"""What every page shows around its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest

from coe.core.http import today


@dataclass(frozen=True)
class RailItem:
    """An entry of the rail. `allowed` says for whom; `count` (if any) says how many wait there for that person."""

    label: str
    url: str
    order: int
    group: str = ""
    allowed: Callable[[Any], bool] = lambda person: True
    on: bool = False


_items: list[RailItem] = []


def rail_item(
    label: str, url: str, *, order: int, group: str = "", allowed: Callable[[Any], bool] = lambda p: True
) -> None:
    """Put an entry into the rail; each room does so for its own pages.

    Raises `ValueError` for a URL that is there already.
    """
    if any(item.url == url for item in _items):
        raise ValueError(f"{url} is in the rail already")
    _items.append(RailItem(label, url, order, group, allowed))
    _items.sort(key=lambda item: item.order)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the rail, and today in the company's time zone."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"today": today(), "rail": []}
    shown = [item for item in _items if item.allowed(request.user)]
    here = max((item.url for item in shown if request.path.startswith(item.url)), key=len, default="")
    if here == "/" and request.path != "/":
        here = ""
    return {"today": today(), "rail": [replace(item, on=item.url == here) for item in shown]}
