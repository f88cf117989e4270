"""The paths that come with Cairn: there after every migrate and every flush, made once, whole, and worth reading."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from threading import Thread

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate

from coe.core import markdown
from coe.core.models import Event
from coe.paths import builtin, checks, services
from coe.paths.content import PATHS
from coe.paths.content.shape import PathText, StepText, read
from coe.paths.judging import judged
from coe.paths.models import Edition, Path, Step
from coe.search import index
from coe.search.models import Entry

STEPS = [pytest.param(path, step, id=f"{path.slug}:{step.key}") for path in PATHS for step in path.steps]
READ = [each for each in STEPS if each.values[1].kind == Step.Kind.READ]
QUIZZES = [each for each in STEPS if each.values[1].kind == Step.Kind.QUIZ]
BY_SLUG = {path.slug: path for path in PATHS}


# -- the texts, without a database ----------------------------------------------------------------------------------
def test_the_paths_that_there_are():
    assert {path.slug: (str(path.audience), path.level) for path in PATHS} == {
        "new-team": ("new_team", 0),
        "data-scientist": ("data_scientist", 0),
        "citizen-1": ("citizen", 1),
        "citizen-2": ("citizen", 2),
        "citizen-3": ("citizen", 3),
        "business-stakeholder": ("stakeholder", 0),
        "mentor": ("mentor", 0),
    }


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.slug)
def test_a_path_could_be_published_by_hand(path: PathText):
    """What the verb that publishes asks for, and every rule of the fields."""
    steps = [Step(position=n, **builtin.step_values(one)) for n, one in enumerate(path.steps, start=1)]
    for step in steps:
        step.full_clean(exclude=["edition"], validate_constraints=False)
        assert checks.get(step.check_key) if step.kind == Step.Kind.VERIFIED else not step.check_key
    assert judged(steps) == {}
    keys = [step.key for step in steps]
    assert len(set(keys)) == len(keys)
    assert not all(step.is_optional for step in steps)
    assert 0 < len(path.summary) <= 120
    assert path.summary.endswith(".")


@pytest.mark.parametrize(("path", "step"), STEPS)
def test_a_step_is_told_in_plain_words(path: PathText, step: StepText):
    assert len(step.title) <= 70
    assert not step.title.endswith(".")
    assert step.text.strip(), "every step says what to do"
    said = [step.title, step.text, *(one.text + one.why + "".join(one.options) for one in step.questions)]
    for text in said:
        assert "!" not in re.sub(r"`[^`]*`", "", text)
        assert not re.search(r"\b(utili[sz]e|leverage|simply|please note|lorem)\b", text, re.IGNORECASE)
    assert step.minutes, "a newcomer wants to know how long it takes"
    assert step.due_days


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.slug)
def test_dates_follow_the_order_of_the_steps(path: PathText):
    due = {step.key: step.due_days for step in path.steps}
    for step in path.steps:
        assert all((due[key] or 0) <= (step.due_days or 0) for key in step.needs), step.key
    required = [step.due_days for step in path.steps if not step.is_optional]
    assert required[-1] == max(required)


@pytest.mark.parametrize(("path", "step"), READ)
def test_what_is_read_teaches_something(path: PathText, step: StepText):
    assert 120 <= len(step.text.split()) <= 420
    page = markdown.render(step.text)
    assert page.count("<strong>") >= 3, "the eye finds its way"
    assert "```" not in page
    assert step.minutes
    assert step.minutes <= 10


@pytest.mark.parametrize(("path", "step"), QUIZZES)
def test_a_quiz_asks_real_questions(path: PathText, step: StepText):
    assert 5 <= len(step.questions) <= 8
    for one in step.questions:
        assert len(one.options) >= 3, one.text
        assert len(one.right) < len(one.options), one.text
        assert len(one.why.split()) >= 6, one.text
    assert len({one.right for one in step.questions}) > 1, "the right answer is not always at the same place"
    places = Counter(one.right for one in step.questions)
    assert max(places.values()) <= len(step.questions) * 0.7
    assert step.tries_a_day >= 2


def test_right_answers_are_not_given_away_by_their_length():
    longest = asked = 0
    for each in QUIZZES:
        for one in each.values[1].questions:
            if len(one.right) == 1:
                asked += 1
                longest += max(range(len(one.options)), key=lambda n: len(one.options[n])) == one.right[0]
    assert asked > 40
    assert longest < asked * 0.8


@pytest.mark.parametrize("slug", ["data-scientist", "citizen-1", "citizen-2", "citizen-3"])
def test_whoever_knows_it_may_test_out_at_the_start(slug: str):
    first = next(step for step in BY_SLUG[slug].steps if step.kind == Step.Kind.QUIZ)
    assert first in BY_SLUG[slug].steps[:2]
    assert first.is_optional
    assert "new" not in first.experience
    assert set(first.covers) <= {step.key for step in BY_SLUG[slug].steps if step.kind in ("read", "quiz")}
    assert len(first.covers) >= 2


def test_the_new_team_comes_all_the_way():
    steps = {step.key: step for step in BY_SLUG["new-team"].steps}
    assert len(steps) == 15
    seen = [step.check_key for step in steps.values() if step.kind == Step.Kind.VERIFIED]
    assert seen == [
        "project_in_catalog",
        "first_run",
        "dataset_logged",
        "metrics_mapped",
        "model_registered",
        "model_guide_published",
        "first_handoff",
        "first_handoff",
        "in_production",
    ]
    assert all(step.scope == "team" for step in steps.values() if step.kind == Step.Kind.VERIFIED)
    assert "coe.project" in steps["first-run"].text
    assert sum(step.minutes or 0 for step in steps.values()) < 20 * 60


def test_no_address_of_a_real_server_is_told():
    for path in PATHS:
        for step in path.steps:
            for host in re.findall(r"https?://([^/\s\"`)]+)", step.text):
                assert host.endswith("example.com"), (path.slug, step.key, host)


@pytest.mark.parametrize(("path", "step"), [each for each in STEPS if "```python" in each.values[1].text])
def test_lines_to_copy_are_python(path: PathText, step: StepText):
    for lines in re.findall(r"```python\n(.*?)```", step.text, re.DOTALL):
        compile(lines, step.key, "exec")
        assert max(map(len, lines.splitlines())) <= 110


# -- in the database ------------------------------------------------------------------------------------------------
@pytest.fixture
def there(db):
    """As `migrate` leaves them."""
    assert len(builtin.ensure()) == len(PATHS)


def test_they_are_there_and_published(there):
    for text in PATHS:
        path = Path.objects.get(slug=text.slug)
        edition = path.editions.get()
        assert (path.owner, edition.number, edition.state, edition.created_by) == (None, 1, "published", None)
        assert [step.key for step in edition.steps.order_by("position")] == [step.key for step in text.steps]
        assert all(step.html for step in edition.steps.all())
    assert not Event.objects.exists()


def test_once_more_changes_nothing(there, django_assert_num_queries):
    before = list(Edition.objects.values_list("pk", "published_at"))
    builtin.ensure()  # content types are known from now on
    with django_assert_num_queries(4):
        assert builtin.ensure() == []
    call_command("add_builtin_paths")
    assert list(Edition.objects.values_list("pk", "published_at")) == before


def newer(slug: str = "mentor") -> PathText:
    text = BY_SLUG[slug]
    added = read("more", "More of it", "**More** " * 40, due_days=40, minutes=3)
    return replace(text, title="Mentor, anew", steps=(*text.steps, added))


def test_a_newer_text_becomes_a_further_edition_and_is_told(there):
    path = Path.objects.get(slug="mentor")
    assert builtin.ensure([newer()]) == [path.pk]
    path.refresh_from_db()
    edition = path.editions.get(number=2)
    assert (path.title, edition.state, edition.note) == ("Mentor, anew", "published", "Brought up to date with Cairn")
    assert edition.steps.get(key="more").html.startswith("<p><strong>")
    event = Event.objects.about(path).get()
    assert (event.verb, event.actor, event.facts["number"]) == ("path.edition_published", None, 2)
    assert builtin.ensure([newer()]) == []


@pytest.mark.parametrize("how", ["edition", "draft", "title", "owner", "archived"])
def test_what_somebody_edited_here_is_left_alone(there, make, how):
    centre = make.person(roles=[("administrator", None)])
    path = Path.objects.get(slug="mentor")
    if how in ("edition", "draft"):
        services.draft_edition(slug="mentor", actor=centre)
        services.edit_step(slug="mentor", actor=centre, key="agree", title="Agree with your lead first")
        if how == "edition":
            services.publish_edition(slug="mentor", actor=centre, note="Our own words.")
    elif how == "title":
        services.edit_path(slug="mentor", actor=centre, title="Our mentors")
    elif how == "owner":
        services.edit_path(slug="mentor", actor=centre, owner=centre)
    else:
        services.archive_path(slug="mentor", actor=centre)
    before = list(path.editions.values_list("number", "state"))
    assert builtin.ensure([newer()]) == []
    assert list(path.editions.values_list("number", "state")) == before


@pytest.mark.django_db
def test_a_path_of_the_centres_own_with_that_short_name_stays(make):
    centre = make.person(roles=[("administrator", None)])
    services.create_path(actor=centre, title="Our mentors", slug="mentor")
    assert len(builtin.ensure()) == len(PATHS) - 1
    assert Path.objects.get(slug="mentor").title == "Our mentors"


@pytest.mark.django_db
def test_the_command_makes_what_is_missing_and_lets_the_search_find_it(capsys):
    call_command("add_builtin_paths")
    assert capsys.readouterr().out == "Added or brought up to date: 7 paths.\n"
    assert Entry.objects.filter(source="path").count() == 7
    call_command("add_builtin_paths")
    assert capsys.readouterr().out == "Every built-in path is there already.\n"
    assert index.refresh("path", Path.objects.values_list("pk", flat=True)) == 0


@pytest.mark.django_db(transaction=True)
def test_they_come_after_migrate_and_two_at_once_make_them_once():
    assert not Path.objects.exists()
    made = []

    def run():
        made.append(len(builtin.ensure()))
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 7]
    config = apps.get_app_config("paths")
    post_migrate.connect(builtin.after_migrate, sender=config, dispatch_uid="paths.builtin")
    try:
        call_command("flush", interactive=False, verbosity=0)
    finally:
        post_migrate.disconnect(sender=config, dispatch_uid="paths.builtin")
    assert set(Path.objects.values_list("slug", flat=True)) == set(BY_SLUG)
