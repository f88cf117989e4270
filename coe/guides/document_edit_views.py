"""The pages on which documents are written: new ones, the editor with its preview, settings, files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from coe.accounts.http import PersonRequest
from coe.core import access, markdown
from coe.core.errors import Refused
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.guides import about, services
from coe.guides import document_parts as p
from coe.guides import document_shown as shown
from coe.guides.document_forms import FileForm, NewForm, SettingsForm, TextForm, initial_of, pair_of
from coe.guides.document_views import LIBRARY, crumbs, get_document
from coe.guides.drafting import Conflict, file_links, reference
from coe.guides.models import Attachment, Document, Kind, Revision

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


def editable(request: PersonRequest, slug: str) -> Document:
    """The document, for whoever may edit it."""
    found = get_document(request, slug)
    access.require(request.user, "document.edit", found)
    return found


@signed_in
@reads_and_writes
def new(request: PersonRequest) -> HttpResponseBase:
    """Begin a document; `?type=&id=` name what it is about, `?kind=` what it is."""
    asked = pair_of(f"{request.GET.get('type', '')}:{request.GET.get('id', '')}")
    if not access.may(request.user, "document.create") and not (asked and about.may_write_on(request.user, *asked)):
        raise PermissionDenied("document.create")
    initial = {"kind": request.GET.get("kind", ""), "owner": request.user.pk, "visibility": "company"}
    unit = request.user.unit
    initial |= {"subject": f"{asked[0]}:{asked[1]}" if asked else "", "unit": unit.slug if unit else ""}
    form = NewForm(request.POST or None, viewer=request.user, initial=initial)
    made: list[Document] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(services.create_document(actor=request.user, **form.cleaned_data))
    ):
        messages.success(request, "Begun. Nobody else sees it before you publish it, but those who may edit it.")
        return redirect("guides:edit", made[0].slug)
    context = {"form": form, "crumbs": [LIBRARY]}
    return render(request, "guides/document_new.html", context, status=422 if form.errors else 200)


@signed_in
@reads_and_writes
def edit(request: PersonRequest, slug: str) -> HttpResponseBase:
    """The editor. A save that meets another one shows what that changed, and both texts as one to check."""
    found = editable(request, slug)
    if found.is_imported or found.kind == Kind.MODEL_GUIDE or found.archived_at:
        context = {"document": found, "subject": shown.subject_of(found, request.user), "crumbs": crumbs(found)}
        return render(request, "guides/document_elsewhere.html", context, status=409)
    latest = p.newest(found)
    names = ("title", "summary", "text")
    initial = {**{name: getattr(latest, name) for name in names}, "based_on": latest.number}
    form = TextForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return _editor(request, found, form)
    if request.POST.get("act") == "preview":
        return _editor(request, found, form, preview=_previewed(found.slug, request.POST.get("text", "")))
    made: list[Revision] = []
    conflicts: list[Conflict] = []

    def save() -> None:
        try:
            made.append(services.save_revision(slug=slug, actor=request.user, **form.cleaned_data))
        except Conflict as conflict:
            conflicts.append(conflict)
            raise

    if carried_out(form, save):
        return _saved(request, found, made[0], was=latest.number)
    if not conflicts:
        return _editor(request, found, form, status=422)
    return _merging(request, found, form, conflicts[0])


def _editor(
    request: PersonRequest, found: Document, form: TextForm, *, status: int = 200, **more: Any
) -> HttpResponseBase:
    seen = p.newest(found) if found.latest_id != found.published_id or not found.published else found.published
    context = {
        "document": found,
        "latest": seen,
        "form": form,
        "attachments": list(found.attachments.all()),
        "file_form": FileForm(auto_id="file_%s"),
        "crumbs": crumbs(found),
        **more,
    }
    return render(request, "guides/document_edit.html", context, status=status)


def _saved(request: PersonRequest, found: Document, made: Revision, *, was: int) -> HttpResponseBase:
    """After a save: on to publishing where that was asked for, else back to the editor."""
    if request.POST.get("act") == "publish":
        return redirect("guides:publish", found.slug)
    if made.number == was:
        messages.info(request, f"Nothing changed since revision {made.number}.")
    elif found.published:
        messages.success(
            request,
            f"Saved as revision {made.number}. Readers see revision {found.published.number} until you publish it.",
        )
    else:
        messages.success(request, f"Saved as revision {made.number}. Readers see nothing of it until you publish it.")
    return redirect("guides:edit", found.slug)


def _merging(request: PersonRequest, found: Document, form: TextForm, conflict: Conflict) -> HttpResponseBase:
    """The editor with the text of both; sent again, it is saved on the revision that came between."""
    data = request.POST.copy()
    data["based_on"] = str(conflict.latest.number)
    data["title"], data["summary"], data["text"] = conflict.title, conflict.summary, conflict.merged.text
    form.data = data
    return _editor(
        request,
        found,
        form,
        status=409,
        conflict=conflict,
        theirs=shown.compare(conflict.base, conflict.latest),
        typed=request.POST.get("text", ""),
        is_unsaved=True,
    )


def _previewed(slug: str, text: str) -> dict[str, Any]:
    """The text as readers would see it, or what is wrong with it."""
    text = p.lines(text)
    try:
        return {"html": markdown.render_page(text, links=file_links(slug, text) if slug else {}).html, "error": ""}
    except ValidationError as error:
        return {"html": "", "error": "; ".join(f"This text {message}." for message in error.messages)}


@signed_in
@require_POST
def preview(request: PersonRequest) -> HttpResponseBase:
    """The part of the editor that shows the text as readers would see it. Nothing is kept."""
    slug = request.POST.get("slug", "")
    known = Document.objects.visible_to(request.user).filter(slug=slug).first() if slug else None
    made = _previewed(known.slug if known else "", request.POST.get("text", ""))
    if known:
        made["html"] = shown.with_files(made["html"], known)
    return render(request, "guides/_preview.html", {"preview": made}, status=422 if made["error"] else 200)


@signed_in
@reads_and_writes
def settings(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = editable(request, slug)
    form = SettingsForm(request.POST or None, viewer=request.user, document=found, initial=initial_of(found))
    if request.method == "POST" and carried_out(
        form, lambda: services.edit_document(slug=slug, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        # Whoever gave it away may not be able to see it any more.
        known = Document.objects.visible_to(request.user).filter(pk=found.pk).exists()
        return redirect(found if known else "/guides/")
    context = {"document": found, "form": form, "crumbs": crumbs(found)}
    return render(request, "guides/document_settings.html", context, status=422 if form.errors else 200)


@signed_in
@reads_and_writes
def files(request: PersonRequest, slug: str) -> HttpResponseBase:
    """The files of a document, with the words that show them in its text; a file is added by sending it here. The
    editor's script asks for JSON.
    """
    found = editable(request, slug)
    form = FileForm(request.POST or None, request.FILES or None)
    made: list[Attachment] = []

    def add() -> None:
        upload = form.cleaned_data["file"]
        made.append(services.add_file(slug=slug, actor=request.user, name=upload.name, upload=upload))

    done = request.method == "POST" and carried_out(form, add)
    if request.method == "POST" and request.headers.get("Accept") == "application/json":
        return _file_answer(form, made)
    if done:
        messages.success(request, f"Added. Show it with {_reference(made[0])}")
        return redirect("guides:files", slug)
    rows = found.attachments.select_related("file", "added_by", "document").defer("file__content")
    context = {
        "document": found,
        "form": form,
        "files": [{"attachment": one, "reference": _reference(one)} for one in rows],
        "can_add": not (found.is_imported or found.archived_at),
        "crumbs": crumbs(found),
    }
    return render(request, "guides/document_files.html", context, status=422 if form.errors else 200)


def _file_answer(form: forms.Form, made: list[Attachment]) -> JsonResponse:
    if not made:
        said = " ".join(str(message) for messages_ in form.errors.values() for message in messages_)
        return JsonResponse({"error": said}, status=422)
    one = made[0]
    return JsonResponse({"name": one.name, "url": one.get_absolute_url(), "reference": _reference(one)}, status=201)


def _reference(one: Attachment) -> str:
    return reference(one.name, is_image=one.file.media_type.startswith("image/"))


@signed_in
@require_POST
def remove_file(request: PersonRequest, slug: str, name: str) -> HttpResponseBase:
    return done(
        request,
        lambda: services.remove_file(slug=slug, actor=request.user, name=name),
        said=f"{name} is removed. Where a text still shows it, readers are told that it is missing.",
        then=reverse("guides:files", args=[slug]),
    )


def done(request: PersonRequest, verb: Callable[[], object], *, said: str, then: str) -> HttpResponseBase:
    """Carry out a verb that needs no form, and go on to `then`; what it refuses is said there."""
    try:
        verb()
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return redirect(then)
