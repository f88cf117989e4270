"""Files of documents: what is taken, by which name, who gets them, and what a page shows once they are gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from coe.accounts.models import Person
from coe.core.errors import Refused
from coe.core.files import MAX_SIZE
from coe.guides import services
from coe.guides.models import Attachment
from tests.factories import Make
from tests.guides.pictures import png
from tests.guides.test_save_revision import save

SignIn = Callable[[Person], Client]


def test_names_never_change_what_they_show(make: Make) -> None:
    document = make.document("churn")

    def add(name: str, body: bytes) -> str:
        return services.add_file(slug="churn", actor=document.owner, name=name, upload=body).name

    assert add("a.png", png()) == "a.png"
    assert add("a.png", png()) == "a.png"
    assert add("a.png", png((1, 2, 3))) == "a-2.png"
    assert add("../b c#.png", png()) == "b c#.png"
    assert document.attachments.count() == 3


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.png", b"no picture"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.html", b"<script>1</script>"),
        ("a.txt", b""),
        ("a.txt", b"x" * (MAX_SIZE + 1)),
        ("a", png()),
    ],
)
def test_what_is_not_taken(make: Make, name: str, body: bytes) -> None:
    document = make.document("churn")
    with pytest.raises(ValidationError) as caught:
        services.add_file(slug="churn", actor=document.owner, name=name, upload=body)
    assert "file" in caught.value.message_dict


def test_imported_documents_take_none(make: Make) -> None:
    document = make.document("far", origin="handbook", origin_path="a.md")
    with pytest.raises(Refused):
        services.add_file(slug="far", actor=document.owner, name="a.png", upload=png())


def test_the_file_is_there_for_readers_of_the_document_alone(make: Make, sign_in: SignIn) -> None:
    project = make.project("closed", visibility="members")
    document = make.document("plan", owner=project.owner, about=project)
    services.add_file(slug="plan", actor=document.owner, name="ä b#.png", upload=png())
    address = Attachment.objects.get().get_absolute_url()
    answer = sign_in(make.member(project)).get(address)
    assert answer.content == png()
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sign_in(make.person()).get(address).status_code == 404
    again = sign_in(document.owner).get(address, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_text_shows_its_picture_and_says_when_it_is_gone(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn", published=False)
    owner = document.owner
    services.add_file(slug="churn", actor=owner, name="a b.png", upload=png())
    services.add_file(slug="churn", actor=owner, name="notes.txt", upload=b"Notes")
    save(document, owner, "![The <plot>](files/a%20b.png) and [notes](files/notes.txt#x)")
    services.publish_document(slug="churn", actor=owner, revision=2)
    reader = sign_in(make.person())
    shown = reader.get("/guides/churn/").content.decode()
    assert 'src="/guides/churn/files/a%20b.png"' in shown
    assert 'href="/guides/churn/files/notes.txt' in shown
    assert "missing" not in shown
    for name in ("a b.png", "notes.txt"):
        services.remove_file(slug="churn", actor=owner, name=name)
    shown = reader.get("/guides/churn/").content.decode()
    assert "/files/" not in shown.partition("<article")[2].partition("</article>")[0]
    assert "The file a b.png is missing: The &lt;plot&gt;" in shown
    assert "The file notes.txt is missing" in shown
    with pytest.raises(Attachment.DoesNotExist):
        services.remove_file(slug="churn", actor=owner, name="notes.txt")


def test_the_editor_gets_the_words_that_show_a_file(make: Make, sign_in: SignIn) -> None:
    document = make.document("churn")
    client = sign_in(document.owner)
    json = {"Accept": "application/json"}
    body = SimpleUploadedFile("my shot.png", png(), "image/png")
    answer = client.post("/guides/churn/files/", {"file": body}, headers=json)
    assert answer.status_code == 201
    assert answer.json()["reference"] == "![my shot](files/my%20shot.png)"
    wrong = client.post("/guides/churn/files/", {"file": SimpleUploadedFile("a.exe", b"MZ")}, headers=json)
    assert wrong.status_code == 422
    assert "must be" in wrong.json()["error"]
    page = client.post("/guides/churn/files/", {"file": SimpleUploadedFile("b.txt", b"B")}, follow=True)
    assert "[b](files/b.txt)" in page.content.decode()
    assert client.post("/guides/churn/files/b.txt/remove/", follow=True).status_code == 200
    assert document.attachments.count() == 1
