"""The projects with models, and what a person entering them in a catalog would know of each. Nothing here trains."""

from dataclasses import dataclass

from .cases_people import FINANCE, HEALTH, RETAIL
from .cases_plant import ENERGY, LOGISTICS, MANUFACTURING
from .fitting import evaluate, holdout_rows
from .shape import Case, Primary, Rule, Stencils, Story

SEED = 7
CASES: tuple[Case, ...] = (*HEALTH, *RETAIL, *LOGISTICS, *ENERGY, *FINANCE, *MANUFACTURING)
SMALL = ("customer-churn", "solar-yield-forecast", "credit-default-risk", "predictive-maintenance")

__all__ = [
    "CASES", "SEED", "SMALL", "Baseline", "Case", "CaseFacts", "Primary", "Rule", "Stencils", "Story",
    "baseline_value", "case", "cases", "facts",
]  # fmt: skip


@dataclass(frozen=True)
class Baseline:
    """What the business had before: the old rule's score, in logged units, on the hold-out with this digest."""

    value: float
    note: str
    dataset: str
    digest: str


@dataclass(frozen=True)
class CaseFacts:
    """What a person knows of a project. `target` is in the logged units; `scale` takes logged values to `unit`.

    `dataset` is "" where the team's metrics carry none; `model` is "" where nothing is registered. `tagged` says where
    the team put `coe.project`: on the experiment, on the registered model, on both, or on nothing (link it by hand).
    `selector` is `latest`, `latest_version`, `best:<days>` or `alias:<name>`.
    """

    slug: str
    title: str
    summary: str
    vertical: str
    stage: str
    experiment: str
    model: str
    tagged: str
    metric_key: str
    dataset: str
    direction: str
    unit: str
    scale: float
    target: float
    selector: str
    measure: str
    metric_keys: tuple[str, ...]
    odd_keys: tuple[str, ...]
    aliases: tuple[str, ...]


def cases(*, small: bool = False) -> list[Case]:
    """All projects, or the four of the small world."""
    return [each for each in CASES if not small or each.slug in SMALL]


def case(slug: str) -> Case:
    """One project by slug. Raises KeyError."""
    return {each.slug: each for each in CASES}[slug]


def facts(*, small: bool = False) -> list[CaseFacts]:
    """What is known of each project before anything is trained."""
    return [_facts(each) for each in cases(small=small)]


def baseline_value(of: Case | CaseFacts | str, seed: int = SEED) -> Baseline:
    """The score of the rule that the model replaces, on the first hold-out, by the data recipe alone (milliseconds)."""
    found = of if isinstance(of, Case) else case(of if isinstance(of, str) else of.slug)
    frame = holdout_rows(found, seed, 0)
    result = evaluate(found, frame, found.rule.predict(frame), found.dataset or "unnamed")
    digest = result.dataset.digest if result.dataset and found.dataset else ""
    return Baseline(result.values[found.primary.key], found.rule.note, found.dataset, digest)


def _facts(of: Case) -> CaseFacts:
    return CaseFacts(
        slug=of.slug,
        title=of.title,
        summary=of.summary,
        vertical=of.vertical,
        stage=of.stage,
        experiment=of.experiment,
        model=of.model,
        tagged=of.tagged,
        metric_key=of.primary.key,
        dataset=of.dataset,
        direction=of.primary.direction,
        unit=of.primary.unit,
        scale=of.primary.scale,
        target=of.primary.target,
        selector=of.selector,
        measure=of.measure,
        metric_keys=tuple(key for _, key in of.keys),
        odd_keys=(*of.odd_keys, "model_kb"),
        aliases=() if not of.model else ("production", "candidate") if of.in_production else ("candidate",),
    )
