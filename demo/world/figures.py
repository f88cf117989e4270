"""KPIs, and the values that people enter for them month by month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Max, Min

from coe.accounts.models import Person
from demo.world.clock import Story, last_day, moment, month_end, month_number, today
from demo.world.content.kpis import KPIS
from demo.world.content.projects import PROJECTS, SERIES
from demo.world.people import Cast
from demo.world.series import value
from demo.world.shape import KpiPlan, Plan, Series
from kpis.measures import services
from kpis.measures.models import Binding, Kpi

PLANS: dict[str, Plan] = {each.slug: each for each in PROJECTS}
DEFINED: dict[str, KpiPlan] = {each.key: each for each in KPIS}
# A month's value is entered so many days after its end.
ENTERED_AFTER = 3


def add_kpis(story: Story, cast: Cast, since: int) -> None:
    """Those KPIs that are missing, in force from the day `since` days ago."""
    there = set(Kpi.objects.values_list("key", flat=True))
    for place, plan in enumerate(KPIS):
        if plan.key not in there:
            story.add(moment(since, "kpis"), partial(_define, cast, plan, 10 * (place + 1)))


def _define(cast: Cast, plan: KpiPlan, position: int) -> None:
    services.define_kpi(
        actor=cast.centre,
        key=plan.key,
        position=position,
        name=plan.name,
        sentence=plan.sentence,
        category=plan.category,
        unit=plan.unit,
        direction=plan.direction,
        roll_up=plan.roll_up,
        cadence_days=plan.cadence_days,
        valid_min=plan.valid_min,
        valid_max=plan.valid_max,
    )


def add_series(story: Story, cast: Cast) -> None:
    """What people enter: bindings that are missing with all their months, and for the others the months since."""
    entered = Binding.objects.filter(origin=Binding.Origin.ENTERED, project__slug__in=PLANS)
    rows = entered.values_list("project__slug", "kpi__key", "pk").annotate(
        Min("observations__observed_at"), Max("observations__observed_at")
    )
    there = {(slug, key): (pk, first, last) for slug, key, pk, first, last in rows}
    for series in SERIES:
        found = there.get((series.project, series.kpi))
        if found is None:
            _Entries(cast, series, month_number(month_end(today(), series.start))).tell(story)
        elif found[1] is not None and series.stop == 1:
            entries = _Entries(cast, series, month_number(found[1].date()) - series.every + 1, found[0])
            entries.enter_since(story, month_number(found[2].date()))


class _Entries:
    """One series as it is entered; `first` is the number of its first month."""

    def __init__(self, cast: Cast, series: Series, first: int, binding_id: int = 0) -> None:
        self.cast, self.series, self.first, self.binding_id = cast, series, first, binding_id
        self.plan = PLANS[series.project]
        self.begins = last_day(first - 1) + timedelta(days=1)

    def tell(self, story: Story) -> None:
        """The binding, what was there before and what is wanted, later changes of both, and the months."""
        series = self.series
        start = self._at(self.begins, "bound")
        story.add(start, self._bind)
        if series.baseline is not None:
            story.add(start, partial(self._baseline, series.baseline, series.because, self.begins))
        if series.target is not None:
            story.add(start, partial(self._target, series.target, series.wants, self.begins))
        for goal, change in ((series.reset, self._baseline), (series.raised, self._target)):
            if goal is not None:
                day = today() - timedelta(days=goal.ago)
                story.add(self._at(day, "goal"), partial(change, goal.value, goal.note, day))
        newest = month_number(month_end(today(), series.stop))
        self._enter(story, range(self.first, newest + 1))

    def enter_since(self, story: Story, last: int) -> None:
        """The months that ended since the last one entered."""
        self._enter(story, range(last + 1, month_number(month_end(today(), 1)) + 1))

    def _enter(self, story: Story, months: range) -> None:
        remarks = {month_number(month_end(today(), ago)): text for ago, text in self.series.remarks}
        for number in months:
            index = number - self.first
            if (index + 1) % self.series.every == 0:
                at = self._at(last_day(number) + timedelta(days=ENTERED_AFTER), str(number))
                found = value(self.series, DEFINED[self.series.kpi], index, self.series.start)
                note = remarks.get(number, self.series.note)
                story.add(at, partial(self._value, found, last_day(number), note))

    def _at(self, day: date, what: str) -> datetime:
        return moment(day, f"{self.series.project} {self.series.kpi} {what}")

    @property
    def owner(self) -> Person:
        return self.cast.people[self.plan.owner]

    @property
    def writer(self) -> Person:
        """Who enters the values: whoever is named, else whoever answers for the business side, else the owner."""
        if self.series.by == "owner":
            return self.owner
        business = [word.split(":")[0] for word in self.plan.team if word.endswith(":business")]
        return self.cast.people[self.series.by or (business[0] if business else self.plan.owner)]

    def _bind(self) -> None:
        binding = services.create_binding(
            actor=self.owner,
            project_slug=self.series.project,
            kpi_key=self.series.kpi,
            origin=Binding.Origin.ENTERED,
            is_withheld=self.series.withheld,
        )
        self.binding_id = binding.pk

    def _baseline(self, amount: float, note: str, day: date) -> None:
        services.set_baseline(actor=self.owner, binding_id=self.binding_id, value=amount, effective_from=day, note=note)

    def _target(self, amount: float, note: str, day: date) -> None:
        due = day + timedelta(days=365 + 180)
        services.set_target(
            actor=self.owner, binding_id=self.binding_id, value=amount, effective_from=day, due_on=due, note=note
        )

    def _value(self, amount: float, day: date, note: str) -> None:
        services.enter_observation(
            actor=self.writer,
            binding_id=self.binding_id,
            value=amount,
            on=day,
            note=note,
            evidence=self.series.evidence,
        )
