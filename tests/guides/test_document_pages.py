"""The pages of documents: what is on them, for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coe.accounts.models import Person
from coe.guides import services
from coe.guides.models import Document, Reader
from tests.factories import Make
from tests.guides.test_save_revision import save

SignIn = Callable[[Person], Client]


def html(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_what_a_reader_sees(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn", published=False, owner=make.person(name="Olga Owner"))
    save(document, document.owner, "# First\n\nOne.\n\n# Second\n\nTwo.")
    services.publish_document(slug="churn", actor=document.owner, revision=2)
    save(document, document.owner, "A draft.", based_on=2)
    reader = make.person()
    shown = html(sign_in(reader), "/guides/churn/")
    assert '<a href="#h-second">Second</a>' in shown
    assert "Nobody has verified yet" in shown
    assert "Olga Owner" in shown
    assert "A draft." not in shown
    assert "Take it out of use" not in shown
    assert Reader.objects.filter(document=document, person=reader).exists()


def test_how_verified_it_is(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn", owner=make.person(name="Olga Owner"), verify_every_days=30)
    client = sign_in(make.person())
    services.verify_document(slug="churn", actor=document.owner, revision=1)
    Document.objects.update(verified_at=timezone.now() - timedelta(days=12))
    assert "12 days ago" in html(client, "/guides/churn/")
    Document.objects.update(verified_at=timezone.now() - timedelta(days=31))
    assert "Not verified since" in html(client, "/guides/churn/")


def test_drafts_are_for_those_who_write(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn", text="Seen.")
    save(document, document.owner, "A secret draft.")
    reader, owner = sign_in(make.person()), sign_in(document.owner)
    for path in ("history/2/",):
        assert reader.get(f"/guides/churn/{path}").status_code == 404
    assert "secret" not in html(reader, "/guides/churn/diff/?before=1&after=2")
    assert "history/2/" not in html(reader, "/guides/churn/history/")
    assert "secret" in html(owner, "/guides/churn/diff/")
    assert "A secret draft." in html(owner, "/guides/churn/history/2/")
    hidden = make.document("hidden", published=False)
    assert reader.get("/guides/hidden/").status_code == 404
    assert "This is a draft" in html(sign_in(hidden.owner), "/guides/hidden/")


def test_what_was_taken_back_stays_so_for_readers(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn", published=False, text="Wrong.")
    owner = document.owner
    services.publish_document(slug="churn", actor=owner, revision=1)
    services.withdraw_document(slug="churn", actor=owner, reason="Wrong")
    save(document, owner, "Right.")
    services.publish_document(slug="churn", actor=owner, revision=2)
    save(document, owner, "Better.", based_on=2)
    services.publish_document(slug="churn", actor=owner, revision=3)
    reader = sign_in(make.person())
    assert reader.get("/guides/churn/history/1/").status_code == 404
    assert reader.get("/guides/churn/history/2/").status_code == 200


def test_the_guide_of_a_model_stands_on_its_page(make: Make, sign_in: SignIn) -> None:
    project = make.project("churn")
    model = make.model(project=project)
    make.document("guide", owner=project.owner, about=model, kind="model_guide")
    client = sign_in(project.owner)
    assert client.get("/guides/guide/")["Location"] == model.get_absolute_url()
    assert model.get_absolute_url() in html(client, "/guides/guide/edit/", 409)
    assert html(client, "/guides/guide/history/")


def test_imported_documents_say_where_they_live(make: Make, sign_in: SignIn) -> None:
    document = make.document(
        "far", origin="handbook", origin_path="a/b.md", origin_url="https://git.example/handbook/a/b.md"
    )
    client = sign_in(document.owner)
    assert "https://git.example/handbook/a/b.md" in html(client, "/guides/far/")
    assert "https://git.example/handbook/a/b.md" in html(client, "/guides/far/edit/", 409)


def edit(client: Client, act: str = "save", **fields: object) -> tuple[int, str]:
    given = {"title": "Churn", "summary": "S.", "note": "", "based_on": 1, "act": act, **fields}
    answer = client.post("/guides/churn/edit/", given)
    return answer.status_code, answer.content.decode()


def test_the_editor_without_a_script(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn")
    client = sign_in(document.owner)
    status, shown = edit(client, "preview", text="*Lean*")
    assert status == 200
    assert "<em>Lean</em>" in shown
    assert document.revisions.count() == 1
    assert edit(client, text="Saved.")[0] == 302
    assert "Saved as revision 2" in html(client, "/guides/churn/edit/")
    status, shown = edit(client, text="x" * 66_000, based_on=2)
    assert status == 422
    assert "64 kB" in shown


def test_the_second_editor_sees_what_the_first_changed(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn", text="One.\nTwo.\nThree.", owner=make.person(name="Olga Owner"))
    first, second = sign_in(document.owner), sign_in(make.person(roles=[("administrator", None)]))
    assert edit(first, title="Churn", text="One.\nTwo.\nThree, hers.")[0] == 302
    status, shown = edit(second, title="Churn", text="One, mine.\nTwo.\nThree.")
    assert status == 409
    assert "Olga Owner saved revision 2" in shown
    assert "<ins>" in shown
    assert "One, mine.\nTwo.\nThree, hers.</textarea>" in shown
    assert 'name="based_on" value="2"' in shown
    assert "One, mine.\nTwo.\nThree.</pre>" in shown


def test_the_preview(make: Make, sign_in: SignIn) -> None:
    client = sign_in(make.person())
    shown = client.post("/guides/preview/", {"text": "**Bold** <script>alert(1)</script>"}).content.decode()
    assert "<strong>Bold</strong>" in shown
    assert "<script" not in shown
    assert client.post("/guides/preview/", {"text": "x" * 66_000}).status_code == 422
    assert client.get("/guides/preview/").status_code == 405


def test_publishing_shows_what_readers_will_see_change(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn", text="Call them soon.")
    save(document, document.owner, "Call them today.")
    client = sign_in(document.owner)
    shown = html(client, "/guides/churn/publish/")
    assert "<ins>" in shown
    assert client.post("/guides/churn/publish/", {"revision": 2, "note": ""}).status_code == 302
    assert client.post("/guides/churn/publish/", {"revision": 2, "note": ""}).status_code == 422


@pytest.mark.parametrize("page", ["withdraw", "archive"])
def test_pages_that_ask_why(make: Make, sign_in: SignIn, page: str) -> None:
    document = make.document("churn")
    client = sign_in(document.owner)
    assert client.post(f"/guides/churn/{page}/", {"reason": ""}).status_code == 422
    assert client.post(f"/guides/churn/{page}/", {"reason": "Old"}).status_code == 302


def test_begin_one_for_a_project(make: Make, sign_in: SignIn) -> None:
    project = make.project("churn")
    subject = project.as_subject()
    client = sign_in(project.owner)
    path = f"/guides/new/?kind=lesson&type={subject.type_id}&id={subject.id}"
    shown = html(client, path)
    assert f'value="{subject.type_id}:{subject.id}" selected' in shown
    given = {
        "title": "What we learned", "kind": "lesson", "outcome": "mixed", "subject": f"{subject.type_id}:{subject.id}",
        "audience": "everyone", "owner": project.owner.pk, "visibility": "company", "verify_every_days": 180,
        "tags": "churn, pricing", "unit": "",
    }  # fmt: skip
    assert client.post(path, given)["Location"] == "/guides/what-we-learned/edit/"
    made = Document.objects.get()
    assert (made.subject_id, made.tags, made.outcome) == (project.pk, ["churn", "pricing"], "mixed")


def test_settings_page(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn")
    client = sign_in(document.owner)
    given = {
        "kind": "playbook", "audience": "teams", "owner": document.owner.pk, "visibility": "company", "subject": "",
        "verify_every_days": 5, "tags": "", "unit": "", "outcome": "",
    }  # fmt: skip
    assert client.post("/guides/churn/settings/", given).status_code == 422
    assert client.post("/guides/churn/settings/", {**given, "verify_every_days": 30}).status_code == 302
    document.refresh_from_db()
    assert (document.kind, document.audience, document.verify_every_days) == ("playbook", "teams", 30)
