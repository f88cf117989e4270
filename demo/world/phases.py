"""The six steps in which the invented group comes into the portal. Each may be called again: what is there stays."""

from __future__ import annotations

from typing import Protocol

from django.db import transaction

from demo.world import catalog, connecting, figures, noticing, people
from demo.world.clock import Story
from demo.world.content.mapping import BESIDE, IGNORED, MAIN, MAPPED
from kpis.measures.models import Binding, MetricName

# How many days ago the centre began to use the portal.
BEGAN = 755


class Bar(Protocol):
    """A progress bar: how much there is to do, and one step done."""

    total: float | None

    def update(self, n: float | None = 1) -> bool | None: ...


def people_phase(bar: Bar) -> int:
    """Units, people, projects with their story, KPIs, and what people enter: all or nothing. Returns the steps."""
    with transaction.atomic():
        cast, story = people.Cast.now(), Story()
        people.add_units(story, cast, BEGAN)
        people.add_people(story, cast, BEGAN)
        figures.add_kpis(story, cast, BEGAN - 2)
        catalog.add_projects(story, cast)
        figures.add_series(story, cast)
        return _tell(story, bar)


def connect_phase(mlflow_url: str, bar: Bar, *, public_url: str = "") -> int:
    """The group's own server, and the plant's, which is read once and then gone. Returns how many were new."""
    cast = people.Cast.now()
    bar.total = 2
    made = int(connecting.connect_group(cast, mlflow_url, public_url=public_url))
    bar.update()
    made += int(connecting.connect_plant(cast))
    bar.update()
    return made


def bind_phase(bar: Bar) -> list[str]:
    """Links, names of metrics and bindings, once the servers were read. Returns the projects that were not seen yet."""
    wanted = {*MAIN.items(), *((each.project, each.kpi) for each in BESIDE)}
    undecided = MetricName.objects.filter(decided_at=None, key__in=[*MAPPED, *IGNORED])
    if not undecided.exists() and wanted <= set(Binding.objects.values_list("project__slug", "kpi__key")):
        return []
    # Not above: it loads what the models are trained with, for which no start without anything to do must wait.
    from demo.world import binding

    with transaction.atomic():
        cast, story = people.Cast.now(), Story()
        unseen = binding.add_bindings(story, cast)
        binding.add_decisions(story, cast)
        _tell(story, bar)
    return unseen


def handoffs_phase(bar: Bar) -> int:
    """A year of handoffs, once the year's versions were read; then what happens today. Returns the steps.

    All or nothing, but for what the model registry was told: it is told the same again by the next call.
    """
    # Not above: it loads what the models are trained with, for which no start without anything to do must wait.
    from demo.world import handing, present

    done = 0
    if handing.missing():
        with transaction.atomic():
            cast, story = people.Cast.now(), Story()
            handing.add_handoffs(story, cast)
            done = _tell(story, bar)
    return done + present.happen(people.Cast.now())


def guides_phase(bar: Bar) -> int:
    """Guides and what readers say of them, once the models are handed over. Returns the steps.

    What is written and said is told in the order of its times, all or nothing; then the handbook is brought in.
    """
    # Not above: it loads what the models are trained with, for which no start without anything to do must wait.
    from demo.world import guiding, handbook, saying

    cast = people.Cast.now()
    with transaction.atomic():
        story = Story()
        guiding.add_documents(story, cast)
        if saying.missing():
            saying.add_all(story, cast)
        done = _tell(story, bar)
    return done + handbook.bring_in(cast)


def mentoring_phase(bar: Bar) -> int:
    """Mentors and a year of requests, once there are models to ask about; then what people are told of all phases.

    Returns the steps. All or nothing.
    """
    from demo.world import asking, profiles

    cast = people.Cast.now()
    with transaction.atomic(), asking.nobody_is_woken():
        story = Story()
        profiles.add_mentors(story, cast)
        if asking.missing():
            asking.add_requests(story, cast)
        done = _tell(story, bar)
        return done + noticing.tell()


def onboarding_phase(bar: Bar) -> int:
    """Teams and people on paths, once there is something for Cairn to see. Returns the steps. All or nothing."""
    from demo.world import learning

    cast = people.Cast.now()
    if not learning.missing():
        return 0
    with transaction.atomic():
        story = Story()
        learning.add_all(story, cast)
        return _tell(story, bar)


def _tell(story: Story, bar: Bar) -> int:
    """Tell the story, in the caller's transaction. People hear of it once all phases are through."""
    bar.total = len(story.acts)
    before = noticing.mark()
    bar.total = done = story.tell(bar.update)
    noticing.hold_back(before)
    return done
