"""Who may define KPIs, bind them, set baselines and targets, and enter values."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from django.db.models import Q

from coe.accounts.models import Person, Role
from coe.accounts.rules import is_administrator, standing
from coe.core import access, events, figures
from kpis.measures.models import Binding
from projects.catalog.models import Project


@access.visibility("kpi")
def _kpis(_person: Person) -> Q:
    return Q()


@access.visibility("binding")
def _bindings(person: Person) -> Q:
    return Q(project__in=Project.objects.visible_to(person))


@access.rule("kpi.define")
def _define(person: Person, _kpi: object) -> bool:
    return is_administrator(person)


@access.rule("metric.map")
def _map(person: Person, _name: object) -> bool:
    return standing(person).holds_anywhere(Role.ADMINISTRATOR, Role.UNIT_LEAD, Role.CONTRIBUTOR)


@access.rule("figures.read")
def _read(person: Person, binding: object) -> bool:
    return isinstance(binding, Binding) and (
        not binding.is_withheld or access.may(person, "project.confidential", binding.project)
    )


@access.rule("observation.enter")
def _enter(person: Person, project: object) -> bool:
    return isinstance(project, Project) and (
        access.may(person, "project.edit", project) or standing(person).holds(Role.CONTRIBUTOR, unit=project.unit)
    )


def _with_short_value(text: str) -> Callable[[dict[str, Any]], str]:
    """A sentence in which the value has thousands separators or four significant digits, and the day is in words."""

    def say(facts: dict[str, Any]) -> str:
        told = facts.get("value", "")
        try:
            number = float(told)
            told = f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"
        except (TypeError, ValueError):
            told = str(told)
        on = str(facts.get("on", ""))
        with suppress(ValueError):  # what is no date is told as it stands
            on = figures.day(date.fromisoformat(on))
        return text.format_map({"note": "", "kpi": "", **facts, "value": told, "on": on})

    return say


events.sentence("kpi.defined", "defined the KPI {name}")
events.sentence("kpi.redefined", "changed the definition from {effective_from}: {reason}")
events.sentence("metric.mapped", "mapped the metric {key} to {kpi}")
events.sentence("binding.created", "added the KPI {kpi}")
events.sentence("binding.changed", "changed where {kpi} comes from")
events.sentence("binding.removed", "removed the KPI {kpi}")
events.sentence("baseline.set", _with_short_value("set the baseline of {kpi} to {value}: {note}"))
events.sentence("target.set", _with_short_value("set the target of {kpi} to {value}"))
events.sentence("observation.entered", _with_short_value("entered {value} for {kpi} as of {on}"))
events.sentence("observation.corrected", _with_short_value("corrected {kpi} as of {on} to {value}: {note}"))
events.sentence("kpi.placed", "moved it to place {after}")
events.sentence("kpi.archived", "archived the KPI")
events.sentence("kpi.restored", "brought the KPI back")
events.sentence("metric.ignored", "said that the metric {key} means no KPI")
events.sentence("metric.reopened", "put the metric {key} back into triage")
events.sentence("observation.imported", "imported {count} values for {kpi}")
