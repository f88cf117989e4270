"""When a text should be looked through again: its owner is told once, on the day."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from coe.core import events
from coe.guides.models import Document


def tell_due() -> int:
    """Record once for each verification that has run out, and for each text that nobody verified in its first week,
    that it is due. Safe to run at any time, twice and at once with itself. Returns how many.
    """
    found = Document.objects.verification_untold(timezone.now()).order_by("pk").values_list("pk", flat=True)
    return sum(_tell(pk) for pk in list(found))


@transaction.atomic
def _tell(pk: int) -> bool:
    now = timezone.now()
    # Looked at again under the lock: somebody may have verified it, or told of it, meanwhile.
    Document.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    document = Document.objects.verification_untold(now).select_related("published").filter(pk=pk).first()
    if document is None or document.published is None:
        return False
    document.due_told_at = now
    document.save(update_fields=["due_told_at"])
    facts = {"title": document.published.title, "was_verified": document.verified_at is not None}
    events.record(actor=None, verb="document.verification_due", subject=document, facts=facts)
    return True
