"""What model pages say of KPIs: the readings of today, for the models' projects, as one reader may read them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from coe.accounts.models import Person
from coe.core import access, figures
from coe.core.http import today
from kpis.measures.bounds import bound_of
from kpis.measures.models import Binding, KpiVersion
from kpis.measures.queries import in_force, readings_of, withheld_for
from kpis.measures.readings import Reading, Reason
from kpis.measures.templatetags.measures_tags import REASONS
from projects.modelpages.figures import ModelFigure
from projects.tracking.models import RegisteredModel

_CATEGORIES = ("model_quality", "business_value", "reliability", "responsibility", "delivery", "adoption")


def figures_of_models(models: Sequence[RegisteredModel], person: Person) -> dict[int, list[ModelFigure]]:
    """The figures of each model, by its id: of the KPIs of its project that are not bound to another model, model
    quality first. At most five queries, however many models.
    """
    of_project: dict[int, list[RegisteredModel]] = {}
    for model in models:
        if model.project_id is not None:
            of_project.setdefault(model.project_id, []).append(model)
    bindings = _bindings(of_project)
    if not bindings:
        return {}
    held_back = _withheld(bindings, of_project, person)
    day = today()
    versions: dict[int, list[KpiVersion]] = {}
    for version in KpiVersion.objects.filter(kpi__in={one.kpi_id for one in bindings}).order_by(
        "kpi", "effective_from"
    ):
        versions.setdefault(version.kpi_id, []).append(version)
    bounds = [bound_of(one, is_withheld=one.pk in held_back) for one in bindings]
    readings = readings_of(bounds, [day], versions=versions)
    found: dict[int, list[ModelFigure]] = {}
    for binding in bindings:
        rows = versions[binding.kpi_id]
        definition = in_force([(one.effective_from, one) for one in rows], day) or rows[0]
        for model in of_project[binding.project_id]:
            if binding.model_id in (None, model.pk):
                figure = _figure(binding, definition, readings[binding.pk, day])
                found.setdefault(model.pk, []).append(figure)
    for each in found.values():
        each.sort(key=lambda one: (not one.is_of_model, _CATEGORIES.index(one.category)))
    return found


def _bindings(of_project: dict[int, list[RegisteredModel]]) -> list[Binding]:
    """The bindings of the models' projects that may speak of one of the models, in the order of the scoreboard."""
    if not of_project:
        return []
    shown = [one.pk for models in of_project.values() for one in models]
    rows = Binding.objects.filter(
        Q(model=None) | Q(model__in=shown), project__in=list(of_project), kpi__is_archived=False
    )
    related = ("kpi", "project", "experiment__source", "model__source")
    return list(rows.select_related(*related).order_by("kpi__position", "kpi__key"))


def _withheld(bindings: list[Binding], of_project: dict[int, list[RegisteredModel]], person: Person) -> frozenset[int]:
    """Which of the figures the person may not read; no query where none is held back, or for one project alone."""
    if not any(one.is_withheld for one in bindings):
        return frozenset()
    if len(of_project) > 1:
        return withheld_for(person, Binding.objects.filter(pk__in=[one.pk for one in bindings]))
    project = next(iter(of_project.values()))[0].project
    if access.may(person, "project.confidential", project):
        return frozenset()
    return frozenset(one.pk for one in bindings if one.is_withheld)


def _figure(binding: Binding, definition: KpiVersion, reading: Reading) -> ModelFigure:
    point, is_withheld = reading.point, reading.reason is Reason.WITHHELD
    unit = definition.unit
    return ModelFigure(
        kpi_key=binding.kpi.key,
        name=definition.name,
        category=definition.category,
        value_text="" if reading.value is None else figures.figure(reading.value, unit),
        unit_text=figures.unit_name(unit),
        index=reading.index,
        baseline_text="" if reading.baseline is None else figures.figure(reading.baseline, unit),
        target_text="" if reading.target is None else figures.figure(reading.target, unit),
        reason=reading.reason or "",
        reason_text=REASONS[reading.reason] if reading.reason else "",
        observed_at=None if is_withheld or point is None else point.observed_at,
        dataset_name="" if is_withheld or point is None else point.dataset_name,
        dataset_digest="" if is_withheld or point is None else point.dataset_digest,
        explain_url=_explain_url(binding),
        is_of_model=binding.origin == Binding.Origin.MLFLOW,
        is_withheld=is_withheld,
        metric_key="" if is_withheld else binding.metric_key,
        value=None if is_withheld or point is None else point.value,
        run_id="" if is_withheld or point is None else point.run_id,
        version=None if is_withheld or point is None else point.version,
    )


def _explain_url(binding: Binding) -> str:
    """The page that says where the figure comes from."""
    return reverse("reports:explain_project", args=[binding.project.slug, binding.kpi.key])
