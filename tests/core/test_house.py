"""Rules of the house that a program can tell."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import ROOT

SKIPPED = {".git", ".venv", "node_modules", "var", "dist", "__pycache__", ".hypothesis"}
# Written in two halves, so that this file may be committed under its own rule.
HOSTS = ("pypi" + ".org", "python" + "hosted", "npm" + "js.", "npm" + "mirror", "deb." + "debian", "/opt/" + "pypi")
MACHINE = ("/ro" + "ot/", "/wo" + "rk/main", "/wo" + "rk/shared", "/ho" + "me/", "/Us" + "ers/")
INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*["']|\shx-on\b|javascript:|(?<!html)(?<!help_text)\|\s*safe\b""",
    re.IGNORECASE,
)
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED and not name.endswith("_cache")]
        yield from (Path(folder) / name for name in names)


def modules(*tops: str) -> Iterator[Path]:
    for top in tops:
        yield from (path for path in sorted((ROOT / top).rglob("*.py")) if "migrations" not in path.parts)


def test_no_registry_and_no_place_of_one_machine_is_named():
    found = []
    for path in files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {word}" for word in (*HOSTS, *MACHINE) if word in text]
    assert found == []


def test_templates_have_nothing_inline():
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if INLINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize(
    "sample", ['<p style="x">', "<style>", "<script>alert(1)</script>", '<a onclick="x">', "{{ x|safe }}"]
)
def test_the_pattern_finds_what_it_should(sample):
    assert INLINE.search(sample)


def test_modules_and_functions_stay_short():
    found = []
    for path in modules("coe", "projects", "kpis", "demo"):
        text = path.read_text()
        if (lines := text.count("\n")) > LONGEST_MODULE:
            found.append(f"{path.relative_to(ROOT)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert found == []


def test_tests_neither_sleep_nor_skip_nor_hope():
    banned = re.compile(r"\btime\.sleep\(|\bmark\.(skip|skipif|xfail|flaky)\b|\bpytest\.xfail\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules("tests")
        if path.name != "test_house.py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if banned.search(line)
    ]
    assert found == []


def test_every_setting_is_described():
    names = re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', (ROOT / "coe" / "settings.py").read_text())
    described = (ROOT / "docs" / "settings.md").read_text()
    assert len(names) > 20
    assert [name for name in names if f"`{name}`" not in described] == []


def test_nothing_is_left_to_do():
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    found = [
        str(path.relative_to(ROOT))
        for path in modules("coe", "projects", "kpis", "demo", "tests", "benchmarks")
        if words.search(path.read_text())
    ]
    assert found == []
