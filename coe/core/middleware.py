from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from coe.core.errors import Refused

log = structlog.get_logger("cairn.request")
Next = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """One log line a request, and a request id that the answer carries and all its log lines share."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        request_id = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        if not request.path.startswith(("/static/", "/healthz", "/readyz")):
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
                person=getattr(getattr(request, "user", None), "pk", None),
            )
        return response


class ReaderTimezone:
    """Shows times in the reader's own time zone."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        if "_auth_user_id" in request.session and (name := getattr(request.user, "timezone", "")):
            try:
                timezone.activate(ZoneInfo(name))
            except (ZoneInfoNotFoundError, ValueError):
                log.warning("timezone.unknown", name=name)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


class PlainErrors:
    """Turns the errors of verbs and queries into answers, in one place: what may not be known of is 404, what may not
    be done 403.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ObjectDoesNotExist | Http404):
            sentence = str(error) if isinstance(error, Http404) and not isinstance(error, ObjectDoesNotExist) else ""
            return render(request, "404.html", {"sentence": sentence}, status=404)
        if isinstance(error, PermissionDenied):
            return render(request, "403.html", status=403)
        if isinstance(error, Refused):
            return render(request, "409.html", {"sentence": error.message}, status=409)
        if isinstance(error, ValidationError):
            return render(
                request,
                "400.html",
                {"sentence": " ".join(_as_sentence(message) for message in error.messages)},
                status=400,
            )
        return None
