"""What all tests share: the parts are started, and Django with them, before any test is imported."""

from __future__ import annotations

import os

import django
from django.conf import settings

from tests import parts

parts.embed()
# Tests make many people; how slowly a password is hashed is Django's own matter.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# pytest-django may have read the settings before the queue was named.
settings.CELERY_TASK_DEFAULT_QUEUE = os.environ.get("TASK_QUEUE", "celery")
django.setup()

pytest_plugins = ["tests.fixtures"]


def pytest_unconfigure() -> None:
    parts.end()
