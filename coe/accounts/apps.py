from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "coe.accounts"
    label = "accounts"

    def ready(self) -> None:
        from coe.accounts import rules  # noqa: F401  fills the access registry
