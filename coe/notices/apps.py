from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "coe.notices"
    label = "notices"

    def ready(self) -> None:
        from coe.core import stream
        from coe.notices import (
            hearing,
            letters,  # noqa: F401  sends the outbox's letters
            telling,  # noqa: F401  fills the registry of what is told, and the sentences of events
        )

        stream.consumer("notices", hearing.hear, wants=hearing.wants)
