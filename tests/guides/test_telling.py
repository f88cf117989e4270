"""Who hears of guides: whose they are, who reads and answers, and when a text should be read through again."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from coe.core.models import Event
from coe.guides import feedback_services as feedback
from coe.guides import services, verifying
from coe.guides.models import Document, Feedback
from tests import races
from tests.factories import Make
from tests.hearsay import heard, lines, threads, who_heard
from tests.mentoring.company import pair

DUE = "document.verification_due"


@pytest.fixture
def world(make: Make) -> Any:
    owner, author = make.person(name="Olga Owner"), make.person(name="Noor Reader")
    project = make.project("churn", owner=owner)
    return SimpleNamespace(
        owner=owner,
        author=author,
        admin=make.person(name="Adam Admin", roles=[("administrator", None)]),
        project=project,
        model=make.model(make.source("tracker"), project=project, name="churn-xgb"),
        guide=make.document("how-to-read-scores", owner=owner),
    )


def report(world: Any, about: Any = None) -> Feedback:
    return feedback.give_feedback(
        actor=world.author, subject=pair(about or world.model), kind="wrong_output", got="A score of 90", expected="40",
        text="She had bought\n*yesterday*.",
    )  # fmt: skip


# -- feedback -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestFeedback:
    def test_a_report_reaches_who_owns_the_model(self, world: Any) -> None:
        said = report(world)
        text = "Noor Reader reported a wrong output of churn-xgb: “She had bought *yesterday*.”"
        assert heard("feedback.given") == {"Olga Owner": text}
        assert threads("feedback.given") == {("feedback", f"feedback:{said.pk}")}
        assert [line.url for line in lines("feedback.given")] == [said.get_absolute_url()]

    def test_of_a_model_that_nobody_owns_the_centre_hears(self, world: Any, make: Make) -> None:
        world.author.grants.create(role="contributor", unit=None)
        report(world, make.model(name="stray"))
        assert who_heard("feedback.given") == ["Adam Admin"]

    @pytest.mark.parametrize(
        ("kind", "text", "told"),
        [
            ("comment", "The bands are old.", "commented on How to read scores: “The bands are old.”"),
            ("not_helpful", "Too long", "does not find it helpful and says of How to read scores: “Too long”."),
            ("helpful", "Short", "finds it helpful and says of How to read scores: “Short”."),
        ],
    )
    def test_words_reach_the_owner_of_the_text(self, world: Any, kind: str, text: str, told: str) -> None:
        feedback.give_feedback(actor=world.author, subject=pair(world.guide), kind=kind, text=text)
        assert heard("feedback.given") == {"Olga Owner": f"Noor Reader {told}"}

    @pytest.mark.parametrize("kind", ["helpful", "not_helpful"])
    def test_a_vote_is_only_counted(self, world: Any, kind: str) -> None:
        feedback.give_feedback(actor=world.author, subject=pair(world.guide), kind=kind)
        assert who_heard("feedback.given") == []

    def test_an_answer_reaches_who_wrote_and_what_is_open_again_reaches_both(self, world: Any) -> None:
        said = report(world)
        feedback.answer_feedback(
            feedback_id=said.pk, actor=world.admin, outcome="mended", answer="The feed was late. It is **read** daily."
        )
        text = "Adam Admin answered what you said of churn-xgb (mended): “The feed was late. It is **read** daily.”"
        assert heard("feedback.answered") == {"Noor Reader": text}
        feedback.reopen_feedback(feedback_id=said.pk, actor=world.author, reason="It is 90 again")
        text = "Noor Reader took up again what was said of churn-xgb: It is 90 again."
        assert heard("feedback.reopened") == {"Olga Owner": text}

    def test_what_was_taken_back_is_not_told(self, world: Any) -> None:
        said = report(world)
        feedback.withdraw_feedback(feedback_id=said.pk, actor=world.author)
        assert who_heard("feedback.given") == []

    def test_who_may_not_know_of_the_model_any_more_hears_no_answer(self, world: Any, make: Make) -> None:
        report(world)
        type(world.project).objects.update(visibility="members")
        said = make.feedback(world.model, author=world.author)
        # One's own words stay one's own: the answer to them is told all the same.
        feedback.answer_feedback(feedback_id=said.pk, actor=world.owner, outcome="mended", answer="It is.")
        assert who_heard("feedback.answered") == ["Noor Reader"]


# -- verification ---------------------------------------------------------------------------------------------------
def verified(document: Document, ago: timedelta, **fields: Any) -> None:
    at = timezone.now() - ago
    Document.objects.filter(pk=document.pk).update(
        verified_at=at, verified_by=document.owner, published_at=at - timedelta(days=1), **fields
    )


def told() -> list[str]:
    return list(Event.objects.filter(verb=DUE).order_by("id").values_list("facts__title", flat=True))


@pytest.mark.django_db
class TestVerification:
    def test_the_owner_hears_once_that_a_verification_ran_out(self, world: Any) -> None:
        verified(world.guide, timedelta(days=29), verify_every_days=30)
        assert verifying.tell_due() == 0
        verified(world.guide, timedelta(days=31), verify_every_days=30)
        assert [verifying.tell_due(), verifying.tell_due()] == [1, 0]
        title = world.guide.published.title
        text = f"The verification of “{title}” has run out. Read it through, and verify it where it is still true."
        assert heard(DUE) == {"Olga Owner": text}
        assert threads(DUE) == {("verification", f"document:{world.guide.pk}")}

    def test_each_verification_that_ends_is_told(self, world: Any) -> None:
        verified(world.guide, timedelta(days=31), verify_every_days=30)
        verifying.tell_due()
        services.verify_document(slug=world.guide.slug, actor=world.owner, revision=1)
        assert verifying.tell_due() == 0
        # Half a year later; when the owner was told before moves along.
        verified(world.guide, timedelta(days=31), due_told_at=timezone.now() - timedelta(days=40))
        assert verifying.tell_due() == 1
        assert len(told()) == 2

    def test_one_that_nobody_verified_in_its_first_week_is_told(self, world: Any) -> None:
        assert verifying.tell_due() == 0
        Document.objects.update(published_at=timezone.now() - timedelta(days=8))
        assert [verifying.tell_due(), verifying.tell_due()] == [1, 0]
        assert heard(DUE)["Olga Owner"].startswith("Nobody has verified “")

    @pytest.mark.parametrize("fields", [{"archived_at": timezone.now()}, {"published": None, "published_at": None}])
    def test_what_no_reader_finds_need_not_be_true(self, world: Any, fields: dict[str, datetime | None]) -> None:
        verified(world.guide, timedelta(days=400))
        Document.objects.update(**fields)
        assert verifying.tell_due() == 0

    def test_a_guide_that_becomes_somebodys_is_told(self, world: Any) -> None:
        services.edit_document(slug=world.guide.slug, actor=world.owner, owner=world.author)
        title = world.guide.published.title
        assert heard("document.edited") == {"Noor Reader": f"Olga Owner made you the owner of “{title}”."}
        services.edit_document(slug=world.guide.slug, actor=world.author, tags=["scores"])
        assert who_heard("document.edited") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_two_workers_at_once_tell_it_once(make: Make, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    """Without the lock both find it untold: the negative control."""
    guide = make.document("scores", verify_every_days=30)
    verified(guide, timedelta(days=31))
    meet = races.meeting()
    save = Document.save

    def slow(self: Document, **words: Any) -> None:
        meet()
        save(self, **words)

    monkeypatch.setattr(Document, "save", slow)
    if not locked:
        monkeypatch.setattr(verifying.Document.objects, "select_for_update", lambda **_: Document.objects.all())
    races.together(verifying.tell_due, verifying.tell_due)
    assert len(told()) == (1 if locked else 2)
