"""The editor, as a browser without JavaScript uses it."""

from __future__ import annotations

import re

import pytest

from coe.paths import services
from coe.paths.models import Path, Step
from coe.paths.queries import published

pytestmark = pytest.mark.django_db
BASE = "/paths/team-start/"


@pytest.fixture
def writer(sign_in, owner, draft):
    return sign_in(owner)


def draft_of(slug="team-start"):
    return Path.objects.get(slug=slug).editions.get(state="draft")


def keys(slug="team-start"):
    return list(draft_of(slug).steps.order_by("position").values_list("key", flat=True))


def step_form(**changes):
    return {"title": "Say hello", "text": "", "version": "1", "scope": "person", "needs_rule": "all", **changes}


def test_a_new_path_from_nothing_to_published(sign_in, admin, make):
    guide = make.document("first-steps", title="First steps")
    client = sign_in(admin)
    form = {"title": "Walk in", "summary": "", "audience": "other", "level": "0", "owner": admin.pk}
    assert client.post("/paths/new/", form).headers["Location"] == "/paths/walk-in/draft/"
    base = "/paths/walk-in/draft/"
    assert "nothing on it yet" in client.get(base).content.decode()
    assert client.post(f"{base}publish/", {"note": "", "version": "1"}).status_code == 422
    kinds = client.get(f"{base}add/").content.decode()
    for word in ("Read", "Task", "Quiz", "Meet your mentor", "Cairn sees it"):
        assert word in kinds
    client.post(f"{base}add/?kind=read", step_form(title="Read it", guide="first-steps"))
    client.post(f"{base}add/?kind=task", step_form(evidence="link", needs=["read-it"]))
    client.post(f"{base}add/?kind=meet", step_form(title="Meet", topic=" Base  Lines"))
    client.post(f"{base}add/?kind=verified&check=look-here", step_form(title="Seen", param_kind="thing"))
    quiz = {"questions": "2", "q1_text": "Which?", "q1_options": "* This\nThat", "q2_text": ""}
    numbers = {"pass_mark": "75", "tries_a_day": "2", "covers": ["read-it"]}
    client.post(f"{base}add/?kind=quiz", step_form(title="Quiz", **quiz, **numbers))
    steps = {step.key: step for step in draft_of("walk-in").steps.all()}
    assert list(steps) == ["read-it", "say-hello", "meet", "seen", "quiz"]
    assert steps["read-it"].document == guide
    assert (steps["say-hello"].evidence, steps["say-hello"].needs) == ("link", ["read-it"])
    assert steps["meet"].topic == "base lines"
    assert (steps["seen"].check_key, steps["seen"].params) == ("look-here", {"kind": "thing"})
    assert steps["quiz"].questions == [{"text": "Which?", "options": ["This", "That"], "right": [0], "why": ""}]
    assert (steps["quiz"].pass_mark, steps["quiz"].tries_a_day, steps["quiz"].covers) == (75, 2, ["read-it"])
    version = str(draft_of("walk-in").version)
    assert client.post(f"{base}publish/", {"note": "", "version": version}).headers["Location"] == "/paths/walk-in/"
    assert published(Path.objects.get(slug="walk-in")).number == 1
    assert "First steps" in client.get("/paths/walk-in/").content.decode()


def test_only_the_fields_of_its_kind_are_asked(writer):
    asked = {
        "read": ("guide",),
        "task": ("evidence",),
        "quiz": ("q1_text", "pass_mark", "tries_a_day", "covers"),
        "meet": ("topic",),
    }
    for kind, names in asked.items():
        text = writer.get(f"{BASE}draft/add/?kind={kind}").content.decode()
        others = {name for other, own in asked.items() if other != kind for name in own}
        assert all(f'name="{name}"' in text for name in names), kind
        assert not [name for name in others if f'name="{name}"' in text], kind
    assert writer.get(f"{BASE}draft/add/?kind=odd").status_code == 404


def test_what_cairn_looks_for_is_chosen_first(writer):
    text = writer.get(f"{BASE}draft/add/?kind=verified").content.decode()
    assert "Something is there" in text
    assert 'name="title"' not in text
    chosen = writer.get(f"{BASE}draft/add/?kind=verified&check=look-here").content.decode()
    assert 'name="param_kind"' in chosen
    assert writer.post(f"{BASE}draft/add/?kind=verified", step_form()).status_code == 422
    assert len(keys()) == 4


def test_a_wrong_form_keeps_what_was_typed(writer):
    answer = writer.post(f"{BASE}draft/add/?kind=task", step_form(title="", text="Much to say"))
    assert answer.status_code == 422
    assert "Much to say" in answer.content.decode()
    taken = writer.post(f"{BASE}draft/add/?kind=task", step_form(key="read"))
    assert taken.status_code == 422
    assert "is taken by another step" in taken.content.decode()


class TestGuides:
    @pytest.mark.parametrize("typed", ["how-to-log", "/guides/how-to-log/", "How to log", "TO LOG"])
    def test_by_short_name_address_or_words(self, writer, make, typed):
        guide = make.document("how-to-log", title="How to log")
        make.document("other")
        assert writer.post(f"{BASE}draft/add/?kind=read", step_form(guide=typed)).status_code == 302
        assert draft_of().steps.get(key="say-hello").document == guide

    def test_words_that_fit_several_name_them(self, writer, make):
        make.document("log-one", title="Log one")
        make.document("log-two", title="Log two")
        answer = writer.post(f"{BASE}draft/add/?kind=read", step_form(guide="log"))
        assert answer.status_code == 422
        assert "Log one (log-one), Log two (log-two)" in answer.content.decode()

    def test_drafts_and_closed_ones_are_not_offered(self, writer, make):
        make.document("half", title="Half written", published=False)
        closed = make.project("secret", visibility="members")
        make.document("closed", title="Closed one", about=closed)
        make.document("there", title="Right there")
        text = writer.get(f"{BASE}draft/add/?kind=read").content.decode()
        assert '<option value="there">Right there</option>' in text
        assert "Half written" not in text
        assert "Closed one" not in text
        for typed in ("half", "closed", "Closed"):
            assert writer.post(f"{BASE}draft/add/?kind=read", step_form(guide=typed)).status_code == 422

    def test_one_that_was_withdrawn_may_stay_and_is_told(self, writer, make, owner):
        guide = make.document("there")
        services.edit_step(slug="team-start", actor=owner, key="read", document=guide)
        type(guide).objects.filter(pk=guide.pk).update(published=None)
        form = step_form(title="Read it all", guide="there", version="2")
        assert writer.post(f"{BASE}draft/steps/read/", form).status_code == 302
        assert draft_of().steps.get(key="read").document == guide
        assert "Its guide is not published any more" in writer.get(f"{BASE}draft/").content.decode()


class TestQuestions:
    def test_they_are_shown_as_they_were_typed(self, writer, owner):
        asked = {"text": "Stars?", "options": ["*ptr", "none"], "right": [0, 1], "why": "Both."}
        services.edit_step(slug="team-start", actor=owner, key="quiz", questions=[asked])
        text = writer.get(f"{BASE}draft/steps/quiz/").content.decode()
        assert "* \\*ptr\n* none</textarea>" in text
        form = {"questions": "1", "q1_text": "Stars?", "q1_options": "* \\*ptr\r\n* none", "q1_why": "Both."}
        sent = step_form(title="Quiz", pass_mark="80", tries_a_day="3", version="2", **form)
        assert writer.post(f"{BASE}draft/steps/quiz/", sent).status_code == 302
        assert draft_of().steps.get(key="quiz").questions == [asked]

    def test_more_rows_lose_nothing_and_judge_nothing(self, writer):
        form = step_form(title="", questions="2", q1_text="Half a question", needs=["read"], more="1")
        answer = writer.post(f"{BASE}draft/add/?kind=quiz", form)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert 'value="Half a question"' in text
        assert 'name="q4_text"' in text
        assert "Nothing was saved yet" not in text
        assert re.search('name="needs" value="read"[^>]* checked', text)

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ({"q1_text": "Which?"}, "needs at least two options"),
            ({"q1_text": "Which?", "q1_options": "a\nb"}, "needs at least one right option"),
            ({"q1_text": "Which?", "q1_options": "* a\na"}, "has the same option twice"),
            ({"q1_options": "* a\nb"}, "must be asked in words"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_row(self, writer, row, said):
        form = step_form(questions="1", pass_mark="80", tries_a_day="3", **row)
        answer = writer.post(f"{BASE}draft/add/?kind=quiz", form)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert f"Question 1: {said}" in text
        assert len(keys()) == 4

    def test_an_emptied_row_takes_the_question_out(self, writer):
        form = step_form(title="Quiz", questions="1", q1_text=" ", pass_mark="80", tries_a_day="3")
        assert writer.post(f"{BASE}draft/steps/quiz/", form).status_code == 302
        assert draft_of().steps.get(key="quiz").questions == []


def test_changing_a_step(writer):
    page = writer.get(f"{BASE}draft/steps/read/").content.decode()
    assert "Read *this*." in page
    answer = writer.post(f"{BASE}draft/steps/read/", step_form(title="Read more", text="It is **short**.", minutes="5"))
    assert answer.headers["Location"] == f"{BASE}draft/#step-read"
    step = draft_of().steps.get(key="read")
    assert (step.title, step.minutes, step.html) == ("Read more", 5, "<p>It is <strong>short</strong>.</p>")
    assert writer.get(f"{BASE}draft/steps/nowhere/").status_code == 404


def test_from_one_kind_to_another(writer):
    writer.post(f"{BASE}draft/steps/quiz/?kind=task", step_form(title="Quiz", evidence="words", needs=["run"]))
    step = draft_of().steps.get(key="quiz")
    assert (step.kind, step.questions, step.covers, step.evidence, step.needs) == ("task", [], [], "words", ["run"])


def test_only_earlier_steps_can_be_needed(writer):
    text = writer.get(f"{BASE}draft/steps/ask/").content.decode()
    assert 'name="needs" value="read"' in text
    assert 'name="needs" value="quiz"' not in text
    assert 'name="needs"' not in writer.get(f"{BASE}draft/steps/read/").content.decode()
    assert writer.post(f"{BASE}draft/steps/ask/?kind=task", step_form(needs=["quiz"])).status_code == 422


def test_two_editors_see_each_others_words(writer, owner):
    services.edit_step(slug="team-start", actor=owner, key="read", title="Theirs")
    answer = writer.post(f"{BASE}draft/steps/read/", step_form(title="Mine", text="Read *this*.", minutes="20"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "<td>Theirs</td><td>Mine</td>" in text
    assert 'name="version" value="2"' in text
    assert draft_of().steps.get(key="read").title == "Theirs"
    assert writer.post(f"{BASE}draft/steps/read/", step_form(title="Mine", version="2")).status_code == 302
    assert draft_of().steps.get(key="read").title == "Mine"


class TestOrder:
    def test_the_buttons_post(self, writer):
        answer = writer.post(f"{BASE}draft/order/", {"key": "ask", "to": "2", "version": "1"})
        assert answer.headers["Location"] == f"{BASE}draft/#step-ask"
        assert keys() == ["read", "ask", "run", "quiz"]

    def test_what_is_refused_is_said(self, writer):
        page = writer.post(f"{BASE}draft/order/", {"key": "run", "to": "1", "version": "1"}, follow=True)
        assert "“Run” needs “Read” first" in page.content.decode()
        for to in ("", "0", "9", "x"):
            text = writer.post(f"{BASE}draft/order/", {"key": "run", "to": to}, follow=True).content.decode()
            assert "must be a place from 1 to 4" in text
        assert keys() == ["read", "run", "ask", "quiz"]

    def test_a_script_gets_the_list_and_a_sentence(self, writer):
        ask = {"headers": {"X-Requested-With": "fetch"}}
        done = writer.post(f"{BASE}draft/order/", {"key": "ask", "to": "2", "version": "1"}, **ask)
        text = done.content.decode()
        assert done.status_code == 200
        assert "<html" not in text
        assert 'data-version="2" data-said="Ask is step 2 now."' in text
        stale = writer.post(f"{BASE}draft/order/", {"key": "ask", "to": "3", "version": "1"}, **ask)
        assert stale.status_code == 409
        assert "Somebody else changed this draft" in stale.content.decode()
        assert writer.post(f"{BASE}draft/order/", {"key": "ask", "to": "9"}, **ask).status_code == 422
        gone = writer.post(f"{BASE}draft/order/", {"key": "nowhere", "to": "1"}, **ask)
        assert (gone.status_code, "not on the draft any more" in gone.content.decode()) == (422, True)


def test_taking_one_off_says_what_becomes_of_the_others(writer):
    text = writer.get(f"{BASE}draft/steps/run/remove/").content.decode()
    assert "“Quiz” then comes after “Read” and “Ask”" in text
    assert writer.post(f"{BASE}draft/steps/run/remove/", {"version": "9"}).status_code == 409
    page = writer.post(f"{BASE}draft/steps/run/remove/", {"version": "1"}, follow=True)
    assert "“Run” is taken off. “Quiz” no longer needs it." in page.content.decode()
    assert keys() == ["read", "ask", "quiz"]


def test_as_a_newcomer(writer, owner):
    services.edit_step(slug="team-start", actor=owner, key="run", experience=["experienced"])
    services.edit_step(slug="team-start", actor=owner, key="ask", roles=["mentor"])
    text = writer.get(f"{BASE}draft/preview/").content.decode()
    assert "2 steps" in text
    assert "2 for others" in text
    assert "comes first" in text
    both = writer.get(f"{BASE}draft/preview/?role=mentor&experience=experienced").content.decode()
    assert "4 steps" in both
    assert "for others" not in both.lower().split("</form>")[1]
    assert writer.get(f"{BASE}draft/preview/?role=king&experience=x").status_code == 200


def test_publishing_shows_what_changes_and_asks_why(writer, owner, path):
    services.remove_step(slug="team-start", actor=owner, key="quiz")
    page = writer.get(f"{BASE}draft/publish/").content.decode()
    assert "<del>Quiz</del>" in page
    assert writer.post(f"{BASE}draft/publish/", {"note": "", "version": "2"}).status_code == 422
    assert writer.post(f"{BASE}draft/publish/", {"note": "Shorter", "version": "1"}).status_code == 409
    assert writer.post(f"{BASE}draft/publish/", {"note": "Shorter", "version": "2"}).status_code == 302
    assert published(path).note == "Shorter"
    assert writer.get(f"{BASE}draft/").status_code == 404


def test_what_is_lacking_is_said_before_it_is_published(writer):
    Step.objects.filter(edition=draft_of(), key="ask").update(topic="")
    text = writer.get(f"{BASE}draft/").content.decode()
    assert "1 of them lacks something" in text
    assert "Say what the mentor is asked about" in text
    assert "Before it can be published" in writer.get(f"{BASE}draft/publish/").content.decode()
    answer = writer.post(f"{BASE}draft/publish/", {"note": "x", "version": "1"})
    assert answer.status_code == 422
    assert "steps: ask: Say what" in answer.content.decode()


def test_throwing_it_away(writer, path):
    assert "cannot be undone" in writer.get(f"{BASE}draft/discard/").content.decode()
    writer.post(f"{BASE}draft/discard/", {"version": "1"})
    assert path.editions.count() == 1


def test_title_and_owner(writer, path, make):
    form = {"title": "Walk in", "summary": "x", "audience": "mentor", "level": "2", "owner": path.owner_id}
    assert writer.post(f"{BASE}edit/", form).status_code == 302
    path.refresh_from_db()
    assert (path.title, path.audience, path.level) == ("Walk in", "mentor", 2)
    assert writer.post(f"{BASE}edit/", {**form, "title": ""}).status_code == 422


def test_who_gives_a_draft_away_goes_to_the_library(sign_in, make):
    owner, other = make.person(), make.person()
    make.path("fresh", owner=owner, published=False)
    form = {"title": "Fresh", "summary": "", "audience": "other", "level": "0", "owner": other.pk}
    assert sign_in(owner).post("/paths/fresh/edit/", form).headers["Location"] == "/paths/"


def test_putting_away_and_taking_up(writer, path):
    writer.post(f"{BASE}archive/")
    assert "put away" in writer.get(BASE).content.decode()
    writer.post(f"{BASE}restore/")
    path.refresh_from_db()
    assert not path.is_archived


def test_others_are_refused(make, sign_in, draft):
    client = sign_in(make.person(roles=[("unit_lead", make.unit())]))
    pages = ("draft/", "draft/add/", "draft/steps/read/", "draft/steps/read/remove/", "draft/publish/", "edit/")
    for page in (*pages, "draft/discard/", "draft/preview/"):
        assert client.get(BASE + page).status_code == 403, page
    for page in (*pages[1:], "draft/discard/", "draft/begin/", "draft/order/", "archive/", "restore/"):
        assert client.post(BASE + page).status_code == 403, page
    assert client.get("/paths/new/").status_code == 403
