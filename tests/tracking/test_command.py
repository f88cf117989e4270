from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from projects.tracking.models import Source, Sync
from tests.tracking import lying
from tests.tracking.lying import Liar

pytestmark = [pytest.mark.django_db, pytest.mark.mlflow]


def test_it_reads_and_says_so(source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync_tracking")
    assert "lab: read everything" in capsys.readouterr().out
    call_command("sync_tracking", "--source", "lab")
    assert "lab: read what is new" in capsys.readouterr().out
    call_command("sync_tracking", "--full")
    assert Sync.objects.filter(is_full=True, state="done").count() == 2


def test_an_unknown_source_is_exit_code_2(source: Source) -> None:
    with pytest.raises(CommandError, match="no source 'nowhere'; there are: lab") as error:
        call_command("sync_tracking", "--source", "nowhere")
    assert error.value.returncode == 2


def test_a_failed_sync_is_exit_code_1(source: Source, liar: Liar, capsys: pytest.CaptureFixture[str]) -> None:
    liar.lies["experiments"] = lying.error_500
    with pytest.raises(SystemExit) as end:
        call_command("sync_tracking")
    assert end.value.code == 1
    assert "failed" in capsys.readouterr().out
