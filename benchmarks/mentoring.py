"""Routing of mentors: 200 requests × 500 mentors; and half a year of a centre of excellence, simulated.

Twenty mentors with two to four skills each, of thirty by Zipf, take two requests at a time. Requests with one to three
skills come by day, each takes three days on average. Of those asked 30 % do not take it on: half say so, half are
silent until a deadline of one day. Mentors get 60 % and 80 % of what they can take. What decides is
`routing.assign` with the product's own filters and weights, woken by each arrival, refusal, deadline and free place,
and by the sweep when a request has waited long enough for a worse fit. Beside it round robin with the same arrivals:
the next mentor with a free place, first come first served. The fit is that of the product's scores, over the requests
that were taken on; the wait is from the arrival until then, in days. Twelve seeds.
"""

from __future__ import annotations

import heapq
import random
import statistics
import time
from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from coe.mentoring.routing import Candidate, Need, Plan, Weights, assign, hindrance

LOADS = (60, 80)
N_MENTORS, N_SKILLS, CAPACITY = 20, 30, 2
SERVICE_DAYS, DEADLINE_DAYS, RECENT_DAYS = 3.0, 1.0, 30.0
SILENT, DECLINES = 0.15, 0.15
# A mentor who answers does so within so much, and the working day from nine to five is when requests come.
ANSWER_DAYS, MORNING, EVENING = 2 / 24, 9 / 24, 17 / 24
TAGS = [f"skill-{number:02}" for number in range(N_SKILLS)]
ZIPF = [1 / (rank + 1) for rank in range(N_SKILLS)]


# -- how long it takes --------------------------------------------------------------------------------------------


def queue(n_needs: int, n_mentors: int, seed: int) -> tuple[list[Need], list[Candidate]]:
    """A queue as a large company might have it on a Monday morning."""
    dice = random.Random(seed)
    tags, units, people = [f"tag-{n}" for n in range(80)], range(41), range(4000)
    mentors = [
        Candidate(
            id=number, person=number, levels={tag: dice.randint(1, 3) for tag in dice.sample(tags, dice.randint(2, 8))},
            units=frozenset(dice.sample(units, dice.choice((0, 0, 1, 3)))),
            languages=frozenset(dice.sample(("en", "de", "fr"), dice.randint(1, 3))), capacity=dice.randint(1, 5),
            load=dice.randint(0, 4), recent=dice.randint(0, 9), wanted=frozenset(dice.sample(tags, 2)),
            unwanted=frozenset(dice.sample(tags, 2)), closed=dice.choice(("", "", "", "", "is away")),
        )
        for number in range(n_mentors)
    ]  # fmt: skip
    needs = [
        Need(
            id=number, tags=dice.sample(tags, dice.randint(1, 4)), lineage=tuple(dice.sample(units, 3)),
            language=dice.choice(("", "", "de")), people=frozenset(dice.sample(people, 3)),
            tried=frozenset(dice.sample(range(n_mentors), dice.choice((0, 0, 2)))),
            earlier={dice.randrange(n_mentors): dice.randint(1, 3)}, urgency=dice.choice(("today", "week", "later")),
            waited=timedelta(hours=dice.random() * 72),
        )
        for number in range(n_needs)
    ]  # fmt: skip
    return needs, mentors


def scarce(n_needs: int, n_mentors: int, seed: int) -> tuple[list[Need], list[Candidate]]:
    """The same, harder to solve: everybody is free, and half of the requests want the same skill."""
    needs, mentors = queue(n_needs, n_mentors, seed)
    needs = [replace(one, tags=["tag-0", *one.tags[:1]] if one.id % 2 else one.tags) for one in needs]
    return needs, [replace(one, closed="", load=0) for one in mentors]


def speed(n_needs: int, n_mentors: int, times: int) -> dict[str, float]:
    took = []
    for seed in range(times):
        for build in (queue, scarce):
            needs, mentors = build(n_needs, n_mentors, seed)
            started = time.perf_counter()
            plan = assign(needs, mentors)
            took.append((time.perf_counter() - started) * 1000)
            assert len(plan.pairs) > n_needs / 2
    return {"routing_ms": round(statistics.median(took), 1), "routing_worst_ms": round(max(took), 1)}


# -- how well it goes ---------------------------------------------------------------------------------------------


@dataclass
class Asking:
    """A request of the simulation."""

    id: int
    came: float
    tags: list[str]
    service: float
    tried: frozenset[int] = frozenset()


@dataclass
class Centre:
    """What a router can know at a moment: who waits, how many places are held, what was taken on."""

    levels: list[dict[str, int]]
    waiting: dict[int, Asking] = field(default_factory=dict)
    held: list[int] = field(default_factory=lambda: [0] * N_MENTORS)
    taken: list[list[float]] = field(default_factory=lambda: [[] for _ in range(N_MENTORS)])

    def candidates(self, now: float) -> list[Candidate]:
        return [
            Candidate(
                id=number, person=number, levels=self.levels[number], capacity=CAPACITY, load=self.held[number],
                recent=len(self.taken[number]) - bisect(self.taken[number], now - RECENT_DAYS),
            )
            for number in range(N_MENTORS)
        ]  # fmt: skip

    def needs(self, now: float) -> list[Need]:
        return [
            Need(
                id=one.id, tags=one.tags, people=frozenset([-1]), tried=one.tried, waited=timedelta(days=now - one.came)
            )
            for one in self.waiting.values()
        ]


Router = Callable[[Centre, float], dict[int, int]]


def by_skill(weights: Weights) -> Router:
    def route(centre: Centre, now: float) -> dict[int, int]:
        return assign(centre.needs(now), centre.candidates(now), weights).pairs

    return route


def round_robin() -> Router:
    turn = count()

    def route(centre: Centre, now: float) -> dict[int, int]:
        found: dict[int, int] = {}
        free = {one.id: one for one in centre.candidates(now) if one.free}
        for need in sorted(centre.needs(now), key=lambda one: (-one.waited, one.id)):
            able = [pk for pk, one in free.items() if not hindrance(need, one)]
            if able:
                start = next(turn) % N_MENTORS
                found[need.id] = chosen = min(able, key=lambda pk: (pk - start) % N_MENTORS)
                free[chosen] = replace(free[chosen], load=free[chosen].load + 1)
                if not free[chosen].free:
                    del free[chosen]
        return found

    return route


def skills(dice: random.Random, most: int, least: int) -> list[str]:
    """Different skills by Zipf, in the order in which they were drawn."""
    wanted, found = dice.randint(least, most), dict[str, None]()
    while len(found) < wanted:
        found[dice.choices(TAGS, ZIPF)[0]] = None
    return list(found)


def arrivals(dice: random.Random, load: int, days: int) -> list[Asking]:
    """Requests that come by day, so many that they would fill `load` percent of all places."""
    a_day = load / 100 * N_MENTORS * CAPACITY / SERVICE_DAYS
    found, clock = [], 0.0
    while (clock := clock + dice.expovariate(a_day)) < days:
        day, part = divmod(clock, 1)
        came = day + MORNING + part * (EVENING - MORNING)
        found.append(Asking(len(found), came, skills(dice, 3, 1), dice.expovariate(1 / SERVICE_DAYS)))
    return found


@dataclass
class Outcome:
    fits: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    unserved: int = 0


class Simulation:
    """One run: events in order of time, and a router that is asked after each of them."""

    def __init__(self, seed: int, load: int, days: int, warm_up: int, router: Router, patience: float) -> None:
        dice = random.Random(f"world {seed} {load}")
        # The mentors are those of the seed, whatever the load.
        staff = random.Random(f"staff {seed}")
        self.centre = Centre([{t: staff.randint(1, 3) for t in skills(staff, 4, 2)} for _ in range(N_MENTORS)])
        # What a mentor does is decided by who asks whom, so that both routers meet the same people.
        self.seed, self.router, self.warm_up, self.end = f"{seed} {load}", router, warm_up, warm_up + days
        self.number, self.out = count(), Outcome()
        self.events: list[tuple[float, int, Callable[[float], None]]] = []
        asked = arrivals(dice, load, self.end)
        self.fit = fits(asked, self.centre.levels)
        for one in asked:
            self.at(one.came, self.arrives(one))
            # The sweep: from then on a worse fit will do.
            self.at(one.came + patience + 1e-6, lambda now: None)

    def at(self, moment: float, what: Callable[[float], None]) -> None:
        heapq.heappush(self.events, (moment, next(self.number), what))

    def arrives(self, one: Asking) -> Callable[[float], None]:
        def happen(_now: float) -> None:
            self.centre.waiting[one.id] = one

        return happen

    def run(self) -> Outcome:
        while self.events:
            now, _, happen = heapq.heappop(self.events)
            if now > self.end:
                break
            happen(now)
            if self.centre.waiting and min(self.centre.held) < CAPACITY:
                for need, mentor in sorted(self.router(self.centre, now).items()):
                    self.asks(self.centre.waiting.pop(need), mentor, now)
        late = self.end - 14
        self.out.unserved = sum(self.warm_up < one.came < late for one in self.centre.waiting.values())
        return self.out

    def asks(self, one: Asking, mentor: int, now: float) -> None:
        """A place is held from now on; the mentor takes it on, declines, or says nothing."""
        self.centre.held[mentor] += 1
        one.tried |= {mentor}
        dice = random.Random(f"{self.seed} {one.id} {mentor}")
        luck, answer = dice.random(), now + dice.random() * ANSWER_DAYS
        if luck < SILENT:
            self.at(now + DEADLINE_DAYS, self.returns(one, mentor))
        elif luck < SILENT + DECLINES:
            self.at(answer, self.returns(one, mentor))
        else:
            self.at(answer, self.accepts(one, mentor))

    def returns(self, one: Asking, mentor: int) -> Callable[[float], None]:
        def happen(_now: float) -> None:
            self.centre.held[mentor] -= 1
            self.centre.waiting[one.id] = one

        return happen

    def accepts(self, one: Asking, mentor: int) -> Callable[[float], None]:
        def happen(now: float) -> None:
            self.centre.taken[mentor].append(now)
            if one.came > self.warm_up:
                self.out.fits.append(self.fit(one.id, mentor))
                self.out.waits.append(now - one.came)
            self.at(now + one.service, self.leaves(mentor))

        return happen

    def leaves(self, mentor: int) -> Callable[[float], None]:
        def happen(_now: float) -> None:
            self.centre.held[mentor] -= 1

        return happen


def fits(asked: Sequence[Asking], levels: Sequence[dict[str, int]]) -> Callable[[int, int], float]:
    """The fit of the product's scores, of a request (by id) with a mentor."""
    staff = [Candidate(id=number, person=number, levels=known) for number, known in enumerate(levels)]
    plan: Plan = assign([Need(id=one.id, tags=one.tags) for one in asked], staff)
    return lambda need, mentor: next(one.fit for one in plan.explain(need) if one.candidate == mentor)


def simulate(weights: Weights, *, load: int, seeds: Iterable[int], days: int, warm_up: int) -> dict[str, float]:
    """Means over the seeds, of our routing and of round robin."""
    patience = weights.patience / timedelta(days=1)
    ours: list[Outcome] = []
    theirs: list[Outcome] = []
    for seed in seeds:
        ours.append(Simulation(seed, load, days, warm_up, by_skill(weights), patience).run())
        theirs.append(Simulation(seed, load, days, warm_up, round_robin(), patience).run())
    return {
        f"fit_{load}": _mean(statistics.fmean(one.fits) for one in ours),
        f"wait_p90_{load}_days": _mean(p90(one.waits) for one in ours),
        f"wait_mean_{load}_days": _mean(statistics.fmean(one.waits) for one in ours),
        f"taken_on_{load}": sum(len(one.fits) for one in ours),
        f"left_{load}": sum(one.unserved for one in ours),
        f"round_robin_fit_{load}": _mean(statistics.fmean(one.fits) for one in theirs),
        f"round_robin_wait_p90_{load}_days": _mean(p90(one.waits) for one in theirs),
    }


def _mean(values: Iterable[float]) -> float:
    return round(statistics.fmean(values), 3)


def p90(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=10)[-1]


def measure(
    *, needs: int = 200, mentors: int = 500, times: int = 25, seeds: int = 12, days: int = 120, warm_up: int = 30
) -> dict[str, Any]:
    found: dict[str, Any] = {"requests": needs, "mentors": mentors, **speed(needs, mentors, times)}
    for load in LOADS:
        found |= simulate(Weights(), load=load, seeds=range(seeds), days=days, warm_up=warm_up)
    return found
