from __future__ import annotations

from django.urls import path

from coe.mentors import act_views, edit_views, views

app_name = "mentors"
urlpatterns = [
    path("mentors/", views.mentors, name="mentors"),
    path("mentors/begin/", views.begin, name="begin"),
    path("mentors/<int:person_id>/", views.mentor, name="mentor"),
    path("mentors/<int:person_id>/edit/", edit_views.edit, name="edit"),
    path("mentors/<int:person_id>/skills/", edit_views.skills, name="skills"),
    path("mentors/<int:person_id>/hours/", edit_views.hours, name="hours"),
    path("mentors/<int:person_id>/away/", act_views.away, name="away"),
    path("mentors/<int:person_id>/away/<int:away_id>/remove/", act_views.remove_away, name="remove_away"),
    path("mentors/<int:person_id>/pause/", act_views.pause, name="pause"),
    path("mentors/<int:person_id>/resume/", act_views.resume, name="resume"),
    path("mentors/<int:person_id>/stop/", act_views.stop, name="stop"),
    path("mentors/<int:person_id>/return/", act_views.return_, name="return"),
]
