"""Answers that are there already: found by what somebody is about to ask, counted where they serve."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils import timezone

from coe.core.models import Event
from coe.mentoring import services
from coe.mentoring.answers import offers
from coe.mentoring.models import Served
from coe.mentors import evidence, tags
from coe.search import index, search
from tests.mentoring.company import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


def indexed():
    for name in ("guide", "thread"):
        source = index.sources.source(name)
        index.refresh(name, source.rows().values_list("pk", flat=True))


def offered(person, goal="Why does our churn score drift after retraining?", topic="calibration"):
    return [(one.kind, one.id) for one in offers(person, goal=goal, topic=topic)]


class TestOffers:
    def test_guides_and_threads_by_two_of_the_words_or_the_topic_and_one(self, world, make):
        guide = make.document("mend-drift", title="When scores drift", text="Look at the data after retraining.")
        tagged = make.document("calibrate", title="Trees and isotonic regression", tags=["calibration"], text="Churn.")
        make.document("dashboards", title="Dashboards after work", text="How to make one.")
        thread = make.request(world.asker, mentor=world.rosalind, state="resolved", goal="Why churn drifts")
        make.request(world.asker, mentor=world.rosalind, goal="Why churn drifts")
        indexed()
        found = offered(world.stranger)
        assert set(found) == {("guide", guide.pk), ("guide", tagged.pk), ("thread", thread.pk)}
        shown = {one.id: one for one in offers(world.stranger, goal="Why churn drifts") if one.kind == "thread"}
        assert (shown[thread.pk].url, shown[thread.pk].title) == (thread.get_absolute_url(), "Why churn drifts")
        assert "<mark>" in next(one.excerpt for one in offers(world.stranger, goal="scores data retraining"))

    def test_only_what_the_person_may_read(self, world, make):
        fields = {"mentor": world.rosalind, "state": "resolved", "goal": "Why churn drifts"}
        of_secret = make.request(world.asker, about=world.secret, **fields)
        own = make.request(world.asker, is_shared=False, **fields)
        make.document("draft", title="Why churn drifts", published=False)
        indexed()
        assert offered(world.stranger) == []
        assert offered(world.asker) == [("thread", of_secret.pk)]
        assert not search.search(world.admin, "churn drifts", kind="thread").page.object_list[1:]
        assert own.pk

    def test_nothing_asked_finds_nothing(self, world, make):
        make.request(world.asker, mentor=world.rosalind, state="resolved")
        indexed()
        for goal in ("", "?", "\0", "'); DROP TABLE x; & | ! ~ :*"):
            assert offers(world.admin, goal=goal) == []

    def test_the_best_few(self, world, make):
        for _ in range(8):
            make.request(world.asker, mentor=world.rosalind, state="resolved", goal="Why churn drifts")
        indexed()
        assert len(offers(world.asker, goal="churn drifts", most=5)) == 5


class TestSearch:
    def test_a_thread_is_found_by_what_was_said_and_no_more_once_it_is_open_again(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, goal="Why churn drifts", skills=["xgboost"])
        services.write_message(request_id=request.pk, actor=world.rosalind.person, text="A monotone constraint helps.")
        services.resolve_request(request_id=request.pk, actor=world.asker, resolution="Isotonic regression.")
        self.follow()
        for q in ("churn drifts", "xgboost", "monotone", "isotonic"):
            (hit,) = search.search(world.stranger, q, kind="thread").page.object_list
            assert (hit.target, hit.noun) == (request.pk, "Answered question")
        services.reopen_request(request_id=request.pk, actor=world.asker, reason="Again")
        self.follow()
        assert search.search(world.asker, "monotone").count == 0

    def test_not_shared_any_more_it_is_not_found(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", goal="Why churn drifts")
        indexed()
        names = ("goal", "details", "topic", "skills", "urgency")
        same = {name: getattr(request, name) for name in names}
        services.change_request(request_id=request.pk, actor=world.asker, team=[], is_shared=False, **same)
        self.follow()
        assert search.search(world.asker, "churn drifts", kind="thread").count == 0

    def follow(self):
        index.follow(list(Event.objects.select_related("subject_type")))


class TestServed:
    def test_a_guide_or_a_thread_is_counted_once_a_minute(self, world, make):
        guide = make.document("mend-drift", title="When scores drift")
        thread = make.request(world.asker, mentor=world.rosalind, state="resolved", goal="Why churn drifts")
        first = services.note_served(actor=world.stranger, document_id=guide.pk, topic=" Drift ")
        assert (first.document, first.topic) == (guide, "drift")
        assert services.note_served(actor=world.stranger, document_id=guide.pk) == first
        other = services.note_served(actor=world.stranger, thread_id=thread.pk)
        assert other.thread == thread
        told = Event.objects.order_by("id").values_list("verb", "facts__label")
        assert list(told) == [
            ("mentoring.served", "When scores drift"),
            ("mentoring.served", "Why churn drifts"),
        ]
        Served.objects.update(at=timezone.now() - timedelta(minutes=2))
        assert services.note_served(actor=world.stranger, document_id=guide.pk) != first

    def test_only_what_one_may_read_and_only_answers(self, world, make):
        draft = make.document(published=False)
        closed = make.document(about=world.secret)
        hidden = make.request(world.asker, mentor=world.rosalind, state="resolved", is_shared=False)
        still_open = make.request(world.stranger, mentor=world.rosalind)
        for said in (
            {"document_id": draft.pk},
            {"document_id": closed.pk},
            {"thread_id": hidden.pk},
            {"thread_id": still_open.pk},
        ):
            with pytest.raises(ObjectDoesNotExist):
                services.note_served(actor=world.stranger, **said)

    def test_one_of_both(self, world):
        for said in ({}, {"document_id": 1, "thread_id": 1}):
            with pytest.raises(ValidationError):
                services.note_served(actor=world.stranger, **said)


class TestEvidence:
    def test_what_a_mentor_resolved_as_far_as_the_viewer_may_know(self, world, make):
        fields = {"mentor": world.rosalind, "state": "resolved"}
        shown = make.request(world.asker, skills=["xgboost"], goal="Why churn drifts", **fields)
        make.request(world.asker, is_shared=False, **fields)
        make.request(world.asker, about=world.secret, topic="secret", **fields)
        make.request(world.asker, mentor=world.rosalind)
        of = evidence.of(world.stranger, world.rosalind)
        assert {tag: [proof.label for proof in proofs] for tag, proofs in of.items()} == {
            "calibration": ["Why churn drifts"],
            "xgboost": ["Why churn drifts"],
        }
        (proof,) = of["xgboost"]
        assert (proof.kind, proof.person_id, proof.url) == (
            "request",
            world.rosalind.person_id,
            shown.get_absolute_url(),
        )
        assert len(evidence.of(world.asker, world.rosalind)["calibration"]) == 2
        assert evidence.of(world.stranger, world.wanjiru) == {}

    def test_topics_and_skills_are_known_tags(self, world, make):
        make.request(topic="forecasting", skills=["arima"])
        assert {"forecasting", "arima"} <= set(tags.known())
