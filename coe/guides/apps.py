from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "coe.guides"
    label = "guides"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from coe.guides import rules, search  # noqa: F401  rules fill the access registry and say the events
        from coe.search import sources

        sources.register(search.GUIDES)
        rail_item("Guides", "/guides/", order=70)
