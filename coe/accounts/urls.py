from __future__ import annotations

from django.urls import path

from coe.accounts import me_views, unit_views, views

app_name = "accounts"
urlpatterns = [
    path("me/", me_views.me, name="me"),
    path("me/time-zone/", me_views.set_timezone, name="set_timezone"),
    path("me/tokens/", me_views.new_token, name="new_token"),
    path("me/tokens/<str:key>/revoke/", me_views.revoke_token, name="revoke_token"),
    path("me/sessions/end/", me_views.end_sessions, name="end_sessions"),
    path("people/", views.people, name="people"),
    path("people/new/", views.new_person, name="new_person"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/edit/", views.edit_person, name="edit_person"),
    path("people/<int:pk>/deactivate/", views.deactivate, name="deactivate_person"),
    path("people/<int:pk>/reactivate/", views.reactivate, name="reactivate_person"),
    path("people/<int:pk>/roles/", views.grant, name="grant_role"),
    path("people/<int:pk>/roles/<int:grant_id>/revoke/", views.revoke, name="revoke_grant"),
    path("units/", unit_views.units, name="units"),
    path("units/new/", unit_views.new_unit, name="new_unit"),
    path("units/<slug:slug>/", unit_views.unit, name="unit"),
    path("units/<slug:slug>/edit/", unit_views.edit_unit, name="edit_unit"),
]
