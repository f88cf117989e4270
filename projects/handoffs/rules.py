"""Who may know of a handoff, who answers it, and who decides: never those who built or submitted it."""

from __future__ import annotations

from django.db.models import Q

from coe.accounts.models import Person, Role
from coe.accounts.rules import in_scope, standing
from coe.core import access, events
from projects.catalog.models import Project
from projects.handoffs.models import Decision, Handoff

BUILDERS = ("data_science", "data_engineering")


@access.visibility("handoff")
def _handoffs(person: Person) -> Q:
    """Those of projects that the person may know of, and those that the person may be asked to receive."""
    of_project = Q(project__in=Project.objects.visible_to(person))
    scope = standing(person).scope(Role.APPROVER)
    if scope is not None and not scope:
        return of_project
    return of_project | in_scope(scope, "receiving_unit__lineage")


def receives(person: Person, handoff: Handoff) -> bool:
    """Whether the person holds the role approver for the receiving unit."""
    return standing(person).holds(Role.APPROVER, unit=handoff.receiving_unit)


def had_a_hand(person: Person, handoff: Handoff) -> str:
    """Why this person's eyes are not the second pair, as a sentence; empty when they are."""
    if handoff.opened_by_id == person.pk:
        return "You opened this handoff, so somebody else must decide it."
    submissions = Decision.objects.filter(handoff=handoff.pk, kind=Decision.Kind.SUBMITTED, actor=person)
    if handoff.submitted_by_id == person.pk or submissions.exists():
        return "You submitted this handoff, so somebody else must decide it."
    if handoff.project.owner_id == person.pk:
        return "You own the project, so somebody else must decide its handoffs."
    if handoff.project.members.filter(person=person, responsibility__in=BUILDERS).exists():
        return "You are of the team that built the model, so somebody else must decide."
    return ""


@access.rule("handoff.open")
def _open(person: Person, project: object) -> bool:
    return isinstance(project, Project) and access.may(person, "project.edit", project)


@access.rule("handoff.answer")
def _answer(person: Person, handoff: object) -> bool:
    """Answer items, add evidence, submit, withdraw, issue the token of the test job: the project's team."""
    return isinstance(handoff, Handoff) and access.may(person, "project.edit", handoff.project)


@access.rule("handoff.decide")
def _decide(person: Person, handoff: object) -> bool:
    """Start the review, return, accept: the receiving team, but nobody who had a hand in it."""
    return isinstance(handoff, Handoff) and receives(person, handoff) and not had_a_hand(person, handoff)


@access.rule("handoff.reassign")
def _reassign(person: Person, handoff: object) -> bool:
    """Give it to another reviewer or receiving unit, or another date: both sides."""
    return isinstance(handoff, Handoff) and (access.may(person, "handoff.answer", handoff) or receives(person, handoff))


@access.rule("handoff.take_part")
def _take_part(person: Person, handoff: object) -> bool:
    """Comment, run the checks again: both sides, and whoever the sponsor is."""
    return isinstance(handoff, Handoff) and (
        access.may(person, "handoff.reassign", handoff) or handoff.project.sponsor_id == person.pk
    )


@access.rule("handoff.sign")
def _sign(person: Person, subject: object) -> bool:
    """(handoff, item): whoever holds the item's role for the receiving unit or the project's, and did not submit it; a
    signature of the receiving team's is given by nobody who had a hand in it.
    """
    if not isinstance(subject, tuple):
        return False
    handoff, item = subject
    roles = standing(person)
    if not (roles.holds(item.role, unit=handoff.receiving_unit) or roles.holds(item.role, unit=handoff.project.unit)):
        return False
    if item.role == Role.APPROVER:
        return not had_a_hand(person, handoff)
    return bool(handoff.submitted_by_id != person.pk)


events.sentence(
    "handoff.opened",
    lambda facts: (
        f"opened the handoff of {facts['name']} {facts['version']}"
        + (f", {facts['because']}" if facts.get("because") else "")
    ),
)
events.sentence("handoff.edited", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
events.sentence("handoff.answered", lambda facts: f"answered “{facts['item']}”: {facts['answer']}")
events.sentence("handoff.signed", lambda facts: f"signed “{facts['item']}”")
events.sentence("handoff.evidence_added", lambda facts: f"added evidence to “{facts['item']}”: {facts['title']}")
events.sentence("handoff.evidence_removed", lambda facts: f"took back evidence of “{facts['item']}”: {facts['title']}")
events.sentence("handoff.carried", lambda facts: f"carried over {facts['n']} answers from version {facts['version']}")
events.sentence(
    "handoff.checked",
    lambda facts: (
        f"ran {facts['n']} checks: {facts['passed']} passed, {facts['failed']} failed,"
        f" {facts['cannot_tell']} cannot tell"
    ),
)
events.sentence(
    "handoff.tested",
    lambda facts: f"sent test results: {facts['passed']} passed, {facts['failed']} failed, {facts['skipped']} skipped",
)
events.sentence(
    "handoff.submitted",
    lambda facts: f"submitted the handoff of {facts['name']} {facts['version']} (round {facts['round']})",
)
events.sentence("handoff.review_started", "began the review")
events.sentence(
    "handoff.returned", lambda facts: f"returned the handoff of {facts['name']} {facts['version']}: {facts['reason']}"
)
events.sentence("handoff.accepted", lambda facts: f"accepted the handoff of {facts['name']} {facts['version']}")
events.sentence(
    "handoff.withdrawn", lambda facts: f"withdrew the handoff of {facts['name']} {facts['version']}: {facts['reason']}"
)
events.sentence("handoff.reassigned", lambda facts: f"gave it to {facts['to']}")
events.sentence("handoff.commented", "commented")
events.sentence("handoff.token_issued", "issued a token for test results")
events.sentence("handoff.token_ended", "ended the token for test results")
