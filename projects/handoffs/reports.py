"""Reading the reports of a team's test job: JUnit XML or JSON, bounded, nothing in them trusted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from coe.core.errors import invalid

MOST_BYTES = 2 * 1024 * 1024
MOST_TESTS = 5000
OUTCOMES = ("passed", "failed", "skipped")


@dataclass(frozen=True)
class Test:
    """One test's result. `outcome` is one of `OUTCOMES`; an error counts as failed."""

    name: str
    outcome: str
    message: str = ""

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "outcome": self.outcome, "message": self.message}


@dataclass(frozen=True)
class Report:
    suite: str
    tests: list[Test]


def read(body: bytes, *, is_xml: bool) -> Report:
    """The report in `body`. Raises `ValidationError` on `results`, `suite` or `tests` that says what is wrong."""
    if len(body) > MOST_BYTES:
        raise invalid("results", f"may have at most {MOST_BYTES // 1024 // 1024} MB")
    report = _junit(body) if is_xml else _json(body)
    if not report.tests:
        raise invalid("tests", "must hold at least one test")
    if len(report.tests) > MOST_TESTS:
        raise invalid("tests", f"may hold at most {MOST_TESTS} tests")
    return report


def _junit(body: bytes) -> Report:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise invalid("results", "must be JUnit XML (well-formed, without a DTD)") from None
    if root.tag not in ("testsuites", "testsuite"):
        raise invalid("results", "must be JUnit XML: its outermost element is testsuites or testsuite")
    first = root if root.tag == "testsuite" else root.find("testsuite")
    suite = root.get("name") or (first.get("name") if first is not None else "") or "tests"
    return Report(_clean(suite, 200) or "tests", [_case(case) for case in root.iter("testcase")])


def _case(case: Element) -> Test:
    name = ".".join(part for part in (case.get("classname", ""), case.get("name", "")) if part)
    if not name.strip():
        raise invalid("results", "must name each testcase")
    for tag, outcome in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            return Test(_clean(name, 300), outcome, _clean(found.get("message") or found.text or "", 500))
    return Test(_clean(name, 300), "passed")


def _json(body: bytes) -> Report:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise invalid("results", "must be JSON in UTF-8, or JUnit XML sent as application/xml") from None
    if not isinstance(given, dict) or not isinstance(given.get("tests"), list):
        raise invalid("tests", 'must be a list of {"name", "outcome", "message"}')
    suite = given.get("suite", "tests")
    if not isinstance(suite, str):
        raise invalid("suite", "must be a text")
    return Report(_clean(suite, 200) or "tests", [_test(one, place) for place, one in enumerate(given["tests"], 1)])


def _test(one: Any, place: int) -> Test:
    if not isinstance(one, dict):
        raise invalid("tests", f"{place}: must be an object with name and outcome")
    name, outcome, message = one.get("name"), one.get("outcome"), one.get("message", "")
    if not isinstance(name, str) or not _clean(name, 300):
        raise invalid("tests", f"{place}: name must be a text that is not empty")
    if outcome not in OUTCOMES:
        raise invalid("tests", f"{place}: outcome must be one of {', '.join(OUTCOMES)}")
    return Test(_clean(name, 300), outcome, _clean(message, 500) if isinstance(message, str) else "")


def _clean(text: str, most: int) -> str:
    """Printable, on one line, at most so long: the store takes no NUL, and a page no control characters."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())[:most]
