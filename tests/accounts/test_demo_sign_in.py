from __future__ import annotations

import pytest


@pytest.fixture
def ada(make, settings):
    settings.DEMO = True
    settings.DEMO_PEOPLE = ["ada@example.com", "missing@example.com"]
    return make.person("ada@example.com", name="Ada Byron", title="Chief", roles=[("executive", None)])


def test_the_sign_in_page_offers_the_people_of_the_demo(client, ada, make):
    make.person("other@example.com", name="Otto Other")
    page = client.get("/sign-in/").content.decode()
    assert "Ada Byron" in page
    assert "Executive, the whole company" in page
    assert "Otto Other" not in page


def test_one_click_signs_in(client, ada):
    response = client.post("/demo/sign-in/", {"email": "Ada@example.com", "next": "/me/"})
    assert response["Location"] == "/me/"
    assert "Ada Byron" in client.get("/me/").content.decode()


def test_never_on_to_another_site(client, ada):
    response = client.post("/demo/sign-in/", {"email": "ada@example.com", "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_only_by_post(client, ada):
    assert client.get("/demo/sign-in/").status_code == 405


def test_not_as_anybody_else(client, ada, make):
    make.person("admin@example.com", roles=[("administrator", None)])
    assert client.post("/demo/sign-in/", {"email": "admin@example.com"}).status_code == 404
    assert client.get("/me/").status_code == 302


def test_it_does_not_exist_outside_of_the_demo(client, ada, settings):
    settings.DEMO = False
    assert client.get("/demo/sign-in/").status_code == 404
    assert client.post("/demo/sign-in/", {"email": "ada@example.com"}).status_code == 404
    assert "Ada Byron" not in client.get("/sign-in/").content.decode()
