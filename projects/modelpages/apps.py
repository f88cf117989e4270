from django.apps import AppConfig


class ModelPagesConfig(AppConfig):
    name = "projects.modelpages"
    label = "modelpages"

    def ready(self) -> None:
        from coe.guides import about
        from projects.modelpages import kinds, rules  # noqa: F401  fills the access registry and the sentences of events

        about.register(kinds.PROJECT)
        about.register(kinds.MODEL)
