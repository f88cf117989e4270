from __future__ import annotations

import pytest

from coe.core.markdown import render_page
from coe.guides.models import Revision

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = (
    "## Table\n\n"
    + "| "
    + "| name " * 13
    + "|\n"
    + "|---" * 14
    + "|\n"
    + "| something_long_in_one_word " * 14
    + "|\n\n"
    "## Code\n\n```\n"
    + "a long line of code "
    * 20
    + "\n```\n\n> [!NOTE]\n> Mind *this*.\n\nA note[^1].\n\n[^1]: Of it.\n\n"
    "- [x] done\n- [ ] todo\n\n<details>\n<summary>More</summary>\n\nInside.\n\n</details>\n\n| a |\n|---|\n| 1 |\n"
)


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"phone": True}], ids=str)
def test_what_a_text_can_hold_is_accessible_and_never_wider_than_the_screen(make, chromium, axe, look):
    reader, document = make.person(), make.document("guide")
    made = render_page(TEXT)
    columns = {"html": made.html, "toc": [list(row) for row in made.toc], "plain": made.plain, "text": TEXT}
    document.published = document.latest = Revision.objects.create(
        document=document, number=2, title="Guide", author=document.owner, **columns
    )
    document.save()
    page = chromium(reader, **look)
    page.goto("/guides/guide/")
    axe(page)
    width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(width)
    assert page.locator("article .scroll").first.evaluate("e => e.scrollWidth > e.clientWidth")
    page.locator("article a[href='#h-fn:1']").click()
    assert page.url.endswith("#h-fn:1")
