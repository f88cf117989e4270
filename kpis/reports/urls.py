from __future__ import annotations

from django.urls import path

from kpis.reports import explain_views, kpi_views, views

app_name = "reports"
urlpatterns = [
    path("", views.home, name="home"),
    path("scoreboard/", views.scoreboard, name="scoreboard"),
    path("scoreboard/<slug:slug>/", views.scoreboard_unit, name="scoreboard_unit"),
    path("kpis/<slug:key>/", kpi_views.kpi, name="kpi"),
    path("compare/", kpi_views.compare, name="compare"),
    path("explain/project/<slug:slug>/<slug:key>/", explain_views.explain_project, name="explain_project"),
    path("explain/unit/<slug:slug>/<str:key>/", explain_views.explain_unit, name="explain_unit"),
]
