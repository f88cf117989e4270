"""What people do once the portal has read their server: link what carries no tag, map names of metrics, bind KPIs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from demo.training import portfolio
from demo.training.fitting import evaluate, holdout_rows
from demo.training.portfolio import SEED
from demo.training.shape import Case
from demo.world import plant
from demo.world.clock import Story, today
from demo.world.connecting import GROUP_SOURCE, PLANT_SOURCE
from demo.world.content.mapping import BESIDE, FIRST_TARGETS, IGNORED, MAIN, MAIN_SELECTORS, MAPPED
from demo.world.figures import PLANS
from demo.world.people import Cast
from kpis.measures import services
from kpis.measures.models import Binding, MetricName
from projects.catalog.models import Project
from projects.tracking.models import Experiment, RegisteredModel
from projects.tracking.services import link_experiment

# Older than the oldest run of the demo's year.
IN_FORCE_FOR = 400


@dataclass(frozen=True)
class Wish:
    """A KPI that a project takes from MLflow, in the units that its team logs; `target` None: nobody has set one."""

    case: Case
    kpi: str
    key: str
    target: float | None
    note: str
    selector: str
    scale: float = 1.0
    source: str = GROUP_SOURCE

    @property
    def on_model(self) -> bool:
        """Whether the registered model is bound, and not the experiment."""
        return self.case.selector.startswith(("alias", "latest_version"))


def wishes() -> list[Wish]:
    """The main KPI of each project with a model, and those that some have beside it."""
    cases = [(case, GROUP_SOURCE) for case in portfolio.cases()] + [(plant.CASE, PLANT_SOURCE)]
    found = []
    for case, source in cases:
        selector = MAIN_SELECTORS.get(case.slug, case.selector)
        main = case.primary
        found.append(Wish(case, MAIN[case.slug], main.key, main.target, "", selector, main.scale, source))
    for each in BESIDE:
        case = portfolio.case(each.project)
        selector = each.selector or case.selector
        found.append(Wish(case, each.kpi, each.metric_key, each.target, each.note, selector))
    return found


def add_decisions(story: Story, cast: Cast) -> None:
    """Names of metrics that nobody decided about and that the data scientists know."""
    mentor = cast.people["rosalind.achebe"]
    for name in MetricName.objects.filter(decided_at=None, key__in=[*MAPPED, *IGNORED]):
        if name.key in MAPPED:
            act = partial(services.map_metric, actor=mentor, metric_id=name.pk, kpi_key=MAPPED[name.key])
        else:
            act = partial(services.ignore_metric, actor=mentor, metric_id=name.pk)
        story.add(datetime.now(UTC), act)


def add_bindings(story: Story, cast: Cast) -> list[str]:
    """Links and bindings that are missing; returns the projects whose runs the portal has not read yet."""
    there = set(Binding.objects.values_list("project__slug", "kpi__key"))
    experiments = {(each.source.name, each.name): each for each in Experiment.objects.select_related("source")}
    models = {(each.source.name, each.name): each for each in RegisteredModel.objects.select_related("source")}
    unseen = []
    for wish in wishes():
        if (wish.case.slug, wish.kpi) in there:
            continue
        experiment = experiments.get((wish.source, wish.case.experiment))
        model = models.get((wish.source, wish.case.model))
        if experiment is None or (wish.on_model and model is None):
            unseen.append(wish.case.slug)
            continue
        story.add(datetime.now(UTC), partial(_bind, cast, wish, experiment, model))
    return sorted(set(unseen))


def _bind(cast: Cast, wish: Wish, experiment: Experiment, model: RegisteredModel | None) -> None:
    """Link what no tag linked, bind the KPI, and say what was there before and what is wanted."""
    slug, owner = wish.case.slug, cast.people[PLANS[wish.case.slug].owner]
    experiment.refresh_from_db()
    if experiment.project_id is None and not experiment.link_origin:
        link_experiment(actor=owner, experiment=experiment, project=Project.objects.get(slug=slug))
        experiment.refresh_from_db()
    if model is not None:
        model.refresh_from_db()
    binding = services.create_binding(
        actor=owner,
        project_slug=slug,
        kpi_key=wish.kpi,
        origin=Binding.Origin.MLFLOW,
        metric_key=wish.key,
        dataset_name=wish.case.dataset,
        scale=wish.scale,
        **({"model": model} if wish.on_model else {"experiment": experiment}),
        **_selector(wish.selector),
    )
    frame = holdout_rows(wish.case, SEED, 0)
    before = evaluate(wish.case, frame, wish.case.rule.predict(frame), wish.case.dataset or "unnamed")
    day = today() - timedelta(days=IN_FORCE_FOR)
    services.set_baseline(
        actor=owner,
        binding_id=binding.pk,
        value=before.values[wish.key] * wish.scale,
        effective_from=day,
        note=wish.case.rule.note,
        dataset_digest=before.dataset.digest if before.dataset and wish.case.dataset else "",
    )
    _aim(cast, wish, binding, day)


def _aim(cast: Cast, wish: Wish, binding: Binding, day: date) -> None:
    """The target, after the lower one that came first where there was one."""
    if wish.target is None:
        return
    plan = PLANS[wish.case.slug]
    sponsor = cast.people[plan.sponsor].name if plan.sponsor else "the unit"
    note = wish.note or f"Agreed with {sponsor}"
    set_target = partial(services.set_target, actor=cast.people[plan.owner], binding_id=binding.pk)
    first = FIRST_TARGETS.get(plan.slug) if wish.key == wish.case.primary.key else None
    due = today() + timedelta(days=180)
    if first is not None:
        set_target(value=first.value * wish.scale, effective_from=day, due_on=today(), note="The first aim")
        day, note = today() - timedelta(days=first.ago), first.note
    set_target(value=wish.target * wish.scale, effective_from=day, due_on=due, note=note)


def _selector(text: str) -> dict[str, Any]:
    """`alias:production`, `best:90`, `latest` or `latest_version` as the parts of a binding."""
    selector, _, rest = text.partition(":")
    parts: dict[str, Any] = {"selector": selector}
    if selector == "alias":
        parts["alias"] = rest
    if selector == "best":
        parts["window_days"] = int(rest)
    return parts
