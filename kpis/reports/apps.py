from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "kpis.reports"
    label = "reports"
