from __future__ import annotations

import pytest

from tests.fixtures import run_manage

pytestmark = pytest.mark.django_db


def test_the_policy_allows_nothing_inline(client):
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in policy


def test_headers_of_every_answer(client):
    answer = client.get("/sign-in/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_each_request_has_an_id_of_its_own(client):
    first, second = (client.get("/healthz", headers={"x-request-id": "mine"})["X-Request-Id"] for _ in range(2))
    assert len(first) == len(second) == 32
    assert len({first, second, "mine"}) == 3


def test_on_a_server_it_is_https_only():
    script = (
        "from django.conf import settings as s; "
        "print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEMO)"
    )
    done = run_manage("shell", "--verbosity", "0", "-c", script, CAIRN_DEMO="")
    assert done.stdout.split() == ["True", "True", "True", "True", "False"], done.stderr
