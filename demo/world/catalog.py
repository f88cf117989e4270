"""Projects and what became of them, each step by whoever took it and on the day it was taken."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from coe.core import access
from demo.world.clock import Story, moment
from demo.world.content.handovers import HANDED_OVER
from demo.world.content.projects import PROJECTS
from demo.world.facts import facts
from demo.world.people import Cast
from demo.world.shape import Move, Plan, Word
from projects.catalog import services
from projects.catalog.models import Project, Stage


def add_projects(story: Story, cast: Cast) -> None:
    """Those projects that are missing, with their whole story."""
    there = set(Project.objects.values_list("slug", flat=True))
    for plan in PROJECTS:
        if plan.slug not in there:
            _tell(story, cast, plan)


def _tell(story: Story, cast: Cast, plan: Plan) -> None:
    story.add(moment(plan.began, plan.slug), partial(_create, cast, plan))
    for place, word in enumerate(plan.team):
        story.add(
            moment(max(1, plan.began - 7 * (place + 1)), f"{plan.slug} {word}"), partial(_member, cast, plan, word)
        )
    for move in plan.moves:
        if move.after == Stage.PRODUCTION and plan.slug in HANDED_OVER:
            continue  # with its first accepted handoff
        story.add(moment(move.ago, f"{plan.slug} {move.after}"), partial(_move, cast, plan, move))
    for said in plan.words:
        story.add(moment(said.ago, f"{plan.slug} {said.ago}"), partial(_say, cast, plan, said))


def _create(cast: Cast, plan: Plan) -> None:
    """By the owner where the owner may, else by whoever leads the vertical."""
    unit, owner = cast.units[plan.unit], cast.people[plan.owner]
    team = facts().get(plan.slug)
    services.create_project(
        actor=owner if access.may(owner, "project.create", unit) else cast.lead_of(plan.unit),
        slug=plan.slug,
        name=team.title if team else plan.name,
        summary=team.summary if team else plan.summary,
        unit=unit,
        owner=owner,
        reason="Proposed",
        problem=plan.problem,
        decision=plan.decision,
        sponsor=cast.people[plan.sponsor] if plan.sponsor else None,
        stakeholders=[cast.people[key] for key in plan.stakeholders],
        techniques=list(plan.techniques),
        domains=list(plan.domains),
        delivery=plan.delivery,
        effort=plan.effort,
        value=plan.value,
        annual_value=None if plan.annual_value is None else Decimal(plan.annual_value),
        risk_tier=plan.risk,
        visibility=plan.visibility,
        links=[{"label": label, "url": url} for label, url in plan.links],
    )


def _member(cast: Cast, plan: Plan, word: str) -> None:
    key, _, responsibility = word.partition(":")
    services.add_member(
        slug=plan.slug, actor=cast.people[plan.owner], person=cast.people[key], responsibility=responsibility
    )


def _move(cast: Cast, plan: Plan, move: Move) -> None:
    actor = cast.lead_of(plan.unit) if move.by == "lead" else cast.people[move.by or plan.owner]
    services.move_stage(slug=plan.slug, actor=actor, to=move.after, reason=move.reason, is_override=move.override)


def _say(cast: Cast, plan: Plan, said: Word) -> None:
    services.give_status(slug=plan.slug, actor=cast.people[said.by or plan.owner], status=said.status, text=said.text)
