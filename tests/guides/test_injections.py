"""Every vector, on the page that readers see and in the preview of the editor, in Chromium: under the policy of our
pages, and the preview also without it, so that each of the two fences is seen to hold by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from coe.core.markdown import render_page
from coe.guides.models import Revision
from tests.guides.injections import VECTORS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WATCH = """
window.seen = [];
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { window.seen.push('ran ' + name) };
document.addEventListener('securitypolicyviolation',
  e => window.seen.push('policy ' + e.violatedDirective + ' ' + e.blockedURI));
"""
# What the document holds that none may hold, and what of the page it took the place of.
LOOK = """root => {
  const wrong = [...window.seen];
  const allowed = new Set(['P','BR','HR','H2','H3','H4','H5','H6','BLOCKQUOTE','PRE','CODE','KBD','SAMP','EM','STRONG',
    'DEL','SUB','SUP','ABBR','UL','OL','LI','DL','DT','DD','A','IMG','TABLE','THEAD','TBODY','TR','TH','TD','DIV',
    'DETAILS','SUMMARY']);
  const harmless = new Set(['href','src','alt','title','start','scope','rel','tabindex','role','aria-label',
    'class','id']);
  // The last one is of the preview's own sentence where nothing is left of the text.
  const classes = new Set(['', 'admonition', 'admonition-title', 'footnote', 'scroll', 'muted']);
  for (const one of root.querySelectorAll('*')) {
    if (!allowed.has(one.tagName)) wrong.push('element ' + one.tagName);
    for (const each of one.attributes) {
      if (!harmless.has(each.name)) wrong.push('attribute ' + each.name);
      if (each.name === 'id' && !each.value.startsWith('h-')) wrong.push('id ' + each.value);
      if (each.name === 'class' && !classes.has(each.value)) wrong.push('class ' + each.value);
    }
    if (one.tagName === 'A' && !['http:', 'https:', 'mailto:'].includes(one.protocol)) wrong.push('link ' + one.href);
    if (one.tagName === 'IMG' && new URL(one.src).host !== location.host) wrong.push('image ' + one.src);
  }
  for (const name of ['getElementById', 'querySelector', 'createElement', 'write'])
    if (typeof document[name] !== 'function') wrong.push('document.' + name);
  if (typeof document.cookie !== 'string' || document.body.tagName !== 'BODY' || document.defaultView !== window
      || typeof document.forms.length !== 'number' || window.top !== window) wrong.push('document was renamed');
  if (document.baseURI !== location.href) wrong.push('base ' + document.baseURI);
  return wrong;
}"""
AROUND = """() => [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('article, .contents, .contents-folded')).map(e => e.tagName)"""
PREVIEW = """async text => {
  const body = new URLSearchParams({text});
  const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
  const headers = {'X-CSRFToken': token, 'HX-Request': 'true'};
  const answer = await fetch('/guides/preview/', {method: 'POST', body, headers});
  const place = document.createElement('article');
  place.innerHTML = await answer.text();
  document.querySelector('main').append(place);
  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  const wrong = LOOK(place);
  place.remove();
  return answer.status === 200 ? wrong : ['answer ' + answer.status];
}""".replace("LOOK", f"({LOOK})")


class Watched:
    """A page whose requests to other hosts and dialogs are noted; none of them is carried out."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.noted: list[str] = []
        page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: self._dialog(dialog))
        page.route(lambda url: not url.startswith((home, "data:")), self._foreign)

    def _dialog(self, dialog: Any) -> None:
        self.noted.append("dialog")
        dialog.dismiss()

    def _foreign(self, route: Any) -> None:
        self.noted.append(f"request {route.request.url}")
        route.abort()

    def take(self) -> list[str]:
        noted, self.noted = self.noted, []
        return noted


@pytest.fixture
def writer(make):
    return make.person("writer@example.com", roles=[("contributor", None)])


@pytest.fixture
def watched(chromium, writer) -> Callable[..., Watched]:
    """`watched()`: a watched page of the writer; `watched(fenced=False)`: one that our policy does not bind."""

    def opened(*, fenced: bool = True) -> Watched:
        page = chromium(writer)
        if not fenced:
            state = page.context.storage_state()
            context = chromium.browser.new_context(base_url=chromium.base_url, storage_state=state, bypass_csp=True)
            chromium.contexts.append(context)
            page = context.new_page()
        return Watched(page, chromium.base_url)

    return opened


def show(document: Any, html: str) -> None:
    """Let the document's page show this HTML: another revision, as none is ever changed."""
    number = document.revisions.count() + 1
    columns = {"number": number, "title": document.title, "text": "x", "html": html, "author": document.owner}
    document.latest = document.published = Revision.objects.create(document=document, **columns)
    document.save(update_fields=["latest", "published"])


def visit(seen: Watched, document: Any) -> tuple[list[str], list[str]]:
    """What is wrong on the document's page, and the elements around its text."""
    address = reverse("guides:document", args=[document.slug])
    seen.page.goto(address)
    wrong = seen.page.locator("article.prose").evaluate(LOOK)
    if seen.page.url != seen.home + address:
        wrong.append(f"went to {seen.page.url}")
    return wrong + seen.take(), seen.page.evaluate(AROUND)


def test_there_are_more_than_a_hundred_different_ones():
    assert len(set(VECTORS)) == len(VECTORS) >= 100


def test_none_does_harm_on_the_page_that_readers_see(make, writer, watched):
    document, seen, found = make.document("guide", owner=writer), watched(), {}
    show(document, "<p>Nothing.</p>")
    wrong, around = visit(seen, document)
    assert wrong == []
    for vector in VECTORS:
        page = render_page(vector)
        show(document, page.html or "<p></p>")
        wrong, now = visit(seen, document)
        if wrong or now != around:
            found[vector] = wrong or "the page around it changed"
    assert found == {}


@pytest.mark.parametrize("fenced", [True, False], ids=["under the policy", "without the policy"])
def test_none_does_harm_in_the_preview(watched, fenced):
    seen, found = watched(fenced=fenced), {}
    seen.page.goto("/guides/new/")
    around = seen.page.evaluate(AROUND)
    for vector in VECTORS:
        wrong = seen.page.evaluate(PREVIEW, vector) + seen.take()
        if wrong or seen.page.evaluate(AROUND) != around or not seen.page.url.endswith("/guides/new/"):
            found[vector] = wrong or "the page around it changed"
    assert found == {}


RAW = {
    "<img src=/x onerror=alert(1)>": ("ran alert", "policy script-src"),
    "<script>alert(1)</script>": ("ran alert", "policy script-src"),
    "<img src=https://evil.example/x.png>": ("request https://evil.example", "policy img-src"),
    "<img src=/x name=getElementById>": ("document.getElementById", "document.getElementById"),
    "</article></main><form></form>": ("around", "around"),
}


@pytest.mark.parametrize("fenced", [True, False], ids=["under the policy", "without the policy"])
@pytest.mark.parametrize("raw", RAW)
def test_what_is_not_cleaned_is_noticed(make, writer, watched, chromium, raw, fenced):
    document, seen = make.document("guide", owner=writer), watched(fenced=fenced)
    show(document, "<p>Nothing.</p>")
    _, around = visit(seen, document)
    show(document, raw)
    wrong, now = visit(seen, document)
    chromium.complaints.clear()
    said = [*wrong, *(["around"] if now != around else [])]
    assert [line for line in said if line.startswith(RAW[raw][fenced])], said
