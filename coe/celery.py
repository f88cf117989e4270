"""Celery: thin tasks that load by id and call a verb.

Losing or doubling a task does no harm: rows are claimed in the database.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")

app = Celery("cairn")


@setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Django has set up structured logs already; connecting here stops Celery from replacing them."""


app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
