"""Forms: the fewest fields first, the rest folded. What they do not know the verbs check."""

from __future__ import annotations

from typing import Any

from django import forms

from coe.core.forms import SHORT_NAME_WANTED, Number
from coe.core.http import today
from kpis.measures.models import Binding, Category, Direction, Kpi, RollUp, Unit
from kpis.measures.suggestions import Seen

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_ANY = [("", "Any")]


class KpiFilter(forms.Form):
    q = forms.CharField(label="Name or key", required=False, max_length=100)
    category = forms.ChoiceField(label="Category", required=False, choices=[*_ANY, *Category.choices])
    archived = forms.ChoiceField(label="Show", required=False, choices=[("", "In use"), ("yes", "Archived")])


class KpiForm(forms.Form):
    """A definition; with `kpi` a changed one, which asks from when on and why."""

    folded = ("valid_min", "valid_max", "position")
    key = forms.SlugField(
        max_length=60,
        help_text="Stands in addresses and in the API, like roc-auc. It never changes.",
        error_messages={"invalid": SHORT_NAME_WANTED},
    )
    name = forms.CharField(max_length=80)
    sentence = forms.CharField(label="Plain sentence", max_length=240, help_text="What it says, in one plain sentence.")
    category = forms.ChoiceField(choices=Category.choices)
    unit = forms.ChoiceField(choices=Unit.choices)
    direction = forms.ChoiceField(choices=Direction.choices)
    roll_up = forms.ChoiceField(
        label="Roll-up", choices=RollUp.choices, help_text="How the values of projects become the value of their unit."
    )
    cadence_days = forms.IntegerField(
        label="Fresh for (days)", min_value=1, max_value=36500, help_text="How many days a value stays fresh."
    )
    effective_from = forms.DateField(
        label="Holds from", widget=_DATE, help_text="Days before keep the definition of their time."
    )
    reason = forms.CharField(label="Why it changes", max_length=300)
    valid_min = Number(label="Smallest valid value", required=False)
    valid_max = Number(label="Largest valid value", required=False)
    position = forms.IntegerField(
        label="Place",
        min_value=0,
        max_value=32767,
        initial=100,
        help_text="Its place among the columns of the scoreboard; small numbers stand first.",
    )

    def __init__(self, *args: Any, kpi: Kpi | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kpi is None:
            del self.fields["reason"]
            self.fields["effective_from"].initial = today
        else:
            del self.fields["key"]
            self.fields["position"].initial = kpi.position


class MetricFilter(forms.Form):
    q = forms.CharField(label="Metric", required=False, max_length=250)
    source = forms.ChoiceField(label="Source", required=False)
    state = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[("", "Waiting"), ("mapped", "Mapped"), ("ignored", "No KPI"), ("all", "All")],
    )

    def __init__(self, data: Any, *, sources: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["source"].choices = [*_ANY, *sources]  # type: ignore[attr-defined]  # it is a ChoiceField


class BindingForm(forms.Form):
    """Where a project's value of a KPI comes from. Its choices are what the linked experiments and models offer."""

    folded = ("selector", "alias", "dataset_name", "window_days", "scale", "offset", "is_withheld")
    kpi = forms.ChoiceField(label="KPI")
    where = forms.ChoiceField(
        label="Where its values come from",
        help_text="Experiments and registered models that are linked to this project, or people.",
    )
    metric_key = forms.ChoiceField(label="Metric", required=False, help_text="Not needed for values that people enter.")
    selector = forms.ChoiceField(
        label="Which value",
        required=False,
        choices=[("", "The usual one: the latest run, or the highest version"), *Binding.Selector.choices],
    )
    alias = forms.ChoiceField(label="Alias", required=False, help_text="Only for the version behind an alias.")
    dataset_name = forms.ChoiceField(
        label="Dataset", required=False, help_text="Only values measured on this dataset count."
    )
    window_days = forms.IntegerField(
        label="Best of so many days", required=False, min_value=1, max_value=3660, help_text="Only for the best value."
    )
    scale = Number(label="Multiply by", initial=1, help_text="0.01 makes a ratio of a percentage.")
    offset = Number(label="Then add", initial=0)
    is_withheld = forms.BooleanField(
        label="Withhold the figures",
        required=False,
        help_text="Only the project's people, executives and leads of its unit, and the centre read them.",
    )

    def __init__(
        self, *args: Any, seen: Seen, kpis: list[tuple[str, str]], binding: Binding | None = None, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.seen = seen
        if binding is None:
            self._offer("kpi", kpis)
        else:
            del self.fields["kpi"]
        experiments = [(f"experiment:{one.pk}", f"Experiment {one.name}") for one in seen.experiments]
        models = [(f"model:{one.pk}", f"Model {one.name}") for one in seen.models]
        self._offer("where", [("entered", "People enter them"), *models, *experiments])
        kept = binding or Binding(alias="", metric_key="", dataset_name="")
        self._offer("metric_key", _names({*seen.all_keys, kept.metric_key}, "None"))
        self._offer("alias", _names({*seen.aliases, kept.alias}, "None"))
        self._offer("dataset_name", _names({*seen.datasets, kept.dataset_name}, "Any dataset"))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField

    @staticmethod
    def initial_of(binding: Binding) -> dict[str, Any]:
        """What the form shows of a binding that is there."""
        where = "entered"
        if binding.experiment_id:
            where = f"experiment:{binding.experiment_id}"
        elif binding.model_id:
            where = f"model:{binding.model_id}"
        names = ("metric_key", "selector", "alias", "dataset_name", "window_days", "scale", "offset", "is_withheld")
        return {"where": where, **{name: getattr(binding, name) for name in names}}

    def parts(self) -> dict[str, Any]:
        """What the verbs take: `origin` and the parts of a binding."""
        parts = {name: value for name, value in self.cleaned_data.items() if name not in ("kpi", "where")}
        kind, _, pk = self.cleaned_data["where"].partition(":")
        things = {"experiment": self.seen.experiments, "model": self.seen.models}.get(kind, ())
        thing = next((one for one in things if str(one.pk) == pk), None)
        if thing is None:
            return {"origin": "entered", "is_withheld": parts["is_withheld"], **_entered(parts)}
        usual = "latest" if kind == "experiment" else "alias" if parts["alias"] else "latest_version"
        parts["selector"] = parts["selector"] or usual
        bound = {"experiment": None, "model": None, kind: thing}
        return {"origin": "mlflow", **parts, **bound}


def _entered(parts: dict[str, Any]) -> dict[str, Any]:
    return {"scale": parts["scale"], "offset": parts["offset"]}


def _names(names: set[str], none: str) -> list[tuple[str, str]]:
    return [("", none), *((name, name) for name in sorted(names - {""}))]


class BaselineForm(forms.Form):
    folded = ("dataset_digest",)
    value = Number(help_text="In the KPI's unit, after any conversion.")
    effective_from = forms.DateField(label="Holds from", widget=_DATE, initial=today)
    note = forms.CharField(
        max_length=500, help_text="Where it comes from: what the business did before, and who measured it."
    )
    dataset_digest = forms.CharField(
        label="Dataset digest",
        max_length=64,
        required=False,
        help_text="The digest of the dataset it was measured on; a value on another one is then not compared.",
    )


class TargetForm(forms.Form):
    folded = ("note",)
    value = Number(help_text="In the KPI's unit. It must be better than the baseline.")
    effective_from = forms.DateField(label="Holds from", widget=_DATE, initial=today)
    due_on = forms.DateField(label="To be reached by", widget=_DATE, required=False)
    note = forms.CharField(max_length=500, required=False)


class ValueForm(forms.Form):
    folded = ("evidence",)
    value = Number()
    on = forms.DateField(label="As of", widget=_DATE, initial=today)
    note = forms.CharField(max_length=500, required=False)
    evidence = forms.URLField(
        max_length=500, required=False, assume_scheme="https", help_text="A link to where it is shown."
    )


class CorrectionForm(forms.Form):
    folded = ("evidence",)
    value = Number(label="The right value")
    note = forms.CharField(max_length=500, label="Why", help_text="The old value stays readable, with this reason.")
    evidence = forms.URLField(max_length=500, required=False, assume_scheme="https")


class RemovalForm(forms.Form):
    reason = forms.CharField(max_length=500, label="Why")


class ImportForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="Columns: project, kpi, date, value and, if you like, note and evidence. UTF-8, at most 20,000 rows.",
    )
    write = forms.BooleanField(
        label="Write the values", required=False, help_text="Leave it unticked to see first what the file would do."
    )
