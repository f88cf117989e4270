from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.core.http import signed_in
from coe.search import search


def page_of(raw: str) -> int:
    """The number of a page; 1 for what is none."""
    # Digits alone: int() would also take "٣", " 3 " and numbers of any length.
    return max(int(raw), 1) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 1


@signed_in
@require_safe
def results(request: PersonRequest) -> HttpResponseBase:
    asked = request.GET
    q, kind, unit = (asked.get(name, "").strip() for name in ("q", "kind", "unit"))
    found = search.search(request.user, q, kind=kind, unit=unit, page=page_of(asked.get("page", "")))
    context = {"found": found, "page_obj": found.page, "search_query": q[:200], "kind": kind, "unit": unit}
    return render(request, "search/results.html", context)


@signed_in
@require_safe
def suggest(request: PersonRequest) -> HttpResponseBase:
    """The options of the palette for what is being typed."""
    q = request.GET.get("q", "").strip()[:200]
    return render(request, "search/_suggestions.html", {"groups": search.suggest(request.user, q), "q": q})
