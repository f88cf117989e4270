"""Pages that everybody reads: the library of paths, a path, its editions, and what changed between them."""

from __future__ import annotations

from typing import Any

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
from coe.paths import people, services, shown, wording
from coe.paths.forms import NewPathForm, PathFilter, PathForm, initial_of
from coe.paths.ladders import Ladder, ladder_of, ladders
from coe.paths.models import Edition, Path
from coe.paths.queries import SORTS, published

LIST = {"label": "Paths", "url": "/paths/"}
# What happened to a path as far as its readers see it; the rest is the work on drafts.
_FOR_READERS = ("path.created", "path.changed", "path.edition_published", "path.archived", "path.restored")
_SHOWN_EVENTS = 10


@signed_in
@require_safe
def library(request: PersonRequest) -> HttpResponseBase:
    form = PathFilter(request.GET)
    form.is_valid()
    found = Path.objects.visible_to(request.user).wanted(form.cleaned_data).with_counts().select_related("owner")
    rows = listing(found, request.GET, sorts=SORTS)
    if request.GET.get("format") == "csv":
        header = ["slug", "title", "audience", "level", "summary", "newest", "step_count", "minutes"]
        return csv_response("paths.csv", header, rows.rows.values_list(*header).iterator())
    # With counts, which the model itself does not have.
    paths: list[Any] = list(rows.page)
    on_it = people.on_paths([one.pk for one in paths])
    context = {
        **rows.context(),
        "lines": [{"path": one, "time": wording.duration(one.minutes), "on_it": on_it[one.pk]} for one in paths],
        "ladders": [] if any(form.cleaned_data.values()) else ladders(request.user),
        "filter_form": form,
        "may_create": access.may(request.user, "path.create"),
    }
    return render(request, "paths/library.html", context)


def get_path(request: PersonRequest, slug: str) -> Path:
    """The path, where the person may know of it."""
    path: Path = Path.objects.visible_to(request.user).select_related("owner").get(slug=slug)
    return path


def _readable(request: PersonRequest, path: Path) -> list[Edition]:
    return readable(path, with_drafts=access.may(request.user, "path.edit", path))


@signed_in
@require_safe
def path(request: PersonRequest, slug: str, number: int | None = None) -> HttpResponseBase:
    """The path with one of its editions: the newest published one, unless the address names another."""
    found = get_path(request, slug)
    editions = _readable(request, found)
    edition = first_in(Edition.State.PUBLISHED, editions) if number is None else numbered(editions, number)
    return _page(request, found, editions, edition)


def _page(request: PersonRequest, path: Path, editions: list[Edition], edition: Edition | None) -> HttpResponseBase:
    steps = list(edition.steps.order_by("position")) if edition else []
    newest = first_in(Edition.State.PUBLISHED, editions)
    may_edit = access.may(request.user, "path.edit", path)
    events = Event.objects.about(path).select_related("actor").order_by("-at", "-id")
    context = {
        "path": path,
        "edition": edition,
        "editions": with_older(editions),
        "newest": newest,
        "is_newest": edition is not None and edition == newest,
        "lines": shown.lines(steps, request.user),
        "optional": sum(one.is_optional for one in steps),
        "time": wording.duration(wording.total(steps)),
        "on_it": people.on_paths([path.pk])[path.pk],
        "ladder": _ladder(request, path),
        "may_edit": may_edit,
        "draft": first_in(Edition.State.DRAFT, editions),
        "events": events[:_SHOWN_EVENTS] if may_edit else events.filter(verb__in=_FOR_READERS)[:_SHOWN_EVENTS],
        "crumbs": [LIST],
    }
    return render(request, "paths/path.html", context)


def _ladder(request: PersonRequest, path: Path) -> Ladder | None:
    return ladder_of(request.user, path) if path.level else None


@signed_in
@require_safe
def changes(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = get_path(request, slug)
    editions = _readable(request, found)
    before, after = compared(editions, request.GET)
    context = {
        "path": found,
        "before": before,
        "after": after,
        "editions": editions,
        "difference": shown.difference(before, after, with_answers=access.may(request.user, "path.edit", found)),
        "crumbs": crumbs(found),
    }
    return render(request, "paths/changes.html", context)


def crumbs(path: Path) -> list[dict[str, str]]:
    """Where pages below a path's own stand."""
    return [LIST, {"label": path.title, "url": path.get_absolute_url()}]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "path.create")
    form = NewPathForm(request.POST or None, initial={"owner": request.user.pk})
    made: list[Path] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(services.create_path(actor=request.user, **form.parts()))
    ):
        messages.success(request, f"{made[0].title} is begun. Add its steps, then publish it.")
        return redirect("paths:draft", made[0].slug)
    context = {"form": form, "submit": "Begin", "cancel_url": LIST["url"], "crumbs": [LIST]}
    return render(request, "paths/new.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = get_path(request, slug)
    access.require(request.user, "path.edit", found)
    form = PathForm(request.POST or None, path=found, initial=initial_of(found))
    if request.method == "POST" and carried_out(
        form, lambda: services.edit_path(slug=slug, actor=request.user, **form.parts())
    ):
        messages.success(request, "Saved.")
        # Whoever gave a draft to somebody else may not know of it any more.
        known = Path.objects.visible_to(request.user).filter(pk=found.pk).exists()
        return redirect(found) if known else redirect("paths:library")
    context: dict[str, Any] = {
        "path": found,
        "form": form,
        "is_published": published(found) is not None,
        "cancel_url": found.get_absolute_url(),
        "crumbs": crumbs(found),
    }
    return render(request, "paths/edit.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def archive(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = services.archive_path(slug=slug, actor=request.user)
    messages.success(request, f"{found.title} is put away. Whoever is on it goes on.")
    return redirect("paths:library")


@signed_in
@require_POST
def restore(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = services.restore_path(slug=slug, actor=request.user)
    messages.success(request, f"{found.title} is in use again.")
    return redirect(found)
