from typing import Any

from django.apps import AppConfig


def _may_triage(person: Any) -> bool:
    from coe.core import access

    return access.may(person, "tracking.triage")


class TrackingConfig(AppConfig):
    name = "projects.tracking"
    label = "tracking"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from coe.search import sources
        from projects.tracking import (
            arrivals,
            followups,
            onboarding_checks,  # noqa: F401  fills the registry of checks of paths
            rules,  # noqa: F401  fills the access registry and says the events
            search,
            telling,  # noqa: F401  says whom events are told
        )

        sources.register(search.EXPERIMENTS)
        sources.register(search.MODELS)
        followups.register("search", search.after_sync)
        # Before those of higher rooms, which take the marks off what was touched.
        followups.register("arrivals", arrivals.after_sync)
        rail_item("Models", "/models/", order=50)
        rail_item("Experiments", "/experiments/", order=60)
        rail_item("Sources", "/sources/", order=100, group="Centre")
        rail_item("Triage", "/triage/", order=110, group="Centre", allowed=_may_triage)
