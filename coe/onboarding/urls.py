from __future__ import annotations

from django.urls import path

from coe.onboarding import act_views, cohort_views, enrol_views, views

app_name = "onboarding"
_STEP = "onboarding/<int:pk>/steps/<slug:key>/"
urlpatterns = [
    path("onboarding/", views.home, name="home"),
    path("onboarding/enrol/", enrol_views.enrol, name="enrol"),
    path("onboarding/teams/new/", enrol_views.new_team, name="new_team"),
    path("onboarding/teams/<int:pk>/", enrol_views.team, name="team"),
    path("onboarding/teams/<int:pk>/edit/", enrol_views.edit_team, name="edit_team"),
    path("onboarding/cohorts/", cohort_views.overview, name="cohorts"),
    path("onboarding/cohorts/<slug:slug>/", cohort_views.cohort, name="cohort"),
    path("onboarding/<int:pk>/", views.enrolment, name="enrolment"),
    path("onboarding/<int:pk>/part/", views.part, name="part"),
    path("onboarding/<int:pk>/leave/", act_views.leave, name="leave"),
    path("onboarding/<int:pk>/shift/", act_views.shift, name="shift"),
    path("onboarding/<int:pk>/mentor/", act_views.mentor, name="mentor"),
    path(_STEP, views.step, name="step"),
    path(_STEP + "finish/", act_views.finish, name="finish"),
    path(_STEP + "undo/", act_views.undo, name="undo"),
    path(_STEP + "quiz/", act_views.quiz, name="quiz"),
    path(_STEP + "stuck/", act_views.stuck, name="stuck"),
    path(_STEP + "meet/", act_views.meet, name="meet"),
    path(_STEP + "waive/", act_views.waive, name="waive"),
]
