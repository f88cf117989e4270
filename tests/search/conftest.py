"""A small company to search in, indexed as `rebuild_search` does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from coe.accounts.models import BusinessUnit, Person
from coe.search import index, search
from tests.factories import Make


@dataclass
class Company:
    """`retail` is above `stores`. `viewer` has no role, `member` is of the hidden project, `boss` sees all projects."""

    retail: BusinessUnit
    stores: BusinessUnit
    energy: BusinessUnit
    viewer: Person
    member: Person
    boss: Person
    centre: Person
    things: dict[str, Any]


@pytest.fixture
def company(make: Make) -> Company:
    retail, energy = make.unit("retail"), make.unit("energy")
    stores = make.unit("stores", parent=retail)
    made = Company(
        retail,
        stores,
        energy,
        viewer=make.person("viewer@example.com", name="Vera Viewer", unit=energy),
        member=make.person("member@example.com", name="Milo Member"),
        boss=make.person("boss@example.com", name="Bea Boss", roles=[("executive", None)]),
        centre=make.person("centre@example.com", name="Cleo Centre", roles=[("administrator", None)]),
        things={},
    )
    owner = make.person("noor@example.com", name="Noor Haddad", title="Data scientist", unit=stores)
    source = make.source("main")
    churn = make.project(
        "churn",
        unit=stores,
        owner=owner,
        name="Customer churn",
        summary="Tells who will leave.",
        techniques=["boosting"],
        problem="Subscribers go away unnoticed.",
    )
    hidden = make.project("quokka", unit=retail, name="Quokka acquisition", visibility="members")
    make.member(hidden, made.member)
    made.things = {
        "churn": churn,
        "hidden": hidden,
        "demand": make.project("demand", unit=energy, name="Demand forecast", summary="Load of tomorrow."),
        "model": make.model(source, project=churn, name="churn-xgb", description="Scores of customers."),
        "hidden_model": make.model(source, project=hidden, name="quokka-net"),
        "experiment": make.experiment(source, project=churn, name="churn_trials"),
        "unlinked": make.experiment(source, name="wombat-scratch"),
        "kpi": make.kpi("auc", name="Area under the curve", sentence="How well it ranks."),
        "guide": make.document("reading", title="How to read scores", owner=owner, text="Act above the threshold."),
        "draft": make.document("secret", title="Platypus plan", owner=owner, published=False),
        "of_unit": make.document(
            "inner", title="Echidna rota", owner=owner, unit=stores, visibility="unit", text="Inner matters."
        ),
    }
    index.rebuild()
    return made


@pytest.fixture
def titles() -> Callable[..., list[str]]:
    """`titles(person, "chur", kind="model")`: the titles of what is found, in their order."""

    def of(person: Person, q: str, **narrow: Any) -> list[str]:
        return [hit.plain_title for hit in search.search(person, q, **narrow).page.object_list]

    return of
