"""The registry of what is told, and that every verb is decided on: told to somebody, or to nobody on purpose."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from coe.core import events, telling
from coe.core.access import AlreadyRegistered
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because, listed, plain, quote, stopped, who
from tests.factories import Make

# Nobody needs to hear of these: why, and which.
TOLD_TO_NOBODY = {
    "whoever did it sees it, and the page of the thing keeps it": """
        document.archived document.created document.file_added document.file_removed document.imported
        document.recalled document.restored document.revised document.verified document.withdrawn
        experiment.dismissed experiment.linked experiment.recalled experiment.unlinked
        model.dismissed model.linked model.recalled model.unlinked model.unused
        metric.ignored metric.mapped metric.reopened
        kpi.archived kpi.defined kpi.placed kpi.redefined kpi.restored
        binding.changed binding.created binding.removed
        checklist.archived checklist.changed checklist.created checklist.discarded checklist.drafted checklist.edited
        checklist.published checklist.restored
        hook.connected hook.opening_set source.changed source.created
        path.archived path.changed path.created path.draft_discarded path.edition_drafted path.edition_published
        path.restored path.step_added path.step_changed path.step_moved path.step_removed
        unit.changed unit.created
    """,
    "one of many steps, of which only the last is news": """
        handoff.answered handoff.carried handoff.checked handoff.edited handoff.evidence_added
        handoff.evidence_removed handoff.signed handoff.tested handoff.token_ended handoff.token_issued
        onboarding.quiz_tried onboarding.step_done onboarding.step_reopened onboarding.team_changed
        onboarding.team_made
    """,
    "another event of the same moment tells it": """
        alias.ordered alias.retried onboarding.stuck sync.failed
    """,
    "it comes in such numbers that nobody would read it; lists and figures show it": """
        observation.corrected observation.entered observation.imported sync.finished mentoring.served
        project.first_dataset_seen project.first_run_seen project.models_seen project.runs_gone
    """,
    "it is one's own matter": """
        mentor.away_added mentor.away_removed mentor.began mentor.changed mentor.paused mentor.resumed
        mentor.returned mentor.skills_set mentor.stopped feedback.withdrawn
        notices.chat_removed notices.chat_set notices.chosen notices.hour_set notices.unsubscribed
        sessions.ended token.issued token.revoked
        person.added person.changed person.deactivated person.reactivated role.granted role.revoked
    """,
}


def test_every_verb_is_decided_on() -> None:
    told = {verb for verb in events.verbs() if telling.is_told(verb)}
    silent = [verb for verbs in TOLD_TO_NOBODY.values() for verb in verbs.split()]
    assert len(silent) == len(set(silent))
    assert sorted(told | set(silent)) == events.verbs()
    assert not told & set(silent)


def test_only_verbs_that_there_are_have_tellers() -> None:
    assert set(telling._tellers) <= set(events.verbs())


def test_the_topics() -> None:
    known = {one.key: one.email for one in telling.topics()}
    expected = {
        "mentoring": "at_once", "handoffs": "at_once", "projects": "daily", "feedback": "at_once",
        "verification": "daily", "sources": "at_once",
    }  # fmt: skip
    assert expected.items() <= known.items()
    assert all(one.label and one.about.endswith(".") for one in telling.topics())
    assert len({one.order for one in telling.topics()}) == len(telling.topics())


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_topics", {})
    monkeypatch.setattr(telling, "_tellers", {})


@pytest.mark.usefixtures("registry")
class TestRegistry:
    def test_topics_come_in_their_order(self) -> None:
        telling.topic("late", "Late", about="What is late.", order=20, email="off")
        telling.topic("early", "Early", about="What is early.", order=10)
        assert [(one.key, one.email) for one in telling.topics()] == [("early", "daily"), ("late", "off")]

    def test_a_topic_is_named_once(self) -> None:
        telling.topic("late", "Late", about="What is late.", order=20)
        with pytest.raises(AlreadyRegistered):
            telling.topic("late", "Later", about="What is later.", order=30)

    def test_a_verb_may_have_several_tellers_and_a_teller_several_verbs(self) -> None:
        telling.topic("late", "Late", about="What is late.", order=20)

        def tell(text: str) -> telling.Teller:
            def teller(event: Event) -> Iterable[News]:
                yield News("late", f"{text} {event.verb}", [1], (1, 1), "/", "late")

            return teller

        telling.tell("test.one", "test.two")(tell("first"))
        telling.tell("test.two")(tell("second"))
        assert telling.is_told("test.one")
        assert not telling.is_told("test.three")
        assert [news.text for news in telling.news_of(Event(verb="test.two"))] == ["first test.two", "second test.two"]
        assert telling.news_of(Event(verb="test.three")) == []

    def test_news_are_of_a_topic_that_there_is(self) -> None:
        telling.tell("test.one")(lambda event: [News("unheard", "It was.", [1], (1, 1), "/", "x")])
        with pytest.raises(KeyError):
            telling.news_of(Event(verb="test.one"))


@pytest.mark.django_db
def test_who_did_it(make: Make) -> None:
    assert who(Event(actor=make.person(name="Ada Lovelace"))) == "Ada Lovelace"
    assert who(Event(actor=None)) == "Cairn"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", ""),
        (" \n ", ""),
        ("Two  lines\nof words", "“Two lines of words”"),
        ("word " * 40, "“" + ("word " * 28).strip() + "…”"),
        ("x" * 200, "“" + "x" * 140 + "…”"),
        ("Ends with a comma, " * 8, "“" + ("Ends with a comma, " * 7) + "Ends…”"),
    ],
)
def test_a_quotation_is_one_line_and_cut_between_words(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        ("Ada returned it", "", "Ada returned it."),
        ("Ada returned it", "no runbook", "Ada returned it: no runbook."),
        ("Ada returned it", "no\nrunbook.", "Ada returned it: no runbook."),
        ("Ada wrote", "“Is it so?”", "Ada wrote: “Is it so?”"),
        ("Ada wrote", "“It is so”", "Ada wrote: “It is so”."),
    ],
)
def test_a_sentence_ends(text: str, reason: str, said: str) -> None:
    assert because(text, reason) == said
    assert stopped(said) == said


def test_words_of_html_and_of_lists() -> None:
    assert plain("<p>a &amp; <b>b</b></p>") == "a & b"
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]
