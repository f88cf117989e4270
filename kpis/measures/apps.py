from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "kpis.measures"
    label = "measures"

    def ready(self) -> None:
        from kpis.measures import rules  # noqa: F401  fills the access registry and the sentences of events
