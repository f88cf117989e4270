from __future__ import annotations

from django.urls import path

from projects.checklists import draft_views, views

app_name = "checklists"
urlpatterns = [
    path("checklists/", views.checklists, name="checklists"),
    path("checklists/new/", views.new, name="new"),
    path("checklists/<slug:slug>/", views.checklist, name="checklist"),
    path("checklists/<slug:slug>/<int:number>/", views.checklist, name="edition"),
    path("checklists/<slug:slug>/diff/", views.diff, name="diff"),
    path("checklists/<slug:slug>/edit/", views.edit, name="edit"),
    path("checklists/<slug:slug>/archive/", views.archive, name="archive"),
    path("checklists/<slug:slug>/restore/", views.restore, name="restore"),
    path("checklists/<slug:slug>/draft/", draft_views.draft, name="draft"),
    path("checklists/<slug:slug>/draft/begin/", draft_views.begin, name="begin"),
    path("checklists/<slug:slug>/draft/add/", draft_views.add, name="add"),
    path("checklists/<slug:slug>/draft/groups/move/", draft_views.move_group, name="move_group"),
    path("checklists/<slug:slug>/draft/items/<slug:key>/", draft_views.edit_item, name="edit_item"),
    path("checklists/<slug:slug>/draft/items/<slug:key>/move/", draft_views.move_item, name="move_item"),
    path("checklists/<slug:slug>/draft/items/<slug:key>/remove/", draft_views.remove_item, name="remove_item"),
    path("checklists/<slug:slug>/draft/publish/", draft_views.publish, name="publish"),
    path("checklists/<slug:slug>/draft/discard/", draft_views.discard, name="discard"),
]
