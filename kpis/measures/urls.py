from __future__ import annotations

from django.urls import path

from kpis.measures import binding_views, views

app_name = "measures"
_BINDING = "projects/<slug:slug>/kpis/<slug:key>/"
urlpatterns = [
    path("kpis/", views.kpis, name="kpis"),
    path("kpis/new/", views.kpi_new, name="kpi_new"),
    path("kpis/metrics/", views.metrics, name="metrics"),
    path("kpis/<slug:key>/edit/", views.kpi_edit, name="kpi_edit"),
    path("observations/import/", views.import_values, name="import"),
    path("projects/<slug:slug>/kpis/bind/", binding_views.bind, name="bind"),
    path(_BINDING, binding_views.binding, name="binding"),
    path(f"{_BINDING}edit/", binding_views.binding_edit, name="binding_edit"),
    path(f"{_BINDING}remove/", binding_views.remove, name="binding_remove"),
    path(f"{_BINDING}baseline/", binding_views.baseline, name="baseline"),
    path(f"{_BINDING}target/", binding_views.target, name="target"),
    path(f"{_BINDING}enter/", binding_views.enter, name="enter"),
    path(f"{_BINDING}correct/<int:pk>/", binding_views.correct, name="correct"),
]
