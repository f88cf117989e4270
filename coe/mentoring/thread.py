"""The verb of the thread: somebody writes."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events, files, markdown
from coe.core.errors import invalid
from coe.mentoring import request_parts as p
from coe.mentoring.models import Message, MessageFile, Request
from coe.mentoring.rules import is_mentor

MOST_FILES = 5


def write_message(
    *,
    request_id: int,
    actor: Person,
    text: str,
    files: Sequence[tuple[str, UploadedFile[bytes] | bytes]] = (),
) -> Message:
    """Write in the thread, in Markdown, with up to five files of (name, content); a file may stand for words.

    What a mentor writes counts as the first answer, though not as taking it on. Raises `Request.DoesNotExist`,
    `PermissionDenied`, `Refused`, `ValidationError` on `text` or `files`.
    """
    access.require(actor, "mentoring.write", p.known(request_id, actor))
    text = p.words(text, "text", p.TEXT, required="" if files else "must say something")
    if len(files) > MOST_FILES:
        raise invalid("files", f"may be at most {MOST_FILES}")
    html = markdown.render(text, field="text")
    with transaction.atomic():
        request = p.locked(request_id, actor)
        access.require(actor, "mentoring.write", request)
        p.refuse_resolved(request, "Open it again first.")
        made = Message.objects.create(request=request, author=actor, text=text, html=html)
        _keep(made, files)
        note_answer(request, actor)
        facts = {"message": made.pk, "files": len(files)}
        events.record(actor=actor, verb="mentoring.written", subject=request, facts=facts)
    return made


def note_answer(request: Request, actor: Person) -> None:
    """Note on the locked request that somebody said something; of a mentor, that it is answered."""
    request.updated_at = timezone.now()
    if request.first_answer_at is None and is_mentor(actor, request):
        request.first_answer_at = request.updated_at
    request.save(update_fields=["updated_at", "first_answer_at"])


def _keep(message: Message, given: Sequence[tuple[str, UploadedFile[bytes] | bytes]]) -> None:
    for name, upload in given:
        try:
            stored = files.keep(name, upload)
        except ValidationError as error:
            raise p.bound(error, "files") from None
        MessageFile.objects.create(message=message, name=files.clean_name(name), file=stored)
