"""The phase of the guides against a real MLflow server: what is written is sound, and the verbs take it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import resolve
from django.utils import timezone

from coe.core import stream
from coe.core.models import Event, Unread
from coe.guides.models import Audience, Document, Feedback, Kind, Outcome, Reader, Revision
from coe.guides.rules import WRITERS
from demo.training.portfolio import case, cases
from demo.world import charts, noticing, phases
from demo.world.content.projects import PROJECTS
from demo.world.content.reports import READERS, REMARKS, REPORTS, USES, VOTES, Remark, Report
from demo.world.content.staff import STAFF
from demo.world.content.units import UNITS
from demo.world.handbook import FOLDER, ORIGIN
from demo.world.people import Cast
from demo.world.written import Written, library
from projects.modelpages.models import Use
from projects.modelpages.sections import TITLES, completeness, guides_of
from projects.tracking.models import RegisteredModel
from tests.demo.conftest import CountingBar, sync_group, train_and_sync

PEOPLE = {one.key: one for one in STAFF}
LIBRARY = {(one.kind, one.slug): one for one in library()}
SLUGS = {one.slug for one in library() if one.kind != "model_guide"}
MODELS = {one.model for one in cases() if one.model}
by_text = pytest.mark.parametrize("written", library(), ids=lambda one: f"{one.kind}-{one.slug}")


# -- what is written, before anything of it is entered -----------------------------------------------------------------
@by_text
def test_a_text_names_what_exists_and_is_within_bounds(written: Written) -> None:
    assert written.kind in Kind.values
    assert 3 <= len(written.head["title"]) <= 160
    assert 10 <= len(written.head["summary"]) <= 300
    assert {written.owner, *(act.who for act in written.acts)} <= set(PEOPLE)
    assert written.head.get("audience", "everyone") in Audience.values
    assert (written.kind == "lesson") == (written.head.get("outcome", "") in Outcome.values)
    assert written.head.get("unit", "retail") in {unit.slug for unit in UNITS}
    assert written.head.get("subject", PROJECTS[0].slug) in {plan.slug for plan in PROJECTS}
    assert written.tags
    assert 7 <= written.verify_every_days <= 1100
    for act in written.acts:
        assert all(len(word) <= 300 for word in act.words)
    if written.kind == "model_guide":
        assert written.slug in MODELS
    else:
        roles = {word.partition("@")[0] for word in PEOPLE[written.acts[0].who].roles}
        assert "subject" in written.head or roles & set(WRITERS)


@by_text
def test_each_state_of_a_text_says_something_else_and_no_mark_is_left(written: Written) -> None:
    texts = [written.text(state) for state in range(1, written.states + 1)]
    assert len(set(texts)) == written.states >= 1
    for text in texts:
        assert not re.search(r"\{-?\d+\}", text)
        assert len(text.encode()) < 64 * 1024
    marks = {abs(int(one)) for one in re.findall(r"\{(-?\d+)\}", written.body)}
    assert marks == set(range(2, written.states + 1))
    for found in re.findall(r"\]\((/[^)]*)\)", written.body):
        if found.startswith("/guides/"):
            assert found.split("/")[2] in SLUGS
        else:
            assert resolve(found)


@by_text
def test_acts_are_in_their_order(written: Written) -> None:
    days = [-act.days if act.month is None else act.month * 31 + act.days for act in written.acts]
    assert days == sorted(days)
    assert all(act.days >= 0 for act in written.acts)


def test_a_model_guide_has_the_sections_that_there_are() -> None:
    for written in library():
        if written.kind == "model_guide":
            last = written.sections(written.states)
            assert set(last) <= set(TITLES)
            assert set(re.findall(r"^## (\w+)$", written.body, re.M)) == set(TITLES)
            for act in written.acts:
                if act.what == "confirm":
                    assert set(act.words[0].split()) <= set(last)


def test_there_is_enough_of_everything() -> None:
    assert len(SLUGS) == sum(one.kind != "model_guide" for one in library())
    kinds = Counter(one.kind for one in library())
    assert kinds["how_to"] >= 12
    assert 6 <= kinds["playbook"] <= 8
    assert 8 <= kinds["lesson"] <= 12
    assert 25 <= kinds["glossary"] <= 30
    assert {one.model for one in cases() if one.in_production} <= {
        slug for kind, slug in LIBRARY if kind == "model_guide"
    }
    assert {one.head["outcome"] for one in library() if one.kind == "lesson"} == set(Outcome.values)


def test_what_is_said_names_what_exists() -> None:
    assert {one.model for one in REPORTS} | {model for model, *_ in USES} <= MODELS
    assert {one.document for one in REMARKS} <= SLUGS
    assert {*VOTES, *READERS} <= SLUGS | MODELS
    said: list[Report | Remark] = [*REPORTS, *REMARKS]
    assert {one.by for one in said} | {one.reply.by for one in said if one.reply} <= set(PEOPLE)
    assert {who for _, who, _, _ in USES} <= set(PEOPLE)
    assert all(one.reply.ago <= one.ago for one in said if one.reply)
    assert {one.reply.outcome for one in said if one.reply} == set(Feedback.Outcome.values)
    assert all(one.section in {"", *TITLES} for one in REPORTS)
    assert 3 <= sum(one.reply is None for one in REPORTS) <= 4
    assert len(REPORTS) >= 10


def test_the_bands_in_the_churn_guide_are_what_the_model_gives() -> None:
    text = LIBRARY["model_guide", "customer-churn"].sections(4)["read"]
    told = re.findall(r"^\| [^|]*\d[^|]* \| (\d+) \| (\d+) of 100 \|$", text, re.M)
    found = charts.rates(case("customer-churn"), 11)
    assert [(int(n), int(rate)) for n, rate in told] == [(n, round(rate)) for _, n, rate in reversed(found)]


# -- told ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def told(world: CountingBar, mlflow_server: str) -> Iterator[CountingBar]:
    """The year with its handoffs, then the guides, then everything of the stream is read."""
    bar = CountingBar()
    with override_settings(PRIVATE_HOSTS_ALLOWED=["127.0.0.1"]):
        train_and_sync(mlflow_server)
        phases.bind_phase(CountingBar())
        phases.handoffs_phase(CountingBar())
        sync_group()
        phases.guides_phase(bar)
        noticing.tell()
        stream.read_all()
        yield bar


in_portal = [pytest.mark.mlflow, pytest.mark.django_db, pytest.mark.usefixtures("told")]


class TestTold:
    pytestmark = in_portal

    def test_every_text_is_there(self, told: CountingBar) -> None:
        assert told.done == told.total
        documents = Document.objects.filter(origin="").exclude(kind=Kind.MODEL_GUIDE)
        assert set(documents.values_list("slug", flat=True)) == SLUGS
        drafts = documents.filter(published=None).values_list("slug", flat=True)
        assert list(drafts) == ["search-logs"]

    def test_histories_have_several_hands(self) -> None:
        churn = Document.objects.get(kind=Kind.MODEL_GUIDE, title__startswith="Customer churn")
        assert churn.has_draft
        assert churn.is_verified
        assert churn.attachments.count() == 1
        assert len({one.author_id for one in churn.revisions.all()}) >= 3
        assert "files/churn-by-score.png" in churn.revisions.latest("number").html
        ordered = list(churn.revisions.order_by("number").values_list("created_at", flat=True))
        assert ordered == sorted(ordered)

    def test_nothing_happened_in_the_future(self) -> None:
        assert not Event.objects.filter(at__gt=timezone.now()).exists()
        assert not Revision.objects.filter(created_at__gt=timezone.now()).exists()

    def test_guides_are_complete_incomplete_and_missing(self) -> None:
        models = list(RegisteredModel.objects.filter(source__name="group-mlflow", project__isnull=False))
        guides = guides_of(models)
        assert len(guides) == 4
        written = {one.name: completeness(guides[one.pk].published, None).written for one in models}
        assert written["customer-churn"] == 7
        assert 0 < written["solar-yield"] < 7
        assert written["press-stop-risk"] == 0

    def test_verifications_run_out(self) -> None:
        due = set(Document.objects.verification_due().values_list("slug", flat=True))
        assert {"compare-units", "set-a-target"} <= due
        published = Document.objects.published_only().count()
        assert len(due) < published / 5

    def test_feedback_is_open_and_answered(self) -> None:
        noor = Cast.now().people["noor.haddad"]
        hers = Feedback.objects.get(author=noor, kind=Feedback.Kind.WRONG_OUTPUT)
        assert hers.state == Feedback.State.ANSWERED
        assert hers.version
        open_ones = Feedback.objects.open_reports()
        assert open_ones.filter(subject_id__in=RegisteredModel.objects.filter(name="customer-churn")).count() == 1
        votes = Counter(
            Feedback.objects.filter(
                subject_id=RegisteredModel.objects.get(name="customer-churn").pk, kind__contains="helpful"
            ).values_list("kind", flat=True)
        )
        assert votes == {"helpful": 18, "not_helpful": 3}

    def test_people_use_and_read(self) -> None:
        noor = Cast.now().people["noor.haddad"]
        assert Use.objects.filter(person=noor, model__name="customer-churn").exists()
        late = Reader.objects.filter(last_at__gte=timezone.now() - timedelta(days=30))
        assert late.count() == Reader.objects.count() > 200

    def test_freights_playbook_is_freights_alone(self) -> None:
        people = Cast.now().people
        of = Document.objects.filter(slug="freight-night-shift")
        assert Document.objects.visible_to(people["bjorn.eklund"]).filter(pk__in=of).exists()
        assert not Document.objects.visible_to(people["chloe.tremblay"]).filter(pk__in=of).exists()

    def test_the_handbook_is_brought_in_with_its_picture(self) -> None:
        found = Document.objects.filter(origin=ORIGIN, archived_at=None)
        assert found.count() == len(list(FOLDER.rglob("*.md")))
        front = found.get(origin_path="README.md")
        assert front.published is not None
        assert front.attachments.count() == 1
        assert "<img" in front.published.html
        assert front.origin_url.endswith("README.md")

    def test_nothing_is_left_unread(self) -> None:
        assert list(Unread.objects.values_list("consumer", "event__verb", "attempts")[:5]) == []

    def test_pages_open(self, client: Client) -> None:
        client.force_login(Cast.now().people["noor.haddad"])
        for slug in ("read-an-index", "too-good-to-be-true", "index"):
            assert client.get(f"/guides/{slug}/").status_code == 200

    def test_a_second_call_changes_nothing(self) -> None:
        before = (Event.objects.count(), Revision.objects.count(), Feedback.objects.count(), Reader.objects.count())
        assert phases.guides_phase(CountingBar()) == 0
        after = (Event.objects.count(), Revision.objects.count(), Feedback.objects.count(), Reader.objects.count())
        assert after == before
