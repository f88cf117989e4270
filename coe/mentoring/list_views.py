"""The page of all that concerns a person: what waits for the mentor, what one asked, what was answered already."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.accounts.models import Person, Role
from coe.accounts.rules import standing
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.mentoring import listing as lists
from coe.mentoring.forms import RequestFilter


@signed_in
@require_safe
def home(request: PersonRequest) -> HttpResponseBase:
    person: Person = request.user
    coordinates = access.may(person, "mentoring.place")
    mentors = standing(person).holds_anywhere(Role.MENTOR)
    tabs = lists.tabs(person, mentors=mentors, coordinates=coordinates)
    tab = request.GET.get("tab", "")
    if tab not in {one.key for one in tabs}:
        # Whoever has something that goes on sees that first.
        tab = next((one.key for one in tabs if one.count), "answered")
    form = RequestFilter(request.GET, viewer=person, tab=tab)
    form.is_valid()
    wanted = {name: value for name, value in form.cleaned_data.items() if name != "tab"}
    found = lists.narrowed(lists.of_tab(person, tab), wanted)
    default = "-resolved" if tab == "answered" else "-updated"
    if request.GET.get("format") == "csv":
        rows = listing(lists.with_all(found), request.GET, sorts=lists.SORTS, default=default).rows
        return csv_response("mentoring.csv", lists.CSV, lists.csv_rows(rows, person))
    shown = listing(lists.with_all(found), request.GET, sorts=lists.SORTS, default=default)
    now = timezone.now()
    waiting = lists.waiting_for(person) if mentors else []
    shown_rows, cards = lists.show(shown.page.object_list, waiting, person, now)
    context = {
        **shown.context(),
        "rows": shown_rows,
        "waiting": cards,
        "load": lists.load_of(person) if mentors else None,
        "tabs": tabs,
        "tab": tab,
        "filter_form": form,
        "is_narrowed": any(wanted.values()),
        "coordinates": coordinates,
        "now": now,
    }
    return render(request, "mentoring/home.html", context)
