"""What the mirror and the catalog say of models: which version is in production and since when, who is of the team,
who uses it. One query for one model or for a page of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce, JSONObject

from coe.accounts.models import Person
from projects.catalog.models import Member, Responsibility
from projects.catalog.rules import keep_membership
from projects.checklists.models import Checklist, Edition
from projects.modelpages.models import Use
from projects.registry.models import Drift
from projects.tracking.models import AliasMove, ModelVersion, RegisteredModel, Run

PRODUCTION = "production"
# Whom to ask about what, in the order in which people look for it.
ASK = (
    (Responsibility.BUSINESS, "What it means"),
    (Responsibility.DATA_SCIENCE, "The model"),
    (Responsibility.ML_OPERATIONS, "It is late or broken"),
    (Responsibility.SUPPORT, "Help with using it"),
)


@dataclass(frozen=True)
class Behind:
    """The run behind a version, where the reader may know of it."""

    run_id: str
    experiment_id: str
    name: str
    ended_at: datetime | None
    datasets: list[dict[str, str]]


@dataclass(frozen=True)
class Version:
    """A version of the model as its page needs it."""

    number: int
    created_at: datetime | None
    files: Mapping[str, Any] | None
    files_error: str
    is_missing: bool
    run: Behind | None


@dataclass(frozen=True)
class MyUse:
    """The reader's own use of the model."""

    purpose: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Elsewhere:
    """An alias that was moved behind our back."""

    alias: str
    expected: int | None
    found: int | None


@dataclass(frozen=True)
class Contact:
    what: str
    person_id: int
    name: str
    title: str


@dataclass
class Facts:
    """Of one model. `version` is the one that its page speaks of: that in production, else the newest one."""

    alias: str
    production: int | None
    since: datetime | None
    newest: int | None
    users: int
    mine: MyUse | None
    drift: Elsewhere | None
    contacts: list[Contact]
    versions: dict[int, Version] = field(default_factory=dict)

    @property
    def version(self) -> int | None:
        return self.production or self.newest


def facts_of(models: Iterable[RegisteredModel], person: Person, *, with_versions: bool = False) -> dict[int, Facts]:
    """The facts of each model, by its id: one query. `with_versions` reads the versions that aliases stand on and the
    newest one, with their signatures and the runs behind them.

    The models are known to the person and came with their projects. What the members say of the person's part in a
    project is noted on it, so that no rule asks again.
    """
    models = list(models)
    asked = _asked(person)
    if with_versions:
        on = {int(version) for one in models for version in one.aliases.values()}
        asked["found"] = _versions(person, on)
    wanted = RegisteredModel.objects.filter(pk__in=[one.pk for one in models]).order_by()
    told = wanted.annotate(alias=_production_alias()).annotate(**asked).values("pk", "alias", *asked)
    rows = {row["pk"]: row for row in told}
    return {one.pk: _facts(one, rows[one.pk], person) for one in models if one.pk in rows}


def _production_alias() -> Coalesce:
    """The alias that a handoff into production sets: that of the default checklist, else of the first one."""
    editions = Edition.objects.filter(
        state=Edition.State.PUBLISHED,
        effect=Edition.Effect.SET,
        checklist__kind=Checklist.Kind.PRODUCTION,
        checklist__is_archived=False,
    )
    decides = editions.order_by("-checklist__is_default", "checklist", "-number").values("alias")[:1]
    return Coalesce(Subquery(decides), Value(PRODUCTION), output_field=TextField())


def _asked(person: Person) -> dict[str, Any]:
    """What is asked about each model besides its row."""
    moves = AliasMove.objects.filter(model=OuterRef("pk"), alias=OuterRef("alias")).order_by("-at", "-id")
    there = ModelVersion.objects.filter(model=OuterRef("pk"), missing_since=None).order_by()
    uses = Use.objects.filter(model=OuterRef("pk"))
    drifts = Drift.objects.filter(managed__model=OuterRef("pk"), state=Drift.State.OPEN).order_by("pk")
    members = Member.objects.filter(project=OuterRef("project")).order_by("person__name", "pk")
    return {
        "stood_since": Subquery(moves.values("at")[:1]),
        "newest": Subquery(there.values("model").annotate(most=Max("version")).values("most")),
        "users": Subquery(uses.order_by().values("model").annotate(n=Count("pk")).values("n")),
        "mine": Subquery(
            uses.filter(person=person).values(one=JSONObject(purpose="purpose", since="since", seen_at="seen_at"))
        ),
        "moved": ArraySubquery(
            drifts.values(one=JSONObject(alias="managed__alias", expected="expected_version", found="found_version"))
        ),
        "team": ArraySubquery(
            members.values(
                one=JSONObject(
                    id="person_id",
                    name="person__name",
                    title="person__title",
                    what="responsibility",
                    active="person__is_active",
                )
            )
        ),
    }


def _versions(person: Person, on: set[int]) -> ArraySubquery:
    """The versions numbered `on`, and the newest that MLflow has, each with the run behind it."""
    known = Run.objects.visible_to(person).filter(source=OuterRef("model__source"), run_id=OuterRef("run_id"))
    run = known.exclude(run_id="").values(
        one=JSONObject(
            run_id="run_id",
            experiment_id="experiment__experiment_id",
            name="name",
            ended_at="ended_at",
            datasets="datasets",
        )
    )
    newest = ModelVersion.objects.filter(model=OuterRef("model"), missing_since=None).order_by("-version")
    shown = ModelVersion.objects.filter(
        Q(version__in=sorted(on)) | Q(pk=Subquery(newest.values("pk")[:1])), model=OuterRef("pk")
    )
    return ArraySubquery(
        shown.order_by("version").values(
            one=JSONObject(
                number="version",
                created_at="created_at",
                files="files",
                error="files_error",
                missing="missing_since",
                run=Subquery(run[:1]),
            )
        )
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _facts(model: RegisteredModel, row: Mapping[str, Any], person: Person) -> Facts:
    if model.project is not None:
        keep_membership(model.project, person, is_member=any(one["id"] == person.pk for one in row["team"]))
    production = model.aliases.get(row["alias"])
    mine, moved = row["mine"], [Elsewhere(**one) for one in row["moved"]]
    return Facts(
        alias=row["alias"],
        production=int(production) if production else None,
        since=row["stood_since"] if production else None,
        newest=row["newest"],
        users=row["users"] or 0,
        mine=mine and MyUse(mine["purpose"], _known(mine["since"]), _known(mine["seen_at"])),
        drift=next((one for one in moved if one.alias == row["alias"]), None),
        contacts=_contacts(row["team"]),
        versions={one["number"]: _version(one) for one in row.get("found", [])},
    )


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _contacts(team: list[dict[str, Any]]) -> list[Contact]:
    """Who is to be asked what: those of the team whose accounts are open."""
    return [
        Contact(words, one["id"], one["name"], one["title"])
        for responsibility, words in ASK
        for one in team
        if one["what"] == responsibility and one["active"]
    ]


def _version(one: dict[str, Any]) -> Version:
    run = one["run"]
    return Version(
        number=one["number"],
        created_at=_time(one["created_at"]),
        files=one["files"],
        files_error=one["error"],
        is_missing=one["missing"] is not None,
        run=run and Behind(run["run_id"], run["experiment_id"], run["name"], _time(run["ended_at"]), run["datasets"]),
    )
