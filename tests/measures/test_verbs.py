from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core import changes, events
from coe.core.errors import Refused
from coe.core.models import Change, Event
from kpis.measures import services
from kpis.measures.models import Binding, Kpi, Observation
from kpis.measures.suggestions import normal, suggest

pytestmark = pytest.mark.django_db


@pytest.fixture
def entered(make):
    return make.binding(baseline=0.5, target=0.9, since="2026-01-01")


def reach():
    return Change.objects.latest("id").affects_from


def test_a_target_must_beat_the_baseline_wherever_both_hold(entered):
    owner = entered.project.owner

    def aim(value, day, **more):
        return services.set_target(actor=owner, binding_id=entered.pk, value=value, effective_from=day, **more)

    services.set_baseline(
        actor=owner, binding_id=entered.pk, value=0.8, effective_from=date(2026, 6, 1), note="New data"
    )
    with pytest.raises(ValidationError, match="from 2026-06-01 on"):
        aim(0.7, date(2026, 3, 1))
    aim(0.95, date(2026, 6, 1))
    # Now the earlier target ends before the higher baseline begins.
    assert aim(0.7, date(2026, 3, 1)).value == 0.7
    assert reach() == datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="due_on"):
        aim(0.99, date(2026, 7, 1), due_on=date(2026, 6, 1))
    for value in (float("nan"), float("inf"), 1.79e308):
        with pytest.raises(ValidationError, match="finite"):
            aim(value, date(2026, 7, 1))


def test_lower_is_better_turns_it_round(make):
    binding = make.binding(make.project(), make.kpi(direction="lower"), baseline=10.0, since="2026-01-01")
    owner = binding.project.owner
    with pytest.raises(ValidationError, match="smaller"):
        services.set_target(actor=owner, binding_id=binding.pk, value=10.0, effective_from=date(2026, 2, 1))
    services.set_target(actor=owner, binding_id=binding.pk, value=5.0, effective_from=date(2026, 2, 1))
    with pytest.raises(ValidationError, match="smaller"):
        services.set_baseline(actor=owner, binding_id=binding.pk, value=4.0, effective_from=date(2026, 3, 1), note="x")


def test_events_read_as_sentences_and_keep_withheld_figures(entered):
    owner = entered.project.owner
    services.enter_observation(actor=owner, binding_id=entered.pk, value=0.625, on=date(2026, 3, 1))
    assert "entered 0.625" in events.say(Event.objects.about(entered.project)[0])
    services.change_binding(actor=owner, binding_id=entered.pk, is_withheld=True)
    services.enter_observation(actor=owner, binding_id=entered.pk, value=0.875, on=date(2026, 4, 1))
    assert "0.875" not in str(Event.objects.about(entered.project)[0].facts)
    assert reach() == datetime(2026, 4, 1, 12, tzinfo=UTC)


def test_an_instant_needs_its_zone_and_a_day_is_taken_once(entered):
    owner = entered.project.owner
    services.enter_observation(actor=owner, binding_id=entered.pk, value=1.0, on=datetime(2026, 3, 1, 8, tzinfo=UTC))
    for on in (datetime(2026, 3, 1, 9), datetime(2026, 3, 1, 8, tzinfo=UTC), date(2999, 1, 1)):
        with pytest.raises(ValidationError, match="on"):
            services.enter_observation(actor=owner, binding_id=entered.pk, value=1.0, on=on)


def test_mlflow_values_are_neither_entered_nor_corrected(make):
    binding = make.binding(experiment=make.experiment())
    row = make.observation(binding, 0.5, "2026-03-01", run_id="x")
    owner = binding.project.owner
    with pytest.raises(Refused):
        services.enter_observation(actor=owner, binding_id=binding.pk, value=1.0, on=date(2026, 3, 1))
    with pytest.raises(Refused):
        services.correct_observation(actor=owner, observation_id=row.pk, value=1.0, note="x")


def test_a_stranger_neither_sees_nor_changes(make, entered):
    stranger = make.person()
    on = {"actor": stranger, "binding_id": entered.pk}
    row = make.observation(entered, 0.5, "2026-03-01", author=entered.project.owner)
    verbs = [
        lambda: services.change_binding(**on, scale=2.0),
        lambda: services.remove_binding(**on, reason="x"),
        lambda: services.set_baseline(**on, value=0.1, effective_from=date(2026, 1, 1), note="x"),
        lambda: services.set_target(**on, value=0.99, effective_from=date(2026, 1, 1)),
        lambda: services.enter_observation(**on, value=1.0, on=date(2026, 1, 1)),
        lambda: services.correct_observation(actor=stranger, observation_id=row.pk, value=1.0, note="x"),
    ]
    for verb in verbs:
        with pytest.raises(PermissionDenied):
            verb()
    entered.project.visibility = "members"
    entered.project.save()
    for verb in verbs:
        with pytest.raises(Binding.DoesNotExist):
            verb()


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({}, "experiment"),
        ({"metric_key": ""}, "metric_key"),
        ({"selector": "alias"}, "selector"),
        ({"selector": "best"}, "window_days"),
        ({"window_days": 3}, "window_days"),
        ({"alias": "x"}, "alias"),
        ({"scale": 0.0}, "scale"),
        ({"scale": float("nan")}, "scale"),
    ],
)
def test_a_binding_that_does_not_fit_names_the_field(make, parts, field):
    project = make.project()
    whole = {"experiment": make.experiment(project=project), "metric_key": "auc", "selector": "latest", **parts}
    if not parts:
        whole["experiment"] = None
    with pytest.raises(ValidationError) as caught:
        services.create_binding(
            actor=project.owner, project_slug=project.slug, kpi_key=make.kpi().key, origin="mlflow", **whole
        )
    assert list(caught.value.message_dict) == [field]
    assert not Binding.objects.exists()


def test_a_changed_source_supersedes_and_comes_back(make):
    project = make.project()
    first, second = (make.experiment(project=project) for _ in range(2))
    for experiment, value in ((first, 0.1), (second, 0.2)):
        make.run(experiment, metrics={"auc": [value, 0, 0]})
    binding = services.create_binding(
        actor=project.owner,
        project_slug=project.slug,
        kpi_key=make.kpi().key,
        origin="mlflow",
        experiment=first,
        metric_key="auc",
        selector="latest",
    )
    services.change_binding(actor=project.owner, binding_id=binding.pk, experiment=second)
    rows = Observation.objects.filter(binding=binding).order_by("id").values_list("value", "superseded_reason")
    assert list(rows) == [(0.1, "where it comes from was changed"), (0.2, "")]
    assert Change.objects.filter(affects_from=changes.EVER).count() == 2


def test_archiving_twice_is_refused(make):
    centre = make.person(roles=[("administrator", None)])
    make.kpi("auc")
    services.archive_kpi(actor=centre, key="auc")
    with pytest.raises(Refused):
        services.archive_kpi(actor=centre, key="auc")
    assert not services.archive_kpi(actor=centre, key="auc", archived=False).is_archived
    assert Kpi.objects.get().key == "auc"


def test_metric_names_that_mean_the_same():
    assert {normal(key) for key in ("val_roc_auc_score", "test/roc-auc", "ROC AUC", "roc_auc")} == {"rocauc"}
    assert normal("test_score") == "testscore"
    known, decided = {"rocauc": "auc"}, [("f1", "f1"), ("test_f1", "f1"), ("F1", "other")]
    found = suggest(["val_f1_score", "roc_auc", "loss"], known, decided)
    assert found == {"val_f1_score": "f1", "roc_auc": "auc"}
