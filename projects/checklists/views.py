"""Pages that everybody reads: the checklists, their editions, and what changed between them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.drafting import compared, first_in, numbered, readable, with_older
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.core.models import Event
from projects.checklists import services, shown
from projects.checklists.forms import ChecklistFilter, ChecklistForm, NewChecklistForm
from projects.checklists.models import Checklist, Edition
from projects.checklists.queries import SORTS, published

LIST = {"label": "Checklists", "url": "/checklists/"}


@signed_in
@require_safe
def checklists(request: PersonRequest) -> HttpResponseBase:
    form = ChecklistFilter(request.GET)
    form.is_valid()
    found = Checklist.objects.visible_to(request.user).wanted(form.cleaned_data).with_counts(request.user)
    rows = listing(found, request.GET, sorts=SORTS)
    if request.GET.get("format") == "csv":
        header = ["slug", "name", "kind", "purpose", "is_default", "newest", "items", "uses"]
        return csv_response("checklists.csv", header, rows.rows.values_list(*header).iterator())
    context = {**rows.context(), "filter_form": form, "may_manage": access.may(request.user, "checklist.manage")}
    return render(request, "checklists/checklists.html", context)


def get_checklist(request: PersonRequest, slug: str) -> Checklist:
    checklist: Checklist = Checklist.objects.visible_to(request.user).get(slug=slug)
    return checklist


def _readable(request: PersonRequest, checklist: Checklist) -> list[Edition]:
    return readable(checklist, with_drafts=access.may(request.user, "checklist.manage", checklist))


@signed_in
@require_safe
def checklist(request: PersonRequest, slug: str, number: int | None = None) -> HttpResponseBase:
    """The checklist with one of its editions: the newest published one, unless the address names another."""
    found = get_checklist(request, slug)
    editions = _readable(request, found)
    edition = first_in(Edition.State.PUBLISHED, editions) if number is None else numbered(editions, number)
    return _page(request, found, editions, edition)


def _page(
    request: PersonRequest, checklist: Checklist, editions: list[Edition], edition: Edition | None
) -> HttpResponseBase:
    items = list(edition.items.all()) if edition else []
    context = {
        "checklist": checklist,
        "edition": edition,
        "editions": with_older(editions),
        "is_newest": edition is not None and edition == published(checklist),
        "groups": shown.in_groups(items),
        "effect": shown.effect_of(edition) if edition else "",
        "required": sum(item.is_required for item in items),
        "count": len(items),
        "may_manage": access.may(request.user, "checklist.manage", checklist),
        "draft": first_in(Edition.State.DRAFT, editions),
        "events": Event.objects.about(checklist).select_related("actor").order_by("-at", "-id")[:10],
        "crumbs": [LIST],
    }
    return render(request, "checklists/checklist.html", context)


@signed_in
@require_safe
def diff(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = get_checklist(request, slug)
    editions = _readable(request, found)
    before, after = compared(editions, request.GET)
    context = {
        "checklist": found,
        "before": before,
        "after": after,
        "editions": editions,
        "difference": shown.difference(before, after),
        "crumbs": [LIST, {"label": found.name, "url": found.get_absolute_url()}],
    }
    return render(request, "checklists/diff.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "checklist.manage")
    form = NewChecklistForm(request.POST or None)
    made: list[Checklist] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(services.create_checklist(actor=request.user, **form.cleaned_data))
    ):
        messages.success(request, f"{made[0].name} is begun. Add what it asks for, then publish it.")
        return redirect("checklists:draft", made[0].slug)
    context = {"form": form, "submit": "Begin", "cancel_url": LIST["url"], "crumbs": [LIST]}
    return render(request, "checklists/new.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = get_checklist(request, slug)
    access.require(request.user, "checklist.manage", found)
    form = ChecklistForm(request.POST or None, checklist=found, is_published=published(found) is not None)

    def save() -> None:
        # An empty box takes nothing away: the usual one changes by another's becoming it.
        parts = {name: value for name, value in form.cleaned_data.items() if name != "is_default" or value}
        services.edit_checklist(slug=slug, actor=request.user, **parts)

    if request.method == "POST" and carried_out(form, save):
        messages.success(request, "Saved.")
        return redirect(found)
    context = {
        "checklist": found,
        "form": form,
        "cancel_url": found.get_absolute_url(),
        "crumbs": [LIST, {"label": found.name, "url": found.get_absolute_url()}],
    }
    return render(request, "checklists/edit.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def archive(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = services.archive_checklist(slug=slug, actor=request.user)
    messages.success(request, f"{found.name} is put away. Handoffs that were made from it keep it.")
    return redirect("checklists:checklists")


@signed_in
@require_POST
def restore(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = services.restore_checklist(slug=slug, actor=request.user)
    messages.success(request, f"{found.name} is in use again.")
    return redirect(found)
