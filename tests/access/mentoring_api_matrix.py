"""The matrix's rows of requests in the API. The member asked all of them, the owner is who is asked or answers.

`request` is in conversation and `asked` waits for an answer: only those two and the centre know of them. Of each
project one is resolved and shared: known to whoever may know of the project.
"""

from __future__ import annotations

from tests.access.rule import ALL, CENTRE, SIGNED_IN, Rule, both

ONE = "/api/v1/mentoring/requests/{request}/"
ASKED = "/api/v1/mentoring/requests/{asked}/"
RESOLVED = "/api/v1/mentoring/requests/[_request]/"
IN_IT = frozenset({"member", "owner", "administrator"})
ASKERS, ANSWERER = frozenset({"member"}), frozenset({"owner"})
# Of those in the conversation, who may write guides: the member and the owner hold no such role.
WRITERS = CENTRE


def of(path: str, allowed: frozenset[str], method: str = "POST") -> list[tuple[str, str, Rule]]:
    """The same on one that is in conversation, one that waits for an answer, and those that are resolved."""
    inside = Rule(allowed, IN_IT)
    return [(method, ONE + path, inside), (method, ASKED + path, inside), *both(method, RESOLVED + path, allowed)]


API = {
    "api-mentoring/requests-list": [
        ("GET", "/api/v1/mentoring/requests/", ALL),
        ("POST", "/api/v1/mentoring/requests/", ALL),
    ],
    "api-mentoring/requests-detail": [
        ("GET", ONE, Rule(IN_IT, IN_IT)),
        ("GET", ASKED, Rule(IN_IT, IN_IT)),
        *both("GET", RESOLVED, SIGNED_IN),
        *of("", ASKERS, "PATCH"),
    ],
    **{f"api-mentoring/requests-{verb}": of(f"{verb}/", ANSWERER) for verb in ("accept", "decline")},
    **{f"api-mentoring/requests-{verb}": of(f"{verb}/", ASKERS) for verb in ("reopen", "rate", "withdraw")},
    "api-mentoring/requests-hand-over": of("hand-over/", ANSWERER | CENTRE),
    "api-mentoring/requests-resolve": of("resolve/", IN_IT),
    "api-mentoring/requests-guide": of("guide/", WRITERS),
    "api-mentoring/requests-place": of("place/", CENTRE),
    "api-mentoring/requests-why": of("why/", IN_IT, "GET"),
    "api-mentoring/requests-messages": [
        ("GET", ONE + "messages/", Rule(IN_IT, IN_IT)),
        *both("GET", RESOLVED + "messages/", SIGNED_IN),
        *of("messages/", IN_IT),
    ],
    "api-mentoring/requests-meetings": of("meetings/", IN_IT),
    "api-mentoring/requests-meeting": [
        ("PUT", ONE + "meetings/{meeting}/", Rule(IN_IT, IN_IT)),
        ("DELETE", ONE + "meetings/{meeting}/", Rule(IN_IT, IN_IT)),
        # Of another request it is none.
        ("DELETE", ASKED + "meetings/{meeting}/", Rule(frozenset(), frozenset())),
    ],
    "api-mentoring/requests-offers": [("GET", "/api/v1/mentoring/requests/offers/?goal=scores", ALL)],
    "api-mentoring/requests-served": [("POST", "/api/v1/mentoring/requests/served/", ALL)],
}
