"""The editor: the draft of a checklist, for those who write it. Every step works without JavaScript."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.comparing import FieldChange
from coe.core.drafting import draft_or_404
from coe.core.forms import carried_out, saved, status_of
from coe.core.http import number_in, signed_in
from projects.checklists import checks, services, shown
from projects.checklists.checks import Check
from projects.checklists.diff import compare
from projects.checklists.forms import EditionForm, ItemForm, KindForm, PublishForm, initial_of
from projects.checklists.models import Checklist, Edition, Item
from projects.checklists.queries import published
from projects.checklists.views import LIST, get_checklist


def _managed(request: PersonRequest, slug: str) -> Checklist:
    checklist = get_checklist(request, slug)
    access.require(request.user, "checklist.manage", checklist)
    return checklist


def _crumbs(checklist: Checklist, *, with_draft: bool = True) -> list[dict[str, str]]:
    crumbs = [LIST, {"label": checklist.name, "url": checklist.get_absolute_url()}]
    if with_draft:
        crumbs.append({"label": "Draft", "url": reverse("checklists:draft", args=[checklist.slug])})
    return crumbs


@signed_in
@require_POST
def begin(request: PersonRequest, slug: str) -> HttpResponseBase:
    services.draft_edition(slug=slug, actor=request.user)
    return redirect("checklists:draft", slug)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: PersonRequest, slug: str) -> HttpResponseBase:
    checklist = _managed(request, slug)
    found = draft_or_404(checklist)
    names = ("effect", "alias", "score", "version")
    form = EditionForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    conflict = None
    if request.method == "POST":
        done, conflict = saved(form, lambda: services.edit_edition(slug=slug, actor=request.user, **form.cleaned_data))
        if done:
            messages.success(request, "Saved.")
            return redirect("checklists:draft", slug)
    items = list(found.items.all())
    context = {
        "checklist": checklist,
        "draft": found,
        "form": form,
        "groups": shown.in_groups(items),
        "count": len(items),
        "newest": published(checklist),
        "conflict": conflict,
        "differences": _settings_apart(form, conflict) if conflict else [],
        "crumbs": _crumbs(checklist, with_draft=False),
    }
    return render(request, "checklists/draft.html", context, status=status_of(form, conflict))


def _settings_apart(form: EditionForm, current: Edition) -> tuple[FieldChange, ...]:
    """Where the settings that were typed differ from those saved meanwhile."""
    typed = Edition(**{name: form.cleaned_data[name] for name in ("effect", "alias", "score")})
    return compare([], [], (shown.settings_of(current), shown.settings_of(typed))).settings


def _asked_for(request: PersonRequest, kind: str, check_key: str) -> tuple[str, Check | None]:
    """The kind of item and the check that the address names; those given where it names none."""
    known = {one.key: one for one in checks.all_checks()}
    kind = request.GET.get("kind", kind)
    if kind not in Item.Kind.values:
        raise Http404("There is no such kind of item.")
    return kind, known.get(request.GET.get("check", check_key)) if kind == Item.Kind.AUTOMATIC else None


def _item_page(request: PersonRequest, checklist: Checklist, found: Edition, **more: Any) -> HttpResponseBase:
    form, kind, check = more["form"], more["kind"], more["check"]
    context = {
        "checklist": checklist,
        "draft": found,
        "kinds": Item.Kind.choices,
        "checks": checks.all_checks(),
        "must_choose": kind == Item.Kind.AUTOMATIC and check is None,
        "kind_form": KindForm(
            initial={"kind": kind, "check": check.key if check else "", "group": request.GET.get("group", "")}
        ),
        "cancel_url": reverse("checklists:draft", args=[checklist.slug]),
        "crumbs": _crumbs(checklist),
        **more,
    }
    return render(request, "checklists/item.html", context, status=status_of(form, more.get("conflict")))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PersonRequest, slug: str) -> HttpResponseBase:
    checklist = _managed(request, slug)
    found = draft_or_404(checklist)
    kind, check = _asked_for(request, Item.Kind.MANUAL, "")
    initial = {"group": request.GET.get("group", ""), "version": found.version}
    form = ItemForm(request.POST or None, kind=kind, check=check, is_new=True, initial=initial)
    made: list[Item] = []

    def save() -> None:
        # What others added meanwhile is nothing that this one could overwrite.
        parts = {name: value for name, value in form.parts().items() if name != "version"}
        made.append(services.add_item(slug=slug, actor=request.user, **parts))

    if request.method == "POST" and carried_out(form, save):
        messages.success(request, f"“{made[0].title}” is added.")
        return redirect(f"{reverse('checklists:draft', args=[slug])}#item-{made[0].key}")
    return _item_page(request, checklist, found, form=form, kind=kind, check=check, submit="Add")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    checklist = _managed(request, slug)
    found = draft_or_404(checklist)
    item = found.items.get(key=key)
    kind, check = _asked_for(request, item.kind, item.check_key)
    initial = initial_of(item, found.version)
    form = ItemForm(request.POST or None, kind=kind, check=check, is_new=False, initial=initial)
    conflict: Edition | None = None
    differences: tuple[FieldChange, ...] = ()
    if request.method == "POST":
        done, conflict = saved(form, lambda: services.edit_item(slug=slug, actor=request.user, key=key, **form.parts()))
        if done:
            messages.success(request, "Saved.")
            return redirect(f"{reverse('checklists:draft', args=[slug])}#item-{key}")
    if conflict:
        typed = {name: value for name, value in form.parts().items() if name != "version"}
        pair = ([shown.entry_of(item)], [shown.entry_of(Item(key=key, **typed))])
        differences = tuple(field for change in compare(*pair).changed for field in change.fields)
    return _item_page(
        request,
        checklist,
        found,
        form=form,
        kind=kind,
        check=check,
        item=item,
        conflict=conflict,
        differences=differences,
        submit="Save",
    )


def _version(request: PersonRequest) -> int | None:
    return number_in(request.POST.get("version", ""))


@signed_in
@require_POST
def move_item(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    services.move_item(slug=slug, actor=request.user, key=key, way=request.POST.get("way", ""))
    return redirect(f"{reverse('checklists:draft', args=[slug])}#item-{key}")


@signed_in
@require_POST
def move_group(request: PersonRequest, slug: str) -> HttpResponseBase:
    group, way = request.POST.get("group", ""), request.POST.get("way", "")
    services.move_group(slug=slug, actor=request.user, group=group, way=way)
    return redirect(f"{reverse('checklists:draft', args=[slug])}#items")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove_item(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    checklist = _managed(request, slug)
    found = draft_or_404(checklist)
    item = found.items.get(key=key)
    if request.method == "POST":
        services.remove_item(slug=slug, actor=request.user, key=key, version=_version(request))
        messages.success(request, f"“{item.title}” is taken off.")
        return redirect(f"{reverse('checklists:draft', args=[slug])}#items")
    context = {"checklist": checklist, "draft": found, "item": item, "crumbs": _crumbs(checklist)}
    return render(request, "checklists/remove.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: PersonRequest, slug: str) -> HttpResponseBase:
    checklist = _managed(request, slug)
    found = draft_or_404(checklist)
    form = PublishForm(request.POST or None, draft=found)
    conflict = None
    if request.method == "POST":
        done, conflict = saved(
            form, lambda: services.publish_edition(slug=slug, actor=request.user, **form.cleaned_data)
        )
        if done:
            messages.success(request, f"Edition {found.number} is published. New handoffs are made from it.")
            return redirect(checklist)
    newest = published(checklist)
    context = {
        "checklist": checklist,
        "draft": found,
        "form": form,
        "conflict": conflict,
        "newest": newest,
        "difference": shown.difference(newest, found) if newest else None,
        "count": found.items.count(),
        "cancel_url": reverse("checklists:draft", args=[slug]),
        "crumbs": _crumbs(checklist),
    }
    return render(request, "checklists/publish.html", context, status=status_of(form, conflict))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: PersonRequest, slug: str) -> HttpResponseBase:
    checklist = _managed(request, slug)
    found = draft_or_404(checklist)
    if request.method == "POST":
        services.discard_draft(slug=slug, actor=request.user, version=_version(request))
        messages.success(request, "The draft is thrown away.")
        return redirect(checklist)
    context = {"checklist": checklist, "draft": found, "crumbs": _crumbs(checklist)}
    return render(request, "checklists/discard.html", context)
