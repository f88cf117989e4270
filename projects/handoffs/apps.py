from django.apps import AppConfig


class HandoffsConfig(AppConfig):
    name = "projects.handoffs"
    label = "handoffs"

    def ready(self) -> None:
        from projects.handoffs import rules  # noqa: F401  fills the access registry and the sentences of events
