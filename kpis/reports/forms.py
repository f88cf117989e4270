from __future__ import annotations

from django import forms

from coe.accounts.models import BusinessUnit
from projects.catalog.models import Stage


class KpiFilter(forms.Form):
    """Which projects a KPI's page shows; a unit includes its sub-units."""

    unit = forms.ModelChoiceField(
        BusinessUnit.objects.all(), to_field_name="slug", required=False, empty_label="All units", label="Business unit"
    )
    stage = forms.ChoiceField(
        choices=[("", "All stages"), *(choice for choice in Stage.choices if choice[0] != Stage.RETIRED)],
        required=False,
    )
