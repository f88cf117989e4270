"""Steps that Cairn sees for itself: asked of the state as it is, for many enrolments at once.

A step becomes verified when what it asks for is so and the steps before it are done; it is open again, with the reason,
when it is no longer so. Asked twice, or in another order, the answer is the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coe.core.models import Event
from coe.onboarding import marking
from coe.onboarding.marking import Ledger, Mark
from coe.onboarding.models import Enrolment, Progress, Team
from coe.onboarding.way import Way, ways
from coe.paths import checks
from coe.paths.checks import Check, Finding, Newcomer, Touched
from coe.paths.models import Step

AT_ONCE = 500
_Members = Team.members.through
Asked = tuple[int, str]


def verify(enrolments: Iterable[Enrolment]) -> int:
    """Look again at every step of these active enrolments that Cairn can see. Returns how many steps changed."""
    ids = sorted({one.pk for one in enrolments})
    return sum(_verify(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


@transaction.atomic
def _verify(ids: Sequence[int]) -> int:
    held = marking.lock(Enrolment.objects.filter(pk__in=ids, state=Enrolment.State.ACTIVE))
    active = [one for one in held if one.state == Enrolment.State.ACTIVE]
    known = ways(active)
    findings, ledger, mates = _find(known.values()), Ledger(), _mates(known.values())
    # A step of a team is marked once; the others of the team see it by the same row.
    changed = sum(_mark(way, findings, mates, ledger) for way in known.values())
    ledger.write()
    marking.refresh(active, known=known)
    return changed


Mates = dict[tuple[int, int], list[Way]]


def _mates(known: Iterable[Way]) -> Mates:
    """The ways of each team on each path."""
    found: Mates = defaultdict(list)
    for way in known:
        if way.enrolment.team_id:
            found[way.enrolment.team_id, way.enrolment.path_id].append(way)
    return found


def _mark(way: Way, findings: dict[Asked, Finding], mates: Mates, ledger: Ledger) -> int:
    """Mark what changed, until nothing more does: a step that is done can open others that Cairn has seen already."""
    changed = 0
    while True:
        marks = [mark for step in way.mine if (mark := _change(way, step, findings.get((way.enrolment.pk, step.key))))]
        if not marks:
            return changed
        for row in marking.mark(way, marks, ledger):
            if row.team_id:
                _share(row, mates[row.team_id, row.path_id])
        changed += len(marks)


def _share(row: Progress, mates: Iterable[Way]) -> None:
    for other in mates:
        other.progress[row.step_key] = row
        other.forget()


def _change(way: Way, step: Step, finding: Finding | None) -> Mark | None:
    """What becomes of a step by what was found; None when it stays as it is."""
    if finding is None:
        return None
    row = way.progress.get(step.key)
    if finding.is_so and (row is None or row.state == Progress.State.REGRESSED):
        if step.key not in way.open:
            return None
        return Mark(step, Progress.State.VERIFIED, finding.at or timezone.now(), evidence=finding.evidence)
    check = checks.get(step.check_key)
    if not finding.is_so and row is not None and row.state == Progress.State.VERIFIED and check and not check.lasts:
        why = (finding.why or "It is no longer so.")[:500]
        return Mark(step, Progress.State.REGRESSED, timezone.now(), why=why)
    return None


def _find(known: Iterable[Way]) -> dict[Asked, Finding]:
    """What the checks say of each step that is to be looked at, each check asked once for all."""
    asked: dict[tuple[str, str], list[tuple[Way, Step]]] = defaultdict(list)
    for way in known:
        for step in way.mine:
            if step.kind == Step.Kind.VERIFIED and _worth_asking(way, step):
                asked[step.check_key, json.dumps(step.params, sort_keys=True)].append((way, step))
    found: dict[Asked, Finding] = {}
    for (key, params), pairs in asked.items():
        check = checks.get(key)
        if check is None:  # a room that is no longer there: the step waits to be waived or edited
            continue
        newcomers, places = _newcomers(pairs)
        answers = check.find(newcomers, json.loads(params))
        for (way, step), place in zip(pairs, places, strict=True):
            found[way.enrolment.pk, step.key] = answers[place]
    return found


def _worth_asking(way: Way, step: Step) -> bool:
    """Not of what a person settled (waived, tested out), nor of what was seen and lasts."""
    row = way.progress.get(step.key)
    if row is None or row.state == Progress.State.REGRESSED:
        return True
    check = checks.get(step.check_key)
    return row.state == Progress.State.VERIFIED and check is not None and not check.lasts


def look(way: Way, step: Step) -> Finding | None:
    """What the check behind a step sees now; None where there is no such check. Nothing is written down."""
    check = checks.get(step.check_key)
    if check is None:
        return None
    newcomers, places = _newcomers([(way, step)])
    return check.find(newcomers, step.params)[places[0]]


def _newcomers(pairs: Sequence[tuple[Way, Step]]) -> tuple[list[Newcomer], list[int]]:
    """For whom to ask, each once, and for each pair its place among them."""
    members = _members({way.enrolment.team_id for way, _ in pairs if way.enrolment.team_id})
    places: dict[Newcomer, int] = {}
    order = []
    for way, step in pairs:
        team = way.enrolment.team
        shared = team is not None and step.scope == Step.Scope.TEAM
        people = members[team.pk] if team is not None and shared else frozenset({way.enrolment.person_id})
        subject = (team.subject_type_id, team.subject_id) if team and team.subject_type_id and team.subject_id else None
        newcomer = Newcomer(people, (subject[0], subject[1]) if subject else None)
        order.append(places.setdefault(newcomer, len(places)))
    return list(places), order


def _members(teams: set[int]) -> dict[int, frozenset[int]]:
    from_team: dict[int, set[int]] = defaultdict(set)
    for team_id, person_id in _Members.objects.filter(team__in=teams).values_list("team_id", "person_id"):
        from_team[team_id].add(person_id)
    return defaultdict(frozenset, {pk: frozenset(ids) for pk, ids in from_team.items()})


def concerned(touched: Touched) -> Q:
    """The condition on active enrolments that may stand otherwise: by person, by team, by what they work on."""
    people = Q(person__in=touched.people) | Q(
        team__in=_Members.objects.filter(person__in=touched.people).order_by().values("team")
    )
    things = Q(pk__in=[])
    by_type: dict[int, set[int]] = defaultdict(set)
    for type_id, pk in touched.subjects:
        by_type[type_id].add(pk)
    for type_id, ids in by_type.items():
        things |= Q(team__subject_type=type_id, team__subject_id__in=ids)
    return (people if touched.people else Q(pk__in=[])) | things


def touched_by(events: Sequence[Event], check: Check) -> Touched:
    """Whom these events concern, by one check."""
    mine = [event for event in events if event.verb in check.verbs]
    return check.touched(mine) if mine else Touched()


def look_again(events: Sequence[Event]) -> int:
    """Verify for whomever these events concern. Returns how many steps changed."""
    people: set[int] = set()
    subjects: set[tuple[int, int]] = set()
    for check in checks.checks():
        touched = touched_by(events, check)
        people |= touched.people
        subjects |= touched.subjects
    if not people and not subjects:
        return 0
    condition = concerned(Touched(frozenset(people), frozenset(subjects)))
    return verify(Enrolment.objects.active().filter(condition).only("pk"))
