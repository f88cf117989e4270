from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "coe.guides"
    label = "guides"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from coe.guides import (
            rules,  # noqa: F401  fills the access registry and says the events
            search,
            telling,  # noqa: F401  says whom events are told
        )
        from coe.search import sources

        sources.register(search.GUIDES)
        rail_item("Guides", "/guides/", order=70)
