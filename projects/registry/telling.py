"""Whom news of aliases reach that were moved behind our back: who owns the model, who decides, the centre."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from coe.accounts.models import Role
from coe.accounts.queries import administrators, holders
from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because, pair, who
from projects.registry.states import where
from projects.tracking.models import RegisteredModel

# The topic is the handoffs': an alias that somebody moved went past one.
TOPIC = "handoffs"


def _model(event: Event) -> RegisteredModel | None:
    return RegisteredModel.objects.select_related("source", "project__unit").filter(pk=event.subject_id).first()


def _news(model: RegisteredModel, text: str, to: Collection[int]) -> Iterable[News]:
    if to:
        yield News(TOPIC, text, to, pair(model), f"{model.versions_url}#aliases", f"model:{model.pk}")


@telling.tell("alias.drifted")
def _drifted(event: Event) -> Iterable[News]:
    """Whoever may decide what becomes of it (the rule `alias.decide`), and the owner."""
    model = _model(event)
    if model is None:
        return
    facts = event.facts
    alias, at = f"{facts['alias']} of {facts['name']}", where(facts["version"])
    text = f"The alias {alias} stands on {at} in MLflow, where nobody here put it."
    project = model.project
    to = administrators() | holders(Role.APPROVER, unit=project.unit if project else None)
    yield from _news(model, f"{text} Record it or have it put back.", to | ({project.owner_id} if project else set()))


@telling.tell("alias.drift_recorded", "alias.drift_put_back")
def _decided(event: Event) -> Iterable[News]:
    model = _model(event)
    if model is None or model.project is None:
        return
    facts = event.facts
    alias, at = f"{facts['alias']} of {facts['name']}", where(facts["version"])
    did = "recorded that" if event.verb == "alias.drift_recorded" else "has"
    is_there = "stands on" if event.verb == "alias.drift_recorded" else "put back to"
    text = because(f"{who(event)} {did} {alias} {is_there} {at}", facts["reason"])
    yield from _news(model, text, {model.project.owner_id})
