"""The matrix's rows of checklists: everybody reads what is published, the centre writes."""

from __future__ import annotations

from tests.access.rule import ADMIN, ALL, Rule

ONE, API_ONE = "/checklists/written/", "/api/v1/checklists/written/"
DRAFT, API_DRAFT = ONE + "draft/", API_ONE + "draft/"
Rows = list[tuple[str, str, Rule]]


def form(address: str) -> Rows:
    """A page of the centre with a form on it."""
    return [("GET", address, ADMIN), ("POST", address, ADMIN)]


PAGES: dict[str, Rows] = {
    "checklists:checklists": [("GET", "/checklists/", ALL)],
    "checklists:new": form("/checklists/new/"),
    "checklists:checklist": [("GET", ONE, ALL)],
    # The second one is a draft, which others do not learn of.
    "checklists:edition": [
        ("GET", ONE + "1/", ALL),
        ("GET", ONE + "2/", Rule(ADMIN.allowed, ADMIN.allowed)),
    ],
    "checklists:diff": [
        ("GET", ONE + "diff/", ALL),
        ("GET", ONE + "diff/?before=1&after=2", Rule(ADMIN.allowed, ADMIN.allowed)),
    ],
    "checklists:edit": form(ONE + "edit/"),
    "checklists:archive": [("POST", ONE + "archive/", ADMIN)],
    "checklists:restore": [("POST", ONE + "restore/", ADMIN)],
    "checklists:draft": form(DRAFT),
    "checklists:begin": [("POST", DRAFT + "begin/", ADMIN)],
    "checklists:add": form(DRAFT + "add/"),
    "checklists:move_group": [("POST", DRAFT + "groups/move/", ADMIN)],
    "checklists:edit_item": form(DRAFT + "items/runbook/"),
    "checklists:move_item": [("POST", DRAFT + "items/runbook/move/", ADMIN)],
    "checklists:remove_item": form(DRAFT + "items/runbook/remove/"),
    "checklists:publish": form(DRAFT + "publish/"),
    "checklists:discard": form(DRAFT + "discard/"),
}

API: dict[str, Rows] = {
    "api-checklists-list": [("GET", "/api/v1/checklists/", ALL), ("POST", "/api/v1/checklists/", ADMIN)],
    "api-checklists-detail": [("GET", API_ONE, ALL), ("PATCH", API_ONE, ADMIN)],
    "api-checklists-archive": [("POST", API_ONE + "archive/", ADMIN)],
    "api-checklists-restore": [("POST", API_ONE + "restore/", ADMIN)],
    "api-checklists-edition": [
        ("GET", API_ONE + "editions/1/", ALL),
        ("GET", API_ONE + "editions/2/", Rule(ADMIN.allowed, ADMIN.allowed)),
    ],
    "api-checklists-draft": [(method, API_DRAFT, ADMIN) for method in ("POST", "PATCH", "DELETE")],
    "api-checklists-items": [("POST", API_DRAFT + "items/", ADMIN)],
    "api-checklists-item": [(method, API_DRAFT + "items/runbook/", ADMIN) for method in ("PATCH", "DELETE")],
    "api-checklists-move": [("POST", API_DRAFT + "items/runbook/move/", ADMIN)],
    "api-checklists-publish": [("POST", API_ONE + "publish/", ADMIN)],
}
