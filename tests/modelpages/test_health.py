"""Whether a model is healthy: each sentence, and which of several figures speaks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from projects.checklists.models import Checklist
from projects.modelpages.page import compose
from projects.registry.models import Drift, ManagedAlias
from projects.tracking.models import RegisteredModel

pytestmark = pytest.mark.django_db


def said(world, person=None):
    model = RegisteredModel.objects.select_related("source", "project__unit", "project__owner").get(pk=world.model.pk)
    found = compose(model, person or world.owner).health
    return found.state, found.sentence


@pytest.mark.parametrize(
    ("value", "state", "sentence"),
    [
        (0.87, "yes", "Yes. 80 points of the way to its target."),
        (0.71, "yes", "Yes. 0 points of the way to its target."),
        (0.72, "yes", "Yes. 5 points of the way to its target."),
        (0.9099, "yes", "Yes. 99 points of the way to its target."),
        (0.91, "yes", "Yes. It is at its target."),
        (0.95, "yes", "Yes. It is at its target."),
        (0.69, "no", "No. AUC is 10 points below what the business had before."),
        (float("nan"), "no", "No. AUC: the newest value is not a number."),
        (None, "unknown", "Nobody can tell. AUC: no value yet."),
    ],
)
def test_by_the_value(world, value, state, sentence):
    world.bind(value)
    assert said(world) == (state, sentence)


def test_out_of_range(world):
    world.bind(-1.0, valid_min=0.0)
    assert said(world) == ("no", "No. AUC: the newest value is outside of the valid range.")


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("baseline", "Nobody can tell. AUC: no baseline is set."),
        ("target", "Nobody can tell. AUC: no target is set."),
    ],
)
def test_nothing_to_compare_with(world, missing, sentence):
    world.bind(**{missing: None})
    assert said(world) == ("unknown", sentence)


def test_stale(world):
    binding = world.bind()
    binding.observations.update(observed_at=timezone.now() - timedelta(days=100))
    assert said(world) == ("unknown", "Nobody can tell. AUC: the newest value is too old.")


def test_measured_on_other_data(world):
    world.bind(digest="another")
    assert said(world) == ("unknown", "Nobody can tell. AUC: measured on another dataset than the baseline.")


def test_no_kpi(world):
    assert said(world) == ("unknown", "Nobody can tell: no KPI is read from it yet.")


def test_entered_values_of_the_project_are_not_the_models_health(world):
    world.make.binding(world.project, world.make.kpi("value", name="Value"), baseline=0.0, target=1.0)
    assert said(world) == ("unknown", "Nobody can tell: no KPI is read from it yet.")


def test_kpis_of_another_model_do_not_speak(world):
    other = world.make.model(world.source, project=world.project)
    world.make.binding(world.project, world.make.kpi("auc"), model=other)
    assert said(world) == ("unknown", "Nobody can tell: no KPI is read from it yet.")


def test_the_worst_of_several_speaks(world):
    world.bind(0.9)
    world.bind(0.75, key="recall", name="Recall")
    assert said(world) == ("yes", "Yes. Recall is 20 points of the way to its target.")
    world.bind(None, key="f1", name="F1")
    assert said(world)[1] == "Nobody can tell. F1: no value yet."
    world.bind(0.6, key="precision", name="Precision")
    assert said(world)[0] == "no"


def test_withheld(world):
    world.project.visibility = "company"
    world.project.save()
    world.bind(0.6, is_withheld=True)
    assert said(world)[0] == "no"
    assert said(world, world.stranger) == ("unknown", "Its figures are withheld from you.")
    world.bind(0.9, key="recall", name="Recall")
    assert said(world, world.stranger) == ("yes", "Yes, as far as you may see. 95 points of the way to its target.")


def test_source_failing(world):
    world.bind()
    world.source.last_good_sync_at = timezone.now() - timedelta(days=2)
    world.source.save()
    state, sentence = said(world)
    assert state == "unknown"
    assert sentence.startswith("Nobody can tell: its MLflow server was last read on ")


def test_never_read(world):
    world.bind()
    world.source.last_good_sync_at = None
    world.source.save()
    assert said(world) == ("unknown", "Nobody can tell: its MLflow server was never read to the end.")


def test_not_in_production(world):
    world.bind()
    world.move(None)
    assert said(world) == ("off", "It is not in production: the alias production stands on no version.")


def test_drift(world):
    world.bind()
    managed = ManagedAlias.objects.create(
        model=world.model, alias="production", wanted_version=2, applied_version=2, applied_at=timezone.now()
    )
    Drift.objects.create(managed=managed, expected_version=2, found_version=1, found_at=timezone.now())
    assert said(world) == ("no", "No. Somebody moved production to version 1 in MLflow; decided was version 2.")


def test_gone(world):
    world.bind()
    world.model.missing_since = timezone.now()
    world.model.save()
    state, sentence = said(world)
    assert state == "gone"
    assert sentence.startswith("MLflow no longer has it, since ")


def test_production_is_what_the_default_checklist_says(world):
    world.make.checklist("ours", alias="champion", kind="production", items=[])
    world.model.aliases = {"champion": 2}
    world.model.save()
    world.bind()
    assert said(world)[0] == "off"
    Checklist.objects.update(is_default=False)
    Checklist.objects.filter(slug="ours").update(is_default=True)
    assert said(world)[0] == "yes"
