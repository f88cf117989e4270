from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from coe.accounts.models import ApiToken
from coe.core.models import Event


def test_roles_are_said(make, sign_in):
    person = make.person(roles=[("contributor", make.unit("retail")), ("mentor", None)])
    page = sign_in(person).get("/me/").content.decode()
    assert "Contributor" in page
    assert "Retail" in page
    assert "the whole company" in page


def test_a_token_is_shown_once_and_only_its_hash_is_kept(make, sign_in, client):
    person = make.person()
    mine = sign_in(person)
    response = mine.post("/me/tokens/", {"name": "report", "days": 7})
    assert "no-store" in response["Cache-Control"]
    token = re.search(r"<code>([0-9a-f]{64})</code>", response.content.decode()).group(1)
    assert token not in mine.get("/me/").content.decode()
    kept = ApiToken.objects.get(user=person)
    assert token not in (kept.digest, kept.name)
    assert timedelta(days=6) < kept.expiry - timezone.now() <= timedelta(days=7)
    assert token not in repr(list(Event.objects.values()))
    for scheme in ("Token", "Bearer"):
        answer = client.get("/api/v1/me/", headers={"authorization": f"{scheme} {token}"})
        assert answer.status_code == 200
    kept.refresh_from_db()
    assert timezone.now() - kept.last_used_at < timedelta(minutes=1)


def test_an_expired_token_is_refused(make, client):
    _, token = ApiToken.objects.create(user=make.person(), expiry=timedelta(seconds=-1))
    answer = client.get("/api/v1/me/", headers={"authorization": f"Token {token}"})
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("sent", ["Token", "Token x", "Token a b", "Token \xff\xfe", "Token " + "0" * 64, "Token é"])
def test_what_is_no_token_is_refused(client, db, sent):
    assert client.get("/api/v1/me/", HTTP_AUTHORIZATION=sent).status_code == 401


def test_a_revoked_token_stops_at_once(make, sign_in, client):
    person = make.person()
    kept, token = ApiToken.objects.create(user=person)
    assert sign_in(person).post(f"/me/tokens/{kept.token_key}/revoke/").status_code == 302
    assert client.get("/api/v1/me/", headers={"authorization": f"Token {token}"}).status_code == 401


def test_a_token_of_somebody_else_does_not_exist(make, sign_in):
    kept, _ = ApiToken.objects.create(user=make.person())
    assert sign_in(make.person()).post(f"/me/tokens/{kept.token_key}/revoke/").status_code == 404
    assert ApiToken.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize("fields", [{"days": 0}, {"days": 100000}, {"days": "x"}, {"name": " "}])
def test_wrong_tokens_are_said_beside_the_field(make, sign_in, fields):
    response = sign_in(make.person()).post("/me/tokens/", {"name": "a", "days": 1, **fields})
    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_other_sessions_end_and_this_one_stays(make, sign_in):
    person = make.person()
    here, elsewhere = sign_in(person), sign_in(person)
    assert here.post("/me/sessions/end/").status_code == 302
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_the_time_zone_is_kept_or_refused(make, sign_in):
    person = make.person()
    client = sign_in(person)
    assert client.post("/me/time-zone/", {"timezone": "Asia/Tokyo"}).status_code == 302
    assert client.post("/me/time-zone/", {"timezone": "Mars/Phobos"}).status_code == 422
    person.refresh_from_db()
    assert person.timezone == "Asia/Tokyo"
