"""The editor: the draft of a path, for those who write it. Everything works without JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.drafting import PublishForm, draft_or_404
from coe.core.errors import Refused
from coe.core.forms import saved, status_of
from coe.core.http import number_in, signed_in, today
from coe.paths import services, shown, wording
from coe.paths.forms import PreviewForm
from coe.paths.judging import judged
from coe.paths.models import Edition, Experience, Path, Step
from coe.paths.previewing import preview_of
from coe.paths.queries import published
from coe.paths.views import crumbs, get_path


def managed(request: PersonRequest, slug: str) -> Path:
    """The path, for whoever may write it."""
    path = get_path(request, slug)
    access.require(request.user, "path.edit", path)
    return path


def steps_of(draft: Edition) -> list[Step]:
    """Its steps in their order, with their guides."""
    return list(draft.steps.select_related("document").order_by("position"))


def draft_crumbs(path: Path) -> list[dict[str, str]]:
    """Where the pages below the draft stand."""
    return [*crumbs(path), {"label": "Draft", "url": reverse("paths:draft", args=[path.slug])}]


@signed_in
@require_POST
def begin(request: PersonRequest, slug: str) -> HttpResponseBase:
    services.draft_edition(slug=slug, actor=request.user)
    return redirect("paths:draft", slug)


@signed_in
@require_safe
def draft(request: PersonRequest, slug: str) -> HttpResponseBase:
    path = managed(request, slug)
    context = {
        **_list(request, path),
        "newest": published(path),
        "crumbs": crumbs(path),
    }
    return render(request, "paths/draft.html", context)


def _list(request: PersonRequest, path: Path) -> dict[str, object]:
    """What the list of steps shows."""
    found = draft_or_404(path)
    steps = steps_of(found)
    lacking = judged(steps)
    return {
        "path": path,
        "draft": found,
        "lines": shown.lines(steps, request.user, lacking),
        "lacking": len(lacking),
        "time": wording.duration(wording.total(steps)),
    }


@signed_in
@require_POST
def order(request: PersonRequest, slug: str) -> HttpResponseBase:
    """Move a step. A script gets the list as it is then, with a sentence to read out; a form goes back to the page."""
    path = managed(request, slug)
    key, to = request.POST.get("key", ""), number_in(request.POST.get("to", ""))
    status, said = 200, ""
    try:
        step = services.move_step(
            slug=slug,
            actor=request.user,
            key=key,
            to=to or 0,
            version=number_in(request.POST.get("version", "")),
        )
        said = f"{step.title} is step {step.position} now."
    except Refused as refused:
        status, said = 409, refused.message
    except ValidationError as error:
        status, said = 422, error.messages[0]
    except Step.DoesNotExist:
        status, said = 422, "That step is not on the draft any more."
    if request.headers.get("X-Requested-With") == "fetch":
        return render(request, "paths/_steps.html", {**_list(request, path), "said": said}, status=status)
    if status != 200:
        messages.error(request, said)
    return redirect(
        f"{reverse('paths:draft', args=[slug])}#step-{key}" if status == 200 else reverse("paths:draft", args=[slug])
    )


@signed_in
@require_safe
def preview(request: PersonRequest, slug: str) -> HttpResponseBase:
    path = managed(request, slug)
    found = draft_or_404(path)
    form = PreviewForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    role, experience = given.get("role", ""), given.get("experience") or Experience.NEW
    seen = preview_of(
        shown.lines(steps_of(found), request.user), roles=[role] if role else [], experience=experience, start=today()
    )
    context = {
        "path": path,
        "draft": found,
        "form": form,
        "preview": seen,
        "time": wording.duration(wording.total(one.line.step for one in seen.steps)),
        "crumbs": draft_crumbs(path),
    }
    return render(request, "paths/preview.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: PersonRequest, slug: str) -> HttpResponseBase:
    path = managed(request, slug)
    found = draft_or_404(path)
    form = PublishForm(request.POST or None, draft=found)
    conflict = None
    if request.method == "POST":
        done, conflict = saved(
            form, lambda: services.publish_edition(slug=slug, actor=request.user, **form.cleaned_data)
        )
        if done:
            messages.success(request, f"Edition {found.number} is published. Whoever is on the path goes on with it.")
            return redirect(path)
    newest = published(path)
    steps = steps_of(found)
    context = {
        "path": path,
        "draft": found,
        "form": form,
        "conflict": conflict,
        "newest": newest,
        "difference": shown.difference(newest, found, with_answers=True) if newest else None,
        "count": len(steps),
        "lacking": [line for line in shown.lines(steps, request.user, judged(steps)) if line.lacking],
        "cancel_url": reverse("paths:draft", args=[slug]),
        "crumbs": draft_crumbs(path),
    }
    return render(request, "paths/publish.html", context, status=status_of(form, conflict))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: PersonRequest, slug: str) -> HttpResponseBase:
    path = managed(request, slug)
    found = draft_or_404(path)
    if request.method == "POST":
        version = number_in(request.POST.get("version", ""))
        services.discard_draft(slug=slug, actor=request.user, version=version)
        messages.success(request, "The draft is thrown away.")
        return redirect(path)
    return render(request, "paths/discard.html", {"path": path, "draft": found, "crumbs": draft_crumbs(path)})
