from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "projects.registry"
    label = "registry"

    def ready(self) -> None:
        from projects.registry import (
            deliveries,
            drift,
            orders,  # noqa: F401  handles the outbox entries of orders
            rules,  # noqa: F401  fills the access registry and the sentences of events
        )
        from projects.tracking import followups

        followups.register("registry.after_sync", drift.after_sync)
        followups.register("registry.forget_deliveries", deliveries.forget_old)
