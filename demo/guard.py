"""Ends what a killed parent left behind: reads `add PID SIGNAL` and `drop PID` lines, acts when its input closes."""

import contextlib
import os
import signal
import sys
import time


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> None:
    # A closed terminal or a Ctrl-C is for the parent; this process ends after it.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        word, pid, *rest = line.split()
        if word == "add":
            groups[int(pid)] = int(rest[0])
        else:
            groups.pop(int(pid), None)
    for group, number in reversed(groups.items()):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(group, number)
        end = time.monotonic() + 10
        while _alive(group) and time.monotonic() < end:
            time.sleep(0.1)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
