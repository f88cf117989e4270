from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "coe.onboarding"
    label = "onboarding"

    def ready(self) -> None:
        from coe.core import stream
        from coe.core.context import rail_item
        from coe.onboarding import (
            hearing,
            mentor_checks,  # noqa: F401  fills the registry of checks of paths
            people,
            rules,  # noqa: F401  fills the access registry and the sentences of events
            telling,  # noqa: F401  says which events tell whom
        )
        from coe.paths import people as on_paths

        stream.consumer("onboarding", hearing.handle, wants=hearing.wants)
        on_paths.register(people.on_paths)
        rail_item("Onboarding", "/onboarding/", order=72)
