"""Which parts of two sequences are the same: exact in all that people write, and bounded in time for whatever is sent.

What is unique on both sides holds the rest in place (patience); what is left between is matched by the greedy search
of Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), as far as a budget of steps goes. Beyond it, a
stretch counts as changed altogether: the result is coarser, never wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

# Steps of the search, over both sequences together: a fraction of a second.
BUDGET = 2_000_000
# More changes than this in one stretch without anything unique are not followed.
MOST_CHANGES = 500
MOST_DEPTH = 12
Block = tuple[int, int, int]


class Budget:
    """The steps that are left; several matchers can share one."""

    def __init__(self, steps: int = BUDGET) -> None:
        self.left = steps


class Matcher:
    """The matching blocks of `a` and `b`; the shape that `merge3` wants of a sequence matcher."""

    def __init__(
        self,
        isjunk: object = None,
        a: Sequence[str] = (),
        b: Sequence[str] = (),
        autojunk: bool = False,
        *,
        budget: Budget | None = None,
    ) -> None:
        self.a, self.b = a, b
        self.budget = budget or Budget()
        self.pairs: list[tuple[int, int]] = []

    def get_matching_blocks(self) -> list[Block]:
        """[(i, j, n)] so that a[i:i+n] == b[j:j+n], in order, with an empty block at the end."""
        self.pairs = []
        self._match(0, len(self.a), 0, len(self.b), 0)
        blocks: list[Block] = []
        for i, j in self.pairs:
            if blocks and (i, j) == (blocks[-1][0] + blocks[-1][2], blocks[-1][1] + blocks[-1][2]):
                blocks[-1] = (blocks[-1][0], blocks[-1][1], blocks[-1][2] + 1)
            else:
                blocks.append((i, j, 1))
        return [*blocks, (len(self.a), len(self.b), 0)]

    def _match(self, i: int, iend: int, j: int, jend: int, depth: int) -> None:
        """Note the pairs of a[i:iend] and b[j:jend], in order."""
        a, b = self.a, self.b
        while i < iend and j < jend and a[i] == b[j]:
            self.pairs.append((i, j))
            i, j = i + 1, j + 1
        tail = 0
        while i < iend - tail and j < jend - tail and a[iend - tail - 1] == b[jend - tail - 1]:
            tail += 1
        iend, jend = iend - tail, jend - tail
        if i < iend and j < jend:
            anchors = self._anchors(i, iend, j, jend) if depth < MOST_DEPTH else []
            if anchors:
                for at, other in anchors:
                    self._match(i, at, j, other, depth + 1)
                    self.pairs.append((at, other))
                    i, j = at + 1, other + 1
                self._match(i, iend, j, jend, depth + 1)
            else:
                self._search(i, iend, j, jend)
        self.pairs.extend((iend + n, jend + n) for n in range(tail))

    def _anchors(self, i: int, iend: int, j: int, jend: int) -> list[tuple[int, int]]:
        """The longest row of elements that are unique in both stretches and stand in the same order."""
        there = _unique(self.b, j, jend)
        pairs = sorted((at, there[one]) for one, at in _unique(self.a, i, iend).items() if one in there)
        ends: list[int] = []
        piles: list[int] = []
        before: list[int] = []
        for place, (_, other) in enumerate(pairs):
            pile = bisect_left(ends, other)
            before.append(piles[pile - 1] if pile else -1)
            if pile == len(ends):
                ends.append(other)
                piles.append(place)
            else:
                ends[pile], piles[pile] = other, place
        found = []
        at = piles[-1] if piles else -1
        while at >= 0:
            found.append(pairs[at])
            at = before[at]
        return found[::-1]

    def _search(self, i: int, iend: int, j: int, jend: int) -> None:
        """The shortest way from one stretch to the other, if it is found within the budget."""
        a, b, n, m = self.a, self.b, iend - i, jend - j
        reach = {1: 0}
        trace: list[dict[int, int]] = []
        for d in range(min(n + m, MOST_CHANGES) + 1):
            trace.append(dict(reach))
            for k in range(-d, d + 1, 2):
                x = reach[k + 1] if k == -d or (k != d and reach[k - 1] < reach[k + 1]) else reach[k - 1] + 1
                y = x - k
                start = x
                while x < n and y < m and a[i + x] == b[j + y]:
                    x, y = x + 1, y + 1
                self.budget.left -= 2 + x - start
                reach[k] = x
                if x >= n and y >= m:
                    self.pairs.extend((i + x, j + y) for x, y in _walk_back(trace, n, m))
                    return
            if self.budget.left <= 0:
                return


def _unique(row: Sequence[str], start: int, end: int) -> dict[str, int]:
    """The elements that are there once, with where they are."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for at in range(start, end):
        if row[at] in found:
            twice.add(row[at])
        found[row[at]] = at
    return {one: at for one, at in found.items() if one not in twice}


def _walk_back(trace: list[dict[int, int]], n: int, m: int) -> list[tuple[int, int]]:
    """The pairs on the way that ends at (n, m), in order."""
    pairs: list[tuple[int, int]] = []
    x, y = n, m
    for d in range(len(trace) - 1, -1, -1):
        reach, k = trace[d], x - y
        before = k + 1 if k == -d or (k != d and reach[k - 1] < reach[k + 1]) else k - 1
        to_x = reach[before]
        to_y = to_x - before
        while x > max(to_x, 0) and y > max(to_y, 0):
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = to_x, to_y
    return pairs[::-1]
