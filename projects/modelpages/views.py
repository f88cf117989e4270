"""The pages of one model that its team and its users act on: the guide's editor, confirming, using, the card."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.errors import Refused
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.guides.differences import word_diff
from coe.guides.document_shown import shortened
from coe.guides.drafting import checked, rendered
from coe.guides.models import Document, Revision
from coe.guides.services import Conflict, publish_document
from projects.modelpages import card, services
from projects.modelpages.facts import facts_of
from projects.modelpages.forms import ConfirmForm, GuideForm
from projects.modelpages.page import compose, numbered
from projects.modelpages.sections import SECTIONS, TITLES, guide_of, parts_of, versions_of
from projects.tracking.models import RegisteredModel


def get_model(request: PersonRequest, source: str, name: str) -> RegisteredModel:
    """Raises `RegisteredModel.DoesNotExist` when the person may not know of it."""
    known = RegisteredModel.objects.visible_to(request.user).select_related("source", "project__unit", "project__owner")
    return known.get(source__name=source, name=name)


@signed_in
@require_POST
def use(request: PersonRequest, source: str, name: str) -> HttpResponseBase:
    model = get_model(request, source, name)
    if request.POST.get("stop"):
        services.stop_using(model_id=model.pk, actor=request.user)
        messages.success(request, "Noted: you no longer use it.")
    else:
        services.use_model(model_id=model.pk, actor=request.user, purpose=request.POST.get("purpose", "")[:200])
        messages.success(request, "Noted. It is among the models that touch you now.")
    return redirect(model)


@signed_in
@require_safe
def model_card(request: PersonRequest, source: str, name: str) -> HttpResponseBase:
    """The model card as a Markdown file."""
    text = card.export(compose(get_model(request, source, name), request.user), timezone.now())
    answer = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="README.md"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
def edit(request: PersonRequest, source: str, name: str) -> HttpResponseBase:
    """Write the guide: save a draft, or publish at once. Who saves over another's text is shown what both make."""
    model = get_model(request, source, name)
    access.require(request.user, "modelpage.write", model)
    guide, facts = guide_of(model), facts_of([model], request.user)[model.pk]
    versions = list(model.versions.order_by("-version").values_list("version", flat=True)[:200])
    given: dict[str, Any] = {"versions": versions, "production": facts.production}
    previewed = previews(request, guide)
    if request.method == "POST" and request.GET.get("preview") in TITLES:
        return render(request, "guides/_preview.html", {"preview": previewed[request.GET["preview"]]})
    form = GuideForm(request.POST or None, initial=_initial(model, guide, facts.version), **given)
    met: list[Conflict] = []
    saves = request.method == "POST" and bool(versions) and not previewed
    if saves and carried_out(form, lambda: _save(request, model, form, met)):
        return redirect(model)
    conflict = met[0] if met else None
    if conflict:
        form = GuideForm(_merged(request, conflict), **given)
    context = {
        "form": form,
        "model": model,
        "guide": guide,
        "versions": versions,
        "conflict": conflict,
        "theirs": _theirs(conflict) if conflict else [],
        "typed": [(one.title, request.POST.get(one.key, "")) for one in SECTIONS] if conflict else [],
        "rows": _rows(form, guide, previewed),
        "is_imported": guide is not None and guide.is_imported,
    }
    return render(request, "modelpages/edit.html", context, status=_status(form, conflict))


def _status(form: GuideForm, conflict: Conflict | None) -> int:
    if conflict:
        return 409
    return 422 if form.is_bound and form.errors else 200


def _initial(model: RegisteredModel, guide: Document | None, version: int | None) -> dict[str, Any]:
    latest = guide.latest if guide else None
    parts = parts_of(latest)
    return {
        "title": latest.title if latest else model.name,
        "summary": latest.summary if latest else "",
        "based_on": latest.number if latest else None,
        "version": version,
        **{key: part["text"] for key, part in parts.items()},
    }


def _save(request: PersonRequest, model: RegisteredModel, form: GuideForm, met: list[Conflict]) -> None:
    """Save what was typed, and publish it where that was asked for: both or none. Puts a conflict into `met`."""
    try:
        _write(request, model, form)
    except Conflict as error:
        met.append(error)
        raise


def _write(request: PersonRequest, model: RegisteredModel, form: GuideForm) -> None:
    kept = {name: form.cleaned_data[name] for name in ("based_on", "title", "summary", "version", "note")}
    with transaction.atomic():
        made = services.write_guide(model_id=model.pk, actor=request.user, sections=form.sections(), **kept)
        if request.POST.get("do") == "publish":
            if made.document.published_id != made.pk:
                publish_document(
                    slug=made.document.slug, actor=request.user, revision=made.number, note=form.cleaned_data["note"]
                )
            messages.success(request, "Published. Readers see it now.")
        else:
            messages.success(request, "Saved as a draft. Readers do not see it until you publish it.")


def _merged(request: PersonRequest, conflict: Conflict) -> Any:
    """What was typed, with what the other one changed put into it, on the newest revision."""
    data = request.POST.copy()
    data["based_on"] = str(conflict.latest.number)
    data["title"], data["summary"] = conflict.title, conflict.summary
    for part in conflict.parts:
        data[part["key"]] = part["text"]
    return data


def _theirs(conflict: Conflict) -> list[tuple[str, Any]]:
    """What the other one changed, by section, as a difference of words."""
    before, after = parts_of(conflict.base), parts_of(conflict.latest)
    found = []
    for one in SECTIONS:
        was, now = before.get(one.key, {}).get("text", ""), after.get(one.key, {}).get("text", "")
        if was != now:
            found.append((one.title, shortened(word_diff(was, now))))
    return found


def previews(request: PersonRequest, guide: Document | None) -> dict[str, dict[str, str]]:
    """What was typed as readers will see it, by section: of the one that the script asks for, or of all of them where
    the button was pressed; empty where nobody asks. Saves nothing.
    """
    asked = request.GET.get("preview", "")
    keys = [asked] if asked in TITLES else list(TITLES) if request.POST.get("do") == "preview" else []
    found = {}
    for key in keys if request.method == "POST" else ():
        text = request.POST.get(key, "")
        part = {"key": key, "title": TITLES[key], "text": text, "versions": []}
        try:
            content = checked(title=TITLES[key], summary="", text="", parts=[part])
            html = rendered(guide.slug if guide else "", content)["parts"][0]["html"]
            found[key] = {"html": html, "error": ""}
        except ValidationError as error:
            found[key] = {"html": "", "error": " ".join(error.messages)}
    return found


def _rows(form: GuideForm, guide: Document | None, previewed: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """The boxes of the sections, each with the versions that its text is true for, and its preview."""
    parts = parts_of(guide.latest if guide else None)
    rows = []
    for one in SECTIONS:
        versions = versions_of(parts[one.key]) if one.key in parts else []
        true_for = numbered(versions) if versions else ""
        # Until something is typed: what is saved.
        preview = previewed.get(one.key) or (None if form.is_bound else parts.get(one.key))
        rows.append({"field": form[one.key], "true_for": true_for, "preview": preview, "key": one.key})
    return rows


@signed_in
def confirm(request: PersonRequest, source: str, name: str) -> HttpResponseBase:
    """Say of written sections that they still hold for another version."""
    model = get_model(request, source, name)
    access.require(request.user, "modelpage.write", model)
    guide, facts = guide_of(model), facts_of([model], request.user)[model.pk]
    latest: Revision | None = guide.latest if guide else None
    if latest is None:
        raise Refused("There is no guide yet whose sections could be confirmed.")
    parts = parts_of(latest)
    titles = {one.key: one.title for one in SECTIONS}
    written = [
        (key, f"{titles[key]} (true for {numbered(versions_of(part)) if versions_of(part) else 'no version yet'})")
        for key, part in parts.items()
    ]
    versions = list(model.versions.order_by("-version").values_list("version", flat=True)[:200])
    behind = [key for key, part in parts.items() if facts.version not in versions_of(part)]
    form = ConfirmForm(
        request.POST or None,
        written=written,
        versions=versions,
        now=facts.production,
        initial={"based_on": latest.number, "version": facts.version},
    )
    if request.method == "POST" and carried_out(
        form, lambda: services.confirm_sections(model_id=model.pk, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, f"Noted: still true for version {form.cleaned_data['version']}.")
        return redirect(model)
    context = {"form": form, "model": model, "latest": latest, "behind": behind, "parts": parts.values()}
    return render(request, "modelpages/confirm.html", context, status=422 if form.is_bound and form.errors else 200)
