from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "coe.mentoring"
    label = "mentoring"

    def ready(self) -> None:
        from coe.core import helpdesk
        from coe.core.context import rail_item
        from coe.mentoring import (
            desk,
            evidence,
            onboarding_checks,  # noqa: F401  fills the registry of checks of paths
            places,
            rules,  # noqa: F401  fills the access registry and the sentences of events
            search,
            telling,  # noqa: F401  says whom events are told
        )
        from coe.mentors import changed, load
        from coe.search import sources

        helpdesk.register(desk.DESK)
        changed.on_change(places.wake)
        load.register(places.held)
        evidence.register()
        sources.register(search.THREADS)
        rail_item("Mentoring", "/mentoring/", order=75)
