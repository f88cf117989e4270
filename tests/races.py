"""Two at once, on the real database: each in a thread and a connection of its own, started together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from django.db import connection


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run the jobs at the same time; what each returned or raised, in their order."""
    start = threading.Barrier(len(jobs))
    results: list[object] = [None] * len(jobs)

    def run(place: int, job: Callable[[], object]) -> None:
        try:
            start.wait(10)
            results[place] = job()
        except Exception as error:  # the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def meeting(parties: int = 2) -> Callable[[], None]:
    """A point at which all wait for each other, but not for ever: with the lock on, only one of them gets there."""
    barrier = threading.Barrier(parties)

    def meet() -> None:
        try:
            barrier.wait(1.0)
        except threading.BrokenBarrierError:
            return

    return meet


def failures(results: Sequence[object], kind: type[Exception]) -> int:
    """How many of the results are errors of `kind`."""
    return sum(isinstance(result, kind) for result in results)
