from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ChecklistsConfig(AppConfig):
    name = "projects.checklists"
    label = "checklists"

    def ready(self) -> None:
        from projects.checklists import builtin, rules  # noqa: F401  rules fills the access registry and the sentences

        post_migrate.connect(builtin.after_migrate, sender=self)
