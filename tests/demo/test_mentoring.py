"""The phase of the mentors: what is written is sound, the verbs take it, and people hear of the last fortnight."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F
from django.test import Client
from django.utils import timezone

from coe.core import stream
from coe.core.models import Event, OutboxEntry, Unread
from coe.guides.models import Document
from coe.mentoring.models import Attempt, Message, Request, Served, State, Urgency
from coe.mentors import checks
from coe.mentors.models import Mentor, Skill
from coe.notices.letters import KIND
from coe.notices.models import Letter, Line, Notice
from demo.training.portfolio import cases
from demo.world import noticing, phases
from demo.world.asked import ACTS, Asked, conversations
from demo.world.connecting import GROUP_SOURCE
from demo.world.content.mentoring.mentors import MENTORS
from demo.world.content.mentoring.served import SERVED
from demo.world.content.projects import PROJECTS
from demo.world.content.staff import STAFF
from demo.world.people import Cast
from demo.world.sign_in import SIGN_IN
from projects.catalog import services as catalog
from projects.catalog.models import Project
from projects.tracking.models import RegisteredModel
from tests.demo.conftest import CountingBar
from tests.factories import Make

PEOPLE = {one.key for one in STAFF}
MODELS = {one.model for one in cases() if one.model}
GOALS = {one.goal for one in conversations()}
_WITH_NEWS = [
    *("amara.okoye", "bjorn.eklund", "ingrid.solberg", "iris.chen", "noor.haddad"),
    *("rosalind.achebe", "wanjiru.kamau"),
]
SLUGS = {plan.slug for plan in PROJECTS}
by_goal = pytest.mark.parametrize("plan", conversations(), ids=lambda one: one.goal)


# -- what is written, before anything of it is entered -----------------------------------------------------------------
@by_goal
def test_a_conversation_names_what_exists_and_is_within_bounds(plan: Asked) -> None:
    assert len(plan.asked) == 5
    assert {plan.by, *plan.team, plan.head.get("with", plan.by)} <= PEOPLE
    assert plan.asked[4] in Urgency.values
    assert len(plan.goal) <= 200
    assert all(len(tag) <= 40 for tag in (plan.asked[2], *plan.skills))
    kind, _, name = plan.head.get("about", f"project {PROJECTS[0].slug}").partition(" ")
    assert name in {"project": SLUGS, "model": MODELS}[kind]
    assert {act.what for act in plan.acts} <= set(ACTS)
    assert {act.who for act in plan.acts} <= {"a", "m", *("t" if plan.team else "")}
    assert all(turn.partition(" ")[0] in ("declined", "silent") for turn in plan.turns)
    for act in plan.acts:
        assert act.words.strip()
        assert act.what != "rate" or act.words in "12345"


def test_there_is_enough_of_everything() -> None:
    assert 55 <= len(conversations()) <= 70
    assert len(GOALS) == len(conversations())
    acts = Counter(act.what for one in conversations() for act in one.acts)
    assert acts["guide"] == 2
    assert acts["meet"] >= 3
    assert acts["reopen"] == acts["hand"] == acts["withdraw"] == 1
    turns = [turn.partition(" ")[0] for one in conversations() for turn in one.turns]
    assert set(turns) == {"declined", "silent"}


def test_profiles_are_such_as_a_mentor_could_enter() -> None:
    assert len(MENTORS) >= 12
    for plan in MENTORS:
        assert plan.key in PEOPLE
        checks.parts(
            {
                "about": plan.about, "languages": list(plan.languages), "capacity": plan.capacity,
                "country": plan.country, "region": plan.region, "wanted": plan.wanted, "unwanted": plan.unwanted,
            },
            Mentor(),
        )  # fmt: skip
        assert checks.skills(plan.skills) == plan.skills
    assert {tag for one in MENTORS for tag in one.skills} > {one.asked[2] for one in conversations()} - {
        "causal inference"
    }
    assert {who for _, who, _, _ in SERVED} <= PEOPLE


# -- told ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def told(world: CountingBar) -> CountingBar:
    """The first phase, models as the mirror would have them, guides that served, and the phase of the mentors."""
    source = Make().source(GROUP_SOURCE)
    for case in cases():
        if case.model:
            project = Project.objects.get(slug=case.slug)
            Make().model(source, project=project, name=case.model, aliases={"production": 3})
    for found in {found for _, _, _, found in SERVED} - GOALS:
        Make().document(found, owner=Cast.now().centre)
    # Told by the worker while the demo begins.
    catalog.give_status(slug="customer-churn", actor=Cast.now().people["iris.chen"], status="on_track", text="Today.")
    stream.read(noticing.CONSUMER)
    bar = CountingBar()
    phases.mentoring_phase(bar)
    return bar


@pytest.mark.django_db
@pytest.mark.usefixtures("told")
class TestTold:
    def test_everything_was_asked(self, told: CountingBar) -> None:
        assert told.done == told.total
        assert set(Request.objects.values_list("goal", flat=True)) == GOALS
        assert Mentor.objects.serving().count() == len(MENTORS)
        assert set(Skill.objects.values_list("mentor__person__email", flat=True)) == {
            f"{plan.key}@{address.partition('@')[2]}" for plan in MENTORS for address, _ in SIGN_IN[:1]
        }

    def test_most_are_resolved_and_rated(self) -> None:
        states = Counter(Request.objects.values_list("state", flat=True))
        assert states[State.RESOLVED] >= 45
        assert states[State.OPEN] >= 3
        assert states[State.WAITING] >= 2
        assert states[State.WITHDRAWN] == 1
        rated = Request.objects.filter(state=State.RESOLVED, rating__isnull=False)
        assert rated.count() >= 45
        assert set(rated.values_list("rating", flat=True)) == {4, 5}

    def test_some_were_declined_some_met_silence_one_was_handed_over_and_one_opened_again(self) -> None:
        ends = Counter(Attempt.objects.values_list("state", flat=True))
        assert ends[Attempt.State.DECLINED] >= 3
        assert ends[Attempt.State.SILENT] >= 2
        assert ends[Attempt.State.HANDED_OVER] == 1
        assert Event.objects.filter(verb="mentoring.reminded").count() >= 2
        again = Request.objects.get(round=2)
        assert again.attempts.filter(round=2).exists()

    def test_no_mentor_ever_held_more_than_the_capacity(self) -> None:
        for mentor in Mentor.objects.all():
            live = mentor.attempts.filter(state__in=["pending", "accepted"]).count()
            assert live <= mentor.capacity

    def test_work_is_shared_among_the_mentors(self) -> None:
        counted = dict(Attempt.objects.filter(state="done").order_by().values_list("mentor").annotate(n=Count("pk")))
        assert len(counted) >= 10
        assert max(counted.values()) <= 14

    def test_each_who_was_found_says_why(self) -> None:
        routed = Attempt.objects.filter(how="routed")
        assert routed.count() >= 50
        assert all(attempt.why["top"] for attempt in routed)
        assert not routed.filter(mentor__person=F("request__requester")).exists()

    def test_rosalind_has_two_to_answer_and_some_under_way(self) -> None:
        rosalind = Cast.now().people["rosalind.achebe"]
        pending = Attempt.objects.filter(mentor__person=rosalind, state=Attempt.State.PENDING)
        assert pending.count() >= 2
        assert all(one.due_at and one.due_at > timezone.now() for one in pending)
        assert Request.objects.of_mentor(rosalind).filter(state=State.OPEN).exists()

    @pytest.mark.parametrize("who", ["noor.haddad", "iris.chen", "wanjiru.kamau", "bjorn.eklund"])
    def test_those_who_are_new_have_something_to_follow(self, who: str) -> None:
        person = Cast.now().people[who]
        open_ones = Request.objects.asked_by(person).filter(state=State.OPEN)
        assert open_ones.exists()
        assert Message.objects.filter(request__in=open_ones).count() >= 3

    def test_one_waits_for_what_nobody_knows_and_one_for_a_language(self) -> None:
        waiting = {one.topic: one for one in Request.objects.filter(state=State.WAITING)}
        assert not Skill.objects.filter(tag="causal inference").exists()
        assert waiting["causal inference"].attempts.count() == 0
        assert waiting["explainability"].language == "fr"
        assert waiting["explainability"].coordinator_told_at

    def test_a_meeting_is_to_come(self) -> None:
        assert Message.objects.filter(starts_at__gt=timezone.now(), cancelled_at=None).exists()

    def test_two_guides_came_out_of_it_with_the_names_taken_out(self) -> None:
        made = Document.objects.filter(pk__in=Request.objects.exclude(guide=None).values("guide"))
        assert sorted(one.published_id is not None for one in made) == [False, True]
        for guide in made.select_related("latest"):
            assert guide.latest is not None
            assert "Noor" not in guide.latest.text
            assert "Daniel" not in guide.latest.text

    def test_answers_served(self) -> None:
        assert Served.objects.count() == len(SERVED)
        assert Served.objects.exclude(thread=None).count() >= 4

    def test_nothing_happened_in_the_future_nor_out_of_order(self) -> None:
        assert not Event.objects.filter(at__gt=timezone.now()).exists()
        for request in Request.objects.prefetch_related("messages", "attempts"):
            times = [one.created_at for one in request.messages.all()]
            assert times == sorted(times)
            assert all(request.created_at <= one for one in times)

    # -- notices
    def test_people_are_told_of_the_last_fortnight(self) -> None:
        fortnight = timezone.now() - noticing.TOLD
        assert Line.objects.count() > 50
        assert not Line.objects.filter(at__lt=fortnight).exists()
        assert not Notice.objects.filter(last_at__lt=fortnight).exists()
        assert not Unread.objects.filter(consumer=noticing.CONSUMER).exists()

    @pytest.mark.parametrize("who", _WITH_NEWS)
    def test_inboxes_hold_something_and_not_too_much(self, who: str) -> None:
        notices = Notice.objects.filter(person=Cast.now().people[who])
        assert notices.exists()
        assert notices.unread().count() <= 15
        assert not notices.unread().filter(last_at__lt=timezone.now() - noticing.UNREAD - timedelta(days=1)).exists()

    def test_what_the_worker_told_meanwhile_is_the_newest(self) -> None:
        amara, project = Cast.now().people["amara.okoye"], Project.objects.get(slug="customer-churn")
        of = Notice.objects.filter(person=amara, thread=f"project:{project.pk}").order_by("-last_at")
        assert [("Today." in one.text, one.read_at is None) for one in of] == [
            (True, True),
            (False, False),
            (False, False),
        ]
        (digest,) = Letter.objects.filter(person=amara, state=Letter.State.OPEN, channel="email", topic="")
        assert digest.email_lines.filter(text__contains="Today.").exists()
        assert (
            digest.email_lines.filter(at__gt=timezone.now() - timedelta(days=2)).count() == digest.email_lines.count()
        )

    def test_a_notice_was_told_when_it_happened(self) -> None:
        for notice in Notice.objects.filter(count=1):
            line = Line.objects.filter(person=notice.person_id, thread=notice.thread, text=notice.text).latest("at")
            assert timedelta() <= notice.last_at - line.at < timedelta(hours=2)

    def test_no_letter_of_past_days_goes_out_today(self) -> None:
        assert Letter.objects.filter(state=Letter.State.SENT).exists()
        assert not Letter.objects.filter(state=Letter.State.SEALED).exists()
        late = Letter.objects.filter(state=Letter.State.OPEN, due_at__lt=timezone.now() - timedelta(hours=2))
        assert not late.exists()
        assert not OutboxEntry.objects.filter(kind=KIND, state="waiting").exists()

    def test_pages_open(self, client: Client) -> None:
        client.force_login(Cast.now().people["rosalind.achebe"])
        request = Request.objects.get(goal="Know what a score of 45 asks of my team")
        for path in ("/mentoring/", request.get_absolute_url(), "/mentors/", "/notices/"):
            assert client.get(path).status_code == 200, path

    def test_requests_are_about_models_of_a_version(self) -> None:
        of = ContentType.objects.get_for_model(RegisteredModel)
        assert set(Request.objects.filter(subject_type=of).values_list("version", flat=True)) == {3}

    def test_a_second_call_changes_nothing(self) -> None:
        before = (Event.objects.count(), Message.objects.count(), Line.objects.count(), Mentor.objects.count())
        assert phases.mentoring_phase(CountingBar()) == 0
        assert (Event.objects.count(), Message.objects.count(), Line.objects.count(), Mentor.objects.count()) == before
