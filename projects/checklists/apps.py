from django.apps import AppConfig


class ChecklistsConfig(AppConfig):
    name = "projects.checklists"
    label = "checklists"

    def ready(self) -> None:
        from projects.checklists import rules  # noqa: F401  fills the access registry and the sentences of events
