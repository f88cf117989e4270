from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from rest_framework.request import Request

from coe.accounts.models import Person


class PersonRequest(HttpRequest):
    """For types: the request of a view behind `signed_in`."""

    user: Person


def caller(request: Request) -> Person:
    """Who calls the API. (While the schema is made nobody does, and `visible_to` gives nobody nothing.)"""
    return cast(Person, request.user)
