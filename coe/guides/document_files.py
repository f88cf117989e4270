"""The verbs for the files that a document shows or offers."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from coe.accounts.models import Person
from coe.core import events, files
from coe.core.errors import invalid
from coe.guides import document_parts as p
from coe.guides.models import Attachment

MOST_FILES = 100


@transaction.atomic
def add_file(*, slug: str, actor: Person, name: str, upload: UploadedFile[bytes] | bytes) -> Attachment:
    """Keep a file with the document under `name`, or under a free one like it: a name never changes what it shows.

    The same content under the same name is given again. Raises `Document.DoesNotExist`, `PermissionDenied`, `Refused`
    (out of use, imported), `ValidationError` on `file`.
    """
    document = p.locked(slug, actor)
    p.refuse_imported(document)
    name = files.clean_name(name)
    stored = files.keep(name, upload)
    there = {one.name: one.file_id for one in document.attachments.all()}
    stem, _, ending = name.rpartition(".")
    free, number = name, 2
    while free in there and there[free] != stored.pk:
        free, number = f"{stem[: files.MAX_NAME - 12]}-{number}.{ending}", number + 1
    if free in there:
        return document.attachments.get(name=free)
    if len(there) >= MOST_FILES:
        raise invalid("file", f"A document may have at most {MOST_FILES} files.")
    made = Attachment.objects.create(document=document, name=free, file=stored, added_by=actor)
    events.record(actor=actor, verb="document.file_added", subject=document, facts=p.facts_of(document, name=free))
    return made


@transaction.atomic
def remove_file(*, slug: str, actor: Person, name: str) -> None:
    """Take a file away; where a text still shows it, readers are told that it is missing.

    Raises `Document.DoesNotExist`, `Attachment.DoesNotExist`, `PermissionDenied`, `Refused`.
    """
    document = p.locked(slug, actor)
    p.refuse_imported(document)
    document.attachments.get(name=name).delete()
    events.record(actor=actor, verb="document.file_removed", subject=document, facts=p.facts_of(document, name=name))
