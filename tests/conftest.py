"""What all tests share: the parts are started, and Django with them, before any test is imported."""

from __future__ import annotations

import os

import django
from django.apps import apps
from django.conf import settings
from django.db.models.signals import post_migrate

from tests import parts

parts.embed()
# Tests make many people; how slowly a password is hashed is Django's own matter.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# pytest-django may have read the settings before the queue was named.
settings.CELERY_TASK_DEFAULT_QUEUE = os.environ.get("TASK_QUEUE", "celery")
django.setup()
# Tests make the paths that they walk: those that come with Cairn are there in tests of their own alone.
post_migrate.disconnect(sender=apps.get_app_config("paths"), dispatch_uid="paths.builtin")

pytest_plugins = ["tests.fixtures"]


def pytest_unconfigure() -> None:
    parts.end()
