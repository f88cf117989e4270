"""Verbs on bindings, baselines, targets and entered values; those on definitions and on files are found here too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, changes, events
from coe.core.errors import Refused, invalid
from coe.core.http import today
from kpis.measures.definitions import (
    archive_kpi,
    company_start_of,
    define_kpi,
    ignore_metric,
    map_metric,
    place_kpi,
    redefine_kpi,
)
from kpis.measures.models import Baseline, Binding, Kpi, Observation, Target
from kpis.measures.observations import CHANGED, gather
from kpis.measures.queries import definition_on, in_force, versions_on
from projects.catalog.models import Project
from projects.tracking.numbers import is_finite

__all__ = [
    "archive_kpi",
    "change_binding",
    "correct_observation",
    "create_binding",
    "define_kpi",
    "enter_observation",
    "ignore_metric",
    "map_metric",
    "place_kpi",
    "redefine_kpi",
    "remove_binding",
    "set_baseline",
    "set_target",
]

# What a binding on MLflow is made of; `experiment` and `model` are instances.
PARTS: dict[str, Any] = {
    "experiment": None,
    "model": None,
    "metric_key": "",
    "dataset_name": "",
    "selector": "",
    "alias": "",
    "window_days": None,
    "scale": 1.0,
    "offset": 0.0,
}
MUST_NOT_BE_READ = "a value that not everyone may read"


@transaction.atomic
def create_binding(
    *, actor: Person, project_slug: str, kpi_key: str, origin: str, is_withheld: bool = False, **parts: Any
) -> Binding:
    """Say where a project's value of a KPI comes from (`PARTS`), and gather what MLflow has for it already.

    Raises `Project.DoesNotExist` to whoever may not see the project, `PermissionDenied` to whoever may not edit it,
    `ValidationError` naming the field.
    """
    project = Project.objects.visible_to(actor).select_for_update(of=("self",)).get(slug=project_slug)
    access.require(actor, "project.edit", project)
    kpi = Kpi.objects.visible_to(actor).filter(key=kpi_key, is_archived=False).first()
    if kpi is None:
        raise invalid("kpi", f"there is no KPI with the key {kpi_key}")
    if Binding.objects.filter(project=project, kpi=kpi).exists():
        raise invalid("kpi", "this project has it already; change where it comes from instead")
    if is_withheld:
        access.require(actor, "project.govern", project)
    binding = Binding(project=project, kpi=kpi, origin=origin, is_withheld=is_withheld)
    _fill(binding, {**PARTS, **parts})
    binding.save()
    events.record(actor=actor, verb="binding.created", subject=project, facts=_facts(binding))
    changes.note(affects_from=changes.EVER, what="KPI bound")
    gather(binding.pk)
    return binding


@transaction.atomic
def change_binding(*, actor: Person, binding_id: int, **changed: Any) -> Binding:
    """Change where a value comes from: `origin`, `is_withheld` or any of `PARTS`. Observations that no longer hold
    are superseded.

    Who may read its figures is for those who govern the project to say. Raises as `create_binding` does.
    """
    binding = _locked(actor, binding_id)
    access.require(actor, "project.edit", binding.project)
    before = {name: getattr(binding, name) for name in ("origin", "is_withheld", *PARTS)}
    wanted = {**before, **changed}
    if wanted["is_withheld"] != before["is_withheld"]:
        access.require(actor, "project.govern", binding.project)
    binding.origin, binding.is_withheld = wanted["origin"], wanted["is_withheld"]
    _fill(binding, {name: wanted[name] for name in PARTS})
    fields = [name for name, value in before.items() if getattr(binding, name) != value]
    if fields:
        binding.save(update_fields=[*fields, "updated_at"])
        facts = {**_facts(binding), "fields": fields}
        events.record(actor=actor, verb="binding.changed", subject=binding.project, facts=facts)
        changes.note(affects_from=changes.EVER, what="binding changed")
        gather(binding.pk, why=CHANGED)
    return binding


@transaction.atomic
def remove_binding(*, actor: Person, binding_id: int, reason: str) -> None:
    """Take a KPI off a project, with its baselines, targets and observations. Not to be undone, so a reason is asked
    for.
    """
    binding = _locked(actor, binding_id)
    access.require(actor, "project.govern", binding.project)
    if not reason.strip():
        raise invalid("reason", "say why it is taken off")
    facts = {**_facts(binding), "reason": reason.strip()[:500], "observations": binding.observations.count()}
    events.record(actor=actor, verb="binding.removed", subject=binding.project, facts=facts)
    changes.note(affects_from=changes.EVER, what="KPI taken off")
    binding.delete()


def _locked(actor: Person, binding_id: int) -> Binding:
    """The binding that `actor` may know of, its row locked until the transaction ends."""
    return (
        Binding.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("project__unit", "kpi", "experiment", "model")
        .get(pk=binding_id)
    )


def _facts(binding: Binding) -> dict[str, Any]:
    return {"kpi": definition_on(binding.kpi, today()).name, "kpi_key": binding.kpi.key}


def _said(binding: Binding, value: float) -> float | str:
    """A value as the event stream may tell it: whoever may see the project reads it there."""
    return MUST_NOT_BE_READ if binding.is_withheld else value


def _fill(binding: Binding, parts: Mapping[str, Any]) -> None:
    """Put the parts into the binding and check that they fit together. Raises `ValidationError` naming the field."""
    if binding.origin not in Binding.Origin.values:
        raise invalid("origin", "must be mlflow or entered")
    if binding.origin == Binding.Origin.ENTERED:
        parts = {**PARTS, "scale": parts["scale"], "offset": parts["offset"]}
    for name, value in parts.items():
        setattr(binding, name, value.strip() if isinstance(value, str) else value)
    for name in ("scale", "offset"):
        if not is_finite(getattr(binding, name)):
            raise invalid(name, "must be a finite number")
    if binding.scale == 0:
        raise invalid("scale", "must not be 0")
    if binding.origin == Binding.Origin.MLFLOW:
        _check_source(binding)
    binding.clean_fields(exclude=["project", "kpi", "experiment", "model"])


def _check_source(binding: Binding) -> None:
    experiment, model = binding.experiment, binding.model
    if (experiment is None) == (model is None):
        raise invalid("experiment", "name either an experiment or a registered model")
    if experiment is not None and experiment.project_id != binding.project_id:
        raise invalid("experiment", "must be linked to this project; link it first")
    if model is not None and model.project_id != binding.project_id:
        raise invalid("model", "must be linked to this project; link it first")
    if not binding.metric_key:
        raise invalid("metric_key", "name the metric that holds the value")
    selector = binding.selector
    if selector not in Binding.Selector.values:
        raise invalid("selector", f"must be one of {', '.join(Binding.Selector.values)}")
    if model is None and selector in (Binding.Selector.ALIAS, Binding.Selector.LATEST_VERSION):
        raise invalid("selector", "an experiment has no versions; take latest or best, or bind the registered model")
    if (selector == Binding.Selector.ALIAS) != bool(binding.alias):
        raise invalid("alias", "name the alias" if not binding.alias else "only goes with the selector alias")
    if (selector == Binding.Selector.BEST) != (binding.window_days is not None):
        raise invalid("window_days", "say of how many days" if binding.window_days is None else "only goes with best")
    if binding.window_days is not None and not 1 <= binding.window_days <= 3660:
        raise invalid("window_days", "must be from 1 to 3660")


@transaction.atomic
def set_baseline(
    *, actor: Person, binding_id: int, value: float, effective_from: date, note: str, dataset_digest: str = ""
) -> Baseline:
    """Say what the business had before, in force from a date on; on a date that has one already, it takes that one's
    place.

    Raises `PermissionDenied` for whoever does not govern the project, `ValidationError` naming the field.
    """
    binding = _locked(actor, binding_id)
    access.require(actor, "project.govern", binding.project)
    if not note.strip():
        raise invalid("note", "say where it comes from")
    _check_value(value)
    targets = list(binding.targets.values_list("effective_from", "value"))
    until = binding.baselines.filter(effective_from__gt=effective_from).values_list("effective_from", flat=True).first()
    _check_better(binding, [(effective_from, value)], targets, until)
    baseline = Baseline.objects.filter(binding=binding, effective_from=effective_from).first()
    baseline = baseline or Baseline(binding=binding, effective_from=effective_from)
    baseline.value, baseline.note, baseline.author = value, note.strip(), actor
    baseline.dataset_digest = dataset_digest.strip()
    baseline.clean_fields(exclude=["binding", "author"])
    baseline.save()
    facts = {
        **_facts(binding),
        "value": _said(binding, value),
        "note": baseline.note,
        "from": effective_from.isoformat(),
    }
    events.record(actor=actor, verb="baseline.set", subject=binding.project, facts=facts)
    changes.note(affects_from=company_start_of(effective_from), what="baseline set")
    return baseline


@transaction.atomic
def set_target(
    *, actor: Person, binding_id: int, value: float, effective_from: date, due_on: date | None = None, note: str = ""
) -> Target:
    """Say what the business wants, in force from a date on; on a date that has one already, it takes that one's place.

    Raises `PermissionDenied` for whoever does not govern the project, `ValidationError` naming the field.
    """
    binding = _locked(actor, binding_id)
    access.require(actor, "project.govern", binding.project)
    _check_value(value)
    if due_on is not None and due_on < effective_from:
        raise invalid("due_on", "must not lie before the day from which the target holds")
    baselines = list(binding.baselines.values_list("effective_from", "value"))
    until = binding.targets.filter(effective_from__gt=effective_from).values_list("effective_from", flat=True).first()
    _check_better(binding, baselines, [(effective_from, value)], until)
    target = Target.objects.filter(binding=binding, effective_from=effective_from).first()
    target = target or Target(binding=binding, effective_from=effective_from)
    target.value, target.due_on, target.note, target.author = value, due_on, note.strip(), actor
    target.clean_fields(exclude=["binding", "author"])
    target.save()
    facts = {**_facts(binding), "value": _said(binding, value), "from": effective_from.isoformat()}
    events.record(actor=actor, verb="target.set", subject=binding.project, facts=facts)
    changes.note(affects_from=company_start_of(effective_from), what="target set")
    return target


def _check_value(value: float) -> None:
    if not is_finite(value):
        raise invalid("value", "must be a finite number")


def _check_better(
    binding: Binding, baselines: list[tuple[date, float]], targets: list[tuple[date, float]], until: date | None
) -> None:
    """Raises unless the target beats the baseline on every day before `until` on which both are in force.

    Both are sorted by date. Between two dates on which something begins nothing changes, so it is enough to look at
    those.
    """
    begins = {day for day, _ in (*baselines, *targets)} | set(
        binding.kpi.versions.values_list("effective_from", flat=True)
    )
    days = sorted(day for day in begins if until is None or day < until)
    for day, version in zip(days, versions_on([binding.kpi_id], days)[binding.kpi_id], strict=True):
        baseline, target = in_force(baselines, day), in_force(targets, day)
        if baseline is None or target is None:
            continue
        if target <= baseline if version.direction == "higher" else target >= baseline:
            better = "greater" if version.direction == "higher" else "smaller"
            both = f"from {day} on they would be {target:g} and {baseline:g}"
            raise invalid("value", f"the target must be {better} than the baseline; {both}")


def noon_of(day: date) -> datetime:
    """When a value entered "as of" a day counts as observed: at noon there, in the company's time zone.

    So it counts as of that day, shows as that date to nearly every reader, and no clock change makes it stale an hour
    early.
    """
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone()).astimezone(UTC)


@transaction.atomic
def enter_observation(
    *, actor: Person, binding_id: int, value: float, on: date | datetime, note: str = "", evidence: str = ""
) -> Observation:
    """Enter a value as of a day, or as of an instant. Raises `Refused` where the values come from MLflow.

    Raises `PermissionDenied`, and `ValidationError` naming the field; among others when that day has a value, which
    is to be corrected instead.
    """
    binding = _locked(actor, binding_id)
    access.require(actor, "observation.enter", binding.project)
    if binding.origin != Binding.Origin.ENTERED:
        raise Refused("The values of this KPI come from MLflow. Change where it comes from to enter them.")
    observed_at = observed_at_of(on)
    if Observation.objects.filter(binding=binding, observed_at=observed_at, superseded_at=None).exists():
        raise invalid("on", "there is a value for that time already; correct that one")
    row = new_observation(binding, actor, value, observed_at, note, evidence)
    row.save()
    facts = {**_facts(binding), "value": _said(binding, value), "on": _day_of(observed_at), "note": row.note}
    events.record(actor=actor, verb="observation.entered", subject=binding.project, facts=facts)
    changes.note(affects_from=observed_at, what="value entered")
    return row


@transaction.atomic
def correct_observation(
    *, actor: Person, observation_id: int, value: float, note: str, evidence: str = ""
) -> Observation:
    """Put another value in the place of an entered one, which stays to be read as superseded.

    Of two corrections at once the second is `Refused`, as is the correction of what MLflow said.
    """
    binding_id = Observation.objects.values_list("binding_id", flat=True).get(pk=observation_id)
    binding = _locked(actor, binding_id)
    access.require(actor, "observation.enter", binding.project)
    old = Observation.objects.get(pk=observation_id)
    if old.author_id is None:
        raise Refused("This value comes from MLflow; correct it there.")
    if old.superseded_at is not None:
        raise Refused("This value was corrected already. Look at the newest one.")
    if not note.strip():
        raise invalid("note", "say why it is corrected")
    row = new_observation(binding, actor, value, old.observed_at, note, evidence or old.evidence)
    supersede(old, f"corrected: {note.strip()}")
    row.save()
    facts = {**_facts(binding), "value": _said(binding, value), "on": _day_of(old.observed_at), "note": row.note}
    events.record(actor=actor, verb="observation.corrected", subject=binding.project, facts=facts)
    changes.note(affects_from=old.observed_at, what="value corrected")
    return row


def new_observation(
    binding: Binding, actor: Person, value: float, observed_at: datetime, note: str, evidence: str
) -> Observation:
    """An entered value, checked and not yet saved. Raises `ValidationError` naming the field."""
    _check_value(value)
    if len(note) > 500:
        raise invalid("note", "must not be longer than 500 characters")
    if evidence:
        if len(evidence) > 500:
            raise invalid("evidence", "must not be longer than 500 characters")
        check_link(evidence)
    return Observation(
        binding=binding, value=value, observed_at=observed_at, author=actor, note=note.strip(), evidence=evidence
    )


def check_link(evidence: str) -> None:
    """Raises `ValidationError` unless it is a web address."""
    try:
        URLValidator(schemes=["http", "https"])(evidence)
    except ValidationError:
        raise invalid("evidence", "must be a web address that begins with http:// or https://") from None


def supersede(row: Observation, reason: str) -> None:
    """Mark a live observation as superseded, in the caller's transaction."""
    row.superseded_at, row.superseded_reason = timezone.now(), reason[:200]
    row.save(update_fields=["superseded_at", "superseded_reason"])


def observed_at_of(on: date | datetime) -> datetime:
    """The instant at which a value as of `on` counts as observed. Raises `ValidationError` for the future."""
    if isinstance(on, datetime):
        if timezone.is_naive(on):
            raise invalid("on", "a time needs its zone")
        if on > timezone.now():
            raise invalid("on", "must not lie in the future")
        return on.astimezone(UTC)
    if on > today():
        raise invalid("on", "must not lie in the future")
    return noon_of(on)


def _day_of(instant: datetime) -> str:
    return timezone.localdate(instant, timezone.get_default_timezone()).isoformat()
