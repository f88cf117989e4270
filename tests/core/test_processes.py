from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo.processes import Command, Failed, Family
from tests import parts

PARENT = """
import os, signal, sys
from pathlib import Path
from demo.processes import Command, Family
family = Family()
family.watch()
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
for words in ([sys.executable, "-c", "import signal; signal.pause()"], [sys.executable, "-c", deaf]):
    child = family.start(Command("part", words, Path(sys.argv[1]), os.environ))
    print(child.process.pid, flush=True)
family.until(lambda: "up" in Path(sys.argv[1]).read_text(), "part", seconds=30)
os.kill(os.getpid(), signal.SIGKILL)
"""


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Ended, and not yet buried by whoever inherited it.
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.fixture
def family():
    family = Family()
    family.watch()
    yield family
    family.stop_all()


def command(code: str, log: Path) -> Command:
    return Command("a part", [sys.executable, "-c", code], log, os.environ)


def test_a_killed_parent_leaves_nothing_behind(tmp_path):
    parent = subprocess.run(
        [sys.executable, "-c", PARENT, str(tmp_path / "log")],
        cwd=parts.ROOT,
        env={**os.environ, "PYTHONPATH": str(parts.ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert parent.returncode == -signal.SIGKILL
    pids = [int(line) for line in parent.stdout.split()]
    assert len(pids) == 2
    parts.family.until(lambda: all(map(is_gone, pids)), "the guard", seconds=60)


def test_stopping_ends_the_whole_group(family, tmp_path):
    code = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']); "
        "print(p.pid, flush=True); p.wait()"
    )
    child = family.start(command(code, tmp_path / "log"))
    family.until(lambda: bool((tmp_path / "log").read_text().strip()), "a part", seconds=30)
    grandchild = int((tmp_path / "log").read_text())
    family.stop(child)
    parts.family.until(lambda: is_gone(grandchild), "the grandchild", seconds=30)
    assert is_gone(child.process.pid)
    assert family.children == []


def test_a_step_that_fails_says_where_to_look(family, tmp_path):
    with pytest.raises(Failed, match=r"a part ended with code 3; see .*log"):
        family.run(command("raise SystemExit(3)", tmp_path / "log"))


def test_what_is_asked_to_stop_does_not_wait(family, tmp_path):
    family.stopping.set()
    with pytest.raises(Exception, match="a part"):
        family.run(command("import signal; signal.pause()", tmp_path / "log"))
    assert family.children == []
