"""Who hears what is expected of figures."""

from __future__ import annotations

from datetime import date

import pytest

from kpis.measures import services
from tests.factories import Make
from tests.hearsay import heard, threads, who_heard

pytestmark = pytest.mark.django_db


def test_the_owner_hears_what_others_expect(make: Make) -> None:
    unit = make.unit("retail")
    owner = make.person(name="Olga Owner")
    lead = make.person(name="Lea Lead", roles=[("unit_lead", unit)])
    make.person(name="Ole Other", roles=[("unit_lead", unit)])
    project = make.project("churn", unit=unit, owner=owner)
    binding = make.binding(project, make.kpi("auc"))
    on = date(2026, 1, 1)
    services.set_baseline(actor=lead, binding_id=binding.pk, value=0.7, effective_from=on, note="The rule of before")
    assert heard("baseline.set") == {
        "Olga Owner": "Churn: Lea Lead set the baseline of AUC to 0.7: The rule of before."
    }
    services.set_target(actor=lead, binding_id=binding.pk, value=0.8, effective_from=on)
    assert heard("target.set") == {"Olga Owner": "Churn: Lea Lead set the target of AUC to 0.8."}
    assert threads("target.set") == {("projects", f"project:{project.pk}")}
    services.set_target(actor=owner, binding_id=binding.pk, value=0.9, effective_from=on)
    assert who_heard("target.set") == []
