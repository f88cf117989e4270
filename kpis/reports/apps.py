from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "kpis.reports"
    label = "reports"

    def ready(self) -> None:
        from coe.core.context import rail_item

        rail_item("Home", "/", order=0)
        rail_item("Scoreboard", "/scoreboard/", order=10)
        rail_item("Compare", "/compare/", order=30)
