"""The pages of documents that are read: the document, its history, differences, its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access, files
from coe.core.errors import Refused
from coe.core.http import number_in, signed_in
from coe.core.models import Event
from coe.guides import document_shown as shown
from coe.guides import services
from coe.guides.library import note_reader
from coe.guides.models import Document, Kind, Revision

LIBRARY = {"label": "Guides", "url": "/guides/"}
MOST_EVENTS = 40


def get_document(request: PersonRequest, slug: str) -> Document:
    """The document, if the person may know of it."""
    rows = Document.objects.visible_to(request.user)
    return rows.select_related("latest", "published", "owner", "unit", "verified_by").get(slug=slug)


def crumbs(document: Document | None = None, *more: dict[str, str]) -> list[dict[str, str]]:
    """Where a page stands: in the library, or below a document."""
    return [LIBRARY, *([{"label": document.title, "url": document.get_absolute_url()}] if document else []), *more]


def contents(revision: Revision) -> list[dict[str, Any]]:
    """Its headings of the first two levels, for a table of contents; none where there is but one."""
    rows = [{"level": level, "id": anchor, "title": title} for level, anchor, title in revision.toc if level < 4]
    return rows if len(rows) > 1 else []


@signed_in
@require_safe
def document(request: PersonRequest, slug: str) -> HttpResponseBase:
    """What readers see; a draft to those who may edit it. The guide of a model stands on the page of its model."""
    found = get_document(request, slug)
    subject = shown.subject_of(found, request.user)
    if found.kind == Kind.MODEL_GUIDE and subject is not None:
        return redirect(subject.get_absolute_url())
    return page(request, found, subject)


def page(request: PersonRequest, found: Document, subject: Any, *, status: int = 200, **more: Any) -> HttpResponseBase:
    """The page of a document; verbs that were refused show it again and say why."""
    revision = found.published or found.latest
    if revision is None:
        raise Http404("This document has no text yet.")
    if found.published_id:
        note_reader(found, request.user)
    context = {
        "document": found,
        "revision": revision,
        "html": shown.with_files(revision.html, found),
        "toc": contents(revision),
        "subject": subject,
        "may_edit": access.may(request.user, "document.edit", found),
        "crumbs": crumbs(),
        **more,
    }
    return render(request, "guides/document.html", context, status=status)


@signed_in
@require_safe
def history(request: PersonRequest, slug: str) -> HttpResponseBase:
    """Its revisions, newest first, and, for whoever may edit it, all that happened to it."""
    found = get_document(request, slug)
    may_edit = access.may(request.user, "document.edit", found)
    revisions = list(shown.readable(found, request.user).defer("text", "html", "plain", "parts", "toc"))
    context = {
        "document": found,
        "revisions": revisions,
        "may_edit": may_edit,
        "events": Event.objects.about(found).select_related("actor")[:MOST_EVENTS] if may_edit else None,
        "crumbs": crumbs(found),
    }
    return render(request, "guides/document_history.html", context)


def _readable(request: PersonRequest, found: Document, number: int) -> Revision:
    """Raises `Revision.DoesNotExist` for a draft that the person may not read."""
    return shown.readable(found, request.user).get(number=number)


@signed_in
@require_safe
def revision(request: PersonRequest, slug: str, number: int) -> HttpResponseBase:
    found = get_document(request, slug)
    one = _readable(request, found, number)
    context = {
        "document": found,
        "revision": one,
        "html": shown.with_files(one.html, found),
        "may_edit": access.may(request.user, "document.edit", found),
        "crumbs": crumbs(found, {"label": "History", "url": f"{found.get_absolute_url()}history/"}),
    }
    return render(request, "guides/document_revision.html", context)


@signed_in
@require_POST
def restore(request: PersonRequest, slug: str, number: int) -> HttpResponseBase:
    """Take an earlier revision up again. Sent with the newest revision that the person saw."""
    based_on = number_in(request.POST.get("based_on", "")) or 0
    try:
        made = services.restore_revision(slug=slug, actor=request.user, number=number, based_on=based_on)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("guides:history", slug)
    messages.success(
        request, f"Revision {number} is taken up again as revision {made.number}. Readers do not see it yet."
    )
    return redirect("guides:publish", slug)


@signed_in
@require_safe
def diff(request: PersonRequest, slug: str) -> HttpResponseBase:
    """What changed between two revisions: from what readers see to the newest one, unless the address says which."""
    found = get_document(request, slug)
    revisions = list(shown.readable(found, request.user).defer("html", "plain", "toc"))
    by_number = {str(one.number): one for one in revisions}
    newest = revisions[0]
    seen = next((one for one in revisions if one.pk == found.published_id and one is not newest), None)
    before = by_number.get(request.GET.get("before", ""), seen or revisions[min(1, len(revisions) - 1)])
    after = by_number.get(request.GET.get("after", ""), newest)
    context = {
        "document": found,
        "revisions": revisions,
        "before": before,
        "after": after,
        "difference": shown.compare(before, after),
        "crumbs": crumbs(found, {"label": "History", "url": f"{found.get_absolute_url()}history/"}),
    }
    return render(request, "guides/document_diff.html", context)


@signed_in
@require_safe
def file(request: PersonRequest, slug: str, name: str) -> HttpResponseBase:
    """A file of a document, to whoever may know of that; pages show its pictures by their address here."""
    found = Document.objects.visible_to(request.user).get(slug=slug)
    attachment = found.attachments.select_related("file").defer("file__content").get(name=name)
    known = get_conditional_response(request, etag=files.etag(attachment.file))
    if isinstance(known, HttpResponse) and known.status_code == 304:
        return known
    return files.respond(attachment.file, attachment.name)
