from __future__ import annotations

from django.urls import path

from projects.tracking import mirror_views, triage_views, views

app_name = "tracking"
urlpatterns = [
    path("sources/", views.sources, name="sources"),
    path("sources/new/", views.new_source, name="new_source"),
    path("sources/<slug:name>/", views.source, name="source"),
    path("sources/<slug:name>/edit/", views.edit_source, name="edit_source"),
    path("sources/<slug:name>/sync/", views.sync_now, name="sync_now"),
    path("sources/<slug:name>/syncs/<int:pk>/", views.sync, name="sync"),
    path("experiments/", mirror_views.experiments, name="experiments"),
    path("experiments/<slug:source>/<str:experiment_id>/", mirror_views.experiment, name="experiment"),
    path("experiments/<slug:source>/<str:experiment_id>/link/", triage_views.link_experiment, name="link_experiment"),
    path("runs/<slug:source>/<str:run_id>/", mirror_views.run, name="run"),
    path("models/", mirror_views.models, name="models"),
    # Some servers (Unity Catalog behind a proxy) have slashes in the names of models.
    path("models/<slug:source>/<path:name>/link/", triage_views.link_model, name="link_model"),
    path("models/<slug:source>/<path:name>/versions/", mirror_views.versions, name="versions"),
    path("models/<slug:source>/<path:name>/", mirror_views.model, name="model"),
    path("triage/", triage_views.triage, name="triage"),
]
