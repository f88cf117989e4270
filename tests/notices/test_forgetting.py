from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from coe.core.models import OutboxEntry
from coe.notices import forgetting
from coe.notices.models import Letter, Line, Notice
from coe.notices.tasks import forget
from tests.factories import Make
from tests.notices.conftest import Notices

pytestmark = pytest.mark.django_db


def ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


@pytest.mark.parametrize(
    ("read", "last", "kept"), [(179, 500, True), (181, 500, False), (None, 364, True), (None, 366, False)]
)
def test_notices(make: Make, read: int | None, last: int, kept: bool) -> None:
    made = make.notice(make.person(), read_at=None if read is None else ago(read))
    Notice.objects.update(first_at=ago(last), last_at=ago(last))
    assert forget() == (0 if kept else 1)
    assert Notice.objects.filter(pk=made.pk).exists() is kept


def test_some_at_a_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "_AT_ONCE", 2)
    person = make.person()
    for _ in range(5):
        make.notice(person, read_at=ago(200))
    assert forget() == 5


def test_letters_and_their_lines(make: Make, notices: Notices) -> None:
    reader, project = make.person(), make.project()
    notices.tell(project, reader, text="Sent")
    notices.post()
    Letter.objects.update(ended_at=ago(181))
    OutboxEntry.objects.update(done_at=ago(181))
    notices.tell(project, reader, text="Waits", thread="handoff:2")
    Line.objects.update(at=ago(181))
    forget()
    assert [line.text for line in Line.objects.all()] == ["Waits"]
    assert notices.states() == ["open"]
    assert not OutboxEntry.objects.exists()
    notices.post()
    assert notices.states() == ["sent"]


def test_what_is_younger_stays(make: Make, notices: Notices) -> None:
    notices.tell(make.project(), make.person())
    notices.post()
    forget()
    assert (Line.objects.count(), notices.states(), OutboxEntry.objects.count()) == (1, ["sent"], 1)
