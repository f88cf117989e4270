from __future__ import annotations

from django.urls import path

from coe.guides import library_views as views

urlpatterns = [
    path("guides/", views.library, name="library"),
    path("guides/all/", views.documents, name="all"),
    path("guides/glossary/", views.glossary, name="glossary"),
]
