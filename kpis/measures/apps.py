from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "kpis.measures"
    label = "measures"

    def ready(self) -> None:
        from coe.core import access
        from coe.core.context import rail_item
        from coe.search import sources
        from kpis.measures import (  # noqa: F401  they register what they hold
            handoff_checks,
            onboarding_checks,
            rules,
            search,
            telling,
            touched,
        )
        from kpis.measures.model_figures import figures_of_models
        from projects.modelpages import figures
        from projects.tracking import followups

        sources.register(search.KPIS)
        followups.register("measures", touched.gather_source)
        figures.register("measures", figures_of_models)
        rail_item("KPIs", "/kpis/", order=20)
        rail_item(
            "Metric names",
            "/kpis/metrics/",
            order=120,
            group="Centre",
            allowed=lambda person: access.may(person, "metric.map"),
        )
