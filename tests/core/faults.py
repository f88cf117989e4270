"""A site whose every page fails in another way: see test_error_pages.py."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.urls import path
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny

from coe.core.errors import Refused, invalid
from coe.urls import handler400, handler403, handler404, handler500
from coe.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAULTS: dict[str, Exception] = {
    "missing": ObjectDoesNotExist("Project matching query does not exist."),
    "no-date": Http404("as_of must be a date like 2026-09-30"),
    "forbidden": PermissionDenied("project.edit"),
    "refused": Refused("Somebody moved it to pilot meanwhile."),
    "invalid": invalid("slug", "must be lower case"),
    "suspicious": SuspiciousOperation("a host that is not ours"),
    "broken": RuntimeError("the password is hunter2"),
}


def page(request: Any, fault: str) -> NoReturn:
    raise FAULTS[fault]


@api_view(["GET"])
@permission_classes([AllowAny])
def api(request: Any, fault: str) -> NoReturn:
    raise FAULTS[fault]


urlpatterns = [path("faults/<fault>", page), path("api/faults/<fault>", api), *site]
