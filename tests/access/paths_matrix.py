"""The matrix's rows of paths: everybody reads what is published, its owner and the centre write."""

from __future__ import annotations

from tests.access.rule import ADMIN, ALL, Rule

WRITERS = frozenset({"owner", "administrator"})
WRITE = Rule(WRITERS)
# A path that is only a draft, and the draft of one that is published: others do not learn of them.
HIDDEN = Rule(WRITERS, WRITERS)
ONE, API_ONE = "/paths/walked/", "/api/v1/paths/walked/"
FRESH, API_FRESH = "/paths/unfinished/", "/api/v1/paths/unfinished/"
DRAFT, API_DRAFT = ONE + "draft/", API_ONE + "draft/"
Rows = list[tuple[str, str, Rule]]


def form(address: str) -> Rows:
    """A page with a form on it, for who writes the path."""
    return [("GET", address, WRITE), ("POST", address, WRITE)]


PAGES: dict[str, Rows] = {
    "paths:library": [("GET", "/paths/", ALL)],
    "paths:new": [("GET", "/paths/new/", ADMIN), ("POST", "/paths/new/", ADMIN)],
    "paths:path": [("GET", ONE, ALL), ("GET", FRESH, HIDDEN)],
    "paths:edition": [("GET", ONE + "editions/1/", ALL), ("GET", ONE + "editions/2/", HIDDEN)],
    "paths:changes": [
        ("GET", ONE + "changes/", ALL),
        ("GET", ONE + "changes/?before=1&after=2", HIDDEN),
        ("GET", FRESH + "changes/", HIDDEN),
    ],
    "paths:edit": [*form(ONE + "edit/"), ("GET", FRESH + "edit/", HIDDEN)],
    "paths:archive": [("POST", ONE + "archive/", WRITE), ("POST", FRESH + "archive/", HIDDEN)],
    "paths:restore": [("POST", ONE + "restore/", WRITE)],
    "paths:draft": [("GET", DRAFT, WRITE), ("GET", FRESH + "draft/", HIDDEN)],
    "paths:begin": [("POST", DRAFT + "begin/", WRITE)],
    "paths:add": [
        *form(DRAFT + "add/"),
        *(("GET", f"{DRAFT}add/?kind={kind}", WRITE) for kind in ("read", "task", "quiz", "meet", "verified")),
    ],
    "paths:order": [("POST", DRAFT + "order/", WRITE), ("POST", FRESH + "draft/order/", HIDDEN)],
    "paths:edit_step": [*form(DRAFT + "steps/walk/"), ("GET", DRAFT + "steps/ask/", WRITE)],
    "paths:remove_step": form(DRAFT + "steps/walk/remove/"),
    "paths:preview": [("GET", DRAFT + "preview/", WRITE)],
    "paths:publish": form(DRAFT + "publish/"),
    "paths:discard": form(DRAFT + "discard/"),
}

API: dict[str, Rows] = {
    "api-paths-list": [("GET", "/api/v1/paths/", ALL), ("POST", "/api/v1/paths/", ADMIN)],
    "api-paths-detail": [("GET", API_ONE, ALL), ("PATCH", API_ONE, WRITE), ("GET", API_FRESH, HIDDEN)],
    "api-paths-archive": [("POST", API_ONE + "archive/", WRITE)],
    "api-paths-restore": [("POST", API_ONE + "restore/", WRITE)],
    "api-paths-edition": [("GET", API_ONE + "editions/1/", ALL), ("GET", API_ONE + "editions/2/", HIDDEN)],
    "api-paths-draft": [(method, API_DRAFT, WRITE) for method in ("POST", "DELETE")],
    "api-paths-steps": [("POST", API_DRAFT + "steps/", WRITE)],
    "api-paths-step": [(method, API_DRAFT + "steps/walk/", WRITE) for method in ("PATCH", "DELETE")],
    "api-paths-move": [("POST", API_DRAFT + "steps/walk/move/", WRITE)],
    "api-paths-publish": [("POST", API_ONE + "publish/", WRITE), ("POST", API_FRESH + "publish/", HIDDEN)],
}
