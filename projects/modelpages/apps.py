from django.apps import AppConfig


class ModelPagesConfig(AppConfig):
    name = "projects.modelpages"
    label = "modelpages"

    def ready(self) -> None:
        from coe.guides import about
        from coe.search import sources
        from projects.modelpages import kinds, rules, search  # noqa: F401  rules fill the registry, say the events
        from projects.tracking import followups

        sources.register(search.MODEL_GUIDES)
        followups.register("search.model_guides", search.after_sync)
        about.register(kinds.PROJECT)
        about.register(kinds.MODEL)
