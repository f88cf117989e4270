"""Steps that Cairn sees: the same answer however often and in whatever order it is asked."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.accounts.models import Person
from coe.core.models import Event
from coe.onboarding import services, verifying
from coe.onboarding.hearing import move_to_newest
from coe.onboarding.models import Enrolment, Progress
from coe.onboarding.way import way_of
from coe.paths.models import Edition, Path, Step
from tests.factories import Make
from tests.onboarding.sight import Sight

STEPS: list[dict[str, Any]] = [
    {"key": "read", "kind": "read"},
    {"key": "run", "kind": "verified", "check_key": "run", "needs": ["read"]},
    {"key": "model", "kind": "verified", "check_key": "model", "needs": ["run"]},
    {"key": "handoff", "kind": "verified", "check_key": "handoff", "needs": ["model"]},
]


@pytest.fixture
def world(seeing: Sight) -> Sight:
    seeing.check("run")
    seeing.check("model")
    seeing.check("handoff", lasts=True)
    return seeing


def states(one: Enrolment) -> dict[str, str]:
    return dict(Progress.objects.filter(enrolment=one).values_list("step_key", "state"))


def begun(make: Make, person: Person | None = None) -> Enrolment:
    path = make.path("towards-production", steps=STEPS)
    person = person or make.person()
    return services.enrol(actor=person, path=path.slug)


def test_a_step_is_seen_once_what_comes_before_it_is_done(make: Make, world: Sight) -> None:
    one = begun(make)
    world.seen["run"].add(one.person_id)
    world.seen["model"].add(one.person_id)
    world.hear(world.tell(one.person))
    assert states(one) == {}
    services.finish_step(enrolment_id=one.pk, key="read", actor=one.person)
    assert states(one) == {"read": "done", "run": "verified", "model": "verified"}
    one.refresh_from_db()
    assert (one.next_key, one.done_steps, one.all_steps) == ("handoff", 3, 4)


def test_what_is_there_already_is_seen_at_once(make: Make, world: Sight) -> None:
    person = make.person()
    make.path("ready", steps=[{"key": "run", "kind": "verified", "check_key": "run"}])
    world.seen["run"].add(person.pk)
    one = services.enrol(actor=person, path="ready")
    assert states(one) == {"run": "verified"}
    assert one.state == Enrolment.State.DONE
    row = Progress.objects.get()
    assert row.evidence == [["The run", "/runs/1/"]]


def test_what_is_no_longer_so_is_open_again_and_says_why(make: Make, world: Sight) -> None:
    one = begun(make)
    services.finish_step(enrolment_id=one.pk, key="read", actor=one.person)
    world.seen["run"].add(one.person_id)
    world.hear(world.tell(one.person))
    world.seen["run"].clear()
    world.hear(world.tell(one.person))
    row = Progress.objects.get(step_key="run")
    assert (row.state, row.why) == ("regressed", "The run vanished.")
    first = row.first_at
    assert way_of(one).next.key == "run"  # type: ignore[union-attr]
    world.seen["run"].add(one.person_id)
    world.hear(world.tell(one.person))
    row.refresh_from_db()
    assert (row.state, row.why, row.first_at) == ("verified", "", first)
    verbs = [event.verb for event in Event.objects.about(one).order_by("id")]
    assert verbs == [
        "onboarding.enrolled",
        "onboarding.step_done",
        "onboarding.step_verified",
        "onboarding.step_regressed",
        "onboarding.step_verified",
    ]


def test_what_lasts_stays(make: Make, world: Sight) -> None:
    one = begun(make)
    services.finish_step(enrolment_id=one.pk, key="read", actor=one.person)
    for key in ("run", "model", "handoff"):
        world.seen[key].add(one.person_id)
    world.hear(world.tell(one.person))
    one.refresh_from_db()
    assert one.state == Enrolment.State.DONE
    world.seen["handoff"].clear()
    world.hear(world.tell(one.person))
    assert states(one)["handoff"] == "verified"


def test_verifying_twice_changes_nothing(make: Make, world: Sight) -> None:
    one = begun(make)
    services.finish_step(enrolment_id=one.pk, key="read", actor=one.person)
    world.seen["run"].add(one.person_id)
    happened = world.tell(one.person)
    world.hear(happened)
    before = list(Progress.objects.values()), Event.objects.count()
    for _ in range(3):
        world.hear(happened)
    assert (list(Progress.objects.values()), Event.objects.count()) == before
    assert verifying.verify([one]) == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_order_of_events_does_not_matter(make: Make, world: Sight, data: st.DataObject) -> None:
    """However the events of a world come, in whatever batches and however often, the same steps are done."""
    path = make.path(steps=STEPS)
    people = [make.person() for _ in range(3)]
    ones = [services.enrol(actor=person, path=path.slug) for person in people]
    for one in ones:
        services.finish_step(enrolment_id=one.pk, key="read", actor=one.person)
    so = data.draw(st.lists(st.tuples(st.sampled_from(["run", "model", "handoff"]), st.integers(0, 2))))
    for key in world.seen:
        world.seen[key] = {people[n].pk for name, n in so if name == key}
    happened = world.tell(*[people[n] for _, n in so])
    order = data.draw(st.permutations(happened)) if happened else []
    cuts = data.draw(st.lists(st.integers(0, len(order)), max_size=3).map(sorted))
    for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
        world.hear(order[start:end])
    if order:
        world.hear(data.draw(st.lists(st.sampled_from(order), max_size=4)))
    for person, one in zip(people, ones, strict=True):
        expected = {"read"}
        for key in ("run", "model", "handoff"):
            if person.pk not in world.seen[key]:
                break
            expected.add(key)
        # Of whom nothing happened nothing was asked.
        assert set(states(one)) == (expected if any(people[n] == person for _, n in so) else {"read"})


def test_a_team_step_is_done_once_for_all(make: Make, world: Sight) -> None:
    lead, other = make.person(), make.person()
    path = make.path(steps=[{"key": "run", "kind": "verified", "check_key": "run", "scope": "team"}, {"key": "own"}])
    team = services.make_team(actor=lead, name="Churn", members=[other.pk])
    ones = services.enrol_team(actor=lead, path=path.slug, team_id=team.pk)
    assert len(ones) == 2
    world.seen["run"].add(other.pk)
    world.hear(world.tell(other))
    assert Progress.objects.get().team == team
    for one in Enrolment.objects.all():
        assert (one.done_steps, one.next_key) == (1, "own")
        services.finish_step(enrolment_id=one.pk, key="own", actor=one.person)
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"done"}


def test_a_later_edition_strands_nobody(make: Make, world: Sight) -> None:
    one = begun(make)
    services.finish_step(enrolment_id=one.pk, key="read", actor=one.person)
    later = edition_of(
        one.path, [{"key": "read"}, {"key": "new", "needs": ["read"]}, {"key": "run", "kind": "verified"}]
    )
    assert move_to_newest(one.path) == 1
    one.refresh_from_db()
    assert (one.edition, one.done_steps, one.all_steps, one.next_key) == (later, 1, 3, "new")


def test_when_all_that_is_left_is_done_the_path_is_done(make: Make, world: Sight) -> None:
    one = begun(make)
    services.finish_step(enrolment_id=one.pk, key="read", actor=one.person)
    edition_of(one.path, [{"key": "read"}])
    move_to_newest(one.path)
    one.refresh_from_db()
    assert one.state == Enrolment.State.DONE


@pytest.mark.parametrize("seed", range(10))
def test_any_edit_leaves_everybody_with_a_step_or_at_the_end(make: Make, world: Sight, seed: int) -> None:
    choice = random.Random(seed)
    keys = [f"s{n}" for n in range(6)]

    def drawn() -> list[dict[str, Any]]:
        chosen = choice.sample(keys, choice.randint(1, 6))
        return [
            {
                "key": key,
                "needs": choice.sample(chosen[:n], choice.randint(0, n)),
                "needs_rule": choice.choice(["all", "any"]),
                "is_optional": choice.random() < 0.3,
            }
            for n, key in enumerate(chosen)
        ]

    path = make.path(steps=drawn())
    people = [make.person() for _ in range(4)]
    ones = [services.enrol(actor=person, path=path.slug) for person in people]
    for _ in range(3):
        for one in Enrolment.objects.active().filter(pk__in=[each.pk for each in ones]).select_related("person"):
            step = way_of(one).next
            if step and choice.random() < 0.6:
                services.finish_step(enrolment_id=one.pk, key=step.key, actor=one.person)
        edition_of(path, drawn())
        move_to_newest(path)
        for one in Enrolment.objects.filter(pk__in=[each.pk for each in ones]):
            assert one.state == "done" or way_of(one).next is not None


def edition_of(path: Path, steps: list[dict[str, Any]]) -> Edition:
    """Publish a further edition of the path with these steps."""
    edition = Edition.objects.create(path=path, number=path.editions.count() + 1)
    for position, step in enumerate(steps, start=1):
        check = {"check_key": "run"} if step.get("kind") == "verified" else {}
        Step.objects.create(edition=edition, position=position, **{"title": step["key"], **check, **step})
    edition.state, edition.published_at = "published", timezone.now() - timedelta(seconds=1)
    edition.save(update_fields=["state", "published_at"])
    return edition
