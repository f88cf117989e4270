"""The model card: what Hugging Face's own library reads of it, and what it must not tell."""

from __future__ import annotations

import socket

import pytest
from django.utils import timezone
from huggingface_hub import ModelCard
from huggingface_hub.repocard_data import eval_results_to_model_index

from coe.guides.services import publish_document
from projects.modelpages import card as cards
from projects.modelpages import services
from projects.modelpages.page import compose
from projects.modelpages.sections import guide_of
from projects.tracking.models import RegisteredModel
from tests.modelpages.conftest import TEXTS

pytestmark = pytest.mark.django_db
ODD = "Churn: \"risk\" 'score' — 50 % ☃ #1 & {x} [y] | z, é\u00a0ü \\ 漢字 --- %"


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Reading a card asks nobody."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a card was looked up in the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def exported(world, person=None) -> str:
    model = RegisteredModel.objects.select_related("source", "project__unit", "project__owner").get(pk=world.model.pk)
    return cards.export(compose(model, person or world.owner), timezone.now())


def test_every_field_arrives(world):
    world.bind()
    world.publish(verified=True)
    world.model.tags = {"license": "apache-2.0", "language": "en", "task": "tabular-classification"}
    world.model.save()
    world.run.datasets = [{"name": "loyalty_train", "digest": "77aa", "context": "training"}]
    world.run.save()
    read = ModelCard(exported(world))
    data = read.data
    assert data.license == "apache-2.0"
    assert data.language == "en"
    assert data.library_name == "scikit-learn"
    assert data.pipeline_tag == "tabular-classification"
    assert data.tags == ["mlflow", "boosting"]
    assert data.datasets == ["loyalty_train", "loyalty_2026q2"]
    assert data.metrics == ["auc"]
    assert data.model_name == "Churn risk score"
    (result,) = data.eval_results
    assert (result.task_type, result.dataset_name, result.dataset_type) == (
        "tabular-classification", "loyalty_2026q2", "loyalty_2026q2",
    )  # fmt: skip
    assert (result.dataset_revision, result.metric_type, result.metric_name) == ("8fa1", "auc", "AUC")
    assert result.metric_value == 0.87
    for one in TEXTS.values():
        assert one in read.text
    assert "Olga Owner" in read.text


def test_the_index_is_as_the_library_itself_writes_it(world):
    world.bind()
    world.bind(0.6, key="recall", name="Recall", metric_key="recall")
    model = RegisteredModel.objects.select_related("source", "project__unit", "project__owner").get(pk=world.model.pk)
    data = cards.metadata(compose(model, world.owner))
    read = ModelCard(exported(world)).data
    assert eval_results_to_model_index(read.model_name, read.eval_results) == data["model-index"]


@pytest.mark.parametrize("title", [ODD[:150], "null", "yes", "3", "- a", "a: b", "# x", "'", '"', "@x", "%x", "a\tb"])
def test_odd_words_stay_as_they_are(world, title):
    services.write_guide(
        model_id=world.model.pk, actor=world.owner, based_on=None, title=title, summary=ODD[:200],
        sections={"decides": f"---\n{ODD}\n---"}, version=1,
    )  # fmt: skip
    guide = guide_of(world.model)
    publish_document(slug=guide.slug, actor=world.owner, revision=1)
    world.project.techniques = ["a: b", "c #d", "ünï"]
    world.project.save()
    binding = world.bind()
    binding.observations.update(dataset_name="q2: “all” #1", dataset_digest="0123e45")
    read = ModelCard(exported(world))
    assert read.data.model_name == " ".join(title.split())
    assert read.data.tags == ["mlflow", "a: b", "c #d", "ünï"]
    assert read.data.eval_results[0].dataset_name == "q2: “all” #1"
    assert read.data.eval_results[0].dataset_revision == "0123e45"
    assert f"---\n{ODD}\n---" in read.text


def test_long_text(world):
    text = "Word “x” | y. " * 3000
    world.publish(decides=text)
    assert text.strip() in ModelCard(exported(world)).text


def test_what_is_no_number_is_left_out_with_a_word(world):
    world.bind(float("nan"))
    world.bind(0.6, key="recall", name="Recall", metric_key="recall")
    read = ModelCard(exported(world))
    assert [one.metric_type for one in read.data.eval_results] == ["recall"]
    assert "Left out of the metadata, because the value is not a number: AUC." in read.text


def test_withheld_figures_are_not_in_it(world):
    world.project.visibility = "company"
    world.project.save()
    world.bind(is_withheld=True)
    text = exported(world, world.stranger)
    assert "0.87" not in text
    assert ModelCard(text).data.eval_results is None
    assert "AUC" in text


def test_of_a_model_that_nobody_knows_anything_of(world):
    bare = world.make.model(world.source, name="bare")
    model = RegisteredModel.objects.select_related("source", "project__unit", "project__owner").get(pk=bare.pk)
    read = ModelCard(cards.export(compose(model, world.admin), timezone.now()))
    assert read.data.model_name == "bare"
    assert read.data.eval_results is None
    assert "Nobody has written the guide of this model yet." in read.text


@pytest.mark.parametrize(
    ("flavors", "library"),
    [(["python_function", "xgboost"], "xgboost"), (["python_function"], "mlflow"), (["odd"], None), ([], None)],
)
def test_library_by_the_flavors(world, flavors, library):
    world.versions[0].files = {"signature": None, "flavors": flavors, "files": []}
    world.versions[0].save()
    assert ModelCard(exported(world)).data.library_name == library


def test_sections_for_another_version_say_so(world):
    world.publish(1)
    world.move(2)
    text = ModelCard(exported(world)).text
    assert "> Written for version 1. Version 2 is in production now" in text
    assert "*True for version 1.*" in text


def test_as_a_download(world, sign_in):
    answer = sign_in(world.stakeholder).get(world.url + "card.md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="README.md"'
    assert ModelCard(answer.content.decode()).data.library_name == "scikit-learn"
