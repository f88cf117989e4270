"""The pages that change what readers see of a document: each says what will happen, and calls one verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coe.accounts.http import PersonRequest
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.guides import document_parts as p
from coe.guides import document_shown as shown
from coe.guides import services
from coe.guides.document_edit_views import done, editable, reads_and_writes
from coe.guides.document_forms import NoteForm, ReasonForm, SeenForm
from coe.guides.document_views import crumbs
from coe.guides.models import Document


def _acted(
    request: PersonRequest,
    found: Document,
    form: forms.Form,
    verb: Callable[[], object],
    *,
    said: str,
    template: str = "guides/document_act.html",
    **context: Any,
) -> HttpResponseBase:
    """A page with one form and one verb."""
    if request.method == "POST" and carried_out(form, verb):
        messages.success(request, said)
        return redirect(found)
    context |= {"document": found, "form": form, "crumbs": crumbs(found)}
    return render(request, template, context, status=422 if form.errors else 200)


@signed_in
@reads_and_writes
def publish(request: PersonRequest, slug: str) -> HttpResponseBase:
    """Shows what readers will see change, and lets them see it."""
    found = editable(request, slug)
    raw = request.POST.get("revision") or request.GET.get("revision", "")
    newest = p.newest(found)
    chosen = newest
    if raw.isascii() and raw.isdigit() and len(raw) < 10:
        chosen = found.revisions.filter(number=int(raw)).first() or newest
    form = NoteForm(request.POST or None, initial={"revision": chosen.number})
    return _acted(
        request,
        found,
        form,
        lambda: services.publish_document(slug=slug, actor=request.user, **form.cleaned_data),
        said="Published. Readers see it now.",
        template="guides/document_publish.html",
        revision=chosen,
        newest=newest,
        difference=shown.compare(found.published, chosen) if found.published else None,
    )


@signed_in
@reads_and_writes
def withdraw(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = editable(request, slug)
    form = ReasonForm(request.POST or None)
    return _acted(
        request,
        found,
        form,
        lambda: services.withdraw_document(slug=slug, actor=request.user, **form.cleaned_data),
        said="Taken back. Readers do not find it any more.",
        title="Take it back from readers",
        warning="Readers will not find it any more. Its text stays as a draft, and can be published again.",
        submit="Take it back",
    )


@signed_in
@reads_and_writes
def verify(request: PersonRequest, slug: str) -> HttpResponseBase:
    """Shows what readers see, and asks whether it is true."""
    found = editable(request, slug)
    form = SeenForm(request.POST or None, initial={"revision": found.published.number if found.published else None})
    return _acted(
        request,
        found,
        form,
        lambda: services.verify_document(slug=slug, actor=request.user, **form.cleaned_data),
        said=f"Verified, for {found.verify_every_days} days.",
        template="guides/document_verify.html",
        html=shown.with_files(found.published.html, found) if found.published else "",
    )


@signed_in
@reads_and_writes
def archive(request: PersonRequest, slug: str) -> HttpResponseBase:
    found = editable(request, slug)
    form = ReasonForm(request.POST or None)
    return _acted(
        request,
        found,
        form,
        lambda: services.archive_document(slug=slug, actor=request.user, **form.cleaned_data),
        said="Out of use. It stays readable under its address.",
        title="Take it out of use",
        warning="It leaves all lists and is not edited. Whoever has its address can still read what was published.",
        submit="Take it out of use",
    )


@signed_in
@require_POST
def recall(request: PersonRequest, slug: str) -> HttpResponseBase:
    return done(
        request,
        lambda: services.recall_document(slug=slug, actor=request.user),
        said="In use again.",
        then=reverse("guides:document", args=[slug]),
    )
