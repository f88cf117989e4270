"""The importer on files and folders of any content: it reports, and never breaks."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.guides.importing_addresses import Addresses
from coe.guides.importing_files import Folder, Unreadable
from coe.guides.importing_run import Options, run
from coe.guides.importing_text import take_apart
from coe.guides.models import Document

_FIELDS = st.sampled_from(
    ["title", "summary", "kind", "owner", "tags", "unit", "project", "verify_every_days", "draft", "outcome", "x"]
)
_VALUES = st.one_of(
    st.text(max_size=30), st.sampled_from(["how_to", "[a, {b: c}]", "{a: 1}", "&a x", "*a", "1e999", "!!binary x"])
)
_LINES = st.lists(st.tuples(_FIELDS, _VALUES), max_size=5).map(lambda rows: "".join(f"{a}: {b}\n" for a, b in rows))
_BODY = st.one_of(
    st.text(max_size=120), st.sampled_from(["[a](b.md) ![c](../c.png) [d](//e) [e](http://[)", "# T\n\nx"])
)
_FILES = st.one_of(
    st.binary(max_size=120),
    st.builds(lambda mark, lines, body: f"{mark}\n{lines}{mark}\n{body}".encode("utf-8", "replace"),
              st.sampled_from(["---", "+++"]), _LINES, _BODY),
)  # fmt: skip


@given(_FILES)
@settings(max_examples=300, deadline=None)
def test_any_file_is_taken_apart_or_refused(content):
    try:
        fields = take_apart(content, "a.mdx").fields
    except Unreadable:
        fields = {}
    assert isinstance(fields, dict)


@given(path=st.text(max_size=30), address=st.text(max_size=60), base=st.sampled_from(["", "https://docs.example/x"]))
@settings(max_examples=300, deadline=None)
def test_any_address_leads_to_something_in_the_folder_to_a_web_address_or_nowhere(path, address, base):
    with tempfile.TemporaryDirectory() as place:
        target = Addresses(Folder(Path(place)), {"a.md": "a"}, base).resolve(path, address)
    if target.kind == "elsewhere":
        assert target.to.startswith(("https://", "http://"))
    else:
        assert target.to in ("", "a")


@pytest.mark.django_db
@given(contents=st.lists(_FILES, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_folder_is_imported_or_reported(make, contents):
    owner = Document.objects.first() or make.person()
    owner = getattr(owner, "owner", owner)
    with tempfile.TemporaryDirectory() as place:
        for number, content in enumerate(contents):
            (Path(place) / f"{number}.md").write_bytes(content)
        report = run(Folder(Path(place)), Options(origin=place[-40:], owner=owner))
        again = run(Folder(Path(place)), Options(origin=place[-40:], owner=owner))
    assert report.taken + len(report.failed) + len(report.drafts) == len(contents)
    assert (again.new, again.changed, len(again.same)) == ([], [], report.taken)
