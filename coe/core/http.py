"""Small things that every page uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Send whoever is not signed in to the sign-in page, and back here afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return view(request, *args, **kwargs)

    return guarded


def today() -> date:
    """Today in the company's time zone."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def number_in(raw: str) -> int | None:
    """A small whole number out of a form; None for anything else."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


def as_of(request: HttpRequest) -> date:
    """The date in `?as_of=YYYY-MM-DD`, today when there is none.

    Raises 404 for what is no date or lies in the future.
    """
    raw = request.GET.get("as_of", "")
    if not raw:
        return today()
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise Http404(f"as_of must be a date like 2026-09-30, not {raw[:20]!r}") from None
    if day > today():
        raise Http404("as_of must not lie in the future")
    return day
