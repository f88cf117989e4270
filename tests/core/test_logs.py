from __future__ import annotations

import json
import logging
import logging.config

import pytest
import structlog

from coe.logs import hide_secrets, logging_config


@pytest.mark.parametrize(
    "key", ["password", "API_TOKEN", "client_secret", "Authorization", "set_cookie", "credentials"]
)
def test_values_under_a_secret_name_are_blanked(key):
    assert hide_secrets(None, "info", {key: "hunter2", "event": "x"}) == {key: "[hidden]", "event": "x"}


def test_values_within_values_are_blanked_too():
    event = {"event": "x", "request": {"headers": [{"Authorization": "hunter2"}], "path": "/"}}
    assert hide_secrets(None, "info", event) == {
        "event": "x",
        "request": {"headers": [{"Authorization": "[hidden]"}], "path": "/"},
    }


def test_one_json_object_a_line(capsys):
    formatter = logging_config(level="INFO", as_json=True)["formatters"]["lines"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
    )
    record = logging.LogRecord("django.db", logging.WARNING, __file__, 1, "line %s\nbreak", ("one",), None)
    lines = formatter.format(record).splitlines()
    assert len(lines) == 1
    said = json.loads(lines[0])
    assert said["event"] == "line one\nbreak"
    assert (said["level"], said["logger"]) == ("warning", "django.db")
    assert said["timestamp"].endswith("Z")
