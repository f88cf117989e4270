from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "projects.registry"
    label = "registry"

    def ready(self) -> None:
        from projects.registry import rules  # noqa: F401  fills the access registry and the sentences of events
