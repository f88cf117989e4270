from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from coe.guides import services
from coe.guides.models import Document
from tests.paths.newcomers import found_of, newcomer, queries, see, subject, touched_by_last_event

pytestmark = pytest.mark.django_db
KEY = "model_guide_published"


@pytest.fixture
def project(make):
    return make.project("churn")


@pytest.fixture
def model(make, project):
    return make.model(project=project, name="churn-xgb")


@pytest.fixture
def who(project):
    return newcomer(project.owner, about=project)


def test_there_must_be_a_model_and_a_published_guide_of_it(make, project, who):
    assert see(KEY, who).why == "The project has no registered model to write a guide for yet."
    model = make.model(project=project, name="churn-xgb")
    assert see(KEY, who).why == "Nobody has written the guide of churn-xgb yet."
    guide = make.document(about=model, kind="model_guide", published=False)
    assert see(KEY, who).why == "The guide of churn-xgb is a draft: nobody has published it."
    guide.published, guide.published_at = guide.latest, timezone.now()
    guide.save()
    found = see(KEY, who)
    assert (found.is_so, found.at) == (True, guide.published_at)
    assert found.evidence == (("The page of churn-xgb", model.get_absolute_url()),)


def test_verified_when_an_author_asks_for_it(make, model, who, project):
    guide = make.document(about=model, kind="model_guide")
    assert see(KEY, who, verified="yes").why == "Nobody has verified the guide of churn-xgb."
    now = timezone.now()
    Document.objects.filter(pk=guide.pk).update(verified_at=now, verified_by=project.owner)
    found = see(KEY, who, verified="yes")
    assert (found.is_so, found.at) == (True, now)
    Document.objects.filter(pk=guide.pk).update(verified_at=now - timedelta(days=400))
    assert see(KEY, who, verified="yes").why == "The verification of the guide of churn-xgb has run out."
    assert see(KEY, who).is_so


def test_withdrawn_it_is_no_longer_so_and_the_event_concerns_the_project(make, model, project, who):
    guide = make.document(about=model, kind="model_guide", owner=project.owner)
    services.withdraw_document(slug=guide.slug, actor=project.owner, reason="Wrong.")
    assert not see(KEY, who).is_so
    touched = touched_by_last_event(KEY, "document.withdrawn")
    assert (touched.people, touched.subjects) == ({project.owner_id}, {subject(project)})


def test_other_documents_models_and_guides_out_of_use_do_not_count(make, model, project, who):
    make.document(about=model, kind="how_to")
    make.document(about=model, kind="model_guide", archived_at=timezone.now())
    gone = make.model(project=project, missing_since=datetime.now(UTC))
    make.document(about=gone, kind="model_guide")
    make.document(about=make.model(project=make.project()), kind="model_guide")
    assert not see(KEY, who).is_so


def test_one_guide_of_several_models_is_enough(make, model, project, who):
    make.document(about=make.model(project=project, name="other"), kind="model_guide")
    assert see(KEY, who).evidence[0][0] == "The page of other"


def test_a_thousand_newcomers_take_as_many_queries_as_two(make, model, who):
    make.document(about=model, kind="model_guide")
    others = [who, newcomer(make.person(), about=make.project()), newcomer(make.person())]
    assert queries(KEY, others * 333) == 3
    assert [one.is_so for one in found_of(KEY, others)] == [True, False, False]
