"""Answering items: the team's part of a handoff, and the sign-offs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events, files, markdown
from coe.core.errors import Refused, invalid
from projects.checklists.models import Item
from projects.handoffs.models import Answer, Evidence, Handoff, State
from projects.handoffs.parts import answer_of, answerable, locked, refuse_if_changed, save, text

_SAID = ["state", "note", "is_automated", "by", "at", "returned_because", "carried_from"]
MOST_EVIDENCE = 20


@transaction.atomic
def answer_item(
    *, handoff_id: int, actor: Person, item_key: str, state: str, note: str = "", version: int | None = None
) -> Answer:
    """Say of one item that it is done, does not apply (with a reason in `note`), or is open again.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field.
    """
    note = text(note, "note", 1000)
    handoff = answerable(handoff_id, actor)
    refuse_if_changed(handoff, version)
    answer = answer_of(handoff, item_key)
    _check_state(handoff, answer, state, note)
    _say(answer, actor, state=state, note=note)
    save(handoff)
    facts = {"item": answer.item.title, "answer": answer.get_state_display().lower()}
    events.record(actor=actor, verb="handoff.answered", subject=handoff, facts=facts)
    return answer


def _check_state(handoff: Handoff, answer: Answer, state: str, note: str) -> None:
    item = answer.item
    if state not in Answer.State.values:
        raise invalid("state", "must be one of " + ", ".join(Answer.State.values))
    if item.kind == Item.Kind.SIGN_OFF:
        raise invalid("state", "is given by the signature of whoever signs this item")
    if state == Answer.State.NOT_APPLICABLE:
        if not item.may_not_apply:
            raise invalid("state", "must not be “not applicable”: this item always applies")
        if not note:
            raise invalid("note", "must say why it does not apply")
    if state == Answer.State.DONE:
        if item.kind == Item.Kind.AUTOMATIC:
            raise invalid("state", "is found by the check itself: run it again")
        if not handoff.evidence.filter(item=item, removed_at=None).exists():
            raise invalid("evidence", "must be added first: a link, a text or a file")


def _say(
    answer: Answer,
    actor: Person | None,
    *,
    state: str,
    note: str,
    is_automated: bool = False,
    carried_from: Handoff | None = None,
) -> None:
    """Write the answer; whatever it was returned for is answered with it."""
    answer.state, answer.note, answer.is_automated = state, note, is_automated
    answer.by = actor if state != Answer.State.OPEN else None
    answer.at = timezone.now() if state != Answer.State.OPEN else None
    answer.returned_because, answer.carried_from = "", carried_from
    answer.save(update_fields=_SAID)


def add_evidence(
    *,
    handoff_id: int,
    actor: Person,
    item_key: str,
    kind: str,
    title: str = "",
    url: str = "",
    text_: str = "",
    upload: UploadedFile[bytes] | None = None,
) -> Evidence:
    """Add a link, a text or a file to a manual item; an item that was open is done with it.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field (`kind`, `title`, `url`,
    `text`, `file`, `item`).
    """
    # Who may not do it learns nothing of what is wrong with the input.
    access.require(
        actor, "handoff.answer", Handoff.objects.visible_to(actor).select_related("project__unit").get(pk=handoff_id)
    )
    parts = _evidence(kind, title, url, text_, upload)
    with transaction.atomic():
        handoff = answerable(handoff_id, actor)
        answer = answer_of(handoff, item_key)
        if answer.item.kind != Item.Kind.MANUAL:
            raise invalid("item", "must be one that is shown by evidence; this one is a check or a sign-off")
        if handoff.evidence.filter(item=answer.item, removed_at=None).count() >= MOST_EVIDENCE:
            raise invalid("item", f"may have at most {MOST_EVIDENCE} pieces of evidence")
        evidence = Evidence.objects.create(handoff=handoff, item=answer.item, by=actor, at=timezone.now(), **parts)
        if answer.state != Answer.State.DONE or answer.returned_because or answer.is_automated:
            _say(answer, actor, state=Answer.State.DONE, note="" if answer.state == "not_applicable" else answer.note)
        save(handoff)
        facts = {"item": answer.item.title, "title": evidence.title, "kind": kind}
        events.record(actor=actor, verb="handoff.evidence_added", subject=handoff, facts=facts)
    return evidence


def _evidence(kind: str, title: str, url: str, body: str, upload: UploadedFile[bytes] | None) -> dict[str, Any]:
    """The columns of a piece of evidence, checked; a file is stored (alone it says nothing to anybody)."""
    title = text(title, "title", 200)
    if kind == Evidence.Kind.LINK:
        url = text(url, "url", 1000, required="must be given for a link")
        _check_url(url)
        return {"kind": kind, "title": title or urlsplit(url).netloc, "url": url}
    if kind == Evidence.Kind.TEXT:
        body = text(body, "text", 8000, required="must be given")
        first = body.splitlines()[0].strip("# ")[:80]
        return {"kind": kind, "title": title or first, "text": body, "html": markdown.render(body, field="text")}
    if kind == Evidence.Kind.FILE:
        if upload is None:
            raise invalid("file", "must be chosen")
        name = str(upload.name or "file")
        return {"kind": kind, "title": title or files.clean_name(name), "file": files.keep(name, upload)}
    raise invalid("kind", "must be one of link, text, file")


def _check_url(url: str) -> None:
    try:
        URLValidator(schemes=["http", "https"])(url)
    except Exception:
        raise invalid("url", "must be an address like https://wiki.example.com/page") from None


@transaction.atomic
def remove_evidence(*, handoff_id: int, actor: Person, evidence_id: int) -> Evidence:
    """Take a piece of evidence back while the team answers; an item that it alone showed is open again.

    Raises `Handoff.DoesNotExist`, `Evidence.DoesNotExist`, `PermissionDenied`, `Refused`.
    """
    handoff = answerable(handoff_id, actor)
    evidence = handoff.evidence.select_related("item").get(pk=evidence_id, removed_at=None, item__isnull=False)
    evidence.removed_at, evidence.removed_by = timezone.now(), actor
    evidence.save(update_fields=["removed_at", "removed_by"])
    left = handoff.evidence.filter(item=evidence.item, removed_at=None).exists()
    answer = handoff.answers.select_related("item").get(item=evidence.item)
    if answer.state == Answer.State.DONE and not left and not answer.is_automated:
        because = answer.returned_because
        _say(answer, actor, state=Answer.State.OPEN, note=answer.note)
        if because:
            answer.returned_because = because
            answer.save(update_fields=["returned_because"])
    save(handoff)
    facts = {"item": answer.item.title, "title": evidence.title}
    events.record(actor=actor, verb="handoff.evidence_removed", subject=handoff, facts=facts)
    return evidence


@transaction.atomic
def carry_over(*, handoff_id: int, actor: Person, from_id: int, item_keys: Sequence[str]) -> int:
    """Take answers and evidence of manual items from another handoff of the same model and checklist, item by item,
    where they are open here. Returns how many.

    Raises `Handoff.DoesNotExist` (either), `PermissionDenied`, `Refused`, `ValidationError` on `items`.
    """
    handoff = answerable(handoff_id, actor)
    other = Handoff.objects.visible_to(actor).select_related("model_version").get(pk=from_id)
    if other.pk == handoff.pk or (other.model_version.model_id, other.checklist_id) != (
        handoff.model_version.model_id,
        handoff.checklist_id,
    ):
        raise invalid("from", "must be another handoff of the same model by the same checklist")
    if not item_keys:
        raise invalid("items", "must name at least one item")
    here = {answer.item.key: answer for answer in handoff.answers.select_related("item")}
    there = {answer.item.key: answer for answer in carriable(other)}
    for key in dict.fromkeys(item_keys):
        if key not in there or key not in here or here[key].item.kind != Item.Kind.MANUAL:
            raise invalid("items", f"{key}: has no answer there that could be carried over")
        if here[key].state != Answer.State.OPEN:
            raise invalid("items", f"{key}: is answered here already")
        _carry(handoff, other, here[key], there[key], actor)
    save(handoff)
    facts = {"n": len(set(item_keys)), "version": other.model_version.version, "from": other.pk}
    events.record(actor=actor, verb="handoff.carried", subject=handoff, facts=facts)
    return len(set(item_keys))


def carriable(handoff: Handoff) -> list[Answer]:
    """The manual answers that another handoff may take over: given by hand, not found wanting."""
    given = handoff.answers.filter(
        item__kind=Item.Kind.MANUAL, is_automated=False, returned_because="", state__in=["done", "not_applicable"]
    )
    return list(given.select_related("item", "by"))


def _carry(handoff: Handoff, other: Handoff, answer: Answer, given: Answer, actor: Person) -> None:
    if given.state == Answer.State.NOT_APPLICABLE and not answer.item.may_not_apply:
        raise invalid("items", f"{answer.item.key}: always applies in this edition")
    now = timezone.now()
    for one in other.evidence.filter(item=given.item, removed_at=None):
        Evidence.objects.create(
            handoff=handoff,
            item=answer.item,
            kind=one.kind,
            title=one.title,
            url=one.url,
            text=one.text,
            html=one.html,
            file_id=one.file_id,
            by=one.by,
            at=now,
            carried_from=one,
        )
    _say(answer, actor, state=given.state, note=given.note, carried_from=other)


@transaction.atomic
def sign_off(*, handoff_id: int, actor: Person, item_key: str, note: str = "") -> Answer:
    """Sign a sign-off item of a handoff that was submitted.

    Raises `Handoff.DoesNotExist`, `PermissionDenied` to whoever may not sign it, `Refused`, `ValidationError`.
    """
    note = text(note, "note", 1000)
    handoff = locked(handoff_id, actor)
    answer = answer_of(handoff, item_key)
    if answer.item.kind != Item.Kind.SIGN_OFF:
        raise invalid("item", "must be a sign-off")
    access.require(actor, "handoff.sign", (handoff, answer.item))
    if handoff.state not in (State.SUBMITTED, State.IN_REVIEW):
        raise Refused("It can be signed once it is submitted, and until it is decided.")
    if answer.state == Answer.State.DONE:
        raise Refused(f"{answer.by} has signed it already.")
    _say(answer, actor, state=Answer.State.DONE, note=note)
    save(handoff)
    events.record(actor=actor, verb="handoff.signed", subject=handoff, facts={"item": answer.item.title})
    return answer
