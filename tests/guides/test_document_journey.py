"""The editor in Chromium: two people at once, pictures, the preview, leaving, publishing; every page accessible."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from coe.guides import services
from coe.guides.models import Document
from tests.factories import Make
from tests.guides.pictures import png
from tests.guides.test_save_revision import save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """([name, type, body]) => {
  const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  const target = document.querySelector("textarea[name=text]");
  target.focus();
  target.setSelectionRange(target.value.length, target.value.length);
  const how = { bubbles: true, cancelable: true };
  const event = window.dropInstead
    ? new DragEvent("drop", { ...how, dataTransfer: data })
    : new ClipboardEvent("paste", { ...how, clipboardData: data });
  target.dispatchEvent(event);
}"""


def give(page: Page, name: str, kind: str, body: bytes) -> None:
    """Paste a file into the text."""
    page.evaluate(PASTE, [name, kind, base64.b64encode(body).decode()])


def test_two_people_write_at_once(make: Make, chromium, axe) -> None:  # type: ignore[no-untyped-def]  # fixtures
    document = make.document("churn", text="One.\n\nTwo.\n\nThree.", owner=make.person(name="Olga Owner"))
    olga, adam = chromium(document.owner), chromium(make.person(name="Adam", roles=[("administrator", None)]))
    for page in (olga, adam):
        page.goto("/guides/churn/edit/")
        expect(page.locator("#preview")).to_contain_text("Three.")
        expect(page.get_by_role("button", name="Preview")).to_be_hidden()
    text = olga.get_by_label("Text", exact=True)
    text.fill("One.\n\nTwo.\n\nThree, **hers**.")
    expect(olga.locator("#preview strong")).to_have_text("hers")
    give(olga, "plot.png", "image/png", png())
    expect(olga.locator("[data-editor-said]")).to_have_text("plot.png is added.")
    expect(text).to_have_value(re.compile(r"!\[plot\]\(files/plot\.png\)$"))
    picture = olga.locator("#preview img")
    expect(picture).to_have_attribute("src", "/guides/churn/files/plot.png")
    expect(picture).to_have_js_property("naturalWidth", 8)
    axe(olga)
    olga.get_by_role("button", name="Save draft").click()
    expect(olga.get_by_text("Saved as revision 2.")).to_be_visible()

    adam.get_by_label("Text", exact=True).fill("One, his.\n\nTwo.\n\nThree.")
    adam.get_by_role("button", name="Save draft").click()
    expect(adam.get_by_role("heading", name="Olga Owner saved revision 2 while you were writing")).to_be_visible()
    expect(adam.locator(".words ins").first).to_be_visible()
    expect(adam.get_by_label("Text", exact=True)).to_have_value(
        "One, his.\n\nTwo.\n\nThree, **hers**. ![plot](files/plot.png)"
    )
    axe(adam)
    adam.get_by_role("button", name="Save and go on to publish").click()
    expect(adam.get_by_role("heading", name="What readers will see change")).to_be_visible()
    axe(adam)
    adam.get_by_role("button", name="Publish").click()
    expect(adam.get_by_text("Published. Readers see it now.")).to_be_visible()
    expect(adam.locator("article img")).to_have_js_property("naturalWidth", 8)
    axe(adam)
    found = Document.objects.select_related("published").get(slug="churn")
    assert found.published is not None
    assert found.published.number == 3


def test_both_changed_the_same_words(make: Make, chromium) -> None:  # type: ignore[no-untyped-def]  # fixtures
    document = make.document("churn", text="Call them.")
    page = chromium(document.owner)
    page.goto("/guides/churn/edit/")
    save(document, document.owner, "Write to them.")
    page.get_by_label("Text", exact=True).fill("Visit them.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("In 1 place you both changed the same words")).to_be_visible()
    text = page.get_by_label("Text", exact=True)
    expect(text).to_have_value(re.compile("Visit them\\..*Write to them\\.", re.S))
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("still has places that both of you changed").first).to_be_visible()
    text.fill("Visit them, or write to them.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved as revision 3.")).to_be_visible()


def test_leaving_with_unsaved_text_asks(make: Make, chromium) -> None:  # type: ignore[no-untyped-def]  # fixtures
    document = make.document("churn")
    page = chromium(document.owner)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/guides/churn/edit/")
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url("**/guides/churn/")
    assert asked == []
    page.goto("/guides/churn/edit/")
    page.get_by_label("Text", exact=True).press_sequentially("More. ")
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url("**/guides/churn/")
    assert asked == ["beforeunload"]


def test_files_that_are_dropped_or_refused(make: Make, chromium) -> None:  # type: ignore[no-untyped-def]  # fixtures
    document = make.document("churn")
    page = chromium(document.owner)
    page.goto("/guides/churn/edit/")
    page.evaluate("window.dropInstead = true")
    give(page, "notes.txt", "text/plain", b"Notes")
    expect(page.get_by_label("Text", exact=True)).to_have_value(re.compile(r"\[notes\]\(files/notes\.txt\)"))
    give(page, "bad.png", "image/png", b"none")
    expect(page.locator("[data-editor-said]")).to_contain_text("bad.png:")
    page.locator("[data-editor-file]").set_input_files(
        {"name": "by-button.png", "mimeType": "image/png", "buffer": png()}
    )
    expect(page.get_by_label("Text", exact=True)).to_have_value(re.compile(r"files/by-button\.png"))
    assert document.attachments.count() == 2


PAGES = (
    *("", "edit/", "settings/", "history/", "history/1/", "diff/", "publish/", "withdraw/", "verify/", "archive/"),
    "files/",
)


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"phone": True}], ids=str)
def test_every_page_is_accessible(make: Make, chromium, axe, look) -> None:  # type: ignore[no-untyped-def]  # fixtures
    document = make.document("churn", published=False, tags=["pricing"], unit=make.unit("retail"))
    owner = document.owner
    services.add_file(slug="churn", actor=owner, name="plan.png", upload=png())
    save(document, owner, "# First\n\n![Plan](files/plan.png)\n\n## Second\n\n`code`\n\n# Third\n\nWords.")
    services.publish_document(slug="churn", actor=owner, revision=2)
    save(document, owner, "# First\n\nOther words.", based_on=2)
    page = chromium(owner, **look)
    for path in [f"/guides/churn/{one}" for one in PAGES] + ["/guides/new/"]:
        page.goto(path)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if path != "/guides/new/":
            assert wide <= 0, f"{path} is {wide} pixels wider than the screen"


def test_on_paper_there_is_the_text_alone(make: Make, chromium) -> None:  # type: ignore[no-untyped-def]  # fixtures
    document = make.document("churn", published=False)
    save(document, document.owner, "# First\n\nOne.\n\n# Second\n\nTwo.")
    services.publish_document(slug="churn", actor=document.owner, revision=2)
    page = chromium(document.owner)
    page.goto("/guides/churn/")
    page.emulate_media(media="print")
    expect(page.locator("article")).to_be_visible()
    for chrome in (".side", ".top", ".contents", ".acts", "#feedback", ".head .btn"):
        for one in page.locator(chrome).all():
            expect(one).to_be_hidden()


def test_without_a_script(make: Make, chromium) -> None:  # type: ignore[no-untyped-def]  # fixtures
    document = make.document("churn")
    page = chromium(document.owner, javascript=False)
    page.goto("/guides/churn/edit/")
    page.get_by_label("Text", exact=True).fill("**Bold**")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("Bold")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved as revision 2.")).to_be_visible()
    page.get_by_role("link", name="Files of this document").click()
    page.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("cell", name="![a](files/a.png)")).to_be_visible()
