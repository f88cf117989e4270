"""The pages of the library: its front, the list of documents, the glossary."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.guides import library as books
from coe.guides.feedback_subjects import named
from coe.guides.library_forms import LibraryFilter
from coe.guides.models import Document, Kind


@signed_in
@require_safe
def library(request: PersonRequest) -> HttpResponseBase:
    """What there is, by kind, audience and unit; what is new, what is read, what needs a look."""
    person = request.user
    context = {
        "shelves": books.shelves(person),
        "newest": books.newest(person),
        "most_used": books.most_used(person),
        "lessons": books.newest(person, Kind.LESSON),
        "playbooks": books.newest(person, Kind.PLAYBOOK),
        "due": books.to_verify(person),
        "drafts": books.own_drafts(person),
        "may_create": access.may(person, "document.create"),
    }
    return render(request, "guides/library.html", context)


@signed_in
@require_safe
def documents(request: PersonRequest) -> HttpResponseBase:
    form = LibraryFilter(request.GET, viewer=request.user)
    form.is_valid()
    wanted = form.cleaned_data
    found = books.narrowed(books.of_state(request.user, wanted.get("state", "")), wanted)
    if request.GET.get("format") == "csv":
        rows = listing(books.with_readers(found), request.GET, sorts=books.SORTS).rows
        return csv_response("guides.csv", books.CSV, books.csv_rows(rows))
    whole = books.with_readers(found).select_related("published", "owner", "unit", "verified_by")
    shown = listing(whole, request.GET, sorts=books.SORTS)
    context = {
        **shown.context(),
        "rows": _with_subjects(list(shown.page.object_list), request),
        "filter_form": form,
        "is_narrowed": any(wanted.values()),
        "may_create": access.may(request.user, "document.create"),
    }
    return render(request, "guides/library_list.html", context)


def _with_subjects(rows: list[Document], request: PersonRequest) -> list[Document]:
    pairs = {(row.subject_type_id, row.subject_id) for row in rows if row.subject_type_id and row.subject_id}
    found: dict[Any, Any] = dict(named({(a or 0, b or 0) for a, b in pairs}, request.user))
    for row in rows:
        row.__dict__["about"] = found.get((row.subject_type_id, row.subject_id))
    return rows


@signed_in
@require_safe
def glossary(request: PersonRequest) -> HttpResponseBase:
    letters = books.glossary(request.user)
    context = {
        "letters": letters,
        "count": sum(len(rows) for _, rows in letters),
        "may_create": access.may(request.user, "document.create"),
    }
    return render(request, "guides/library_glossary.html", context)
