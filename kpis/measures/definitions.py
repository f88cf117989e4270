"""Verbs on KPI definitions and on the metric dictionary."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, changes, events
from coe.core.errors import Refused, invalid
from coe.core.http import today
from kpis.measures.models import Kpi, KpiVersion, MetricName
from kpis.measures.readings import start_of_day

FIELDS = (
    "name",
    "sentence",
    "category",
    "unit",
    "direction",
    "roll_up",
    "cadence_days",
    "valid_min",
    "valid_max",
)
# Words that stand in addresses where a key would.
RESERVED = frozenset({"new", "metrics", "bind"})


@transaction.atomic
def define_kpi(
    *, actor: Person, key: str, effective_from: date | None = None, position: int = 100, **fields: Any
) -> Kpi:
    """Add a KPI with its first definition (`FIELDS`), in force from `effective_from`, today unless given.

    Raises `PermissionDenied` for whoever is not of the centre, `ValidationError` naming the field.
    """
    access.require(actor, "kpi.define")
    kpi = Kpi(key=key.strip().lower(), position=position)
    if kpi.key in RESERVED:
        raise invalid("key", f"{kpi.key} is the address of another page; choose another key")
    kpi.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            kpi.save()
    except IntegrityError:
        raise invalid("key", f"there is a KPI with the key {kpi.key} already") from None
    version = _version(kpi, actor, effective_from or today(), "", fields)
    events.record(actor=actor, verb="kpi.defined", subject=kpi, facts={"name": version.name})
    changes.note(affects_from=changes.EVER, what="KPI defined")
    return kpi


@transaction.atomic
def redefine_kpi(*, actor: Person, key: str, effective_from: date, reason: str, **fields: Any) -> KpiVersion:
    """Give a KPI another definition from a date on; what `fields` does not name stays as it was. A reason is asked for.

    Days before `effective_from` keep the definition of their time, so it must lie after the latest one's date. Raises
    `PermissionDenied`, `Kpi.DoesNotExist`, `ValidationError` naming the field.
    """
    kpi = Kpi.objects.visible_to(actor).select_for_update().get(key=key)
    access.require(actor, "kpi.define", kpi)
    latest = kpi.versions.order_by("-effective_from")[0]
    if effective_from <= latest.effective_from:
        raise invalid("effective_from", f"must be later than {latest.effective_from}, when the latest definition began")
    if not reason.strip():
        raise invalid("reason", "say why it changes")
    kept = {name: getattr(latest, name) for name in FIELDS}
    version = _version(kpi, actor, effective_from, reason.strip(), {**kept, **fields})
    facts = {"effective_from": effective_from.isoformat(), "reason": version.reason}
    events.record(actor=actor, verb="kpi.redefined", subject=kpi, facts=facts)
    changes.note(affects_from=company_start_of(effective_from), what="KPI redefined")
    return version


def _version(kpi: Kpi, actor: Person, effective_from: date, reason: str, fields: Mapping[str, Any]) -> KpiVersion:
    version = KpiVersion(kpi=kpi, author=actor, effective_from=effective_from, reason=reason, **fields)
    for end in ("valid_min", "valid_max"):
        value = getattr(version, end)
        if value is not None and not math.isfinite(float(value)):
            raise invalid(end, "must be a finite number, or empty")
    version.full_clean(validate_unique=False, validate_constraints=False)
    if version.valid_min is not None and version.valid_max is not None and version.valid_min >= version.valid_max:
        raise invalid("valid_max", "must be greater than the smallest valid value")
    if version.cadence_days < 1:
        raise invalid("cadence_days", "must be at least 1")
    version.save()
    return version


@transaction.atomic
def place_kpi(*, actor: Person, key: str, position: int) -> Kpi:
    """Change where a KPI stands among the columns of the scoreboard (small numbers first)."""
    kpi = Kpi.objects.visible_to(actor).select_for_update().get(key=key)
    access.require(actor, "kpi.define", kpi)
    if not 0 <= position <= 32767:
        raise invalid("position", "must be from 0 to 32767")
    if position != kpi.position:
        facts = {"before": kpi.position, "after": position}
        kpi.position = position
        kpi.save(update_fields=["position"])
        events.record(actor=actor, verb="kpi.placed", subject=kpi, facts=facts)
        changes.note(affects_from=changes.EVER, what="KPI placed")
    return kpi


@transaction.atomic
def archive_kpi(*, actor: Person, key: str, archived: bool = True) -> Kpi:
    """Take a KPI off lists and scoreboards, or bring it back; its bindings and observations stay. Raises `Refused`
    when it is so.
    """
    kpi = Kpi.objects.visible_to(actor).select_for_update().get(key=key)
    access.require(actor, "kpi.define", kpi)
    if kpi.is_archived == archived:
        raise Refused(f"{kpi.key} is {'archived already' if archived else 'not archived'}.")
    kpi.is_archived = archived
    kpi.save(update_fields=["is_archived"])
    events.record(actor=actor, verb="kpi.archived" if archived else "kpi.restored", subject=kpi)
    changes.note(affects_from=changes.EVER, what="KPI archived")
    return kpi


@transaction.atomic
def map_metric(*, actor: Person, metric_id: int, kpi_key: str) -> MetricName:
    """Say which KPI a raw metric key of a source means. Raises `PermissionDenied`, `MetricName.DoesNotExist`,
    `ValidationError`.
    """
    access.require(actor, "metric.map")
    metric = MetricName.objects.select_for_update(of=("self",)).select_related("source").get(pk=metric_id)
    kpi = Kpi.objects.visible_to(actor).filter(key=kpi_key, is_archived=False).first()
    if kpi is None:
        raise invalid("kpi", f"there is no KPI with the key {kpi_key}")
    if metric.kpi_id != kpi.pk:
        _decide(metric, actor, kpi, False)
        facts = {"key": metric.key, "kpi": kpi.key, "source": metric.source.name}
        events.record(actor=actor, verb="metric.mapped", subject=kpi, facts=facts)
    return metric


@transaction.atomic
def ignore_metric(*, actor: Person, metric_id: int, ignored: bool = True) -> MetricName:
    """Say that a raw metric key means no KPI (a training loss), or put it back into triage."""
    access.require(actor, "metric.map")
    metric = MetricName.objects.select_for_update(of=("self",)).select_related("source").get(pk=metric_id)
    if metric.is_ignored != ignored or metric.kpi_id is not None:
        _decide(metric, actor, None, ignored)
        facts = {"key": metric.key, "source": metric.source.name}
        verb = "metric.ignored" if ignored else "metric.reopened"
        events.record(actor=actor, verb=verb, subject=metric.source, facts=facts)
    return metric


def _decide(metric: MetricName, actor: Person, kpi: Kpi | None, ignored: bool) -> None:
    metric.kpi, metric.is_ignored = kpi, ignored
    metric.decided_by, metric.decided_at = actor, timezone.now()
    metric.save(update_fields=["kpi", "is_ignored", "decided_by", "decided_at"])


def company_start_of(day: date) -> datetime:
    """The instant at which `day` begins in the company's time zone."""
    return start_of_day(day, timezone.get_default_timezone())
