"""The index follows the event stream: each verb that changes what a thing says, of each kind."""

from __future__ import annotations

from datetime import date

import pytest

from coe.accounts import services as people
from coe.core import stream
from coe.core.models import Unread
from coe.guides import services as guides
from coe.search import sources
from coe.search.models import Entry
from kpis.measures import definitions
from projects.catalog import services as projects
from projects.tracking import services as tracking

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(company, titles):
    """What the centre finds, once the worker has read the stream."""

    def found(q, **narrow):
        stream.read("search")
        return titles(company.centre, q, **narrow)

    return found


def test_a_project(company, find):
    projects.create_project(
        actor=company.centre,
        name="Numbat census",
        slug="census",
        summary="Counts.",
        unit=company.energy,
        owner=company.centre,
    )
    assert find("numbat") == ["Numbat census"]
    projects.edit_project(slug="census", actor=company.centre, name="Bilby census")
    assert find("numbat") == []
    assert find("bilby") == ["Bilby census"]


def test_another_unit_of_a_project_takes_its_models_and_experiments_along(company, find):
    projects.edit_project(slug="churn", actor=company.centre, unit=company.energy)
    assert find("churn", unit="retail") == []
    assert sorted(find("churn", unit="energy")) == ["Customer churn", "churn-xgb", "churn_trials"]


def test_a_person(company, find):
    added = people.add_person(email="kim@example.com", name="Kim Numbat", actor=company.centre)
    assert find("numbat") == ["Kim Numbat"]
    people.change_person(person_id=added.pk, actor=company.centre, name="Kim Bilby")
    assert (find("numbat"), find("bilby")) == ([], ["Kim Bilby"])
    people.deactivate_person(person_id=added.pk, actor=company.centre)
    assert find("bilby") == []
    assert not Entry.objects.filter(source="person", ref=added.pk).exists()
    people.reactivate_person(person_id=added.pk, actor=company.centre)
    assert find("bilby") == ["Kim Bilby"]


def test_a_kpi(company, find):
    said = {
        "category": "adoption",
        "unit": "ratio",
        "direction": "higher",
        "roll_up": "mean",
        "cadence_days": 30,
        "sentence": "How many numbats.",
    }
    since = date(2026, 1, 1)
    definitions.define_kpi(actor=company.centre, key="reach", effective_from=since, name="Reach", **said)
    assert find("numbats") == ["Reach"]
    on = date(2026, 2, 1)
    definitions.redefine_kpi(actor=company.centre, key="reach", effective_from=on, reason="Clearer", name="Bilby reach")
    assert find("bilby") == ["Bilby reach"]
    definitions.archive_kpi(actor=company.centre, key="reach")
    assert find("bilby") == []
    definitions.archive_kpi(actor=company.centre, key="reach", archived=False)
    assert find("bilby") == ["Bilby reach"]


def test_a_guide_is_found_from_its_publication_to_its_end(company, find):
    made = guides.create_document(actor=company.centre, kind="how_to", title="Numbat care", text="Feed *termites*.")
    assert find("numbat") == []
    guides.publish_document(slug=made.slug, actor=company.centre, revision=1)
    assert find("termites") == ["Numbat care"]
    guides.save_revision(
        slug=made.slug, actor=company.centre, based_on=1, title="Bilby care", summary="", text="Bulbs."
    )
    assert find("bilby") == []
    guides.publish_document(slug=made.slug, actor=company.centre, revision=2)
    assert (find("bulbs"), find("termites")) == (["Bilby care"], [])
    guides.edit_document(slug=made.slug, actor=company.centre, tags=["marsupials"])
    assert find("marsupials") == ["Bilby care"]
    guides.withdraw_document(slug=made.slug, actor=company.centre, reason="Wrong")
    assert find("bilby") == []
    guides.publish_document(slug=made.slug, actor=company.centre, revision=2)
    guides.archive_document(slug=made.slug, actor=company.centre, reason="Old")
    assert find("bilby") == []
    guides.recall_document(slug=made.slug, actor=company.centre)
    assert find("bilby") == ["Bilby care"]


def test_links_of_experiments_and_models(company, find, make):
    tracking.link_experiment(
        actor=company.centre, experiment=company.things["unlinked"], project=company.things["demand"]
    )
    assert find("wombat", unit="energy") == ["wombat-scratch"]
    tracking.unlink_model(actor=company.centre, model=company.things["model"])
    assert find("xgb", unit="retail") == []
    assert find("xgb") == ["churn-xgb"]


def test_what_fails_is_tried_again_and_stops_no_other(company, find, monkeypatch):
    broken = sources.source("project")

    def breaks(ids):
        raise RuntimeError("broken")

    monkeypatch.setitem(sources._sources, "project", sources.Source(**{**broken.__dict__, "texts": breaks}))
    projects.edit_project(slug="churn", actor=company.centre, name="Numbat")
    people.add_person(email="kim@example.com", name="Kim Bilby", actor=company.centre)
    assert find("bilby") == ["Kim Bilby"]
    assert Unread.objects.filter(consumer="search").count() == 1


def test_an_event_of_a_thing_that_is_out_of_date_finds_nothing_wrong(company, find):
    entry = Entry.objects.get(source="project", ref=company.things["churn"].pk)
    Entry.objects.filter(pk=entry.pk).update(title="Old", digest="old")
    projects.edit_project(slug="churn", actor=company.centre, summary="Tells more.")
    assert find("tells more") == ["Customer churn"]


def test_only_what_changes_a_text_is_read():
    assert sources.wants("project.edited")
    assert not sources.wants("handoff.commented")
    assert "search" in stream.names()
