from __future__ import annotations

from django.urls import path

from projects.modelpages import mine_views, views

app_name = "modelpages"
# Some servers have slashes in the names of models.
ONE = "models/<slug:source>/<path:name>/"
urlpatterns = [
    path("models/mine/", mine_views.mine, name="mine"),
    path("models/mine/seen/", mine_views.seen, name="seen"),
    path(ONE + "guide/edit/", views.edit, name="edit"),
    path(ONE + "guide/confirm/", views.confirm, name="confirm"),
    path(ONE + "use/", views.use, name="use"),
    path(ONE + "card.md", views.model_card, name="card"),
]
