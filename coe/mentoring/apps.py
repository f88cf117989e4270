from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "coe.mentoring"
    label = "mentoring"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from coe.mentoring import rules  # noqa: F401  fills the access registry and the sentences of events

        rail_item("Mentoring", "/mentoring/", order=75)
