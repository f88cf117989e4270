from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PathsConfig(AppConfig):
    name = "coe.paths"
    label = "paths"

    def ready(self) -> None:
        from coe.paths import (  # noqa: F401  they fill the registry of checks, the access registry, the sentences of events
            builtin,
            guide_checks,
            people_checks,
            rules,
        )
        from coe.paths.search import PATHS
        from coe.search import sources

        sources.register(PATHS)
        post_migrate.connect(builtin.after_migrate, sender=self, dispatch_uid="paths.builtin")
