"""The verbs that change what readers see of a document, not what it says."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import events
from coe.core.errors import Refused, invalid
from coe.guides import document_parts as p
from coe.guides.models import Document, Kind

SETTINGS = (*("kind", "audience", "outcome", "unit", "visibility", "tags", "owner", "verify_every_days", "subject"),)


@transaction.atomic
def edit_document(*, slug: str, actor: Person, **parts: Any) -> Document:
    """Change what a document is, for whom and whose: those of `SETTINGS` that are given.

    Raises `Document.DoesNotExist`, `PermissionDenied` (also where it shall be about what the actor may not write on),
    `Refused` for one that is out of use, `ValidationError` by field.
    """
    if unknown := sorted(set(parts) - set(SETTINGS)):
        raise invalid(unknown[0], "is no setting of a document")
    document = p.locked(slug, actor)
    before = _settings(document)
    owner: Person = parts.get("owner", document.owner)
    subject = parts.get("subject", before["subject"])
    if Kind.MODEL_GUIDE in (document.kind, parts.get("kind")) and (
        parts.get("kind", document.kind) != document.kind or subject != before["subject"]
    ):
        raise invalid("kind", "and subject of a model guide stay as they are: it is written on the page of its model")
    if subject != before["subject"]:
        columns = p.check_subject(subject, actor=actor, owner=owner)
        document.subject_type, document.subject_id = columns["subject_type"], columns["subject_id"]
    elif owner.pk != before["owner"]:
        p.check_owner(owner, subject)
    for name, value in parts.items():
        if name != "subject":
            setattr(document, name, p.clean_tags(value) if name == "tags" else value)
    p.settle(document, document.unit)
    after = _settings(document)
    changed = [name for name in SETTINGS if before[name] != after[name]]
    if changed:
        columns_changed = [name for name in changed if name != "subject"]
        columns_changed += ["subject_type", "subject_id"] if "subject" in changed else []
        document.updated_at = timezone.now()
        document.save(update_fields=[*columns_changed, "updated_at"])
        facts = p.facts_of(document, fields=changed)
        events.record(actor=actor, verb="document.edited", subject=document, facts=facts)
    return document


def _settings(document: Document) -> dict[str, Any]:
    pair = (document.subject_type_id, document.subject_id)
    found = {name: getattr(document, name) for name in SETTINGS if name not in ("subject", "owner", "unit")}
    return {
        **found, "owner": document.owner_id, "unit": document.unit_id, "subject": pair if pair[1] is not None else None
    }  # fmt: skip


@transaction.atomic
def publish_document(*, slug: str, actor: Person, revision: int, note: str = "") -> Document:
    """Let readers see the revision of that number. A verification goes on only where they read the same as before.

    Raises `Document.DoesNotExist`, `PermissionDenied`, `ValidationError` on `revision` or `note`, `Refused`: readers
    see it already or a newer one, or the document is out of use.
    """
    note = p.short(note, "note", p.NOTE)
    document = p.locked(slug, actor)
    chosen = p.revision_of(document, revision)
    seen = document.revisions.get(pk=document.published_id) if document.published_id else None
    if seen and seen.number == chosen.number:
        raise Refused(f"Readers see revision {chosen.number} already.")
    if seen and seen.number > chosen.number:
        raise Refused(f"Readers see revision {seen.number}, which is newer. Take this one up again first.")
    fields = ["published", "published_at", "updated_at"]
    document.published, document.published_at = chosen, timezone.now()
    document.updated_at = document.published_at
    if document.first_published_at is None:
        document.first_published_at = document.published_at
        fields.append("first_published_at")
    if seen is None or (seen.title, seen.summary, seen.text) != (chosen.title, chosen.summary, chosen.text):
        document.verified_at = document.verified_by = None
        fields += ["verified_at", "verified_by"]
    document.save(update_fields=fields)
    facts = p.facts_of(document, title=chosen.title, number=chosen.number, note=note)
    events.record(actor=actor, verb="document.published", subject=document, facts=facts)
    return document


@transaction.atomic
def withdraw_document(*, slug: str, actor: Person, reason: str) -> Document:
    """Take a document back from readers: it is a draft again, and no longer verified.

    Raises `Document.DoesNotExist`, `PermissionDenied`, `ValidationError` on `reason`, `Refused`: none is published.
    """
    reason = p.short(reason, "reason", p.REASON, required="must be given: readers may ask")
    document = p.locked(slug, actor)
    if document.published_id is None:
        raise Refused("It is not published.")
    document.published, document.published_at, document.updated_at = None, None, timezone.now()
    document.verified_at = document.verified_by = None
    document.save(update_fields=["published", "published_at", "verified_at", "verified_by", "updated_at"])
    events.record(actor=actor, verb="document.withdrawn", subject=document, facts=p.facts_of(document, reason=reason))
    return document


@transaction.atomic
def verify_document(*, slug: str, actor: Person, revision: int) -> Document:
    """Say that what readers see is true today. `revision` is the one that was read for this.

    Raises `Document.DoesNotExist`, `PermissionDenied`, `Refused` where readers see another one or none.
    """
    document = p.locked(slug, actor)
    if document.published_id is None:
        raise Refused("It is not published. Only what readers see can be verified.")
    seen = document.revisions.get(pk=document.published_id)
    if seen.number != revision:
        raise Refused(f"Readers see revision {seen.number} now. Read that one, then verify it.")
    document.verified_at, document.verified_by = timezone.now(), actor
    document.save(update_fields=["verified_at", "verified_by"])
    facts = p.facts_of(document, title=seen.title, number=seen.number)
    events.record(actor=actor, verb="document.verified", subject=document, facts=facts)
    return document


@transaction.atomic
def archive_document(*, slug: str, actor: Person, reason: str) -> Document:
    """Take a document out of use: it leaves the lists, stays readable under its address, and is not edited.

    Raises `Document.DoesNotExist`, `PermissionDenied`, `ValidationError` on `reason`, `Refused` where it is so already.
    """
    reason = p.short(reason, "reason", p.REASON, required="must be given: readers may ask")
    document = p.locked(slug, actor, in_use=False)
    if document.archived_at:
        raise Refused("It is out of use already.")
    document.archived_at = document.updated_at = timezone.now()
    document.save(update_fields=["archived_at", "updated_at"])
    events.record(actor=actor, verb="document.archived", subject=document, facts=p.facts_of(document, reason=reason))
    return document


@transaction.atomic
def recall_document(*, slug: str, actor: Person) -> Document:
    """Put a document into use again.

    Raises `Document.DoesNotExist`, `PermissionDenied`, `Refused`: it is in use, or its model has another guide now.
    """
    document = p.locked(slug, actor, in_use=False)
    if document.archived_at is None:
        raise Refused("It is in use.")
    document.archived_at, document.updated_at = None, timezone.now()
    try:
        with transaction.atomic():
            document.save(update_fields=["archived_at", "updated_at"])
    except IntegrityError:
        raise Refused("Its model has another guide by now.") from None
    events.record(actor=actor, verb="document.recalled", subject=document, facts=p.facts_of(document))
    return document
