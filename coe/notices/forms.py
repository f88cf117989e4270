from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from coe.core import telling
from coe.core.telling import Topic
from coe.notices import chat
from coe.notices.inbox import STATES
from coe.notices.models import Channel, When
from coe.notices.wishes import Reader

_AT = {hour: f"{hour:02}:00" for hour in range(24)}


class InboxFilter(forms.Form):
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *STATES])
    topic = forms.ChoiceField(label="About", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        topic = self.fields["topic"]
        if isinstance(topic, forms.ChoiceField):
            topic.choices = [("", "Everything"), *((one.key, one.label) for one in telling.topics())]


@dataclass(frozen=True)
class TopicFields:
    """A topic with its field for each channel."""

    topic: Topic
    fields: list[forms.BoundField]


class ChoicesForm(forms.Form):
    """When each kind of news reaches the person through each channel, and the hour of the digest."""

    digest_hour = forms.TypedChoiceField(label="Hour of the daily digest", coerce=int, choices=list(_AT.items()))

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, initial={"digest_hour": reader.digest_hour})
        for topic in telling.topics():
            for channel in Channel:
                choices = [choice for choice in When.choices if channel != Channel.APP or choice[0] != When.DAILY]
                self.fields[f"{topic.key}-{channel.value}"] = forms.ChoiceField(
                    label=channel.label, choices=choices, initial=reader.wish(topic.key, channel)
                )

    def topics(self) -> Iterator[TopicFields]:
        for topic in telling.topics():
            yield TopicFields(topic, [self[f"{topic.key}-{channel.value}"] for channel in Channel])

    def choices(self) -> dict[tuple[str, str], str]:
        """What was chosen, by (topic, channel)."""
        return {
            (topic.key, channel.value): self.cleaned_data[f"{topic.key}-{channel.value}"]
            for topic in telling.topics()
            for channel in Channel
        }


class ChatForm(forms.Form):
    url = forms.CharField(
        label="Address of the webhook",
        max_length=chat.LONGEST_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text="In Slack: make an app for yourself, switch on “Incoming Webhooks”, and copy the address it gives. "
        "It is kept encrypted and never shown again.",
    )
