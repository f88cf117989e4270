"""Structured logs: one JSON object a line on standard error (or coloured lines while developing)."""

from __future__ import annotations

import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "credential")


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blanks values whose key names a secret, however deep, whoever logged them."""
    return {key: _shown(key, value) for key, value in event.items()}


def _shown(key: object, value: Any) -> Any:
    if any(word in str(key).lower() for word in _SECRET_WORDS):
        return "[hidden]"
    if isinstance(value, dict):
        return {inner: _shown(inner, each) for inner, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown("", each) for each in value]
    return value


def logging_config(*, level: str, as_json: bool) -> dict[str, Any]:
    """A `logging.config` dictionary that sends everything through structlog's formatter."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    final: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, final],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        # The request log of our own says the same with more.
        "loggers": {"django.server": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
    }


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG hook: sets up the standard library's logging and structlog on top of it."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
