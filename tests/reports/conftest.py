from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from coe.accounts.models import BusinessUnit, Person
from coe.core.http import today
from kpis.measures.models import Binding, Kpi
from kpis.reports.days import month_ends
from projects.catalog.models import Project
from tests.factories import Make


@dataclass
class World:
    """Two verticals, one with a sub-unit; six projects on two KPIs, with every kind of awkward figure among them."""

    make: Make
    retail: BusinessUnit
    online: BusinessUnit
    energy: BusinessUnit
    auc: Kpi
    saving: Kpi
    churn: Project
    basket: Project
    meter: Project
    secret: Project
    bindings: dict[tuple[str, str], Binding]
    executive: Person
    stranger: Person

    def observe(self, project: str, kpi: str, value: float, day: date, **fields: object) -> None:
        self.make.observation(self.bindings[project, kpi], value, day.isoformat(), **fields)


@pytest.fixture
def world(make: Make) -> World:
    retail, energy = make.unit("retail"), make.unit("energy")
    online = make.unit("online", parent=retail)
    auc = make.kpi("auc", position=1, valid_min=0, valid_max=1)
    saving = make.kpi("saving", position=2, category="business_value", unit="currency", roll_up="sum", cadence_days=400)
    churn = make.project("churn", unit=retail, annual_value=2_000_000)
    basket = make.project("basket", unit=online, annual_value=500_000, stage="pilot")
    meter = make.project("meter", unit=energy)
    secret = make.project("secret", unit=energy, visibility="members", annual_value=100_000)
    bindings = {
        ("churn", "auc"): make.binding(churn, auc, baseline=0.7, target=0.9),
        ("basket", "auc"): make.binding(basket, auc, baseline=0.6, target=0.8),
        ("meter", "auc"): make.binding(meter, auc, baseline=0.5),
        ("secret", "auc"): make.binding(secret, auc, baseline=0.5, target=1.0),
        ("churn", "saving"): make.binding(churn, saving, baseline=0, target=1_000_000, is_withheld=True),
        ("basket", "saving"): make.binding(basket, saving, baseline=0, target=500_000),
    }
    made = World(
        make,
        retail,
        online,
        energy,
        auc,
        saving,
        churn,
        basket,
        meter,
        secret,
        bindings,
        make.person("executive@example.com", roles=[("executive", None)]),
        make.person("stranger@example.com"),
    )
    for place, day in enumerate(month_ends(today())):
        made.observe("churn", "auc", 0.7 + place * 0.01, day)
        made.observe("basket", "auc", 0.7, day)
        made.observe("secret", "auc", 0.9, day)
    yesterday = today() - timedelta(days=1)
    made.observe("churn", "auc", 0.86, yesterday)
    made.observe("basket", "auc", 0.62, yesterday)
    made.observe("meter", "auc", 0.8, yesterday)
    made.observe("churn", "saving", 800_000, yesterday)
    made.observe("basket", "saving", 100_000, yesterday)
    return made


def moment(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """Nobody signs in by password here; hashing them as in earnest would take most of the time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
