"""The editor, as a browser without JavaScript uses it."""

from __future__ import annotations

import pytest

from projects.checklists import services
from projects.checklists.models import Checklist
from projects.checklists.queries import published

pytestmark = pytest.mark.django_db
BASE = "/checklists/ready/"


@pytest.fixture
def client_of_centre(sign_in, admin, ready):
    client = sign_in(admin)
    assert client.post(f"{BASE}draft/begin/").status_code == 302
    return client


def draft(slug="ready"):
    return Checklist.objects.get(slug=slug).editions.get(state="draft")


def item_form(**changes):
    return {"title": "Costs are known", "group": "Data", "help": "", "is_required": "on", "version": "1", **changes}


def test_a_new_checklist_from_nothing_to_published(sign_in, admin):
    client = sign_in(admin)
    form = {"name": "Shadow run", "purpose": "", "kind": "pilot", "effect": "set", "alias": "shadow", "score": "none"}
    assert client.post("/checklists/new/", form).headers["Location"] == "/checklists/shadow-run/draft/"
    assert "nothing on it yet" in client.get("/checklists/shadow-run/draft/").content.decode()
    client.post("/checklists/shadow-run/draft/add/?kind=manual", item_form())
    client.post("/checklists/shadow-run/draft/add/?kind=sign_off", item_form(title="Wanted", role="unit_lead"))
    check = item_form(title="Good", param_metric="auc", param_threshold="0.8", param_better="higher")
    client.post("/checklists/shadow-run/draft/add/?kind=automatic&check=metric_beats_threshold", check)
    kinds = {item.key: (item.kind, item.params) for item in draft("shadow-run").items.all()}
    assert kinds == {
        "costs-are-known": ("manual", {}),
        "wanted": ("sign_off", {}),
        "good": ("automatic", {"metric": "auc", "threshold": 0.8, "better": "higher"}),
    }
    publish = {"note": "", "version": str(draft("shadow-run").version)}
    assert (
        client.post("/checklists/shadow-run/draft/publish/", publish).headers["Location"] == "/checklists/shadow-run/"
    )
    assert published(Checklist.objects.get(slug="shadow-run")).number == 1


def test_a_wrong_form_keeps_what_was_typed(client_of_centre):
    answer = client_of_centre.post(f"{BASE}draft/add/?kind=manual", item_form(title="", help="Much to say"))
    assert answer.status_code == 422
    assert "Much to say" in answer.content.decode()
    taken = client_of_centre.post(f"{BASE}draft/add/?kind=manual", item_form(key="runbook"))
    assert taken.status_code == 422
    assert "is taken by another item" in taken.content.decode()


def test_choosing_a_check_first(client_of_centre):
    page = client_of_centre.get(f"{BASE}draft/add/?kind=automatic").content.decode()
    assert "What each check does" in page
    assert 'name="title"' not in page
    chosen = client_of_centre.get(f"{BASE}draft/add/?kind=automatic&check=metric_beats_threshold").content.decode()
    assert 'name="param_threshold"' in chosen
    assert client_of_centre.get(f"{BASE}draft/add/?kind=odd").status_code == 404
    unchosen = client_of_centre.post(f"{BASE}draft/add/?kind=automatic", item_form())
    assert unchosen.status_code == 422
    assert draft().items.count() == 3


def test_a_parameter_that_is_none(client_of_centre):
    form = item_form(param_metric="auc", param_threshold="nan", param_better="higher")
    answer = client_of_centre.post(f"{BASE}draft/add/?kind=automatic&check=metric_beats_threshold", form)
    assert answer.status_code == 422


def test_changing_an_item(client_of_centre):
    page = client_of_centre.get(f"{BASE}draft/items/rollback/").content.decode()
    assert "Say when it was tried." in page
    answer = client_of_centre.post(f"{BASE}draft/items/rollback/", item_form(title="Tried", group="Handover"))
    assert answer.headers["Location"] == f"{BASE}draft/#item-rollback"
    assert draft().items.get(key="rollback").title == "Tried"
    assert client_of_centre.get(f"{BASE}draft/items/nowhere/").status_code == 404


def test_from_evidence_to_a_check(client_of_centre):
    form = item_form(title="Described", group="Handover")
    client_of_centre.post(f"{BASE}draft/items/runbook/?kind=automatic&check=has_description", form)
    item = draft().items.get(key="runbook")
    assert (item.kind, item.check_key) == ("automatic", "has_description")


def test_two_editors_see_each_others_words(client_of_centre, admin):
    services.edit_item(slug="ready", actor=admin, key="runbook", title="Theirs")
    answer = client_of_centre.post(f"{BASE}draft/items/runbook/", item_form(title="Mine", group="Handover"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "<td>Theirs</td><td>Mine</td>" in text
    assert 'name="version" value="2"' in text
    assert draft().items.get(key="runbook").title == "Theirs"
    again = client_of_centre.post(f"{BASE}draft/items/runbook/", item_form(title="Mine", group="Handover", version="2"))
    assert again.status_code == 302
    assert draft().items.get(key="runbook").title == "Mine"


def test_two_editors_of_the_settings(client_of_centre, admin):
    services.edit_edition(slug="ready", actor=admin, alias="theirs")
    form = {"effect": "set", "alias": "mine", "score": "none", "version": "1"}
    answer = client_of_centre.post(f"{BASE}draft/", form)
    assert answer.status_code == 409
    assert "points the alias theirs at the version" in answer.content.decode()
    assert client_of_centre.post(f"{BASE}draft/", {**form, "version": "2"}).status_code == 302
    assert draft().alias == "mine"


def test_whoever_publishes_sees_what_changed_meanwhile(client_of_centre, admin):
    services.edit_item(slug="ready", actor=admin, key="runbook", title="Theirs")
    answer = client_of_centre.post(f"{BASE}draft/publish/", {"note": "Shorter", "version": "1"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Below is how it stands now; publish once more if it is right." in text
    assert "Shorter" in text
    assert draft().state == "draft"


def test_moving_and_taking_off(client_of_centre):
    client_of_centre.post(f"{BASE}draft/items/rollback/move/", {"way": "up"})
    client_of_centre.post(f"{BASE}draft/groups/move/", {"group": "Data", "way": "up"})
    assert list(draft().items.values_list("key", flat=True)) == ["schema", "rollback", "runbook"]
    assert "Take it off the draft?" in client_of_centre.get(f"{BASE}draft/items/schema/remove/").content.decode()
    stale = client_of_centre.post(f"{BASE}draft/items/schema/remove/", {"version": "1"})
    assert stale.status_code == 409
    client_of_centre.post(f"{BASE}draft/items/schema/remove/", {"version": str(draft().version)})
    assert list(draft().items.values_list("key", flat=True)) == ["rollback", "runbook"]


def test_publishing_shows_what_changes_and_asks_why(client_of_centre, admin, ready):
    services.remove_item(slug="ready", actor=admin, key="schema")
    page = client_of_centre.get(f"{BASE}draft/publish/").content.decode()
    assert "<del>Schema</del>" in page
    assert client_of_centre.post(f"{BASE}draft/publish/", {"note": "", "version": "2"}).status_code == 422
    stale = client_of_centre.post(f"{BASE}draft/publish/", {"note": "Shorter", "version": "1"})
    assert stale.status_code == 409
    done = client_of_centre.post(f"{BASE}draft/publish/", {"note": "Shorter", "version": "2", "is_default": "on"})
    assert done.status_code == 302
    assert published(ready).note == "Shorter"
    assert Checklist.objects.get(is_default=True) == ready
    assert client_of_centre.get(f"{BASE}draft/").status_code == 404


def test_throwing_it_away(client_of_centre, ready):
    assert "cannot be undone" in client_of_centre.get(f"{BASE}draft/discard/").content.decode()
    client_of_centre.post(f"{BASE}draft/discard/", {"version": "1"})
    assert ready.editions.count() == 1


def test_name_and_use(client_of_centre, ready):
    page = client_of_centre.get(f"{BASE}edit/").content.decode()
    assert 'name="kind"' not in page
    client_of_centre.post(f"{BASE}edit/", {"name": "Go live", "purpose": "Before it counts"})
    ready.refresh_from_db()
    assert (ready.name, ready.purpose, ready.is_default) == ("Go live", "Before it counts", False)
    client_of_centre.post(f"{BASE}edit/", {"name": "Go live", "purpose": "", "is_default": "on"})
    assert Checklist.objects.get(is_default=True) == ready
    assert "usual one" in client_of_centre.get(f"{BASE}edit/").content.decode()


def test_putting_away_and_taking_up(client_of_centre, ready):
    client_of_centre.post(f"{BASE}archive/")
    assert "put away" in client_of_centre.get(BASE).content.decode()
    client_of_centre.post(f"{BASE}restore/")
    ready.refresh_from_db()
    assert not ready.is_archived


def test_others_are_refused(make, sign_in, ready, admin):
    services.draft_edition(slug="ready", actor=admin)
    client = sign_in(make.person(roles=[("unit_lead", make.unit())]))
    paths = ("draft/", "draft/add/", "draft/items/runbook/", "draft/items/runbook/remove/", "draft/publish/", "edit/")
    for path in (*paths, "draft/discard/"):
        assert client.get(BASE + path).status_code == 403, path
        assert client.post(BASE + path).status_code == 403, path
    for path in ("draft/begin/", "draft/items/runbook/move/", "draft/groups/move/", "archive/", "restore/"):
        assert client.post(BASE + path).status_code == 403, path
