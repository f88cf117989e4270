"""Who may decide about aliases and hooks."""

from __future__ import annotations

from coe.accounts.models import Person, Role
from coe.accounts.rules import is_administrator, standing
from coe.core import access, events
from projects.registry.models import AliasOrder, Drift
from projects.tracking.models import RegisteredModel


def _model(thing: object) -> RegisteredModel | None:
    if isinstance(thing, RegisteredModel):
        return thing
    return thing.managed.model if isinstance(thing, AliasOrder | Drift) else None


@access.rule("alias.decide")
def _decide(person: Person, thing: object) -> bool:
    """Record a drift, have it put back, try an order again: approvers of the model's unit, and the centre."""
    model = _model(thing)
    if model is None:
        return False
    unit = model.project.unit if model.project else None
    return is_administrator(person) or standing(person).holds(Role.APPROVER, unit=unit)


@access.rule("hook.manage")
def _manage(person: Person, _source: object) -> bool:
    return is_administrator(person)


def _where(facts: dict[str, object]) -> str:
    return f"version {facts['version']}" if facts.get("version") else "no version"


events.sentence(
    "alias.ordered", lambda facts: f"decided that {facts['alias']} of {facts['name']} shall stand on {_where(facts)}"
)
events.sentence(
    "alias.retried", lambda facts: f"asked to try again to set {facts['alias']} of {facts['name']} to {_where(facts)}"
)
events.sentence("alias.applied", lambda facts: f"set {facts['alias']} of {facts['name']} to {_where(facts)} in MLflow")
events.sentence(
    "alias.delayed",
    lambda facts: f"could not set {facts['alias']} of {facts['name']} to {_where(facts)} yet: {facts['error']}",
)
events.sentence(
    "alias.drifted",
    lambda facts: f"found {facts['alias']} of {facts['name']} on {_where(facts)}, where nobody here had put it",
)
events.sentence(
    "alias.drift_recorded", lambda facts: f"recorded that {facts['alias']} stands on {_where(facts)}: {facts['reason']}"
)
events.sentence(
    "alias.drift_put_back", lambda facts: f"has {facts['alias']} put back to {_where(facts)}: {facts['reason']}"
)
events.sentence("hook.connected", "connected the webhook of {label}")
events.sentence("hook.opening_set", "handoffs open by themselves for: {opens_on}")
