"""The API: one router, filled from each room's `api.routes`."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

router = DefaultRouter()
router.include_format_suffixes = False
extra: list[URLPattern] = []
for room in (
    "coe.accounts",
    "coe.search",
    "coe.guides",
    "coe.mentors",
    "coe.mentoring",
    "coe.notices",
    "coe.paths",
    "coe.onboarding",
    "projects.catalog",
    "projects.tracking",
    "projects.registry",
    "projects.checklists",
    "projects.handoffs",
    "projects.modelpages",
    "kpis.measures",
    "kpis.reports",
):
    api = import_module(f"{room}.api")
    for prefix, viewset in getattr(api, "routes", []):
        router.register(prefix, viewset, basename=f"api-{prefix}")
    extra += getattr(api, "urlpatterns", [])

urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
    *extra,
    *router.urls,
]
