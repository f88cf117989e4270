from __future__ import annotations

from django.urls import path

from projects.catalog import edit_view, views

app_name = "catalog"
urlpatterns = [
    path("projects/", views.projects, name="projects"),
    path("projects/new/", views.new, name="new_project"),
    path("projects/<slug:slug>/", views.project, name="project"),
    path("projects/<slug:slug>/edit/", edit_view.edit, name="edit_project"),
    path("projects/<slug:slug>/move/", views.move, name="move"),
    path("projects/<slug:slug>/members/", views.members, name="members"),
    path("projects/<slug:slug>/members/<int:member_id>/remove/", views.remove_member, name="remove_member"),
    path("projects/<slug:slug>/status/", views.status, name="status"),
    path("projects/<slug:slug>/timeline/", views.timeline, name="timeline"),
]
