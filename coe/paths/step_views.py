"""The editor's pages of one step: added, changed, taken off. The kind is chosen first, the form hangs on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coe.accounts.http import PersonRequest
from coe.core.comparing import FieldChange
from coe.core.drafting import draft_or_404
from coe.core.forms import carried_out, saved, status_of
from coe.core.http import number_in, signed_in
from coe.paths import checks, needs, services, shown, wording
from coe.paths.checks import Check
from coe.paths.differences import fields_apart
from coe.paths.draft_views import draft_crumbs, managed, steps_of
from coe.paths.models import Edition, Path, Step
from coe.paths.step_forms import StepForm, initial_of

KINDS = {
    Step.Kind.READ: "A guide, or a text that you write here.",
    Step.Kind.TASK: "Something to do. The newcomer says when it is done, and shows it if you want.",
    Step.Kind.QUIZ: "Some questions. Who knows the answers already can test out of other steps.",
    Step.Kind.MEET: "Cairn asks a mentor for the newcomer.",
    Step.Kind.VERIFIED: "Nobody ticks it: Cairn finds out by itself, and takes it back when it is no longer so.",
}


def _asked_for(request: PersonRequest, kind: str, check_key: str) -> tuple[str, Check | None]:
    """The kind of step and the check that the address names; those given where it names none."""
    kind = request.GET.get("kind", kind)
    if kind and kind not in Step.Kind.values:
        raise Http404("There is no such kind of step.")
    return kind, checks.get(request.GET.get("check", check_key)) if kind == Step.Kind.VERIFIED else None


def _page(request: PersonRequest, path: Path, found: Edition, **more: Any) -> HttpResponseBase:
    form, kind, check = more["form"], more["kind"], more["check"]
    context = {
        "path": path,
        "draft": found,
        "kinds": [(value, label, KINDS[Step.Kind(value)]) for value, label in Step.Kind.choices],
        "kind_help": KINDS[Step.Kind(kind)] if kind else "",
        "checks": checks.checks(),
        "must_choose": kind == Step.Kind.VERIFIED and check is None,
        "cancel_url": reverse("paths:draft", args=[path.slug]),
        "crumbs": draft_crumbs(path),
        **more,
    }
    wrong = form is not None and form.is_bound and form.quiz is not None and bool(form.quiz.errors)
    status = 422 if wrong else status_of(form, more.get("conflict")) if form is not None else 200
    return render(request, "paths/step.html", context, status=status)


def _wants_rows(form: StepForm, request: PersonRequest) -> bool:
    """Whether more rows for questions were asked for."""
    if form.quiz is None or "more" not in request.POST:
        return False
    form.ask_more()
    return True


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PersonRequest, slug: str) -> HttpResponseBase:
    path = managed(request, slug)
    found = draft_or_404(path)
    kind, check = _asked_for(request, "", "")
    if not kind:
        return _page(request, path, found, form=None, kind="", check=None)
    form = StepForm(
        request.POST or None,
        kind=kind,
        check=check,
        person=request.user,
        others=steps_of(found),
        initial={"version": found.version},
    )
    made: list[Step] = []

    def save() -> None:
        # What others added meanwhile is nothing that this one could overwrite.
        parts = {name: value for name, value in form.parts().items() if name != "version"}
        made.append(services.add_step(slug=slug, actor=request.user, **parts))

    if request.method == "POST" and not _wants_rows(form, request) and carried_out(form, save):
        messages.success(request, f"“{made[0].title}” is added.")
        return redirect(f"{reverse('paths:draft', args=[slug])}#step-{made[0].key}")
    return _page(request, path, found, form=form, kind=kind, check=check, submit="Add")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    path = managed(request, slug)
    found = draft_or_404(path)
    steps = steps_of(found)
    step = _of(steps, key)
    others = [one for one in steps if one is not step]
    kind, check = _asked_for(request, step.kind, step.check_key)
    initial = initial_of(step, found.version)
    form = StepForm(
        request.POST or None, kind=kind, check=check, person=request.user, others=others, step=step, initial=initial
    )
    conflict: Edition | None = None
    if request.method == "POST" and not _wants_rows(form, request):
        done, conflict = saved(form, lambda: services.edit_step(slug=slug, actor=request.user, key=key, **form.parts()))
        if done:
            messages.success(request, "Saved.")
            return redirect(f"{reverse('paths:draft', args=[slug])}#step-{key}")
    return _page(
        request,
        path,
        found,
        form=form,
        kind=kind,
        check=check,
        step=step,
        conflict=conflict,
        differences=_apart(form, step, steps) if conflict else (),
        submit="Save",
    )


def _of(steps: list[Step], key: str) -> Step:
    found = next((one for one in steps if one.key == key), None)
    if found is None:
        raise Http404("There is no such step.")
    return found


def _apart(form: StepForm, saved_meanwhile: Step, steps: list[Step]) -> tuple[FieldChange, ...]:
    """Where what was typed differs from what somebody else saved."""
    typed = {name: value for name, value in form.parts().items() if name != "version"}
    mine = Step(key=saved_meanwhile.key, position=saved_meanwhile.position, **typed)
    titles = {one.key: one.title for one in steps}
    entries = [shown.entry_of(one, titles, with_answers=True) for one in (saved_meanwhile, mine)]
    return fields_apart(entries[0].fields, entries[1].fields)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    path = managed(request, slug)
    found = draft_or_404(path)
    steps = steps_of(found)
    step = _of(steps, key)
    if request.method == "POST":
        version = number_in(request.POST.get("version", ""))
        changed = services.remove_step(slug=slug, actor=request.user, key=key, version=version)
        messages.success(request, _told(step, changed))
        return redirect(f"{reverse('paths:draft', args=[slug])}#steps")
    relinked = _relinked(steps, step)
    context = {"path": path, "draft": found, "step": step, "relinked": relinked, "crumbs": draft_crumbs(path)}
    return render(request, "paths/remove.html", context)


def _relinked(steps: list[Step], gone: Step) -> list[dict[str, Any]]:
    """What taking a step off changes in the others, in words."""
    titles = {one.key: one.title for one in steps}
    found = []
    for one in needs.without(steps, gone):
        then = Step(needs=list(one.needs), needs_rule=one.needs_rule)
        found.append(
            {
                "title": one.step.title,
                "covered": gone.key in one.step.covers,
                "needs_change": one.changes_needs,
                "needs": wording.needs(then, titles).replace("After", "after", 1),
            }
        )
    return found


def _told(gone: Step, changed: list[Step]) -> str:
    names = wording.listed([f"“{one.title}”" for one in changed])
    also = f" {names} no longer need{'s' if len(changed) == 1 else ''} it." if changed else ""
    return f"“{gone.title}” is taken off.{also}"
