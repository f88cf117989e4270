from __future__ import annotations

from django.urls import path

from projects.starting import views

app_name = "starting"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("start/<slug:slug>/", views.started, name="started"),
    path("start/<slug:slug>/runs/", views.runs, name="runs"),
    path("start/<slug:slug>/look/", views.look, name="look"),
]
