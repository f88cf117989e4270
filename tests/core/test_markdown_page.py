from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coe.core.markdown import Page, render_page

_ID = re.compile(r'\sid="([^"]*)"')


def test_headings_begin_at_h2_and_carry_ids():
    page = render_page("### One\n\ntext\n\n#### Über *alles* & `more`\n\n### One\n")
    assert page.toc == [(2, "h-one", "One"), (3, "h-uber-alles-more", "Über alles & more"), (2, "h-one-1", "One")]
    assert '<h2 id="h-one">One</h2>' in page.html
    assert '<h3 id="h-uber-alles-more">Über <em>alles</em> &amp; <code>more</code></h3>' in page.html
    assert page.plain == "One\ntext\nÜber alles & more\nOne"


def test_levels_end_at_six():
    page = render_page("# a\n## b\n### c\n#### d\n##### e\n###### f\n")
    assert [level for level, _, _ in page.toc] == [2, 3, 4, 5, 6, 6]


@pytest.mark.parametrize(
    ("heading", "anchor", "title"),
    [
        ("# 中文", "h-section", "中文"),
        ("# Set up {#install}", "h-install", "Set up"),
        ("# " + "long " * 60, "h-" + ("long-" * 12).rstrip("-"), ("long " * 40)),
        ('# "><script>alert(1)</script>', "h-alert1", '">'),
        ("# __proto__", "h-proto", "proto"),
        ("<h3 id=content name=body>raw</h3>", "h-raw", "raw"),
        ("# ![Chart](a.png)", "h-chart", "Chart"),
    ],
)
def test_ids_are_short_plain_and_our_own(heading, anchor, title):
    page = render_page(heading)
    (found,) = page.toc
    assert found[2] == title
    assert found[1] == anchor or "script" in heading
    assert _ID.findall(page.html) == [found[1]]
    assert "{#" not in page.html + page.plain


def test_a_heading_without_words_is_none():
    page = render_page("# \n\n## ![](x.png)\n\ntext")
    assert page.toc == []
    assert "<h" not in page.html


def test_very_many_headings_have_ids_of_their_own_and_the_contents_are_bounded():
    page = render_page("# a\n" * 1000)
    assert len(set(_ID.findall(page.html))) == 1000
    assert len(page.toc) == 300


def test_addresses_are_mapped_and_links_into_other_documents_keep_their_place():
    text = (
        "[b](b.md#Some%20Part) [c](../c.md) ![i](img/i.png) [here](#some-part) [out](https://a.example/b.md)\n"
        "<a href='b.md'>raw</a>\n\n[ref]\n\n[ref]: d.md\n\n```\n[b](code.md)\n```\n"
    )
    links = {"b.md": "/guides/b/", "img/i.png": "/guides/a/files/i.png", "d.md": "https://docs.example/d"}
    page = render_page(text, links=links)
    assert page.relative == ("b.md", "../c.md", "img/i.png", "d.md")
    assert re.findall(r'(?:href|src)="([^"]*)"', page.html) == [
        "/guides/b/#h-some-part",
        "../c.md",
        "/guides/a/files/i.png",
        "#h-some-part",
        "https://a.example/b.md",
        "/guides/b/",
        "https://docs.example/d",
    ]


@pytest.mark.parametrize("target", ["", "javascript:alert(1)", "//evil.example", "/\\evil.example", "data:text/html,x"])
def test_what_is_mapped_to_no_good_place_stays_as_words(target):
    page = render_page("See [the *tool*](x.exe) and ![the <b> chart](x.exe).", links={"x.exe": target})
    assert page.html == "<p>See the <em>tool</em> and the &lt;b&gt; chart.</p>"
    assert page.plain == "See the tool and the <b> chart ."


def test_an_image_of_another_host_is_a_link_to_it():
    page = render_page(
        "![Logo](https://a.example/l.png?a=1&b=2) ![](//b.example/x.png) [![Badge](https://c.example/b)](https://c.example/)"
    )
    assert "<img" not in page.html
    assert re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', page.html) == [
        ("https://a.example/l.png?a=1&amp;b=2", "Logo"),
        ("//b.example/x.png", "//b.example/x.png"),
        ("https://c.example/", "Badge"),
    ]


def test_what_real_documentation_uses():
    page = render_page(
        '- [ ] todo\n- [x] done\n\n!!! warning "Mind"\n    *this*\n\n> [!NOTE]\n> and that\n\nTerm\n: Meaning\n\n'
        "A note[^1].\n\n[^1]: Of it.\n\n<details>\n<summary>More</summary>\n\n*inside*\n\n</details>\n\n"
        "```html\n<details>\n```\n\n| a |\n|---|\n| 1 |\n"
    )
    assert "<li>☐ todo</li>\n<li>☑ done</li>" in page.html
    assert '<div class="admonition">\n<p class="admonition-title">Mind</p>\n<p><em>this</em></p>' in page.html
    assert '<p class="admonition-title">Note</p>\n<p>and that</p>' in page.html
    assert "<dt>Term</dt>\n<dd>Meaning</dd>" in page.html
    assert '<a href="#h-fn:1"' in page.html
    assert '<li id="h-fn:1">' in page.html
    assert "<summary>More</summary>\n<p><em>inside</em></p>\n</details>" in page.html
    assert "<code>&lt;details&gt;</code>" in page.html
    assert '<div class="scroll" role="region" tabindex="0" aria-label="Table 1"><table>' in page.html


@pytest.mark.parametrize(
    "text",
    [
        "<form id=x><input name=attributes></form><img name=cookie id=getElementById>",
        "<li id='fn:1'>a</li><li id='fn:1'>b</li><sup id='fn:evil id'>c</sup>",
        "<div class='modal btn-primary' id=main role=dialog>x</div>",
        "<input type=text name=q><input type=checkbox>",
        "# x {#__proto__ .btn onclick=alert(1)}",
        "<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details>",
        '![a](x.png "<h2 id=evil>")',
    ],
)
def test_nothing_can_be_named_after_the_page(text):
    page = render_page(text)
    ids = _ID.findall(page.html)
    assert len(set(ids)) == len(ids)
    assert all(anchor.startswith("h-") for anchor in ids) or "title=" in page.html
    tags = " ".join(re.findall(r"<[^>]*>", page.html)).lower()
    assert not re.search(r"\s(name|onclick|ontoggle|role=\"dialog)|<input|<form|class=\"[^\"]*(modal|btn)", tags)


_MARKS = st.text(alphabet="#*_[]()!<>`~|-:\n \t&;/\\\"'{}^ahdn1éß", max_size=300)
_WORDS = st.sampled_from(
    [
        *("# ", "## ", "<h2>", "</h2>", "<details>\n", "```\n", "[^1]", "[^1]: ", "!!! note\n    ", "> [!TIP]\n"),
        *("| a |\n|-|\n", "{#x}", "<a>", "<img>", "<table>", "- [x] ", "[a](b.md)", "![a](b)", "\n\n"),
        *("*[HTML]: x\n", ": d\n", "<p markdown=1>"),
    ]
)


@given(st.one_of(_MARKS, st.lists(st.one_of(_WORDS, st.text(max_size=8)), max_size=40).map("".join), st.text()))
@example("<h2><table><h3>x</h3></table></h2>")
@example("# a {#b}</h1>\n<h1>c")
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_page_or_refused_by_name(text):
    try:
        page = render_page(text, field="body", links={"b.md": "/guides/b/", "b": ""})
    except ValidationError as error:
        page = Page(html="", toc=[], plain=" ".join(error.message_dict["body"]))
    # Of headings, ids are there once; what a footnote is called is its own.
    ids = _ID.findall(re.sub(r'title="[^"]*"|alt="[^"]*"', "", page.html))
    assert len(set(ids)) == len(ids)
    assert {anchor for _, anchor, _ in page.toc} <= set(ids)
    assert "<script" not in page.html.lower()
    assert page.html.count("<h") - page.html.count("<hr>") >= len(page.toc)
