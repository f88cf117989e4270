from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ChecklistsConfig(AppConfig):
    name = "projects.checklists"
    label = "checklists"

    def ready(self) -> None:
        from coe.core.context import rail_item

        # Each fills a registry: the checks, the access rules and the sentences of events.
        from projects.checklists import (  # noqa: F401  they fill the registry of checks, the access registry and the sentences of events
            builtin,
            builtin_checks,
            metric_checks,
            rules,
        )

        post_migrate.connect(builtin.after_migrate, sender=self)
        rail_item("Checklists", "/checklists/", order=105, group="Centre")
