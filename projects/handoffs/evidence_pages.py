"""Files that were given as evidence."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.core import files
from coe.core.http import signed_in
from projects.handoffs.models import Evidence, Handoff


@signed_in
@require_safe
def evidence_file(request: PersonRequest, pk: int, evidence_id: int) -> HttpResponseBase:
    """The file as a download. One that was taken back stays: a decision may have rested on it.

    Raises `DoesNotExist` for other kinds of evidence, and where the person may not know of the handoff.
    """
    handoff = Handoff.objects.visible_to(request.user).get(pk=pk)
    evidence = (
        handoff.evidence.select_related("file")
        .defer("file__content")
        .get(pk=evidence_id, kind=Evidence.Kind.FILE, file__isnull=False)
    )
    stored = evidence.file
    if stored is None:
        raise Evidence.DoesNotExist
    known = get_conditional_response(request, etag=files.etag(stored))
    if isinstance(known, HttpResponse) and known.status_code == 304:
        return known
    return files.respond(stored, evidence.title)
