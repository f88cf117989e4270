"""What is answered where no view answers: problem details under `/api/`, a plain page elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from coe.core.api import PROBLEM, TITLES

Page = Callable[..., HttpResponse]


def _answer(status: int, page: Page) -> Page:
    def handler(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if request.path.startswith("/api/"):
            body = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": TITLES[status]}
            return JsonResponse(body, status=status, content_type=PROBLEM)
        return page(request) if status == 500 else page(request, exception)

    return handler


bad_request = _answer(400, defaults.bad_request)
permission_denied = _answer(403, defaults.permission_denied)
not_found = _answer(404, defaults.page_not_found)
server_error = _answer(500, defaults.server_error)
