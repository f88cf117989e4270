"""What reaches whom, how and when."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from coe.core.models import Event
from coe.notices import services
from coe.notices.models import Choice, Letter, Notice, Reach
from coe.notices.wishes import readers
from tests.factories import Make
from tests.notices.conftest import Notices, wish_for
from tests.races import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com")


@pytest.fixture
def project(make: Make) -> Any:
    return make.project("churn")


@pytest.mark.parametrize(
    ("topic", "email"), [("handoffs", "at_once"), ("projects", "daily"), ("gossip", "off"), ("nothing", "off")]
)
def test_who_chose_nothing(reader: Any, topic: str, email: str) -> None:
    one = readers([reader.pk])[reader.pk]
    assert [one.wish(topic, channel) for channel in ("app", "email", "chat")] == ["at_once", email, email]
    assert one.when(topic, "chat") == "off"
    assert one.hears(topic)


@pytest.mark.parametrize("when", ["off", "at_once", "daily"])
@pytest.mark.parametrize("app", ["off", "at_once"])
def test_each_choice_is_what_happens(notices: Notices, reader: Any, project: Any, when: str, app: str) -> None:
    notices.choose(reader, "handoffs", "email", when)
    notices.choose(reader, "handoffs", "app", app)
    notices.tell(project, reader)
    assert Notice.objects.count() == (1 if app == "at_once" else 0)
    assert [letter.is_digest for letter in Letter.objects.all()] == {"off": [], "at_once": [False]}.get(when, [True])


def test_choosing_is_noted_once(reader: Any) -> None:
    for _ in range(2):
        services.choose(actor=reader, topic="handoffs", channel="email", when="daily")
    choice = Choice.objects.get()
    assert (choice.person, choice.topic, choice.channel, choice.when) == (reader, "handoffs", "email", "daily")
    event = Event.objects.get(verb="notices.chosen")
    assert event.facts == {"topics": ["Handoffs"], "choices": [["handoffs", "email", "daily"]]}
    services.choose(actor=reader, topic="handoffs", channel="email", when="at_once")
    assert Choice.objects.get().when == "at_once"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("topic", {"topic": "weather"}),
        ("channel", {"channel": "pigeon"}),
        ("when", {"when": "never"}),
        ("when", {"channel": "app", "when": "daily"}),
    ],
)
def test_a_wrong_choice_names_the_field(reader: Any, field: str, words: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        services.choose(actor=reader, **{"topic": "handoffs", "channel": "email", "when": "off", **words})
    assert list(caught.value.message_dict) == [field]
    assert not Choice.objects.exists()


@pytest.mark.parametrize("hour", [-1, 24])
def test_an_hour_that_is_none(reader: Any, hour: int) -> None:
    with pytest.raises(ValidationError) as caught:
        services.set_digest_hour(actor=reader, hour=hour)
    assert list(caught.value.message_dict) == ["digest_hour"]


@pytest.mark.parametrize("fields", [{"channel": "post"}, {"when": "never"}, {"channel": "app", "when": "daily"}])
def test_the_database_refuses_what_the_verb_refuses(reader: Any, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Choice.objects.create(person=reader, topic="x", **{"channel": "email", "when": "off", **fields})


@pytest.mark.django_db(transaction=True)
def test_two_choices_at_once(make: Make) -> None:
    reader = make.person()
    jobs = [
        lambda when=when: services.choose(actor=reader, topic="handoffs", channel="email", when=when)
        for when in ("off", "daily")
    ]
    hour = lambda: services.set_digest_hour(actor=reader, hour=9)  # noqa: E731  beside its like
    assert together(*jobs, hour, hour).count(None) == 2
    assert (Choice.objects.count(), Reach.objects.get().digest_hour) == (1, 9)


def test_the_page_shows_and_keeps_it(reader: Any, sign_in: Any) -> None:
    wish_for(reader, "handoffs", "chat", "daily")
    client = sign_in(reader)
    form = client.get("/notices/settings/").context["form"]
    shown = {name: field.initial for name, field in form.fields.items() if name != "digest_hour"}
    assert shown["handoffs-chat"] == "daily"
    assert shown["projects-email"] == "daily"
    sent = {**shown, "handoffs-email": "off", "gossip-app": "off", "digest_hour": "17"}
    answer = client.post("/notices/settings/", sent, follow=True)
    assert "Saved. It holds for what happens from now on." in answer.content.decode()
    chosen = set(Choice.objects.values_list("topic", "channel", "when"))
    assert chosen == {("handoffs", "chat", "daily"), ("handoffs", "email", "off"), ("gossip", "app", "off")}
    assert Reach.objects.get().digest_hour == 17
    assert Event.objects.filter(verb__startswith="notices.").count() == 2


def test_what_is_wrong_is_said_beside_its_field(reader: Any, sign_in: Any) -> None:
    client = sign_in(reader)
    form = client.get("/notices/settings/").context["form"]
    sent = {name: field.initial for name, field in form.fields.items()}
    answer = client.post("/notices/settings/", {**sent, "digest_hour": "25", "handoffs-app": "daily"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"handoffs-app", "digest_hour"}
    assert not Choice.objects.exists()


def test_my_page_leads_there(reader: Any, sign_in: Any) -> None:
    assert 'href="/notices/settings/"' in sign_in(reader).get("/me/").content.decode()
