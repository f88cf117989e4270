from __future__ import annotations

from django.urls import path

from coe.paths import draft_views, step_views, views

app_name = "paths"
urlpatterns = [
    path("paths/", views.library, name="library"),
    path("paths/new/", views.new, name="new"),
    path("paths/<slug:slug>/", views.path, name="path"),
    path("paths/<slug:slug>/editions/<int:number>/", views.path, name="edition"),
    path("paths/<slug:slug>/changes/", views.changes, name="changes"),
    path("paths/<slug:slug>/edit/", views.edit, name="edit"),
    path("paths/<slug:slug>/archive/", views.archive, name="archive"),
    path("paths/<slug:slug>/restore/", views.restore, name="restore"),
    path("paths/<slug:slug>/draft/", draft_views.draft, name="draft"),
    path("paths/<slug:slug>/draft/begin/", draft_views.begin, name="begin"),
    path("paths/<slug:slug>/draft/add/", step_views.add, name="add"),
    path("paths/<slug:slug>/draft/order/", draft_views.order, name="order"),
    path("paths/<slug:slug>/draft/steps/<slug:key>/", step_views.edit, name="edit_step"),
    path("paths/<slug:slug>/draft/steps/<slug:key>/remove/", step_views.remove, name="remove_step"),
    path("paths/<slug:slug>/draft/preview/", draft_views.preview, name="preview"),
    path("paths/<slug:slug>/draft/publish/", draft_views.publish, name="publish"),
    path("paths/<slug:slug>/draft/discard/", draft_views.discard, name="discard"),
]
