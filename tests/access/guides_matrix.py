"""The matrix's rows of documents: one about each project, published. Whoever may know of the project reads it, the team
of the project writes it.
"""

from __future__ import annotations

from tests.access.rule import ALL, SIGNED_IN, TEAM, TRIAGE, Rule, both

ONE, API_ONE = "/guides/[_document]/", "/api/v1/documents/[_document]/"
# Who holds a role that writes; the approver is one of them.
WRITERS = Rule(TRIAGE)


def acts(path: str) -> list[tuple[str, str, Rule]]:
    """A page with a form, for those who write."""
    return both("GET", ONE + path, TEAM) + both("POST", ONE + path, TEAM)


PAGES = {
    "guides:new": [
        ("GET", "/guides/new/", WRITERS),
        ("POST", "/guides/new/", WRITERS),
        ("GET", "/guides/new/?type={project_type}&id={closed_pk}", Rule(TRIAGE | TEAM)),
    ],
    "guides:preview": [("POST", "/guides/preview/", ALL)],
    "guides:document": both("GET", ONE, SIGNED_IN),
    "guides:edit": acts("edit/"),
    "guides:settings": acts("settings/"),
    "guides:history": both("GET", ONE + "history/", SIGNED_IN),
    "guides:revision": both("GET", ONE + "history/1/", SIGNED_IN),
    "guides:restore": both("POST", ONE + "history/1/restore/", TEAM),
    "guides:diff": both("GET", ONE + "diff/", SIGNED_IN),
    "guides:publish": acts("publish/"),
    "guides:withdraw": acts("withdraw/"),
    "guides:verify": acts("verify/"),
    "guides:archive": acts("archive/"),
    "guides:recall": both("POST", ONE + "recall/", TEAM),
    "guides:files": acts("files/"),
    "guides:file": both("GET", ONE + "files/plan.png", SIGNED_IN),
    "guides:remove_file": both("POST", ONE + "files/plan.png/remove/", TEAM),
}

API = {
    "api-documents-list": [("GET", "/api/v1/documents/", ALL), ("POST", "/api/v1/documents/", ALL)],
    "api-documents-detail": both("GET", API_ONE, SIGNED_IN) + both("PATCH", API_ONE, TEAM),
    "api-documents-revisions": both("GET", API_ONE + "revisions/", SIGNED_IN)
    + both("POST", API_ONE + "revisions/", TEAM),
    **{
        f"api-documents-{verb}": both("POST", f"{API_ONE}{verb}/", TEAM)
        for verb in ("publish", "withdraw", "verify", "archive", "recall", "restore")
    },
    "api-documents-files": both("GET", API_ONE + "files/", SIGNED_IN) + both("POST", API_ONE + "files/", TEAM),
    "api-documents-remove-file": both("DELETE", API_ONE + "files/plan.png/", TEAM),
}
