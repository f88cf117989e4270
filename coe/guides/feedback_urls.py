from __future__ import annotations

from django.urls import path

from coe.guides import feedback_views as views

urlpatterns = [
    path("feedback/", views.feedback_list, name="feedback_list"),
    path("feedback/give/", views.give, name="give_feedback"),
    path("feedback/<int:pk>/", views.feedback, name="feedback"),
    path("feedback/<int:pk>/answer/", views.answer, name="answer_feedback"),
    path("feedback/<int:pk>/reopen/", views.reopen, name="reopen_feedback"),
    path("feedback/<int:pk>/withdraw/", views.withdraw, name="withdraw_feedback"),
]
