"""The centre's page: how fast and how fair it goes, who waits and why, what nobody knows."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.http import signed_in
from coe.mentoring import candidates, centre_read
from coe.mentoring.forms import PeriodForm

USUAL_DAYS = 90
MOST_WAITING = 50


@signed_in
@require_safe
def centre(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "mentoring.place")
    form = PeriodForm(request.GET if request.GET.get("days") else {"days": str(USUAL_DAYS)})
    days = int(form.cleaned_data["days"]) if form.is_valid() else USUAL_DAYS
    now = timezone.now()
    since = now - timedelta(days=days)
    queue = centre_read.waiting()
    found = candidates.standing(queue, now)
    shown = centre_read.read(since, now, found)
    if request.GET.get("format") == "csv":
        return csv_response("mentoring-figures.csv", centre_read.CSV, centre_read.csv_rows(shown))
    context = {
        "shown": shown,
        "waiting": centre_read.with_why(queue[:MOST_WAITING], found),
        "count": len(queue),
        "more_waiting": len(queue) if len(queue) > MOST_WAITING else 0,
        "filter_form": form,
        "since": since,
        "now": now,
        "crumbs": [{"label": "Mentoring", "url": "/mentoring/"}],
    }
    return render(request, "mentoring/centre.html", context)
