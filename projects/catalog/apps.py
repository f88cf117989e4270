from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "projects.catalog"
    label = "catalog"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from coe.search import sources
        from projects.catalog import rules, search  # noqa: F401  rules fill the access registry and say the events

        sources.register(search.PROJECTS)
        rail_item("Projects", "/projects/", order=40)
