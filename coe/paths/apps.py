from django.apps import AppConfig


class PathsConfig(AppConfig):
    name = "coe.paths"
    label = "paths"

    def ready(self) -> None:
        from coe.paths import rules  # noqa: F401  fills the access registry and the sentences of events
