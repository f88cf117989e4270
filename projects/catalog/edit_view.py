"""Editing a project: two people at once lose nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.forms import saved, status_of
from coe.core.http import signed_in
from projects.catalog import services
from projects.catalog.forms import EditProjectForm, parts_of
from projects.catalog.models import Project
from projects.catalog.views import get_project


@dataclass(frozen=True)
class Difference:
    """A field in which what somebody else saved differs from what was typed here."""

    label: str
    theirs: str
    yours: str


@signed_in
def edit(request: PersonRequest, slug: str) -> HttpResponseBase:
    shown = get_project(request, slug)
    access.require(request.user, "project.edit", shown)
    form = EditProjectForm(request.POST or None, viewer=request.user, project=shown)
    conflict: Project | None = None
    if request.method == "POST":
        done, conflict = saved(form, lambda: services.edit_project(slug=slug, actor=request.user, **form.cleaned_data))
        if done:
            messages.success(request, "Saved.")
            return redirect(shown)
    differences = differing(form, conflict) if conflict else []
    context = {"project": shown, "form": form, "differences": differences}
    return render(request, "catalog/edit.html", context, status=status_of(form, conflict))


def differing(form: EditProjectForm, current: Project) -> list[Difference]:
    """Where the form and the project as it stands now differ, in words."""
    theirs = EditProjectForm(viewer=current.owner, project=current)
    theirs.initial = parts_of(current)
    found = []
    for name in form.fields:
        if name in ("version", *(set(form.fields) - set(theirs.fields))):
            continue
        mine, other = _words(form[name]), _words(theirs[name])
        if mine != other:
            found.append(Difference(str(form[name].label), other, mine))
    return found


def _words(field: BoundField) -> str:
    """What a field shows: the labels of what is chosen, or the text."""
    value: Any = field.value()
    chosen = {str(one) for one in value} if isinstance(value, list) else {str(value if value is not None else "")}
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        return ", ".join(str(label).strip() for key, label in choices if str(key) in chosen)
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
