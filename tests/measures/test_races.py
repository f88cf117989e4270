"""Two at once on real PostgreSQL; each race is shown to be one by taking the lock away."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.db import IntegrityError, connection

from coe.core.errors import Refused
from kpis.measures import observations, services
from kpis.measures.models import BindingQuerySet, Observation

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(verb):
    """What two threads that call `verb` at once come to: "done", or the name of the error."""
    ends = []

    def run():
        try:
            verb()
            ends.append("done")
        except (Refused, IntegrityError) as error:
            ends.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


@pytest.fixture
def meeting(monkeypatch):
    """Holds whoever comes to a function until the other one is there too, or shows that it is held up by a lock."""
    barrier = Barrier(2)

    def at(owner, name):
        function = getattr(owner, name)

        def meet(*args, **kwargs):
            with suppress(BrokenBarrierError):
                barrier.wait(1.0)
            return function(*args, **kwargs)

        monkeypatch.setattr(owner, name, meet)

    return at


@pytest.fixture
def no_lock(monkeypatch):
    monkeypatch.setattr(BindingQuerySet, "select_for_update", lambda self, **options: self)


@pytest.fixture
def bound(make):
    binding = make.binding(experiment=make.experiment(), metric_key="auc")
    make.run(binding.experiment, metrics={"auc": [0.7, 0, 0]})
    return binding


def test_two_gatherings_at_once_write_once(bound, meeting):
    meeting(observations._Keeper, "_row")
    assert at_once(lambda: observations.gather(bound.pk)) == ["done", "done"]
    assert Observation.objects.count() == 1


def test_without_the_lock_two_gatherings_collide(bound, meeting, no_lock):
    meeting(observations._Keeper, "_row")
    assert at_once(lambda: observations.gather(bound.pk)) == ["IntegrityError", "done"]


@pytest.fixture
def entered(make):
    binding = make.binding()
    return services.enter_observation(
        actor=binding.project.owner, binding_id=binding.pk, value=1.0, on=date(2026, 3, 1)
    )


def correct(row):
    services.correct_observation(
        actor=row.binding.project.owner, observation_id=row.pk, value=2.0, note="Counted again"
    )


def test_of_two_corrections_at_once_one_is_refused(entered, meeting):
    meeting(services, "new_observation")
    assert at_once(lambda: correct(entered)) == ["Refused", "done"]
    assert list(Observation.objects.filter(superseded_at=None).values_list("value", flat=True)) == [2.0]


def test_without_the_lock_two_corrections_collide(entered, meeting, no_lock):
    meeting(services, "new_observation")
    assert at_once(lambda: correct(entered)) == ["IntegrityError", "done"]
