from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "coe.guides"
    label = "guides"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from coe.guides import rules  # noqa: F401  fills the access registry and the sentences of events

        rail_item("Guides", "/guides/", order=70)
