"""What a page of reports is asked for in its URL."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest

from coe.core.http import as_of, today

# No company has figures from before; it also keeps every date of a trend a date.
EARLIEST = date(2000, 1, 1)


def page_day(request: HttpRequest) -> date:
    """The day in `?as_of=`, today without one. Raises 404 for what is no date, lies in the future, or before 2000."""
    day = as_of(request)
    if day < EARLIEST:
        raise Http404(f"as_of must not lie before {EARLIEST.isoformat()}")
    return day


def day_context(request: HttpRequest, day: date) -> dict[str, Any]:
    """What the date form needs: the day, the last one that can be asked for, and all else that the URL says."""
    kept = [(key, value) for key in request.GET for value in request.GET.getlist(key) if key not in ("as_of", "page")]
    return {"as_of": day, "last_day": today(), "first_day": EARLIEST, "kept_params": kept, "is_today": day == today()}
