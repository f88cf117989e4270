from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "projects.catalog"
    label = "catalog"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from projects.catalog import rules  # noqa: F401  fills the access registry and the sentences of events

        rail_item("Projects", "/projects/", order=40)
