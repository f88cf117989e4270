from __future__ import annotations

from django.urls import path

from coe.mentoring import act_views, ask_views, centre_views, list_views, thread_views

app_name = "mentoring"
_ONE = "mentoring/<int:pk>/"
urlpatterns = [
    path("mentoring/", list_views.home, name="home"),
    path("mentoring/ask/", ask_views.ask, name="ask"),
    path("mentoring/answers/", ask_views.offered, name="answers"),
    path("mentoring/answers/served/", ask_views.serve, name="serve"),
    path("mentoring/answers/served/<int:pk>/", ask_views.served, name="served"),
    path("mentoring/preview/", ask_views.preview, name="preview"),
    path("mentoring/centre/", centre_views.centre, name="centre"),
    path(_ONE, thread_views.page, name="request"),
    path(_ONE + "messages/", thread_views.thread, name="messages"),
    path(_ONE + "files/<int:file_id>/", thread_views.file, name="file"),
    path(_ONE + "meetings/", thread_views.propose, name="propose"),
    path(_ONE + "meetings/<int:message_id>/", thread_views.meeting, name="meeting"),
    path(_ONE + "meetings/<int:message_id>/cancel/", act_views.cancel_meeting, name="cancel_meeting"),
    path(_ONE + "meetings/<int:message_id>.ics", thread_views.ics, name="ics"),
    path(_ONE + "why/", thread_views.why_page, name="why"),
    path(_ONE + "accept/", act_views.accept, name="accept"),
    path(_ONE + "decline/", act_views.decline, name="decline"),
    path(_ONE + "hand-over/", act_views.hand_over, name="hand_over"),
    path(_ONE + "resolve/", act_views.resolve, name="resolve"),
    path(_ONE + "reopen/", act_views.reopen, name="reopen"),
    path(_ONE + "rate/", act_views.rate, name="rate"),
    path(_ONE + "withdraw/", act_views.withdraw, name="withdraw"),
    path(_ONE + "change/", act_views.change, name="change"),
    path(_ONE + "guide/", act_views.guide, name="guide"),
    path(_ONE + "place/", act_views.place, name="place"),
]
