"""The list of checklists."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def page(client, query=""):
    answer = client.get(f"/checklists/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_reads_it(make, sign_in, ready):
    text = page(sign_in(make.person()))
    for name in ("Production readiness", "Light pilot", "Retirement", "Ready"):
        assert name in text
    assert "the usual one" in text
    assert "Write a checklist" not in text


def test_the_centre_writes(sign_in, admin):
    assert "Write a checklist" in page(sign_in(admin))


def test_filters(sign_in, admin, ready):
    client = sign_in(admin)
    assert "1 checklist<" in page(client, "?kind=pilot")
    assert "Retirement" in page(client, "?q=out+of+use")
    client.post("/checklists/ready/archive/")
    assert ">Ready<" not in page(client)
    assert ">Ready<" in page(client, "?archived=yes")
    assert "No checklist matches" in page(client, "?q=zebra")


def test_sorting_and_csv(sign_in, admin, ready):
    rows = (
        b"".join(sign_in(admin).get("/checklists/?format=csv&sort=-name").streaming_content)
        .decode("utf-8-sig")
        .splitlines()
    )
    assert rows[0] == "slug,name,kind,purpose,is_default,newest,items,uses"
    assert [row.split(",")[0] for row in rows[1:]] == ["retirement", "ready", "production-readiness", "pilot"]
    assert rows[2] == "ready,Ready,production,,no,1,3,0"


def test_whoever_is_not_signed_in(client):
    assert client.get("/checklists/").status_code == 302


def test_few_queries(sign_in, admin, make, django_assert_max_num_queries):
    for n in range(8):
        make.checklist(f"more-{n}")
    client = sign_in(admin)
    with django_assert_max_num_queries(8):
        page(client)
