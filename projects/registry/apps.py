from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "projects.registry"
    label = "registry"

    def ready(self) -> None:
        from projects.catalog import timelines
        from projects.registry import (
            deliveries,
            drift,
            orders,  # noqa: F401  handles the outbox entries of orders
            rules,  # noqa: F401  fills the access registry and the sentences of events
            telling,  # noqa: F401  says whom events are told
        )
        from projects.registry.queries import alias_events
        from projects.tracking import followups

        followups.register("registry.after_sync", drift.after_sync)
        timelines.register("registry", alias_events)
        followups.register("registry.forget_deliveries", deliveries.forget_old)
