"""Typed readers of settings from the environment: a bad or missing value stops the start with one line."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")
_REQUIRED = object()


class BadSetting(SystemExit):
    """Ends the process with exit code 2 and one line on standard error."""

    def __init__(self, name: str, rule: str) -> None:
        self.line = f"Setting {name}: {rule}"
        super().__init__(2)
        # SystemExit prints its code only when it is a string; a string would exit with 1.
        os.write(2, (self.line + "\n").encode())


class Env:
    """Reads settings from `values` (the process environment unless a test gives another mapping)."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = os.environ if values is None else values

    def _read(self, name: str, default: T | object, parse: Callable[[str], T], rule: str, *, show: bool = True) -> T:
        raw = self.values.get(name, "").strip()
        if not raw:
            if default is _REQUIRED:
                raise BadSetting(name, f"is missing; {rule}")
            return default  # type: ignore[return-value]  # every reader passes a T or _REQUIRED
        try:
            return parse(raw)
        except (ValueError, KeyError):
            raise BadSetting(name, f"{rule}, not {raw[:60]!r}" if show else rule) from None

    def text(self, name: str, default: str | object = _REQUIRED) -> str:
        return self._read(name, default, str, "must be text")

    def secret(self, name: str, *, least: int, default: str | object = _REQUIRED) -> str:
        """Like `text`, of at least `least` characters; its value is never repeated in the error."""
        value = self._read(name, default, str, f"must be a secret of at least {least} characters")
        if len(value) < least:
            raise BadSetting(name, f"must be a secret of at least {least} characters, this one has {len(value)}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        return self._read(name, default, lambda raw: words[raw.lower()], "must be true or false")

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
        def parse(raw: str) -> int:
            if not least <= (number := int(raw)) <= most:
                raise ValueError(raw)
            return number

        return self._read(name, default, parse, f"must be a whole number from {least} to {most}")

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        parts = self._read(name, list(default), lambda raw: raw.split(","), "must be words with commas between")
        return [part.strip() for part in parts if part.strip()]

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        return self._read(
            name, default, lambda raw: {c: c for c in choices}[raw], f"must be one of {', '.join(choices)}"
        )

    def url(self, name: str, schemes: tuple[str, ...], default: str | object = _REQUIRED) -> str:
        def parse(raw: str) -> str:
            parts = urlsplit(raw)
            # Reading the port raises when it is no number.
            if parts.scheme not in schemes or parts.port == 0:
                raise ValueError(raw)
            return raw

        begins = " or ".join(f"{scheme}://" for scheme in schemes)
        # A URL may hold a password, so it is not repeated.
        return self._read(name, default, parse, f"must be a URL that begins with {begins}", show=False)

    def fernet_keys(self, name: str) -> list[str]:
        """One or more Fernet keys (32 bytes in URL-safe base64) with commas between; never repeated in the error."""
        rule = "must be one or more Fernet keys with commas between, newest first"
        keys = [key.strip() for key in self._read(name, _REQUIRED, str, rule).split(",") if key.strip()]
        for key in keys:
            try:
                good = len(base64.urlsafe_b64decode(key)) == 32
            except ValueError:
                good = False
            if not good:
                raise BadSetting(name, rule)
        return keys

    def database(self, name: str) -> dict[str, object]:
        """A Django database entry out of `postgresql://user:password@host:port/name` (or `?host=/socket/folder`)."""
        parts = urlsplit(self.url(name, ("postgresql", "postgres")))
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        if not parts.path.strip("/"):
            raise BadSetting(name, "must name a database after the host, as in postgresql://host/cairn")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or query.pop("user", "")),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.pop("host", parts.hostname or "")),
            "PORT": str(parts.port or query.pop("port", "")),
            "OPTIONS": {key: unquote(value) for key, value in query.items()},
        }
