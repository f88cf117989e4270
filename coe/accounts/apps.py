from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "coe.accounts"
    label = "accounts"

    def ready(self) -> None:
        from coe.accounts import rules  # noqa: F401  fills the access registry and the sentences of events
        from coe.core.context import rail_item

        rail_item("Units", "/units/", order=130, group="Centre")
        rail_item("People", "/people/", order=140, group="Centre")
