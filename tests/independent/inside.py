"""The portal's API from inside of a test, with the manners of a `requests` session."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rest_framework.test import APIClient


class Answer:
    def __init__(self, response: Any) -> None:
        self.response = response

    def raise_for_status(self) -> None:
        assert self.response.status_code == 200, (self.response.status_code, self.response.content[:500])

    def json(self) -> Any:
        return self.response.json()


class Inside:
    """Sends GET requests to the site in this process, in the test's own transaction."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def get(self, url: str, params: dict[str, Any] | None = None, timeout: float = 0) -> Answer:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return Answer(self.client.get(path, params) if params else self.client.get(path))
