"""A guide out of a resolved thread: a draft in which nobody is named."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.guides.merging import END, MINE
from coe.guides.models import Document
from coe.mentoring import services
from coe.mentoring.models import Message
from tests.mentoring.company import build, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


@pytest.fixture
def thread(world, make):
    """Björn and Rosalind spoke, Ada of the centre once; Grace, who has an account, is only spoken of."""
    make.person("grace@example.com", name="Grace Hopper")
    request = make.request(
        world.asker, mentor=world.rosalind, team=[world.mate], topic="calibration", skills=["xgboost"],
        goal="Björn wants to know why churn drifts", details="# So far\n\nTove retrained it.",
    )  # fmt: skip
    for person, text in (
        (world.asker, "Hi Rosalind, see tove@example.com or +49 30 1234567"),
        (world.rosalind.person, "Ask Grace Hopper. Grace knows @bjorn's case.\n\n```python\n# Björn\n@cache\n```"),
        (world.admin, "I am Ada, of the centre."),
    ):
        services.write_message(request_id=request.pk, actor=person, text=text)
    services.propose_meeting(
        request_id=request.pk, actor=world.asker, starts_at=timezone.now() + timezone.timedelta(1), minutes=30
    )
    services.resolve_request(request_id=request.pk, actor=world.asker, resolution="## Do this\n\nUse *isotonic*.")
    return request


def make_guide(request, person, **said):
    return services.make_guide(request_id=request.pk, actor=person, **said)


TEXT = """## Question

The team wants to know why churn drifts

### So far

The team retrained it.

## What was said

**The team:**

Hi the mentor, see the team or (telephone number removed)

**The mentor:**

Ask a colleague. A colleague knows the team's case.

```python
# The team
@cache
```

**A colleague:**

I am a colleague, of the centre.

## Answer

#### Do this

Use *isotonic*."""


class TestMake:
    def test_a_draft_in_which_nobody_is_named(self, world, thread):
        made = make_guide(thread, world.rosalind.person)
        revision = made.latest
        assert revision.text == TEXT
        assert (made.kind, made.owner, made.published) == ("how_to", world.rosalind.person, None)
        assert (made.tags, made.title) == (["calibration", "xgboost"], "The team wants to know why churn drifts")
        assert fresh(thread).guide == made
        told = Event.objects.about(thread).get(verb="mentoring.guide_made")
        assert (told.actor, told.facts) == (world.rosalind.person, {"title": made.title})

    def test_under_another_title(self, world, thread):
        assert make_guide(thread, world.admin, title=" Why  scores drift ").title == "Why scores drift"

    def test_a_title_may_not_be_too_long(self, world, thread):
        with pytest.raises(ValidationError) as refused:
            make_guide(thread, world.admin, title="x" * 161)
        assert list(refused.value.message_dict) == ["title"]

    def test_only_once_while_it_is_there(self, world, thread):
        made = make_guide(thread, world.rosalind.person)
        with pytest.raises(Refused, match="already"):
            make_guide(thread, world.rosalind.person)
        assert Document.objects.count() == 1
        made.archived_at = timezone.now()
        made.save()
        assert make_guide(thread, world.rosalind.person).pk != made.pk

    def test_only_of_what_is_resolved(self, world, make):
        for state in ("asked", "open", "withdrawn"):
            with pytest.raises(Refused):
                make_guide(make.request(mentor=world.rosalind, state=state), world.rosalind.person)


class TestWho:
    def test_those_in_the_conversation_who_may_write_guides(self, world, thread, make):
        with pytest.raises(PermissionDenied):
            make_guide(thread, world.asker)
        with pytest.raises(PermissionDenied):
            make_guide(thread, world.wanjiru.person)
        thread.is_shared = False
        thread.save()
        with pytest.raises(ObjectDoesNotExist):
            make_guide(thread, world.wanjiru.person)

    def test_one_who_asked_and_writes_guides(self, world, make):
        world.asker.grants.create(role="contributor")
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", about=world.churn)
        made = make_guide(request, world.asker)
        # The owner of the project writes on it.
        assert made.subject_id == world.churn.pk


class TestWhere:
    def test_not_about_what_the_actor_may_not_write_on(self, world, make):
        request = make.request(
            world.asker, mentor=world.rosalind, state="resolved", about=world.churn, unit=world.retail
        )
        made = make_guide(request, world.rosalind.person)
        assert (made.subject_id, made.unit) == (None, None)

    def test_about_nothing_it_is_of_the_unit(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", unit=world.retail)
        assert make_guide(request, world.rosalind.person).unit == world.retail

    def test_of_what_is_not_shared_nobody_but_its_owner_reads_the_draft(self, world, make):
        lead = make.person(roles=[("unit_lead", world.retail)])
        world.asker.grants.create(role="contributor")
        request = make.request(
            world.asker, mentor=world.rosalind, state="resolved", about=world.churn, unit=world.retail, is_shared=False
        )
        made = make_guide(request, world.asker)
        assert (made.subject_id, made.unit) == (None, None)
        assert not Document.objects.visible_to(lead).exists()


class TestText:
    def resolved(self, world, make, *texts, **fields):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", **fields)
        for text in texts:
            Message.objects.create(request=request, author=world.asker, text=text)
        return request

    def test_long_threads_are_cut_at_the_end_of_a_message(self, world, make):
        request = self.resolved(world, make, *("word " * 3000 + str(n) for n in range(8)))
        text = make_guide(request, world.rosalind.person).latest.text
        assert len(text.encode()) < 64 * 1024
        assert "*(More was said: it was too long for all of it.)*\n\n## Answer\n\nMended." in text
        assert text.count("**The team:**") == 3

    def test_whatever_was_typed_fits(self, world, make):
        long = "漢字\n" * 6_600
        request = self.resolved(world, make, long, details=long[:10_000], resolution=long)
        assert len(make_guide(request, world.rosalind.person).latest.text.encode()) < 64 * 1024

    def test_without_a_resolution_it_says_where_to_write_one(self, world, make):
        request = self.resolved(world, make, resolution="", topic="a, b", skills=["c"])
        made = make_guide(request, world.rosalind.person)
        assert made.latest.text.endswith("## Answer\n\n*Write here what the answer was.*")
        assert made.tags == ["c"]

    def test_headings_stand_below_but_comments_in_code_stay(self, world, make):
        request = self.resolved(world, make, "# One\n\n~~~\n# two\n~~~\n\n##### Five", resolution="x")
        text = make_guide(request, world.rosalind.person).latest.text
        assert "### One\n\n~~~\n# two\n~~~\n\n###### Five" in text

    def test_marks_of_a_merge_are_text(self, world, make):
        request = self.resolved(world, make, f"{MINE}\nx\n{END}")
        assert f"> {MINE}" in make_guide(request, world.rosalind.person).latest.text

    def test_a_long_goal_is_a_shorter_title(self, world, make):
        request = self.resolved(world, make, goal="w" * 200)
        title = make_guide(request, world.rosalind.person).title
        assert (len(title), title[-1]) == (160, "…")

    def test_earlier_mentors_are_mentors_too(self, world, make):
        request = self.resolved(world, make, "Wanjiru said so")
        request.attempts.create(mentor=world.wanjiru, state="declined", how="by_hand")
        assert "The mentor said so" in make_guide(request, world.rosalind.person).latest.text
