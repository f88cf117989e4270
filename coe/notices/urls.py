from __future__ import annotations

from django.urls import path

from coe.notices import settings_views, views

app_name = "notices"
urlpatterns = [
    path("notices/", views.inbox, name="inbox"),
    path("notices/unread/", views.unread, name="unread"),
    path("notices/read/", views.read, name="read"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/settings/", settings_views.choices, name="settings"),
    path("notices/settings/chat/", settings_views.set_chat, name="set_chat"),
    path("notices/settings/chat/remove/", settings_views.remove_chat, name="remove_chat"),
    path("notices/settings/chat/test/", settings_views.try_chat, name="try_chat"),
    path("notices/unsubscribe/<str:token>/", settings_views.unsubscribe, name="unsubscribe"),
]
