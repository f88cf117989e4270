"""The verbs of this room: sources, syncs, and what belongs to which project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, changes, events, secrets
from coe.core.errors import Refused, invalid
from projects.catalog.models import Project
from projects.tracking.mlflow import Gateway, GatewayError
from projects.tracking.models import Experiment, LinkOrigin, RegisteredModel, Source, Sync
from projects.tracking.nudge import nudge
from projects.tracking.sync import run_sync

__all__ = [
    "change_source",
    "create_source",
    "dismiss_experiment",
    "dismiss_model",
    "link_experiment",
    "link_model",
    "request_sync",
    "run_sync",
    "unlink_experiment",
    "unlink_model",
]

FIELDS = ("label", "url", "public_url", "workspace", "auth", "username", "interval_minutes", "is_enabled")
# Kept by the sync, never given by a person.
HEALTH = ("first_good_sync_at", "last_good_sync_at", "last_full_sync_at", "last_error_at", "failing_since")
# What a server is reached by: a change of one of these is tried out before it is saved.
_REACH = {"url", "workspace", "auth", "username", "secret"}
# Somebody waits for the answer to the form, so the trial is short.
TRIAL_SECONDS = 10.0


def create_source(*, actor: Person, name: str, secret: str = "", try_connection: bool = True, **fields: Any) -> Source:
    """Connect an MLflow server; its first sync is due at once.

    Raises `PermissionDenied` for whoever is no administrator, and `ValidationError` naming the field: a bad value,
    or, beside the address or the credentials, why the server could not be read (unless `try_connection` is off).
    """
    access.require(actor, "source.manage")
    if name == "new":
        raise invalid("name", "This name is taken by the page on which sources are added.")
    source = Source(name=name, **_known(fields))
    source.label = source.label or name
    _set_secret(source, secret, was_given=True)
    source.full_clean(exclude=HEALTH)
    if try_connection:
        _try(source, secret)
    try:
        with transaction.atomic():
            source.save()
            events.record(
                actor=actor, verb="source.created", subject=source, facts={"label": source.label, "url": source.url}
            )
    except IntegrityError:
        raise invalid(
            "name", "There is a source with this name, or with this address and workspace, already."
        ) from None
    return source


def change_source(
    *, actor: Person, name: str, secret: str | None = None, try_connection: bool = True, **fields: Any
) -> Source:
    """Change a source. `secret`: None keeps the one that is saved, as does an empty one where the sign-in still needs
    one.

    Raises as `create_source` does. The credentials are never sent to another address than they were given for: a new
    address or user name needs the secret again.
    """
    access.require(actor, "source.manage")
    source = Source.objects.visible_to(actor).get(name=name)
    before = {field: getattr(source, field) for field in FIELDS}
    for field, value in _known(fields).items():
        setattr(source, field, value)
    moved = source.url != before["url"] or source.username != before["username"]
    if moved and source.secret and source.auth != Source.Auth.NONE and not secret:
        raise invalid(
            "secret", "Enter it again: saved credentials are not sent to another address or as somebody else."
        )
    has_new_secret = _set_secret(source, secret or "", was_given=bool(secret))
    changed = {field for field in FIELDS if getattr(source, field) != before[field]}
    if has_new_secret:
        changed.add("secret")
    source.full_clean(exclude=HEALTH)
    if try_connection and changed & _REACH:
        _try(source, secret or secrets.decrypt(source.secret))
    return _save_change(source, actor, changed)


@transaction.atomic
def _save_change(source: Source, actor: Person, changed: set[str]) -> Source:
    if not changed:
        return source
    locked = Source.objects.select_for_update().get(pk=source.pk)
    if "interval_minutes" in changed:
        # When a source counts as failing depends on its interval, and so do figures that rest on it.
        changes.note(affects_from=locked.last_good_sync_at or changes.EVER, what="source.interval")
    if changed & _REACH or "is_enabled" in changed:
        locked.next_sync_at = source.next_sync_at = timezone.now()
        locked.save(update_fields=["next_sync_at"])
    if changed & {"url", "workspace"}:
        # Another server may have other things under the same times: read everything again.
        locked.last_full_sync_at = source.last_full_sync_at = None
        locked.save(update_fields=["last_full_sync_at"])
    if "is_enabled" in changed:
        # Switched off it does not fail; whether it does when it is on again, the next sync finds.
        Source.objects.filter(pk=source.pk).update(failing_since=None)
    try:
        with transaction.atomic():
            source.save(update_fields=sorted(changed))
    except IntegrityError:
        raise invalid("url", "There is a source with this address and workspace already.") from None
    events.record(actor=actor, verb="source.changed", subject=source, facts={"fields": sorted(changed)})
    return source


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise invalid(sorted(unknown)[0], "There is no such field.")
    return fields


def _set_secret(source: Source, secret: str, *, was_given: bool) -> bool:
    """Put the secret where it belongs; returns whether it changed. Raises `ValidationError` when the sign-in lacks
    something.
    """
    if source.auth == Source.Auth.NONE:
        changed = source.secret is not None
        source.secret, source.username = None, ""
        return changed
    if source.auth == Source.Auth.BASIC and not source.username:
        raise invalid("username", "A user name is needed for this way of signing in.")
    if was_given and secret:
        source.secret = secrets.encrypt(secret)
        return True
    if not source.secret:
        raise invalid("secret", "A password or token is needed for this way of signing in.")
    return False


def _try(source: Source, secret: str) -> None:
    try:
        gateway = Gateway(
            source.url,
            workspace=source.workspace,
            auth=source.auth,
            username=source.username,
            secret=secret,
            attempts=1,
            silence=TRIAL_SECONDS,
            total=TRIAL_SECONDS,
        )
        try:
            gateway.check()
        finally:
            gateway.close()
    except GatewayError as error:
        raise invalid(error.form_field, error.sentence) from None


@transaction.atomic
def request_sync(*, actor: Person, name: str, is_full: bool = False) -> Sync:
    """Ask for a sync of a source now; a worker is woken after commit.

    When one is open already it is returned instead, and made a full one if it has not begun. Raises
    `PermissionDenied`, and `Refused` for a source that is switched off.
    """
    source = Source.objects.visible_to(actor).select_for_update().get(name=name)
    access.require(actor, "source.sync", source)
    if not source.is_enabled:
        raise Refused(f"{source} is switched off. Switch it on before it is read.")
    sync = Sync.objects.select_for_update().filter(source=source, state__in=["queued", "running"]).first()
    if sync is None:
        sync = Sync.objects.create(source=source, is_full=is_full, asked_by=actor)
        source.next_sync_at = timezone.now() + timedelta(minutes=source.interval_minutes)
        source.save(update_fields=["next_sync_at"])
    elif is_full and sync.state == Sync.State.QUEUED:
        sync.is_full = True
        sync.save(update_fields=["is_full"])
    pk = sync.pk
    # A broker that is down must not fail the page: the tick finds the row.
    transaction.on_commit(lambda: nudge(pk), robust=True)
    return sync


def link_experiment(*, actor: Person, experiment: Experiment, project: Project) -> Experiment:
    """Say by hand that an experiment belongs to a project: that wins over its tag.

    Raises `DoesNotExist` for whoever may not see either, `PermissionDenied` for whoever may not edit the project.
    """
    changed: Experiment = _link(actor, Experiment, experiment.pk, project, "experiment")
    return changed


def link_model(*, actor: Person, model: RegisteredModel, project: Project) -> RegisteredModel:
    """As `link_experiment`, for a registered model."""
    changed: RegisteredModel = _link(actor, RegisteredModel, model.pk, project, "model")
    return changed


def unlink_experiment(*, actor: Person, experiment: Experiment) -> Experiment:
    """Say by hand that it belongs to no project; its tag is not followed any more. It waits in triage again."""
    changed: Experiment = _unlink(actor, Experiment, experiment.pk, "experiment")
    return changed


def unlink_model(*, actor: Person, model: RegisteredModel) -> RegisteredModel:
    changed: RegisteredModel = _unlink(actor, RegisteredModel, model.pk, "model")
    return changed


def dismiss_experiment(*, actor: Person, experiment: Experiment, dismissed: bool = True) -> Experiment:
    """Say that an unlinked experiment belongs to nothing, so that triage shows it no more (or, with False, again)."""
    changed: Experiment = _dismiss(actor, Experiment, experiment.pk, dismissed)
    return changed


def dismiss_model(*, actor: Person, model: RegisteredModel, dismissed: bool = True) -> RegisteredModel:
    changed: RegisteredModel = _dismiss(actor, RegisteredModel, model.pk, dismissed)
    return changed


def _locked(actor: Person, kind: Any, pk: int) -> Any:
    return kind.objects.visible_to(actor).select_for_update(of=("self",)).select_related("project", "source").get(pk=pk)


@transaction.atomic
def _link(actor: Person, kind: Any, pk: int, project: Project, word: str) -> Any:
    thing = _locked(actor, kind, pk)
    project = Project.objects.visible_to(actor).get(pk=project.pk)
    access.require(actor, "project.edit", project)
    before = thing.project
    if before is not None and before != project:
        # Taking it away from a project is a change to that project too.
        access.require(actor, "project.edit", before)
    thing.project, thing.link_origin = project, LinkOrigin.HAND
    thing.linked_by, thing.linked_at, thing.is_dismissed = actor, timezone.now(), False
    thing.save(update_fields=["project", "link_origin", "linked_by", "linked_at", "is_dismissed"])
    if before is not None and before != project:
        events.record(actor=actor, verb=f"{word}.unlinked", subject=before, facts={"name": thing.name})
    if before != project:
        events.record(actor=actor, verb=f"{word}.linked", subject=project, facts={"name": thing.name})
    return thing


@transaction.atomic
def _unlink(actor: Person, kind: Any, pk: int, word: str) -> Any:
    thing = _locked(actor, kind, pk)
    before = thing.project
    if before is None:
        raise Refused(f"{thing} belongs to no project.")
    access.require(actor, "project.edit", before)
    thing.project, thing.link_origin, thing.linked_by, thing.linked_at = None, LinkOrigin.HAND, actor, None
    thing.save(update_fields=["project", "link_origin", "linked_by", "linked_at"])
    events.record(actor=actor, verb=f"{word}.unlinked", subject=before, facts={"name": thing.name})
    return thing


@transaction.atomic
def _dismiss(actor: Person, kind: Any, pk: int, dismissed: bool) -> Any:
    thing = _locked(actor, kind, pk)
    access.require(actor, "tracking.triage", thing)
    if thing.project is not None:
        raise Refused(f"{thing} belongs to {thing.project}. Unlink it first.")
    if thing.is_dismissed != dismissed:
        thing.is_dismissed = dismissed
        thing.save(update_fields=["is_dismissed"])
        verb = f"{thing.subject_kind}.{'dismissed' if dismissed else 'recalled'}"
        events.record(actor=actor, verb=verb, subject=thing, facts={"name": thing.name})
    return thing


def link_many(*, actor: Person, things: Sequence[Experiment | RegisteredModel], project: Project) -> int:
    """Link several at once: all of them or none. Returns how many."""
    with transaction.atomic():
        for thing in things:
            _link(actor, type(thing), thing.pk, project, thing.subject_kind)
    return len(things)


def dismiss_many(*, actor: Person, things: Sequence[Experiment | RegisteredModel], dismissed: bool = True) -> int:
    """Set several aside (or take them up again) at once: all of them or none. Returns how many."""
    with transaction.atomic():
        for thing in things:
            _dismiss(actor, type(thing), thing.pk, dismissed)
    return len(things)
