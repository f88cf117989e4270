from django.apps import AppConfig


class MentorsConfig(AppConfig):
    name = "coe.mentors"
    label = "mentors"

    def ready(self) -> None:
        from coe.mentors import rules  # noqa: F401  fills the access registry and the sentences of events
