"""Onboarding of a large company: 10,000 people on paths, read by the centre and by a lead; 1,000 events verified.

    python -m benchmarks.onboarding [--people 10000] [--events 1000]

The world is made in a scratch database beside the one that DATABASE_URL names, and dropped afterwards. Page times are
those of the server's own work: a request through Django's test client. Verification is what the worker does with the
stream: it reads 1,000 events of 1,000 projects, each of which finishes a step of a team.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

import django

from benchmarks import scratch
from benchmarks.pages import milliseconds, queries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")

SCRATCH = "cairn_bench_onboarding"
REQUESTS = 9
UNITS = 40
PATHS = ("new-team", "data-scientist", "citizen-1", "business-stakeholder")
PAGES = (
    "/onboarding/cohorts/",
    "/onboarding/cohorts/?by=unit",
    "/onboarding/cohorts/?unit=unit-3&days=365",
    *(f"/onboarding/cohorts/{slug}/" for slug in PATHS),
    "/onboarding/cohorts/new-team/?unit=unit-3",
    "/onboarding/cohorts/new-team/?sort=-waits",
)


def build(people: int) -> dict[str, Any]:
    """The company with its people on paths; returns its readers by name."""
    from django.db import connection
    from django.utils import timezone

    from coe.accounts.models import BusinessUnit, Grant, Person
    from coe.onboarding.models import Enrolment, Progress, Team
    from coe.paths.models import Edition, Path

    for n in range(1, UNITS + 1):
        parent = None if n <= 8 else 1 + (n - 1) % 8
        lineage = [n] if parent is None else [parent, n]
        BusinessUnit.objects.create(id=n, slug=f"unit-{n}", name=f"Unit {n}", parent_id=parent, lineage=lineage)
    made = Person.objects.bulk_create(
        [
            Person(email=f"person{n}@example.com", name=f"Person {n}", unit_id=1 + n % UNITS, password="!")
            for n in range(people)
        ],
        batch_size=2000,
    )
    choice, now = random.Random(11), timezone.now()
    editions = [
        (path, edition, list(edition.steps.order_by("position")))
        for path in Path.objects.filter(slug__in=PATHS)
        for edition in [path.editions.filter(state=Edition.State.PUBLISHED).get()]
    ]
    teams = Team.objects.bulk_create([Team(name=f"Team {n}", lead=made[n]) for n in range(people // 10)])
    enrolments, done = [], []
    for n, person in enumerate(made):
        path, edition, steps = choice.choice(editions)
        reached = choice.randint(0, len(steps))
        team = teams[n % len(teams)] if path.slug == "new-team" else None
        began = now - timedelta(days=choice.randint(5, 700))
        state = "done" if reached == len(steps) else "active"
        one = Enrolment(
            path=path, edition=edition, person=person, unit_id=person.unit_id, started_on=began.date(), state=state,
            team=team,
            next_key="" if state == "done" else steps[reached].key, next_since=None if state == "done" else now,
            next_due=None if state == "done" else (now + timedelta(days=choice.randint(-20, 20))).date(),
            done_steps=reached, all_steps=len(steps), ended_at=now if state == "done" else None,
            first_run_at=began + timedelta(days=4) if reached > 4 else None,
        )  # fmt: skip
        enrolments.append(one)
        done.append((one, steps[:reached], began))
    Enrolment.objects.bulk_create(enrolments, batch_size=2000)
    Progress.objects.bulk_create(
        [
            Progress(
                enrolment=None if one.team_id and step.scope == "team" else one,
                team_id=one.team_id if step.scope == "team" else None,
                path=one.path, step_key=step.key, state="done",
                first_at=began + timedelta(days=n + 1), at=began + timedelta(days=n + 1),
            )
            for one, steps, began in done
            for n, step in enumerate(steps)
            if step.scope == "person" or one.team_id
        ],
        batch_size=5000,
        ignore_conflicts=True,  # what a team did is there once
    )  # fmt: skip
    centre = Person.objects.create_user("centre@example.com", "Centre")
    lead = Person.objects.create_user("lead@example.com", "Lead", unit_id=3)
    Grant.objects.create(person=centre, role="administrator")
    Grant.objects.create(person=lead, role="unit_lead", unit_id=3)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {"centre": centre, "lead": lead}


def verify(events: int) -> dict[str, Any]:
    """Seconds in which the worker reads so many events, each of which finishes a step; and how many it finished."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import transaction
    from django.utils import timezone

    from coe.accounts.models import Person
    from coe.core import events as stream_of_facts
    from coe.core import stream
    from coe.onboarding.models import Enrolment, Progress, Team
    from coe.paths.models import Edition, Path, Step
    from projects.catalog.models import Project

    path = Path.objects.create(slug="bench", title="Bench")
    edition = Edition.objects.create(path=path, number=1)
    check = {"kind": "verified", "check_key": "project_in_catalog", "scope": "team"}
    Step.objects.create(edition=edition, key="project", title="In the catalog", position=1, **check)
    Step.objects.create(edition=edition, key="task", title="Go on", position=2, needs=["project"])
    edition.state, edition.published_at = "published", timezone.now()
    edition.save()
    people = list(Person.objects.order_by("pk")[:events])
    projects = Project.objects.bulk_create(
        [
            Project(
                slug=f"bench-{n}", name=f"Bench {n}", summary="What it does.", problem="A problem.", decision="Whom?",
                unit_id=person.unit_id, owner=person, sponsor=people[(n + 1) % len(people)],
            )
            for n, person in enumerate(people)
        ]
    )  # fmt: skip
    kind = ContentType.objects.get_for_model(Project)
    teams = Team.objects.bulk_create(
        [Team(name=one.name, lead_id=one.owner_id, subject_type=kind, subject_id=one.pk) for one in projects]
    )
    members = Team.members.through
    members.objects.bulk_create([members(team=team, person_id=team.lead_id) for team in teams])
    today = timezone.now().date()
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                path=path, edition=edition, person_id=team.lead_id, team=team, started_on=today, next_key="project"
            )
            for team in teams
        ]
    )
    with transaction.atomic():
        for project in projects:
            facts = {"fields": ["sponsor"]}
            stream_of_facts.record(actor=None, verb="project.edited", subject=project, facts=facts)
    started = time.perf_counter()
    read = stream.read("onboarding")
    seconds = time.perf_counter() - started
    finished = Progress.objects.filter(path=path, state="verified").count()
    if read < events or finished != events:
        raise RuntimeError(f"{read} events were read and {finished} steps finished, of {events}")
    return {"events": events, "verify_s": round(seconds, 2)}


def measure(people: int = 10_000, events: int = 1_000) -> dict[str, Any]:
    """Times in milliseconds: `<reader>_ms`, the median over all pages, `worst_ms` the page whose median is the
    greatest; `queries`, the most that one page made; `verify_s`, seconds for all events.
    """
    with scratch.database(SCRATCH):
        return _measured(people, events)


def _measured(people: int, events: int) -> dict[str, Any]:
    from django.test import Client

    readers = build(people)
    found: dict[str, Any] = {"people": people, "units": UNITS}
    everything: list[float] = []
    slowest, most = (0.0, ""), 0
    for name, reader in readers.items():
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(reader)
        times = {page: [milliseconds(client, page) for _ in range(REQUESTS + 1)][1:] for page in PAGES}
        every = [one for each in times.values() for one in each]
        found[f"{name}_ms"] = round(statistics.median(every), 1)
        everything += every
        slowest = max(slowest, *((statistics.median(each), page) for page, each in times.items()))
        most = max(most, *(queries(client, page) for page in PAGES))
    found["median_ms"] = round(statistics.median(everything), 1)
    found["worst_ms"] = round(slowest[0], 1)
    found["queries"] = most
    if os.environ.get("CAIRN_BENCH_DETAIL"):
        print(slowest, file=sys.stderr)
    return found | verify(events)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=1_000)
    options = parser.parse_args()
    django.setup()
    sys.stdout.write(json.dumps(measure(options.people, options.events), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
