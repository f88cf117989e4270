"""No page makes more than 15 queries, and none makes more of them because a list has more rows.

Counted is everything between request and answer: session, person and roles too. Figures are kept before (the first
request to a page computes them), as the scheduler keeps them for everybody.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import events
from coe.guides.library import note_reader
from coe.mentoring.models import Attempt, Message, Request
from coe.mentors.models import Mentor
from coe.paths import services as paths
from kpis.measures.models import Baseline, Kpi, KpiVersion, MetricName, Target
from projects.catalog import services
from projects.catalog.models import Project, StageMove
from projects.tracking.models import AliasMove, LoggedModel, ModelVersion, Source, Sync
from tests.access.matrix import PAGES
from tests.access.rule import ALL
from tests.access.world import World, build
from tests.factories import Make, at

MOST = 15
# The administrator and the executive see all; the others are asked more questions on the way.
READERS = ("administrator", "executive", "unit_lead", "owner", "member", "contributor")
ADDRESSES = [
    (template, rule) for rows in PAGES.values() for method, template, rule in rows if method == "GET" and rule.allowed
] + [(f"/projects/{{{slug}}}/{page}/", ALL) for slug in ("open", "closed") for page in ("members", "status")]
VARIANTS = {
    "/projects/": ["?q=open&stage=production&sort=-value", "?unit=retail&owner=owner&tag=pricing"],
    "/people/": ["?q=person&unit=retail"],
    "/units/": ["?q=retail"],
    "/": ["?as_of=2026-01-31"],
    "/scoreboard/": ["?by=category"],
    "/scoreboard/{unit}/": ["?by=category", "?as_of=2026-01-31"],
    "/paths/": ["?q=walk&audience=mentor&sort=-steps", "?archived=yes"],
    "/paths/walked/draft/preview/": ["?role=mentor&experience=some"],
    "/kpis/": ["?q=auc", "?archived=yes"],
    "/kpis/{kpi}/": ["?unit=retail&stage=production", "?sort=value"],
    "/experiments/": ["?q=experiment&state=linked"],
    "/models/": ["?q=model&state=linked"],
    "/models/mine/": ["?why=use", "?why=unit&sort=-project"],
    "/guides/all/": [
        "?kind=lesson&outcome=failure&tag=pricing&unit=retail&sort=-readers",
        "?state=draft",
        "?state=due",
    ],
    "/notices/": ["?state=unread&topic=delivery"],
    "/feedback/": ["?tab=waiting&q=wrong", "?tab=mine", "?tab=all&kind=wrong_output&state=open&sort=kind"],
    "/mentoring/": [
        "?tab=asked",
        "?tab=answering",
        "?tab=answered&q=drift&unit=retail&topic=calibration",
        "?tab=all&state=waiting&urgency=week&sort=-urgency",
    ],
    "/mentoring/ask/": ["?about=model:open-model&version=1&tags=pricing&goal=calibrate+scores"],
    "/mentoring/centre/": ["?days=365"],
    "/mentors/": ["?free=yes&unit=retail&language=en&skill=pricing&sort=-free", "?stopped=yes&q=person"],
    "/triage/": ["?kind=models", "?state=dismissed"],
    "/compare/?p={open}": ["&p=more-1&p=more-2&p=more-3", "&add=more"],
    "/projects/{open}/": ["?as_of=2026-01-31"],
    "/projects/{open}/kpis/{kpi}/": ["?all"],
    "/explain/project/{open}/{kpi}/": ["?as_of=2026-01-31"],
    "/explain/unit/{unit}/{kpi}/": ["?as_of=2026-01-31"],
}


def fill(make: Make, world: World) -> None:
    """More than one of everything that hangs on the open project, and of everything that a list may show."""
    first = Project.objects.get(slug=world.names["open"])
    source = Source.objects.get(name=world.names["source"])
    kpi = Kpi.objects.get(key=world.names["kpi"])
    other = make.source("elsewhere", last_good_sync_at=at("2025-06-01"))
    online = make.unit("online", parent=first.unit)
    make.unit("stores", parent=online)
    kpis = [kpi, *(make.kpi(f"kpi-no-{n}", category=c) for n, c in enumerate(("business_value", "adoption")))]
    KpiVersion.objects.create(
        kpi=kpi,
        effective_from=at("2026-01-01").date(),
        name="AUC",
        sentence="What it says.",
        category="model_quality",
        unit="ratio",
        direction="higher",
        roll_up="mean",
        cadence_days=30,
    )
    more = [
        make.project(f"more-{n}", unit=(first.unit, online)[n % 2], visibility=("company", "members")[n % 2])
        for n in range(1, 5)
    ]
    for n, project in enumerate([first, *more]):
        tell(make, project)
        hang(make, project, (source, other)[n % 2])
        bind(make, project, kpis)
        explain(make, project)
    for n in range(6):
        make.experiment(source, is_dismissed=n % 2 == 0)
        make.model(source, is_dismissed=n % 2 == 0)
        MetricName.objects.create(source=(source, other)[n % 2], key=f"auc_{n}", runs=n, kpi=kpi if n == 5 else None)
        Sync.objects.create(source=source, state="failed", finished_at=source.created_at, asked_by=first.owner)
    for project in [first, *more]:
        write(make, project, list(world.people.values()))
    for project in [first, *more]:
        consult(make, project, world)
    make.member(first, world.people["viewer"])
    make.person(unit=first.unit, roles=[("viewer", first.unit)])
    for person in world.people.values():
        for unit in (first.unit, online):
            person.grants.get_or_create(role="viewer", unit=unit)
        note("role.granted", person, first.owner, role="viewer", where="Retail")
        note("unit.changed", first.unit, person, fields=["name"])
        note("source.changed", source, person, fields=["label"])
        tell_of_all(make, person, first)


def tell_of_all(make: Make, person: Person, project: Project) -> None:
    """Notices of many kinds of things, read and unread, of which the person may know or not."""
    closed = make.project(visibility="members")
    things = [project, closed, project.unit, person, make.feedback(project), *project.registeredmodels.all()[:2]]
    for thing in [*things, make.document(about=project), *Kpi.objects.all()[:1], *project.handoffs.all()[:2]]:
        make.notice(person, thing)
        make.notice(person, thing, read_at=timezone.now())


def explain(make: Make, project: Project) -> None:
    """Guides of the project's models, verified; what readers said of them; people who use them."""
    for model in project.registeredmodels.all():
        parts = [{"key": "decides", "title": "What it decides", "text": "Whom to call.", "html": "", "versions": [1]}]
        guide = make.document(
            kind="model_guide", about=model, parts=parts, owner=project.owner, verified_at=at("2026-01-01"),
            verified_by=project.owner,
        )  # fmt: skip
        make.feedback(model)
        for person in (make.person(), project.owner):
            model.uses.get_or_create(person=person)
        note("document.published", guide, project.owner, title=guide.title)
        note("model.alias_moved", model, project.owner, alias="production", name=model.name, version=1)


def write(make: Make, project: Project, readers: list[Person]) -> None:
    """Documents of each kind about the project and its unit, read by many; feedback of each kind, some answered."""
    for kind in ("how_to", "playbook", "lesson", "glossary"):
        for published in (True, False):
            document = make.document(
                kind=kind,
                about=project,
                unit=project.unit,
                owner=project.owner,
                outcome="failure" if kind == "lesson" else "",
                published=published,
                tags=["pricing"],
            )
            for reader in readers:
                note_reader(document, reader)
    for subject in (project, document):
        for kind in ("helpful", "not_helpful", "comment", "wrong_output"):
            make.feedback(subject, kind=kind, version=1)
        make.feedback(
            subject,
            state="answered",
            answer="Mended.",
            outcome="mended",
            answered_by=make.person(),
            answered_at=timezone.now(),
            author=readers[0],
        )


def consult(make: Make, project: Project, world: World) -> None:
    """Requests about the project and its models in each state, with mentors and what was said."""
    request = Request.objects.get(pk=world.names["request"])
    for asker in (world.people["owner"], world.people["administrator"]):
        mine = Mentor.objects.filter(person=asker).first() or make.mentor(asker, skills={"pricing": 2})
        asker.grants.get_or_create(role="mentor", unit=None)
        make.request(mentor=mine, state="asked", about=project, how="direct")
        for state in ("waiting", "asked", "open", "resolved"):
            mentor = make.mentor(skills={"calibration": 2, project.slug: 1}) if state != "waiting" else None
            about = project.registeredmodels.first() or project
            more = {"about": about, "unit": project.unit, "team": [make.person()], "skills": ["pricing"]}
            make.request(asker, mentor=mentor, state=state, **more)
    author = make.person()
    Message.objects.create(request=request, author=author, text="Here.")
    Attempt.objects.create(request=request, mentor=make.mentor(author), state="declined", ended_at=timezone.now())


def tell(make: Make, project: Project) -> None:
    """Members, stakeholders, moves, status updates and events of the project, by many people."""
    for responsibility in ("business", "data_science", "data_science", "support"):
        make.member(project, responsibility=responsibility)
    project.sponsor = make.person()
    project.techniques, project.domains = ["boosting"], ["pricing"]
    project.save()
    project.stakeholders.add(make.person(), make.person())
    for stage, before in (("pilot", "production"), ("production", "pilot")):
        StageMove.objects.create(
            project=project,
            before=before,
            after=stage,
            on=at("2025-06-01").date(),
            reason="Went on",
            is_override=True,
            actor=make.person(),
            owner=make.person(),
        )
        services.give_status(slug=project.slug, actor=project.owner, status="on_track", text="It *goes* well.")
        note("project.edited", project, make.person(), fields=["summary"])


def hang(make: Make, project: Project, source: Source) -> None:
    """Experiments with runs and logged models, and registered models with versions and aliases."""
    by = {"linked_by": project.owner, "linked_at": at("2026-01-01")}
    for _ in range(3):
        experiment = make.experiment(source, project=project, **by)
        model = make.model(source, project=project, aliases={"champion": 1, "challenger": 2}, **by)
        for version in (1, 2):
            run = make.run(experiment, metrics={"auc": [0.8, 1767225600000, 0], "loss": [0.1, 1767225600000, 0]})
            LoggedModel.objects.create(experiment=experiment, source=source, model_id=f"m-{run.pk}", run_id=run.run_id)
            ModelVersion.objects.create(model=model, version=version, run_id=run.run_id)
            AliasMove.objects.create(model=model, alias="champion", version=version, at=at(f"2026-01-0{version}"))


def bind(make: Make, project: Project, kpis: list[Kpi]) -> None:
    """Bindings of each kind: read from runs, the best of a window, entered and withheld; some with a reason to say."""
    experiment = project.experiments.order_by("pk").last()
    ways: tuple[dict[str, Any], ...] = (
        {"experiment": experiment, "digest": "aaaa"},
        {"experiment": experiment, "selector": "best", "window_days": 90},
        {"is_withheld": True},
    )
    for kpi, way in zip(kpis, ways, strict=True):
        binding = project.bindings.filter(kpi=kpi).first()
        if binding is None:
            binding = make.binding(project, kpi, baseline=0.5, target=0.9, **way)
        Baseline.objects.create(
            binding=binding,
            value=0.6,
            effective_from=at("2025-03-01").date(),
            note="Before",
            dataset_digest="aaaa",
            author=make.person(),
        )
        Target.objects.create(binding=binding, value=0.95, effective_from=at("2025-03-01").date(), author=make.person())
        for month in range(1, 5):
            author = make.person() if way.get("is_withheld") else None
            make.observation(
                binding, 0.6 + month / 20, f"2026-0{month}-20", run_id=f"r{month}", dataset_digest="bbbb", author=author
            )


def note(verb: str, subject: Model, actor: Person, **facts: object) -> None:
    with transaction.atomic():
        events.record(actor=actor, verb=verb, subject=subject, facts=facts)


@pytest.fixture
def world(make: Make) -> World:
    made = build(make)
    fill(make, made)
    return made


def queries_of(client: Client, path: str) -> list[str]:
    """The statements behind a page, once its figures are kept."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("reader", READERS)
def test_no_page_makes_more_than_fifteen_queries(world: World, reader: str) -> None:
    client = Client()
    client.force_login(world.people[reader])
    over = []
    for template, rule in ADDRESSES:
        if reader not in rule.allowed:
            continue
        for variant in ["", *VARIANTS.get(template, [])]:
            path = world.path(template) + variant
            made = queries_of(client, path)
            if len(made) > MOST:
                over.append(f"{path}: {len(made)} queries\n" + "\n".join(f"    {short(one)}" for one in made))
    assert not over, "\n".join(over)


def short(statement: str) -> str:
    """A statement without the columns that it reads."""
    return re.sub(r"SELECT .*? FROM", "SELECT … FROM", " ".join(statement.split()))[:260]


LISTS = (
    "/projects/",
    "/people/",
    "/units/",
    "/units/{unit}/",
    "/people/{person}/",
    "/sources/",
    "/sources/{source}/",
    "/experiments/",
    "/experiments/{source}/{open_experiment}/",
    "/models/",
    "/models/{source}/{open_model}/",
    "/models/{source}/{open_model}/versions/",
    "/models/mine/",
    "/triage/",
    "/handoffs/",
    "/handoffs/new/",
    "/guides/",
    "/guides/all/",
    "/guides/glossary/",
    "/paths/",
    "/paths/walked/",
    "/paths/walked/draft/",
    "/paths/walked/draft/preview/",
    "/paths/walked/draft/publish/",
    "/feedback/?tab=all",
    "/notices/",
    "/notices/unread/",
    "/mentoring/",
    "/mentoring/?tab=all",
    "/mentoring/?tab=answered",
    "/mentoring/centre/",
    "/mentoring/{request}/",
    "/mentoring/{request}/why/",
    "/mentoring/{request}/place/",
    "/mentors/",
    "/mentors/?sort=-free",
    "/mentors/{other_mentor_person}/",
    "/mentors/{other_mentor_person}/skills/",
    "/mentors/{other_mentor_person}/away/",
    "/kpis/",
    "/kpis/{kpi}/",
    "/kpis/metrics/",
    "/projects/{open}/",
    "/projects/{open}/timeline/",
    "/projects/{open}/kpis/{kpi}/",
    "/scoreboard/",
    "/scoreboard/{unit}/",
    "/explain/unit/{unit}/{kpi}/",
    "/",
)


def test_more_rows_need_no_more_queries(make: Make, world: World) -> None:
    client = Client()
    client.force_login(world.people["administrator"])
    paths = [world.path(template) for template in LISTS]
    few = {path: len(queries_of(client, path)) for path in paths}
    thrice(make, world)
    many = {path: queries_of(client, path) for path in paths}
    grown = {path: "\n".join(map(short, made)) for path, made in many.items() if len(made) > few[path]}
    assert not grown, "\n".join(f"{path}: more than {few[path]}\n{told}" for path, told in grown.items())


def thrice(make: Make, world: World) -> None:
    """About three times as many rows as `fill` left, in every list."""
    first = Project.objects.get(slug=world.names["open"])
    source = Source.objects.get(name=world.names["source"])
    kpis = list(Kpi.objects.order_by("pk"))
    for n in range(10):
        project = make.project(unit=make.unit(parent=first.unit) if n % 2 else first.unit)
        hang(make, project, source)
        bind(make, project, kpis)
        explain(make, project)
        person = make.person(unit=first.unit, roles=[("viewer", first.unit)])
        for verb, subject in (("role.granted", world.people["viewer"]), ("project.edited", first)):
            note(verb, subject, person, role="viewer", where="Retail")
        make.member(first)
        make.member(project, world.people["viewer"])
        make.kpi(f"another-{n}")
        make.path(f"another-{n}", audience="mentor", level=n)
        guide = make.document(f"another-{n}")
        step = {"actor": world.people["owner"], "key": f"another-{n}", "title": "Read it too"}
        paths.add_step(slug="walked", kind="read", document=guide, **step)
        make.unit()
        make.source()
        MetricName.objects.create(source=source, key=f"loss_{n}", runs=n)
    for _ in range(6):
        consult(make, first, world)
    for _ in range(3):
        tell_of_all(make, world.people["administrator"], first)
    hang(make, first, source)
    write(make, first, [world.people["viewer"], *(make.person() for _ in range(5))])
    experiment = first.experiments.get(experiment_id=world.names["open_experiment"])
    model = first.registeredmodels.get(name=world.names["open_model"])
    for n in range(2, 12):
        run = make.run(experiment)
        make.experiment(source)
        make.model(source)
        ModelVersion.objects.create(model=model, version=n, run_id=run.run_id)
        AliasMove.objects.create(model=model, alias="champion", version=n, at=at("2026-02-01"))
        Sync.objects.create(source=source, state="failed", finished_at=source.created_at, asked_by=make.person())
        make.observation(first.bindings.get(kpi=kpis[0]), 0.7, f"2026-05-{n + 10}", author=make.person())
