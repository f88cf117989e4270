from __future__ import annotations

import pytest
import structlog
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _no_one_was_here_before(db):
    cache.clear()


def sign_in_as(client, email, password=PASSWORD, **more):
    return client.post("/sign-in/", {"login": email, "password": password, **more})


def test_by_email_in_any_case_and_on_to_where_one_wanted(client, make):
    make.person("ada@example.com")
    assert client.get("/sign-in/").status_code == 200
    response = sign_in_as(client, "ADA@example.com", next="/units/")
    assert (response.status_code, response["Location"]) == (302, "/units/")
    assert client.get("/me/").status_code == 200


def test_never_on_to_another_site(client, make):
    make.person("ada@example.com")
    assert sign_in_as(client, "ada@example.com", next="//evil.example/")["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, make):
    make.person("ada@example.com")
    answers = [sign_in_as(client, email, "wrong") for email in ("ada@example.com", "nobody@example.com")]
    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (answer.context["form"].non_field_errors() for answer in answers)
    assert first == second
    assert first


def test_guessing_is_slowed_down_for_the_account_even_with_the_right_password(client, make):
    make.person("ada@example.com")
    for _ in range(5):
        sign_in_as(client, "ada@example.com", "wrong")
    response = sign_in_as(client, "ada@example.com")
    assert "/me/" not in response.get("Location", "")
    assert client.get("/me/").status_code == 302


def test_guessing_from_one_address_is_slowed_down(client, make):
    answers = [sign_in_as(client, f"p{n}@example.com", "wrong").status_code for n in range(31)]
    assert answers[-1] == 429


def test_failed_and_good_sign_ins_are_logged_without_what_was_typed(client, make):
    person = make.person("ada@example.com")
    with structlog.testing.capture_logs() as logs:
        sign_in_as(client, "ada@example.com", "my secret guess")
        sign_in_as(client, "ada@example.com")
    events = [entry for entry in logs if entry["event"].startswith("sign_in.")]
    assert [entry["event"] for entry in events] == ["sign_in.failed", "sign_in.done"]
    assert events[0]["email"] == "ada@example.com"
    assert events[1]["person"] == person.pk
    assert "secret guess" not in repr(logs)
    assert PASSWORD not in repr(logs)


def test_a_closed_account_does_not_get_in(client, make):
    make.person("ada@example.com", is_active=False)
    sign_in_as(client, "ada@example.com")
    assert client.get("/me/").status_code == 302
    assert client.get("/sign-in/closed/").status_code == 200


def test_nobody_signs_up(client, db):
    assert reverse("account_signup") == "/sign-up/"
    for response in (
        client.get("/sign-up/"),
        client.post("/sign-up/", {"email": "a@b.example", "password1": PASSWORD}),
    ):
        assert response.status_code == 404


def test_signing_out_takes_a_post(make, sign_in):
    client = sign_in(make.person())
    assert client.get("/sign-out/").status_code == 200
    assert client.get("/me/").status_code == 200
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/me/").status_code == 302


def test_a_forgotten_password_is_set_by_mail_and_ends_sessions(client, make, sign_in):
    person = make.person("ada@example.com")
    person.set_unusable_password()
    person.save()
    elsewhere = sign_in(person)
    assert client.post("/password/forgot/", {"email": "ada@example.com"}).status_code == 302
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/" in word)
    form = client.get(link[link.index("/password") :], follow=True)
    response = client.post(
        form.redirect_chain[-1][0], {"password1": "another long phrase", "password2": "another long phrase"}
    )
    assert response.status_code == 302
    assert elsewhere.get("/me/").status_code == 302
    assert sign_in_as(client, "ada@example.com", "another long phrase").status_code == 302
    assert client.get("/me/").status_code == 200


def test_forgot_for_an_unknown_address_says_the_same(client, make):
    make.person("ada@example.com")
    answers = [
        client.post("/password/forgot/", {"email": e})["Location"] for e in ("ada@example.com", "no@example.com")
    ]
    assert answers[0] == answers[1]


def test_a_mail_server_that_is_down_is_no_error_page(client, make, settings):
    make.person("ada@example.com")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert client.post("/password/forgot/", {"email": "ada@example.com"}).status_code == 302


def test_changing_the_password_ends_other_sessions(make, sign_in):
    person = make.person()
    here, elsewhere = sign_in(person), sign_in(person)
    fields = {"oldpassword": PASSWORD, "password1": "another long phrase", "password2": "another long phrase"}
    assert here.post("/password/change/", fields)["Location"] == "/me/"
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
