from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "coe.onboarding"
    label = "onboarding"

    def ready(self) -> None:
        from coe.onboarding import rules  # noqa: F401  fills the access registry and the sentences of events
