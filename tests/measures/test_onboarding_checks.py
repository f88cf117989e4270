from __future__ import annotations

from datetime import date, timedelta

import pytest

from coe.core.http import today
from kpis.measures import services
from kpis.measures.models import Target
from tests.paths.newcomers import found_of, newcomer, queries, see, subject, touched_by_last_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(make):
    return make.project("churn")


@pytest.fixture
def who(project):
    return newcomer(project.owner, about=project)


@pytest.fixture
def experiment(make, project):
    return make.experiment(project=project)


def test_a_metric_with_baseline_and_target_is_seen(make, project, experiment, who):
    assert see("metrics_mapped", who).why == "No metric of the project comes from MLflow yet."
    binding = make.binding(project, make.kpi("auc"), experiment=experiment, baseline=0.6, target=0.8)
    found = see("metrics_mapped", who)
    assert (found.is_so, found.at) == (True, Target.objects.get().created_at)
    assert found.evidence == (("AUC", binding.get_absolute_url()),)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "AUC has no baseline and no target yet."),
        ({"baseline": 0.6}, "AUC has no target yet."),
        ({"target": 0.8}, "AUC has no baseline yet."),
    ],
)
def test_what_is_missing_is_named(make, project, experiment, who, given, why):
    make.binding(project, make.kpi("auc"), experiment=experiment, **given)
    assert see("metrics_mapped", who).why == why


def test_one_that_holds_only_from_tomorrow_is_not_there_yet(make, project, experiment, who):
    make.binding(project, make.kpi("auc"), experiment=experiment, baseline=0.6, target=0.8)
    Target.objects.update(effective_from=today() + timedelta(days=1))
    assert see("metrics_mapped", who).why == "AUC has no target yet."


def test_entered_figures_do_not_count(make, project, who):
    make.binding(project, make.kpi("adoption"), baseline=1, target=2)
    assert see("metrics_mapped", who).why == "No metric of the project comes from MLflow yet."


def test_how_many_an_author_asks_for(make, project, experiment, who):
    make.binding(project, make.kpi("auc"), experiment=experiment, baseline=0.6, target=0.8)
    assert see("metrics_mapped", who, least=2).why == "1 of 2 metrics come from MLflow with a baseline and a target."
    make.binding(project, make.kpi("f1"), experiment=experiment, baseline=0.6, target=0.8)
    assert [name for name, _ in see("metrics_mapped", who, least=2).evidence] == ["AUC", "F1"]


def test_it_is_no_longer_so_when_the_kpi_is_taken_off(make, project, experiment, who):
    binding = make.binding(project, make.kpi("auc"), experiment=experiment, baseline=0.6, target=0.8)
    services.remove_binding(actor=project.owner, binding_id=binding.pk, reason="Not asked any more.")
    assert not see("metrics_mapped", who).is_so
    assert touched_by_last_event("metrics_mapped", "binding.removed").subjects == {subject(project)}


def test_a_thousand_newcomers_take_as_many_queries_as_two(make):
    who = []
    for number in range(3):
        project = make.project()
        make.binding(project, make.kpi(), experiment=make.experiment(project=project), baseline=0.6, target=0.8)
        who.append(newcomer(project.owner, about=project if number else None))
    who.append(newcomer(make.person()))
    assert queries("metrics_mapped", who * 250) == queries("metrics_mapped", who[-2:]) == 2
    assert [one.is_so for one in found_of("metrics_mapped", who)] == [True, True, True, False]


def test_setting_a_target_concerns_the_project_and_its_people(make, project, experiment):
    binding = make.binding(project, make.kpi("auc"), experiment=experiment, baseline=0.6)
    services.set_target(actor=project.owner, binding_id=binding.pk, value=0.8, effective_from=date(2026, 1, 1))
    touched = touched_by_last_event("metrics_mapped", "target.set")
    assert (touched.people, touched.subjects) == ({project.owner_id}, {subject(project)})
