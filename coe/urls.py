"""Where everything is. Each room's `urls.py` says its own pages; `api_urls.py` gathers the API."""

from __future__ import annotations

from django.urls import include, path

from coe.core import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("coe.accounts.sign_in_urls")),
    path("", include("coe.accounts.urls")),
    path("", include("coe.search.urls")),
    path("", include("coe.guides.urls")),
    path("", include("coe.mentors.urls")),
    path("", include("coe.mentoring.urls")),
    path("", include("coe.notices.urls")),
    path("", include("coe.paths.urls")),
    path("", include("coe.onboarding.urls")),
    path("", include("projects.catalog.urls")),
    # Before tracking: a model's name may have slashes, so its own page takes any address that is left.
    path("", include("projects.modelpages.urls")),
    path("", include("projects.tracking.urls")),
    path("", include("projects.registry.hook_urls")),
    path("", include("projects.registry.urls")),
    path("", include("projects.checklists.urls")),
    path("", include("projects.handoffs.urls")),
    path("", include("projects.starting.urls")),
    path("", include("kpis.measures.urls")),
    path("", include("kpis.reports.urls")),
    path("api/v1/", include("coe.api_urls")),
]

handler400 = "coe.core.error_pages.bad_request"
handler403 = "coe.core.error_pages.permission_denied"
handler404 = "coe.core.error_pages.not_found"
handler500 = "coe.core.error_pages.server_error"
