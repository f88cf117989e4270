"""The verbs of model pages: who uses a model, and what its guide says of which version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events
from coe.core.errors import Refused, invalid
from coe.guides import services as documents
from coe.guides.document_parts import newest
from coe.guides.drafting import Content, checked
from coe.guides.models import Document, Kind, Revision
from projects.modelpages.models import Use
from projects.modelpages.sections import SECTIONS, TITLES, Part, guide_of, parts_of, versions_of
from projects.tracking.models import RegisteredModel

PURPOSE = 200


def known(model_id: int, actor: Person) -> RegisteredModel:
    """The model, with its project and source. Raises `RegisteredModel.DoesNotExist` for who may not know of it."""
    models = RegisteredModel.objects.visible_to(actor).select_related("project__unit", "project__owner", "source")
    return models.get(pk=model_id)


@transaction.atomic
def use_model(*, model_id: int, actor: Person, purpose: str = "") -> Use:
    """Say that the actor uses the model, and what for. Said again, the purpose is the new one and nothing else changes.

    Raises `RegisteredModel.DoesNotExist`, `ValidationError` on `purpose`.
    """
    model = known(model_id, actor)
    purpose = " ".join(purpose.replace("\0", "").split())
    if len(purpose) > PURPOSE:
        raise invalid("purpose", f"may have at most {PURPOSE} characters")
    now = timezone.now()
    # Locked, or made at once by another request of the same person: both end with one row.
    made, is_new = Use.objects.select_for_update().get_or_create(
        model=model, person=actor, defaults={"purpose": purpose, "since": now, "seen_at": now}
    )
    if not is_new and made.purpose != purpose:
        made.purpose = purpose
        made.save(update_fields=["purpose"])
    if is_new:
        facts = {"name": model.name, "purpose": purpose}
        events.record(actor=actor, verb="model.used", subject=model, facts=facts)
    return made


@transaction.atomic
def stop_using(*, model_id: int, actor: Person) -> None:
    """Say that the actor no longer uses the model.

    Raises `RegisteredModel.DoesNotExist`, `Refused` for who does not say so.
    """
    model = known(model_id, actor)
    gone, _ = Use.objects.filter(model=model, person=actor).delete()
    if not gone:
        raise Refused("You have not said that you use it.")
    events.record(actor=actor, verb="model.unused", subject=model, facts={"name": model.name})


@transaction.atomic
def mark_seen(*, actor: Person, model_id: int | None = None) -> int:
    """Note that the actor has seen what changed in the models that they use, or in one of them; how many those are.

    No event: what somebody looked at is nobody else's matter.
    """
    uses = Use.objects.filter(person=actor)
    if model_id is not None:
        uses = uses.filter(model=model_id)
    return uses.update(seen_at=timezone.now())


def write_guide(
    *,
    model_id: int,
    actor: Person,
    based_on: int | None,
    title: str,
    summary: str,
    sections: Mapping[str, str],
    version: int,
    note: str = "",
) -> Revision:
    """Save sections of the model's guide, a draft until it is published; makes the guide when there is none yet.

    `based_on` is the number of the revision that was changed, None for a new guide. Sections that are not given stay
    as they were there. One whose text changed is true for `version` alone; the others keep their versions.

    Raises `RegisteredModel.DoesNotExist`, `PermissionDenied`, `coe.guides.services.Conflict` where somebody else saved
    meanwhile, `Refused` (brought in from elsewhere, made meanwhile), `ValidationError` by field.
    """
    model = known(model_id, actor)
    access.require(actor, "modelpage.write", model)
    _check_version(model, version)
    if unknown := sorted(set(sections) - set(TITLES)):
        raise invalid("sections", f"{unknown[0][:40]} is no section; they are {', '.join(TITLES)}")
    guide = guide_of(model)
    if guide is None:
        if based_on is not None:
            raise invalid("based_on", "must be left out: there is no guide yet")
        with transaction.atomic():
            # Whoever comes second waits here, and finds what the first one made.
            RegisteredModel.objects.select_for_update(of=("self",), no_key=True).get(pk=model.pk)
            guide = guide_of(model)
            if guide is None:
                return _begin(model, actor, title, summary, _parts({}, sections, version))
    if based_on is None:
        return _began_meanwhile(
            model, guide, checked(title=title, summary=summary, text="", parts=_parts({}, sections, version))
        )
    base = guide.revisions.filter(number=based_on).first()
    if base is None:
        raise invalid("based_on", "must be the number of a revision of this guide")
    return documents.save_revision(
        slug=guide.slug,
        actor=actor,
        based_on=base.number,
        title=title,
        summary=summary,
        parts=_parts(parts_of(base), sections, version),
        note=note,
    )


def _began_meanwhile(model: RegisteredModel, guide: Document, content: Content) -> Revision:
    """What was to be a new guide, where somebody else began one: written on nothing, it meets what stands there now.

    Raises `Conflict`, unless both say the same.
    """
    latest = newest(guide)
    if content.is_of(latest):
        return latest
    raise documents.Conflict(Revision(document=guide, number=0, title=model.name), latest, content)


def _begin(model: RegisteredModel, actor: Person, title: str, summary: str, parts: list[Part]) -> Revision:
    owner = model.project.owner if model.project and model.project.owner.is_active else actor
    made = documents.create_document(
        actor=actor,
        kind=Kind.MODEL_GUIDE,
        title=title,
        owner=owner,
        summary=summary,
        parts=parts,
        unit=model.project.unit if model.project else None,
        subject=(ContentType.objects.get_for_model(model).pk, model.pk),
    )
    return made.revisions.get(number=1)


def _parts(before: Mapping[str, Part], sections: Mapping[str, str], version: int) -> list[Part]:
    """All seven, in their order: what is given anew, and what stays."""
    found = []
    for one in SECTIONS:
        old = before.get(one.key, {})
        was = old.get("text", "")
        text = sections.get(one.key, was).replace("\r\n", "\n").replace("\r", "\n").strip()
        versions = versions_of(old) if text == was.strip() else [version]
        found.append({"key": one.key, "title": one.title, "text": text, "versions": versions if text else []})
    return found


@transaction.atomic
def confirm_sections(*, model_id: int, actor: Person, keys: Iterable[str], version: int, based_on: int) -> Revision:
    """Say that sections are still true for `version`. Readers see it at once, unless a draft waits to be published.

    Raises `RegisteredModel.DoesNotExist`, `PermissionDenied`, `Refused` (no guide, nothing to confirm, changed
    meanwhile), `ValidationError` by field.
    """
    model = known(model_id, actor)
    access.require(actor, "modelpage.write", model)
    _check_version(model, version)
    guide = guide_of(model)
    if guide is None or guide.latest is None:
        raise Refused("The model has no guide yet.")
    latest: Revision = guide.latest
    if latest.number != based_on:
        raise Refused(f"{latest.author} saved revision {latest.number} meanwhile. Read it, then confirm.")
    parts, chosen = parts_of(latest), list(dict.fromkeys(keys))
    if not chosen:
        raise invalid("keys", "choose at least one section")
    if unknown := [key for key in chosen if key not in parts]:
        raise invalid("keys", f"{unknown[0][:40]} is not written, so nobody can say that it is true")
    if all(version in versions_of(parts[key]) for key in chosen):
        raise Refused(f"That is said already for version {version}.")
    sections = [
        {
            "key": one.key,
            "title": one.title,
            "text": parts.get(one.key, {}).get("text", ""),
            "versions": sorted({*versions_of(parts.get(one.key, {})), *([version] if one.key in chosen else [])}),
        }
        for one in SECTIONS
    ]
    titles = ", ".join(TITLES[key] for key in chosen)
    made = documents.save_revision(
        slug=guide.slug,
        actor=actor,
        based_on=latest.number,
        title=latest.title,
        summary=latest.summary,
        parts=sections,
        note=f"Still true for version {version}: {titles}"[:300],
    )
    if guide.published_id == latest.pk:
        documents.publish_document(slug=guide.slug, actor=actor, revision=made.number)
    return made


def _check_version(model: RegisteredModel, version: int) -> None:
    if not (0 < version < 2**31 and model.versions.filter(version=version).exists()):
        raise invalid("version", "must be a version of this model")
