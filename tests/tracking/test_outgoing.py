"""Addresses that people type: private ones are refused when the connection is made, redirects are not followed."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from coe.core import outgoing, secrets
from projects.tracking.mlflow import Fault, Gateway, GatewayError
from tests.tracking import lying
from tests.tracking.lying import Liar

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:a00:1::",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert outgoing.is_public(address)


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.7", "::1"])
def test_a_public_name_that_leads_to_a_private_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def resolved(*args: Any, **kwargs: Any) -> Any:
        return [(family, socket.SOCK_STREAM, 6, "", (address, 80))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(GatewayError, match="private address") as refused:
        Gateway("http://mlflow.example.com").check()
    assert refused.value.fault is Fault.ADDRESS


def test_only_what_is_allowed_exactly(settings: Any, liar: Liar) -> None:
    port = liar.url.rsplit(":", 1)[1]
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1:1", "*", "0.0.1"]
    with pytest.raises(GatewayError, match="private address"):
        Gateway(liar.url).check()
    settings.PRIVATE_HOSTS_ALLOWED = [f"127.0.0.1:{port}"]
    Gateway(liar.url).check()


@pytest.mark.parametrize("url", ["ftp://example.com", "file:///etc/passwd", "http://", "http://example.com:99999"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(GatewayError):
        Gateway(url)


def test_a_redirect_is_not_followed(liar: Liar) -> None:
    liar.lies["experiments"] = lying.redirect
    with pytest.raises(GatewayError, match="another address"):
        Gateway(liar.url).check()
    assert len(liar.asked) == 1


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(GatewayError, match="no server by the name"):
        Gateway("http://mlflow.invalid").check()


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(GatewayError, match="does not answer on port"):
            Gateway(f"http://127.0.0.1:{taken.getsockname()[1]}", attempts=1).check()


@pytest.mark.parametrize(
    ("status", "body", "sentence", "field"),
    [
        (401, b"no", "does not accept these credentials", "secret"),
        (403, b"no", "does not let them read", "secret"),
        (403, b"Invalid Host header", "does not answer to this name", "secret"),
        (404, b"<h1>nothing</h1>", "not as an MLflow server does", "url"),
        (200, b"[]", "not as an MLflow server does", "url"),
        (200, b'{"experiments": 3}', "not as an MLflow server does", "url"),
    ],
)
def test_what_is_wrong_is_said_in_words(liar: Liar, status: int, body: bytes, sentence: str, field: str) -> None:
    liar.lies["experiments"] = lambda asked: (status, body, {})
    with pytest.raises(GatewayError, match=sentence) as error:
        Gateway(liar.url).check()
    assert error.value.form_field == field


@pytest.mark.parametrize(
    ("auth", "expected"), [("basic", "Basic YW5uYTpzM2NyZXQ="), ("bearer", "Bearer s3cret"), ("none", None)]
)
def test_sign_in_and_workspace(liar: Liar, auth: str, expected: str | None) -> None:
    seen: list[dict[str, str]] = []
    liar.lies["experiments"] = lambda asked: seen.append(asked.headers)
    gateway = Gateway(liar.url, auth=auth, username="anna", secret="s3cret", workspace="retail")
    gateway.check()
    assert seen[0].get("Authorization") == expected
    assert seen[0]["X-MLFLOW-WORKSPACE"] == "retail"
    assert "s3cret" not in repr(gateway)


def test_secrets_are_encrypted_and_keys_rotate(settings: Any) -> None:
    stored = secrets.encrypt("s3cret")
    assert stored
    assert b"s3cret" not in stored
    assert secrets.decrypt(stored) == "s3cret"
    settings.SECRETS_KEYS = ["QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=", *settings.SECRETS_KEYS]
    rotated = secrets.rotate(stored)
    settings.SECRETS_KEYS = settings.SECRETS_KEYS[:1]
    assert secrets.decrypt(rotated) == "s3cret"
    with pytest.raises(secrets.Unreadable):
        secrets.decrypt(stored)
    assert secrets.encrypt("") is None
    assert secrets.decrypt(None) == ""
