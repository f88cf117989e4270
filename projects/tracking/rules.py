"""Who may know of sources, experiments, runs and models, and who may change sources and links."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from coe.accounts.models import Person, Role
from coe.accounts.rules import is_administrator, standing
from coe.core import access, events
from projects.catalog.models import Project


def may_triage(person: Person) -> bool:
    """Whoever may link experiments to some project may look through those that belong to none."""
    return standing(person).holds_anywhere(
        Role.CONTRIBUTOR, Role.UNIT_LEAD, Role.MENTOR, Role.APPROVER, Role.ADMINISTRATOR
    )


def _of_visible_project(person: Person, path: str) -> Q:
    """Linked to a project the person may know of; unlinked ones only for whoever may triage."""
    # Not `in`: whether one of the company's many projects is known need not be asked of all of them.
    known = Q(Exists(Project.objects.visible_to(person).order_by().filter(pk=OuterRef(path))))
    return known | Q(**{f"{path}__isnull": True}) if may_triage(person) else known


@access.visibility("source")
def _sources(_person: Person) -> Q:
    return Q()


@access.visibility("experiment")
def _experiments(person: Person) -> Q:
    return _of_visible_project(person, "project")


@access.visibility("model")
def _models(person: Person) -> Q:
    return _of_visible_project(person, "project")


@access.visibility("run")
def _runs(person: Person) -> Q:
    return _of_visible_project(person, "experiment__project")


@access.rule("source.manage")
def _manage(person: Person, _source: object) -> bool:
    return is_administrator(person)


@access.rule("source.sync")
def _sync(person: Person, _source: object) -> bool:
    return standing(person).holds_anywhere(Role.ADMINISTRATOR, Role.CONTRIBUTOR, Role.UNIT_LEAD)


@access.rule("tracking.link")
def _link(person: Person, thing: object) -> bool:
    """Change what an experiment or a model belongs to: the team of its project; if it has none, whoever may triage."""
    project = getattr(thing, "project", None)
    return access.may(person, "project.edit", project) if project is not None else may_triage(person)


@access.rule("tracking.triage")
def _triage(person: Person, _thing: object) -> bool:
    return may_triage(person)


events.sentence("source.created", "connected the MLflow server {label}")
events.sentence("source.changed", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
events.sentence("sync.finished", "read {runs} runs from {label}")
events.sentence("sync.failed", "could not read {label}: {error}")
events.sentence("source.failing", "cannot read {label} any more: {error}")
events.sentence("source.recovered", "reads {label} again")
events.sentence("experiment.linked", "linked the experiment {name}")
events.sentence("experiment.unlinked", "unlinked the experiment {name}")
events.sentence("model.linked", "linked the model {name}")
events.sentence("model.unlinked", "unlinked the model {name}")
events.sentence("experiment.dismissed", "set the experiment {name} aside")
events.sentence("experiment.recalled", "took the experiment {name} up again")
events.sentence("model.dismissed", "set the model {name} aside")
events.sentence("model.recalled", "took the model {name} up again")
events.sentence(
    "model.alias_moved",
    lambda facts: f"alias {facts['alias']} of {facts['name']} now stands on version {facts['version']}",
)
