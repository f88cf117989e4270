"""From events to notices: who hears what, once, and of what belongs together as one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coe.accounts.services import deactivate_person
from coe.core import stream
from coe.core.models import Unread
from coe.notices import hearing, services
from coe.notices.models import Letter, Line, Notice
from coe.notices.queries import NoticeQuerySet
from tests.factories import Make
from tests.notices.conftest import Notices
from tests.races import failures, meeting, together


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com", name="Rita Reader")


@pytest.fixture
def project(make: Make) -> Any:
    return make.project("churn")


def shown(person: Any) -> list[str]:
    return [notice.text for notice in Notice.objects.all().visible_to(person)]


def test_somebody_is_told(make: Make, notices: Notices, reader: Any, project: Any) -> None:
    notices.tell(project, reader, text="Ada accepted it.", thread="handoff:7", url="/handoffs/7/")
    told = Notice.objects.get()
    assert (told.person, told.topic, told.thread, told.label) == (reader, "handoffs", "handoff:7", "Churn")
    assert (told.text, told.url, told.count, told.read_at) == ("Ada accepted it.", "/handoffs/7/", 1, None)
    assert told.pair == tuple(notices.pair(project))
    assert not Unread.objects.filter(consumer="notices").exists()


def test_a_burst_in_a_thread_is_one_notice(notices: Notices, reader: Any, project: Any) -> None:
    for n in (1, 2, 3):
        notices.happen(project, reader, text=f"Message {n}")
    notices.hear()
    notices.tell(project, reader, text="Message 4", url="/handoffs/1/#4")
    burst = Notice.objects.get()
    assert (burst.text, burst.url, burst.count) == ("Message 4", "/handoffs/1/#4", 4)
    assert burst.first_at < burst.last_at
    assert Line.objects.count() == 4


def test_what_comes_after_reading_is_new(notices: Notices, reader: Any, project: Any) -> None:
    notices.tell(project, reader, text="First")
    services.mark_all_read(actor=reader)
    notices.tell(project, reader, text="Second")
    assert list(Notice.objects.order_by("pk").values_list("text", "count")) == [("First", 1), ("Second", 1)]


def test_another_thread_and_another_topic_are_notices_of_their_own(notices: Notices, reader: Any, project: Any) -> None:
    notices.tell(project, reader)
    notices.tell(project, reader, thread="handoff:2")
    notices.tell(project, reader, topic="projects")
    assert Notice.objects.count() == 3


def test_who_did_it_hears_nothing(make: Make, notices: Notices, reader: Any, project: Any) -> None:
    other = make.person()
    notices.tell(project, reader, other, actor=reader)
    assert list(Notice.objects.values_list("person", flat=True)) == [other.pk]


def test_who_may_not_know_of_it_hears_nothing(make: Make, notices: Notices, reader: Any) -> None:
    closed = make.project("secret", visibility="members")
    member = make.member(closed)
    administrator = make.person(roles=[("administrator", None)])
    notices.tell(closed, reader, member, closed.owner, administrator)
    told = set(Notice.objects.values_list("person", flat=True))
    assert told == {member.pk, closed.owner.pk, administrator.pk}
    assert set(Letter.objects.values_list("person", flat=True)) == told


def test_a_closed_account_hears_nothing(make: Make, notices: Notices, reader: Any, project: Any) -> None:
    deactivate_person(person_id=reader.pk, actor=make.person(roles=[("administrator", None)]))
    notices.tell(project, reader)
    assert not Line.objects.exists()


def test_of_several_things_that_one_event_tells_a_person_hears_the_first(
    make: Make, notices: Notices, reader: Any, project: Any
) -> None:
    closed = make.project("secret", visibility="members")
    hidden = {"text": "Hidden", "subject": notices.pair(closed)}
    notices.tell(project, reader, text="Gossip", topic="gossip", also=[hidden, {"text": "Seen", "topic": "projects"}])
    assert shown(reader) == ["Gossip"]
    services.choose(actor=reader, topic="gossip", channel="app", when="off")
    notices.tell(project, reader, text="Gossip", topic="gossip", also=[hidden, {"text": "Seen", "topic": "projects"}])
    assert shown(reader) == ["Seen", "Gossip"]
    assert Line.objects.count() == 2


def test_an_event_that_is_handled_again_is_told_once(notices: Notices, reader: Any, project: Any) -> None:
    event = notices.tell(project, reader)
    before = list(Notice.objects.values()), list(Letter.objects.values())
    hearing.hear([event])
    hearing.hear([event, event])
    assert (list(Notice.objects.values()), list(Letter.objects.values())) == before
    assert Line.objects.count() == 1


def test_the_inbox_may_be_switched_off(notices: Notices, reader: Any, project: Any) -> None:
    services.choose(actor=reader, topic="handoffs", channel="app", when="off")
    notices.tell(project, reader)
    assert not Notice.objects.exists()
    assert Letter.objects.get().topic == "handoffs"


def test_who_switched_everything_off_is_told_nothing(notices: Notices, reader: Any, project: Any) -> None:
    for channel in ("app", "email"):
        services.choose(actor=reader, topic="handoffs", channel=channel, when="off")
    notices.tell(project, reader)
    assert not Line.objects.exists()


def test_when_it_is_closed_afterwards_it_shows_nowhere(make: Make, notices: Notices, reader: Any) -> None:
    project, other = make.project("churn"), make.project("demand")
    notices.tell(project, reader, text="About churn")
    notices.tell(other, reader, text="About demand", thread="other")
    project.visibility = "members"
    project.save()
    assert shown(reader) == ["About demand"]
    project.visibility = "company"
    project.save()
    assert shown(reader) == ["About demand", "About churn"]


def test_what_was_deleted_shows_nowhere(make: Make, notices: Notices, reader: Any) -> None:
    feedback = make.feedback(make.project())
    notices.tell(feedback, reader)
    assert shown(reader) == ["Ada accepted it."]
    feedback.delete()
    assert shown(reader) == []


def test_news_that_fail_are_told_later_and_hold_up_no_others(notices: Notices, reader: Any, project: Any) -> None:
    notices.happen(project, reader, topic="nobody named it")
    notices.tell(project, reader, text="Well formed")
    assert shown(reader) == ["Well formed"]
    assert Unread.objects.get(consumer="notices").attempts == 1


def test_many_people_need_few_queries(make: Make, notices: Notices, project: Any) -> None:
    def queries(count: int) -> int:
        people = [make.person() for _ in range(count)]
        event = notices.happen(project, *people, thread=f"handoff:{count}")
        with CaptureQueriesContext(connection) as captured:
            hearing.hear([event])
        return len(captured)

    few, many = queries(2), queries(12)
    # Three for each person: what they may know of, their notice, their letter.
    assert many - few == 3 * 10
    assert few < 25


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_a_notice_that_is_read_while_news_join_it(
    make: Make, notices: Notices, locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock (the negative control) what joins is hidden in a notice that is read."""
    reader, project = make.person(), make.project()
    notices.tell(project, reader, text="Seen")
    notices.happen(project, reader, text="Joined")
    meet = meeting()
    name_them = hearing.knowing.labels

    def labels(pairs: Any) -> Any:
        # The consumer has found the unread notice here, and has not written yet.
        meet()
        meet()
        return name_them(pairs)

    monkeypatch.setattr(hearing.knowing, "labels", labels)
    if not locked:
        monkeypatch.setattr(NoticeQuerySet, "select_for_update", lambda self, **_: self.all())

    def read() -> None:
        until = Notice.objects.get().last_at
        meet()
        services.mark_all_read(actor=reader, until=until)
        meet()

    assert failures(together(lambda: stream.read("notices"), read), Exception) == 0
    unread = [notice.text for notice in Notice.objects.unread()]
    assert unread == (["Joined"] if locked else [])
