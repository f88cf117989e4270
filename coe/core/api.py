"""The API's manners: problem details (RFC 9457), ETags. Forms of answers: `coe.core.api_forms`."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar, cast

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import exception_handler

from coe.core import access
from coe.core.errors import Refused

PROBLEM = "application/problem+json"
TITLES = {
    400: "The input is not valid",
    401: "Sign in, or send a token",
    403: "You may not do that",
    404: "There is nothing here",
    405: "This cannot be done here",
    406: "The answer cannot be given in that form",
    409: "That cannot be done now",
    415: "Send JSON",
    429: "Too many requests",
    500: "Something broke on our side",
}


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error becomes {type, title, status, detail, errors: {field: [rules]}}."""
    # What a refusal has to tell beyond its sentence.
    more: dict[str, Any] = getattr(error, "problem", {})
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(as_serializer_error(error))
    elif isinstance(error, Refused):
        conflict = exceptions.APIException(error.message)
        conflict.status_code = 409
        error = conflict
    elif isinstance(error, ObjectDoesNotExist):
        error = Http404()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(response.status_code, "Error"),
        "status": response.status_code,
        **more,
    }
    if isinstance(error, exceptions.ValidationError):
        errors = response.data
        body["errors"] = errors if isinstance(errors, dict) else {"non_field_errors": errors}
        body["detail"] = "; ".join(_lines(body["errors"]))
    else:
        body["detail"] = str(response.data.get("detail", "")) if isinstance(response.data, dict) else str(response.data)
    response.data = body
    response.content_type = PROBLEM
    return response


def _lines(errors: Any, path: str = "") -> list[str]:
    if isinstance(errors, dict):
        return [line for key, value in errors.items() for line in _lines(value, f"{path}.{key}" if path else str(key))]
    if isinstance(errors, list):
        return [line for value in errors for line in _lines(value, path)]
    return [f"{path}: {errors}" if path and path != "non_field_errors" else str(errors)]


class AccessFirst:
    """Decides access before it looks at the input: whoever may not do a thing learns nothing from how it is refused.

    `access_first` names the rule of each writing action. An action on one object asks about `access_subject` of it,
    which whoever may not know of it does not find (404).
    """

    access_first: ClassVar[dict[str, str]] = {}

    def access_subject(self, obj: Any) -> Any:
        """What the rule is asked about."""
        return obj

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # the view's own
        view = cast(Any, self)
        action = self.access_first.get(view.action or "") if request.method not in SAFE_METHODS else None
        if action:
            subject = self.access_subject(view.get_object()) if view.detail else None
            access.require(request.user, action, subject)


class EtagMixin:
    """Answers reads with an ETag over the body, and 304 to whoever has it already."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]  # the view's own
        # A file or a text that is not made of data has none.
        data = getattr(response, "data", None)
        if request.method not in ("GET", "HEAD") or response.status_code != 200 or data is None:
            return response
        # The same data as another media type is another representation.
        body = json.dumps([request.accepted_media_type, data], sort_keys=True, default=str).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Authorization", "Cookie", "Accept"])
        conditional: Any = get_conditional_response(request._request, etag=etag, response=response)
        if conditional is None or conditional is response:
            return response
        for name in ("ETag", "Cache-Control", "Vary"):
            conditional[name] = response[name]
        return cast(Response, conditional)
