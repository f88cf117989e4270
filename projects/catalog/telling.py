"""Whom news of projects reach: who answers for them, who stands behind them, who works on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from coe.accounts.queries import leads_of
from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because, plain, quote, who
from projects.catalog.models import Project, Stage, StatusUpdate

TOPIC = "projects"
telling.topic(
    TOPIC,
    "Projects",
    about="How projects of yours do: their status, their stage, who works on them, and models that you use.",
    order=30,
    email="daily",
)


def news(event: Event, project: Project, text: str, to: Collection[int | None]) -> Iterable[News]:
    """The text to those of these people that there are, in the project's thread; nothing where there is nobody."""
    people = {pk for pk in to if pk}
    if people:
        subject = (event.subject_type_id, event.subject_id)
        yield News(TOPIC, text, people, subject, project.get_absolute_url(), f"project:{project.pk}")


def _project(event: Event) -> Project | None:
    return Project.objects.select_related("unit").filter(pk=event.subject_id).first()


def followers(project: Project) -> set[int | None]:
    """Who answers for it or stands behind it: owner, sponsor, stakeholders."""
    return {project.owner_id, project.sponsor_id, *project.stakeholders.values_list("pk", flat=True)}


def leads(project: Project) -> set[int | None]:
    """Who leads its unit, else the nearest unit above that somebody leads."""
    found = leads_of(project.unit)
    return {grant.person_id for grant in found if grant.unit_id == found[0].unit_id}


@telling.tell("project.created")
def _created(event: Event) -> Iterable[News]:
    """Who is to answer for it, and who leads the unit."""
    project = _project(event)
    if project is None:
        return
    yield from news(event, project, f"{who(event)} added {project} to the catalog and made you its owner.",
                    {project.owner_id} - {event.actor_id})  # fmt: skip
    stage = Stage(event.facts["stage"]).label.lower()
    text = f"{who(event)} added {project} to the catalog of {project.unit}, as {_a(stage)}."
    yield from news(event, project, text, leads(project) | {project.sponsor_id})


def _a(stage: str) -> str:
    """ "an idea", "a pilot"; the other stages are none that a project is called by."""
    names = {"idea": "an idea", "pilot": "a pilot"}
    return names.get(stage, f"one in {stage}" if stage != "retired" else "one that is retired")


@telling.tell("project.edited")
def _edited(event: Event) -> Iterable[News]:
    """Who became its owner or its sponsor."""
    project = _project(event)
    fields = event.facts.get("fields", [])
    if project is None:
        return
    if "owner" in fields:
        yield from news(event, project, f"{who(event)} made you the owner of {project}.", {project.owner_id})
    if "sponsor" in fields:
        yield from news(event, project, f"{who(event)} made you the sponsor of {project}.", {project.sponsor_id})


@telling.tell("project.moved")
def _moved(event: Event) -> Iterable[News]:
    project = _project(event)
    if project is None:
        return
    facts = event.facts
    override = " by an override" if facts.get("is_override") else ""
    text = because(
        f"{who(event)} moved {project} from {facts['before']} to {facts['after']}{override}", facts["reason"]
    )
    members = project.members.values_list("person_id", flat=True)
    yield from news(event, project, text, followers(project) | {*members})


@telling.tell("project.status_given")
def _status(event: Event) -> Iterable[News]:
    """Good and bad alike: who hears only of trouble does not know what silence means."""
    project = _project(event)
    if project is None:
        return
    said = StatusUpdate.objects.filter(project=project, author=event.actor_id, created_at__lte=event.at).first()
    words = quote(plain(said.html)) if said else ""
    text = because(f"{who(event)} says that {project} is {event.facts['status']}", words)
    yield from news(event, project, text, followers(project) | leads(project))


@telling.tell("project.member_added")
def _joined(event: Event) -> Iterable[News]:
    project = _project(event)
    if project is not None:
        text = f"{who(event)} added you to {project} for {event.facts['responsibility']}."
        yield from news(event, project, text, {event.facts.get("person_id")})


@telling.tell("project.member_removed")
def _left(event: Event) -> Iterable[News]:
    project = _project(event)
    if project is not None:
        text = f"{who(event)} took you off {event.facts['responsibility']} in {project}."
        yield from news(event, project, text, {event.facts.get("person_id")})
