from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "projects.tracking"
    label = "tracking"

    def ready(self) -> None:
        from projects.tracking import rules  # noqa: F401  fills the access registry and the sentences of events
