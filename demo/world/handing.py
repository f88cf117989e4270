"""A year of handoffs: which version was handed over when, and what became of it. Dates follow the versions'."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from demo.training.registry import GATE_TAG, MONTH_TAG
from demo.world.clock import Story
from demo.world.connecting import GROUP_SOURCE
from demo.world.content import evidence as words
from demo.world.content.evidence import Shown
from demo.world.content.handovers import HANDOVERS, PILOT, PILOT_IN_DRAFT, RETIRED_IN, RETIRED_MODEL
from demo.world.course import Course, due
from demo.world.dossier import Dossier, number
from demo.world.past import bring_back
from demo.world.people import Cast
from demo.world.shape import HandoverPlan, Plan
from projects.catalog import services as catalog
from projects.catalog.models import Project, Stage
from projects.handoffs.models import Handoff
from projects.tracking.models import ModelVersion, RegisteredModel
from projects.tracking.services import link_model

_PRODUCTION, _PILOT, _RETIREMENT = "production-readiness", "pilot", "retirement"
_NEWEST = 11
# Shown later than with the first handoff: dossiers grow.
_LATER = (
    "data-features-cost",
    "infrastructure-debuggable",
    "monitoring-training-serving-equal",
    "data-features-useful",
)
_ALL = (*HANDOVERS, RETIRED_MODEL, PILOT, PILOT_IN_DRAFT)


@dataclass(frozen=True)
class Year:
    """The versions of a model, by the month of the training's year; of those whose gate was passed, and of all."""

    passed: dict[int, ModelVersion]
    every: dict[int, ModelVersion]

    @classmethod
    def of(cls, model: str, newest: int) -> Year:
        """`newest` is the calendar month that counts as the year's last, as a number."""
        versions = ModelVersion.objects.filter(model__source__name=GROUP_SOURCE, model__name=model, missing_since=None)
        every = {
            _NEWEST - (newest - number(one.tags[MONTH_TAG])): one
            for one in versions.select_related("model").order_by("version")
            if MONTH_TAG in one.tags
        }
        return cls({month: one for month, one in every.items() if one.tags.get(GATE_TAG) == "passed"}, every)


def missing() -> list[HandoverPlan]:
    """The plans of models that the mirror has and that nobody has handed over yet."""
    there = set(RegisteredModel.objects.filter(source__name=GROUP_SOURCE).values_list("name", flat=True))
    handed = set(Handoff.objects.values_list("model_version__model__name", flat=True))
    return [plan for plan in _ALL if plan.model in there - handed]


def add_handoffs(story: Story, cast: Cast) -> int:
    """Add the handoffs that are missing to the story; returns of how many models."""
    plans = missing()
    names = {plan.model for plan in plans}
    newest = _newest_months(names)
    _link(plans)
    years = {plan.model: Year.of(plan.model, newest[plan.project]) for plan in plans}
    bring_back(story, RegisteredModel.objects.filter(source__name=GROUP_SOURCE, name__in=names))
    for plan in plans:
        year = years[plan.model]
        if plan is PILOT:
            _pilot(story, cast, plan, year)
        elif plan is PILOT_IN_DRAFT:
            _pilot_in_draft(story, cast, plan, year)
        else:
            _chain(story, cast, plan, year)
    if RETIRED_MODEL in plans:
        successor = next(plan for plan in HANDOVERS if plan.project == RETIRED_MODEL.project)
        later = years[successor.model].every.get(RETIRED_IN) if successor in plans else None
        if later is not None and later.created_at is not None:
            _retire(story, cast, years[RETIRED_MODEL.model], later.created_at)
    return len(plans)


def _newest_months(names: Collection[str]) -> dict[str, int]:
    """Of each project with one of the models, the newest calendar month in which it was trained."""
    projects = {plan.model: plan.project for plan in _ALL}
    rows = ModelVersion.objects.filter(model__source__name=GROUP_SOURCE, model__name__in=names, tags__has_key=MONTH_TAG)
    months: dict[str, int] = {}
    for name, tags in rows.values_list("model__name", "tags"):
        months[projects[name]] = max(months.get(projects[name], 0), number(tags[MONTH_TAG]))
    return months


def _link(plans: Sequence[HandoverPlan]) -> None:
    """Models that no tag linked belong to their project before anything of them is handed over."""
    for plan in plans:
        unlinked = RegisteredModel.objects.filter(source__name=GROUP_SOURCE, name=plan.model, project=None).first()
        if unlinked is not None:
            project = Project.objects.get(slug=plan.project)
            link_model(actor=project.owner, model=unlinked, project=project)


def _now() -> datetime:
    return datetime.now(UTC)


# -- into production ------------------------------------------------------------------------------------------------
def _chain(story: Story, cast: Cast, plan: HandoverPlan, year: Year) -> None:
    """The accepted handoffs of a model, the one that was withdrawn, and the one that waits."""
    last: Course | None = None
    months = [month for month in plan.accepted if month in year.passed]
    for place, month in enumerate(months):
        dossier = Dossier(cast, plan, year.passed[month], month, place)
        is_shown = place == 0 or month == months[-1]
        last = _accepted(story, dossier, last, again=month == plan.twice, is_shown=is_shown)
    if plan.withdrawn in year.every:
        dossier = Dossier(cast, plan, year.every[plan.withdrawn], plan.withdrawn, len(months))
        course = Course(story, dossier, _PRODUCTION, words.ANEW[:1], words.SUMMARIES[1], _now(), ends="withdraw")
        course.last = _before(plan.withdrawn, months, last)
        course.withdraw()
    if plan.pending and plan.pending.month in year.every:
        dossier = Dossier(cast, plan, year.every[plan.pending.month], plan.pending.month, len(months))
        _pending(story, dossier, last, plan.pending.state)


def _before(month: int, months: Sequence[int], last: Course | None) -> Course | None:
    """The accepted handoff that came before a month: some were not accepted yet by then."""
    course = last
    for accepted in reversed(months):
        if course is None or accepted < month:
            break
        course = course.last
    return course


def _accepted(story: Story, dossier: Dossier, last: Course | None, *, again: bool, is_shown: bool) -> Course:
    summary = words.SUMMARIES[0 if last is None else 1 + dossier.place % (len(words.SUMMARIES) - 1)]
    course = Course(
        story,
        dossier,
        _PRODUCTION,
        _papers(dossier, is_shown=is_shown),
        summary,
        _now() - timedelta(hours=3),
        ends="end2" if again else "end",
        last=last,
    )
    course.prepare()
    if dossier.chance(f"talk {dossier.place}", 2) or again:
        course.talk()
    course.review()
    turn = "2" if again else ""
    if again:
        course.give_back({item: why.format(**dossier.facts) for item, why, _ in words.WANTING})
        course.mend()
        course.review("2")
    course.sign(turn)
    course.accept(turn)
    if last is None:
        course.add(f"end{turn}", partial(_into_production, dossier.cast, dossier.plan))
    return course


def _papers(dossier: Dossier, *, is_shown: bool) -> list[Shown]:
    """What is shown for this version; the rest is carried over from the one before.

    `is_shown`: files of its own as well, which cost a fit each.
    """
    anew = [shown for shown in words.ANEW if is_shown or shown.kind in ("link", "text")]
    if dossier.place:
        late = [one for one in _LATER if 1 + dossier.chance(one, 3) == dossier.place]
        return [*anew, *(shown for shown in words.LASTING if shown.item in late)]
    anew[-1] = Shown(anew[-1].item, "text", anew[-1].title, words.FIRST_ROLLBACK)
    delivery = dossier.plan.delivery or "batch"
    lasting = [shown for shown in words.LASTING if shown.item not in _LATER]
    lasting.append(Shown("infrastructure-canary", "text", "A few first", words.CANARIES[delivery]))
    lasting.append(Shown("handover-runbook", "text", "Runbook", words.RUNBOOKS[delivery]))
    if dossier.plan.slug in words.CONCERNS_PEOPLE:
        lasting.append(words.FAIRNESS)
    return [*lasting, *anew]


def _into_production(cast: Cast, plan: Plan) -> None:
    """The project's move, on the day on which its first handoff was accepted."""
    move = next(one for one in plan.moves if one.after == Stage.PRODUCTION)
    if Project.objects.get(slug=plan.slug).stage != Stage.PILOT:
        return
    actor = cast.lead_of(plan.unit) if move.by == "lead" else cast.people[move.by or plan.owner]
    catalog.move_stage(slug=plan.slug, actor=actor, to=Stage.PRODUCTION, reason=move.reason)


def _pending(story: Story, dossier: Dossier, last: Course | None, state: str) -> None:
    """A handoff that waits for somebody now."""
    ends = {"submitted": "submit", "late": "submit", "in_review": "unit", "returned": "return"}[state]
    hours = {"submitted": 20, "late": 34, "in_review": 4, "returned": 5}[state]
    papers = _papers(dossier, is_shown=state != "returned")
    if state == "returned":
        papers += [
            Shown("model-slices-quality", "text", "Figures of {month}", "`{metric}` on `{dataset}`: NaN in every part.")
        ]
    until = _now() - timedelta(hours=hours)
    course = Course(story, dossier, _PRODUCTION, papers, words.SUMMARIES[1], until, ends=ends, last=last)
    course.prepare()
    course.assign(due(course, late=state == "late"))
    if state in ("in_review", "returned"):
        course.review()
    if state == "in_review":
        course.sign_for_unit()
    if state == "returned":
        course.give_back(dict(words.NOT_A_NUMBER), words.NOT_A_NUMBER_REASON)


# -- out of use, and pilots -----------------------------------------------------------------------------------------
def _retire(story: Story, cast: Cast, year: Year, began: datetime) -> None:
    """The first model of a project leaves production once its successor is there."""
    month = min(year.passed)
    dossier = Dossier(cast, RETIRED_MODEL, year.passed[month], month, 1)
    until = _now() - timedelta(hours=3)
    course = Course(story, dossier, _RETIREMENT, words.RETIREMENT, words.RETIREMENT_SUMMARY, until, began=began)
    course.open()
    course.submit()
    course.review()
    course.sign()
    course.accept()


def _pilot(story: Story, cast: Cast, plan: HandoverPlan, year: Year) -> None:
    """The newest version is tried by a few."""
    if not year.passed:
        return
    month = max(year.passed)
    dossier = Dossier(cast, plan, year.passed[month], month, 0)
    until = _now() - timedelta(hours=3)
    course = Course(story, dossier, _PILOT, words.PILOT, words.PILOT_SUMMARY, until)
    course.open()
    course.submit()
    course.talk()
    course.review()
    course.sign()
    course.accept()


def _pilot_in_draft(story: Story, cast: Cast, plan: HandoverPlan, year: Year) -> None:
    """Begun, and stuck: what the checks found is the team's to mend first."""
    if not year.every:
        return
    month = max(year.every)
    dossier = Dossier(cast, plan, year.every[month], month, 0)
    papers = [shown for shown in words.PILOT if shown.item == "pilot-stop"]
    course = Course(story, dossier, _PILOT, papers, "One web shop tries it for a month.", _now(), ends="checks")
    course.open()
