"""MLflow does not answer while somebody accepts: the decision stands, the page says so, and nothing waits for it."""

from __future__ import annotations

import pytest

from coe.core import outbox
from coe.core.models import OutboxEntry
from demo.services import free_port
from projects.handoffs.models import Handoff
from projects.registry import drift
from projects.registry.models import AliasOrder

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_decision_stands_and_the_page_says_what_is_left(world, ways, sign_in, settings, monkeypatch):
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    monkeypatch.setattr("projects.registry.services.nudge", lambda entry_id: None)
    world.source.url = f"http://127.0.0.1:{free_port()}"
    world.source.save()
    handoff = ways.ready()
    client = sign_in(world.operator)
    answer = client.post(f"{handoff.get_absolute_url()}accept/", {"version": handoff.version}, follow=True)
    assert "Accepted. The record is kept." in answer.content.decode()
    assert outbox.sweep() == 1
    order = AliasOrder.objects.get()
    assert (Handoff.objects.get().state, order.state) == ("accepted", "waiting")
    assert order.error
    for path in (handoff.get_absolute_url(), "/models/tracker/churn/versions/"):
        assert order.error in client.get(path).content.decode().replace("&#x27;", "'")
    assert "the alias production has not moved yet" in client.get("/projects/churn/").content.decode()
    # Not tried again at once, but as soon as a sync finds the server back.
    assert outbox.sweep() == 0
    monkeypatch.setattr(drift, "nudge_sweep", lambda: None)
    drift.after_sync(world.source.pk)
    assert OutboxEntry.objects.get(kind="registry.set_alias").state == "waiting"
    assert outbox.sweep() == 1
