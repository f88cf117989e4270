"""Answers that are there already: offered before somebody asks, and counted where they serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString

from coe.accounts.models import Person
from coe.core import events
from coe.core.errors import invalid
from coe.guides.models import Document
from coe.mentoring import request_parts as p
from coe.mentoring.models import Request, Served, State
from coe.search.search import like

KINDS = [("guide", "Guide"), ("thread", "Answered question")]
# The same answer again within so much time is a double click.
TWICE = timedelta(minutes=1)


@dataclass(frozen=True)
class Offer:
    """A guide or a resolved thread that may answer what somebody is about to ask; `id` as `note_served` takes it.

    `excerpt` is safe HTML in which what was looked for is marked; `title` is plain.
    """

    kind: Literal["guide", "thread"]
    id: int
    title: str
    excerpt: SafeString
    url: str


def offers(person: Person, *, goal: str, topic: str = "", most: int = 5) -> list[Offer]:
    """Guides and answered questions like that goal and topic, the best first, of those that the person may read."""
    hits = like(person, goal, kinds=[kind for kind, _ in KINDS], must=topic, most=most)
    return [
        Offer("thread" if hit.kind == "thread" else "guide", hit.target, hit.plain_title, hit.excerpt, hit.url)
        for hit in hits
    ]


def note_served(
    *, actor: Person, topic: str = "", document_id: int | None = None, thread_id: int | None = None
) -> Served:
    """Count that a guide or a resolved thread was the answer, so that nobody need be asked.

    The same one again within a minute counts once. Raises `Document.DoesNotExist` or `Request.DoesNotExist` for what
    the actor may not read, `ValidationError`.
    """
    if (document_id is None) == (thread_id is None):
        raise invalid("document", "or a thread must be given, one of both")
    document, thread = None, None
    if document_id is not None:
        document = Document.objects.visible_to(actor).published_only().select_related("published").get(pk=document_id)
    if thread_id is not None:
        thread = Request.objects.visible_to(actor).get(pk=thread_id, state=State.RESOLVED)
    tag = p.topic(topic) if topic.strip() else ""
    label = str(document.published.title if document and document.published else thread)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
        now = timezone.now()
        same = Served.objects.filter(person=actor, document=document, thread=thread, at__gt=now - TWICE).first()
        if same is not None:
            return same
        made = Served.objects.create(person=actor, document=document, thread=thread, topic=tag, at=now)
        # About whoever was served: whoever else reads the guide need not know who read it.
        events.record(actor=actor, verb="mentoring.served", subject=actor, facts={"label": label, "topic": tag})
    return made
