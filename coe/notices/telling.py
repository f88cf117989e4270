"""What this room itself tells: that a mail or a chat no longer takes what Cairn sends; and how its events read."""

from __future__ import annotations

from collections.abc import Iterable

from coe.core import events, telling
from coe.core.models import Event
from coe.core.telling import News
from coe.notices.letters import DELIVERY

# By mail it would mostly follow what could not be delivered.
telling.topic(
    DELIVERY,
    "Delivery",
    about="Your mail server or your chat did not take what Cairn sent.",
    order=990,
    email="off",
)


@telling.tell("notices.undelivered")
def undelivered(event: Event) -> Iterable[News]:
    """To whom it should have reached."""
    if event.facts["is_refused"]:
        text = f"Your chat refused a message, so nothing more is posted there. {event.facts['problem']}"
    elif event.facts["channel"] == "chat":
        text = f"A message to your chat could not be delivered. {event.facts['problem']}"
    else:
        text = f"A mail to you could not be delivered. {event.facts['problem']}"
    about = (event.subject_type_id, event.subject_id)
    thread = f"delivery:{event.facts['channel']}"
    yield News(DELIVERY, text, [event.subject_id], about, "/notices/settings/", thread)


events.sentence("notices.undelivered", "could not be reached by {channel}: {problem}")
events.sentence("notices.chosen", lambda facts: "chose how to hear of " + ", ".join(facts.get("topics", [])))
events.sentence("notices.hour_set", "wants the daily digest at {hour}:00")
events.sentence("notices.chat_set", "wants notices in a chat at {host}")
events.sentence("notices.chat_removed", "wants no more notices in the chat at {host}")
events.sentence("notices.unsubscribed", "wants no more mails about {topic}")
