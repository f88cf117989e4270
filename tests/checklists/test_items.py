"""Items of a draft: added, changed, moved, taken off."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.models import Event
from projects.checklists import services
from projects.checklists.models import Item

pytestmark = pytest.mark.django_db
PLAIN = {"title": "Costs are known", "group": "Data"}


@pytest.fixture
def draft(admin, ready):
    return services.draft_edition(slug="ready", actor=admin)


def order(draft):
    return list(draft.items.values_list("key", "position"))


def keys(draft):
    return [key for key, _ in order(draft)]


def add(actor, key="costs", **parts):
    return services.add_item(slug="ready", actor=actor, key=key, **{**PLAIN, **parts})


def test_an_item_is_the_last_of_its_group(admin, draft):
    add(admin, group="Handover")
    assert order(draft) == [("runbook", 1), ("rollback", 2), ("costs", 3), ("schema", 4)]
    draft.refresh_from_db()
    assert draft.version == 2
    assert Event.objects.filter(verb="checklist.edited").get().facts["what"] == "added “Costs are known”"


def test_a_check_with_its_parameters(admin, draft):
    item = add(
        admin,
        kind="automatic",
        check_key="metric_beats_threshold",
        params={"metric": " auc ", "threshold": "0.8", "better": "higher", "dataset": ""},
        role="approver",
    )
    item.refresh_from_db()
    assert item.params == {"metric": "auc", "threshold": 0.8, "better": "higher"}
    assert item.role == ""


def test_what_belongs_to_another_kind_goes(admin, draft):
    item = add(admin, kind="sign_off", role="unit_lead", check_key="has_signature", params={"x": 1}, may_not_apply=True)
    assert (item.check_key, item.params, item.may_not_apply, item.role) == ("", {}, False, "unit_lead")


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"key": "runbook"}, "key"),
        ({"key": "no spaces"}, "key"),
        ({"key": ""}, "key"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"group": ""}, "group"),
        ({"kind": "odd"}, "kind"),
        ({"kind": "automatic"}, "check_key"),
        ({"kind": "automatic", "check_key": "odd"}, "check_key"),
        ({"kind": "automatic", "check_key": "metric_beats_threshold", "params": {}}, "params"),
        ({"kind": "automatic", "check_key": "has_signature", "params": {"x": 1}}, "params"),
        ({"kind": "sign_off"}, "role"),
        ({"kind": "sign_off", "role": "king"}, "role"),
        ({"edition": 3}, "edition"),
    ],
)
def test_what_is_wrong_is_named(admin, draft, parts, field):
    with pytest.raises(ValidationError) as error:
        add(admin, **parts)
    assert field in error.value.message_dict
    assert keys(draft) == ["runbook", "rollback", "schema"]


def test_changing_one(admin, draft):
    services.edit_item(slug="ready", actor=admin, key="rollback", version=1, title="Rolled back", is_required=False)
    item = draft.items.get(key="rollback")
    assert (item.title, item.is_required, item.help) == ("Rolled back", False, "Say when it was tried.")
    services.edit_item(slug="ready", actor=admin, key="rollback", version=2, title="Rolled back ")
    draft.refresh_from_db()
    assert draft.version == 2


def test_changing_its_group_puts_it_last_there(admin, draft):
    services.edit_item(slug="ready", actor=admin, key="runbook", group="Data")
    assert keys(draft) == ["rollback", "schema", "runbook"]


def test_from_a_check_to_evidence(admin, draft):
    item = services.edit_item(slug="ready", actor=admin, key="schema", kind="manual")
    assert (item.check_key, item.params) == ("", {})


def test_two_editors_lose_nothing(admin, draft):
    services.edit_item(slug="ready", actor=admin, key="runbook", version=1, title="One")
    for verb, parts in (
        (services.edit_item, {"key": "runbook", "title": "Two"}),
        (services.remove_item, {"key": "runbook"}),
        (services.move_item, {"key": "runbook", "way": "down"}),
        (services.add_item, {"key": "costs", **PLAIN}),
        (services.move_group, {"group": "Data", "way": "up"}),
    ):
        with pytest.raises(services.EditConflict):
            verb(slug="ready", actor=admin, version=1, **parts)
    assert draft.items.get(key="runbook").title == "One"
    assert keys(draft) == ["runbook", "rollback", "schema"]


def test_moving_within_the_group(admin, draft):
    services.move_item(slug="ready", actor=admin, key="rollback", way="up")
    assert order(draft) == [("rollback", 1), ("runbook", 2), ("schema", 3)]
    # At the end of its group it stays, and nothing is told.
    services.move_item(slug="ready", actor=admin, key="runbook", way="down")
    services.move_item(slug="ready", actor=admin, key="rollback", way="up")
    assert keys(draft) == ["rollback", "runbook", "schema"]
    assert Event.objects.filter(verb="checklist.edited").count() == 1
    with pytest.raises(ValidationError, match="up or down"):
        services.move_item(slug="ready", actor=admin, key="runbook", way="left")


def test_moving_a_group(admin, draft):
    services.move_group(slug="ready", actor=admin, group="Data", way="up")
    assert order(draft) == [("schema", 1), ("runbook", 2), ("rollback", 3)]
    services.move_group(slug="ready", actor=admin, group="Data", way="up")
    assert Event.objects.filter(verb="checklist.edited").count() == 1
    with pytest.raises(ValidationError, match="must be a group"):
        services.move_group(slug="ready", actor=admin, group="Elsewhere", way="up")


def test_taking_one_off(admin, draft):
    services.remove_item(slug="ready", actor=admin, key="runbook")
    assert order(draft) == [("rollback", 1), ("schema", 2)]
    with pytest.raises(Item.DoesNotExist):
        services.remove_item(slug="ready", actor=admin, key="runbook")


def test_without_a_draft(admin, ready):
    with pytest.raises(Refused, match="no draft"):
        add(admin)


def test_it_is_the_centres(make, draft):
    person = make.person(roles=[("unit_lead", make.unit())])
    for verb, parts in (
        (services.add_item, {"key": "costs", **PLAIN}),
        (services.edit_item, {"key": "runbook", "title": "x"}),
        (services.move_item, {"key": "runbook", "way": "up"}),
        (services.move_group, {"group": "Data", "way": "up"}),
        (services.remove_item, {"key": "runbook"}),
    ):
        with pytest.raises(PermissionDenied):
            verb(slug="ready", actor=person, **parts)
