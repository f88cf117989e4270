"""Teams and people on paths: what they did by hand at its times; what Cairn sees it sees by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from django.contrib.contenttypes.models import ContentType

from coe.accounts.models import Person
from coe.onboarding import nudging, services
from coe.onboarding.models import Enrolment
from coe.onboarding.way import way_of
from coe.paths import builtin
from coe.paths.models import Step
from demo.world.clock import SEED, Story, moment
from demo.world.content.learning import ALONE, LINK, NEW, NOTES, TEAMS, Going, Learning
from demo.world.people import Cast
from projects.catalog.models import Project, Responsibility

# Days between two things that somebody does, at least and at most.
_PACE = (1, 6)
# A step done by hand, a day of reading more; no path has so many.
_MOST = 30
_DATA = (Responsibility.DATA_SCIENCE, Responsibility.DATA_ENGINEERING)


def missing() -> bool:
    """Whether nobody is on a path yet."""
    return not Enrolment.objects.exists()


def add_all(story: Story, cast: Cast) -> None:
    """All of it, and when those who are new came."""
    builtin.ensure()
    for key, ago in NEW:
        Person.objects.filter(pk=cast.people[key].pk).update(created_at=moment(ago, f"came {key}"))
    projects = {one.slug: one for one in Project.objects.filter(slug__in=[each.project for each in TEAMS])}
    for going in TEAMS:
        if going.project in projects:
            _team(story, cast, going, projects[going.project])
    for learning in ALONE:
        person = cast.people[learning.person]
        begin = partial(services.enrol, actor=person, path=learning.path, experience=learning.experience)
        _walk(story, cast, f"{learning.person} {learning.path}", learning.began, learning.far, begin, learning)
    # What is late today is told today.
    story.add(datetime.now(UTC) - timedelta(hours=2), nudging.nudge_all)


def _team(story: Story, cast: Cast, going: Going, project: Project) -> None:
    people = Person.objects.filter(memberships__project=project, memberships__responsibility__in=_DATA)
    members = [one.pk for one in people.exclude(pk=project.owner_id).distinct().order_by("pk")[:3]]

    def begin() -> Enrolment | None:
        subject = (ContentType.objects.get_for_model(Project).pk, project.pk)
        owner = Person.objects.get(pk=project.owner_id)
        team = services.make_team(actor=owner, name=project.name, unit=project.unit, subject=subject, members=members)
        made = services.enrol_team(actor=owner, path="new-team", team_id=team.pk, experience="some")
        # Who leads two projects is on the path for the first of them alone, until that one is done.
        return next((one for one in made if one.person_id == owner.pk), made[0] if made else None)

    _walk(story, cast, going.project, going.began, going.far, begin, going)


def _walk(
    story: Story,
    cast: Cast,
    what: str,
    began: int,
    far: int,
    begin: Callable[[], Enrolment | None],
    of: Going | Learning,
) -> None:
    """Begin, then do one thing every few days until `far` are done or today has come."""
    made: list[Enrolment | None] = []
    story.add(moment(began, f"begin {what}"), lambda: made.append(begin()))
    choice, ago = Random(f"{SEED} {what}"), began
    for n in range(min(far, _MOST)):
        ago -= choice.randint(*_PACE)
        if ago < 1:
            return
        story.add(moment(ago, f"step {what} {n}"), partial(_step, cast, made, of, n))


def _step(cast: Cast, made: list[Enrolment | None], of: Going | Learning, n: int) -> None:
    """Each of the team does what comes next, where a person has to."""
    if made[0] is None:
        return
    first = Enrolment.objects.select_related("path", "edition", "person", "team", "unit").get(pk=made[0].pk)
    team = Enrolment.objects.active().filter(team=first.team_id, path=first.path_id) if first.team_id else []
    for one in team or [first]:
        way = way_of(one)
        if isinstance(of, Going) and of.piloted and "pilot" in way.open:
            services.waive_step(enrolment_id=one.pk, key="pilot", actor=cast.centre, why=of.piloted)
            continue
        by_hand = [step for step in way.mine if step.key in way.open and step.kind != Step.Kind.VERIFIED]
        if one.state == Enrolment.State.ACTIVE and by_hand:
            _do(cast, one, by_hand[0], of, n)


def _do(cast: Cast, one: Enrolment, step: Step, of: Going | Learning, n: int) -> None:
    where = {"enrolment_id": one.pk, "key": step.key}
    if step.kind == Step.Kind.MEET:
        why = of.known if isinstance(of, Going) else "They met over an earlier question."
        services.waive_step(**where, actor=cast.centre, why=why)
    elif step.kind == Step.Kind.QUIZ:
        right = [question["right"] for question in step.questions]
        if isinstance(of, Learning) and of.fails and not one.tries.filter(step_key=step.key).exists():
            services.answer_quiz(**where, actor=one.person, answers=[*right[:-2], [], []])
            return
        services.answer_quiz(**where, actor=one.person, answers=right)
    else:
        link = LINK.format(project=of.project if isinstance(of, Going) else of.path)
        note = NOTES[(n + one.pk) % len(NOTES)]
        services.finish_step(
            **where, actor=one.person, note=note if step.evidence == "words" else "",
            link=link if step.evidence == "link" else "",
        )  # fmt: skip
