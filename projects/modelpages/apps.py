from django.apps import AppConfig


class ModelPagesConfig(AppConfig):
    name = "projects.modelpages"
    label = "modelpages"

    def ready(self) -> None:
        from coe.guides import about
        from coe.search import sources
        from projects.catalog import timelines
        from projects.modelpages import (  # noqa: F401  they fill the registries of checks and of access
            handoff_check,
            kinds,
            onboarding_checks,
            report_check,
            rules,
            search,
            telling,
        )
        from projects.modelpages.changes import guide_events
        from projects.tracking import followups

        sources.register(search.MODEL_GUIDES)
        followups.register("search.model_guides", search.after_sync)
        timelines.register("modelpages", guide_events)
        about.register(kinds.PROJECT)
        about.register(kinds.MODEL)
