"""What a sync changes comes without events of its own: the followup indexes what differs, and only that."""

from __future__ import annotations

import pytest

from coe.search import index
from coe.search.models import Entry
from projects.tracking import followups, search
from projects.tracking.models import Experiment, RegisteredModel

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(company):
    return company.things["model"].source


@pytest.mark.parametrize(
    ("kind", "thing", "change"),
    [
        (RegisteredModel, "model", {"description": "Numbat"}),
        (RegisteredModel, "model", {"name": "numbat"}),
        (RegisteredModel, "model", {"tags": {"team": "numbat"}}),
        (Experiment, "experiment", {"name": "numbat"}),
        (Experiment, "experiment", {"tags": {"mlflow.note.content": "numbat"}}),
    ],
)
def test_what_differs_is_found(company, titles, source, kind, thing, change):
    row = company.things[thing]
    kind.objects.filter(pk=row.pk).update(**change)
    assert index.differing(kind.subject_kind, kind.objects.all()) == [row.pk]
    assert titles(company.centre, "numbat") == []
    followups.run_all(source.pk)
    assert titles(company.centre, "numbat") == [change.get("name", row.name)]
    assert index.differing(kind.subject_kind, kind.objects.all()) == []


def test_new_ones_and_vanished_ones(company, make, titles, source):
    make.model(source, name="numbat", project=company.things["churn"])
    company.things["model"].missing_since = source.created_at
    company.things["model"].save()
    Experiment.objects.filter(pk=company.things["experiment"].pk).update(lifecycle_stage="deleted")
    # Gone at once: the rule of this moment counts.
    assert titles(company.centre, "churn") == ["Customer churn"]
    followups.run_all(source.pk)
    assert titles(company.centre, "numbat") == ["numbat"]
    assert not Entry.objects.filter(source="model", ref=company.things["model"].pk).exists()
    assert not Entry.objects.filter(source="experiment", ref=company.things["experiment"].pk).exists()
    RegisteredModel.objects.update(missing_since=None)
    followups.run_all(source.pk)
    assert titles(company.centre, "xgb") == ["churn-xgb"]


def test_nothing_new_writes_nothing(source, django_assert_max_num_queries, monkeypatch):
    written = []
    monkeypatch.setattr(index, "_refresh", lambda *args: written.append(args) or 0)
    with django_assert_max_num_queries(4):
        search.after_sync(source.pk)
    assert written == []


def test_the_guide_of_a_model_says_the_new_description(company, make, titles, source):
    model = company.things["model"]
    make.document("of-model", about=model, kind="model_guide", title="Guide", text="Act before Friday.")
    index.rebuild()
    RegisteredModel.objects.filter(pk=model.pk).update(description="Numbat")
    followups.run_all(source.pk)
    assert titles(company.centre, "numbat friday") == ["Guide · churn-xgb"]
