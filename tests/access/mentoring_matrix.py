"""The matrix's rows of requests for a mentor: the member asks, the owner mentors, the centre coordinates. Of each
project one request is resolved and shared: whoever may know of the project reads it.
"""

from __future__ import annotations

from tests.access.rule import ADMIN, ALL, CENTRE, INSIDE, NOBODY, SIGNED_IN, Rule, both

ONE, ASKED, SHARED = "/mentoring/{request}/", "/mentoring/{asked}/", "/mentoring/[_request]/"
IN_THREAD = frozenset({"owner", "member", "administrator"})


def of(*roles: str) -> Rule:
    """Of those in the conversation these; to everybody else there is nothing."""
    return Rule(frozenset(roles), IN_THREAD)


TALKS, MENTORS, ASKS, CENTRE_ONLY = of(*IN_THREAD), of("owner"), of("member"), of(*CENTRE)
GIVES = of("owner", "administrator")


def form(path: str, rule: Rule) -> list[tuple[str, str, Rule]]:
    return [("GET", path, rule), ("POST", path, rule)]


PAGES = {
    "mentoring:home": [("GET", "/mentoring/", ALL), ("GET", "/mentoring/?format=csv", ALL)],
    "mentoring:ask": [
        *form("/mentoring/ask/", ALL),
        ("GET", "/mentoring/ask/?about=project:{open}", ALL),
        ("GET", "/mentoring/ask/?about=project:{closed}", Rule(INSIDE, INSIDE)),
    ],
    "mentoring:answers": [("GET", "/mentoring/answers/?goal=calibrate+it", ALL)],
    # Without naming an answer.
    "mentoring:serve": [("POST", "/mentoring/answers/served/", NOBODY)],
    "mentoring:served": [
        ("GET", "/mentoring/answers/served/{served}/", Rule(frozenset({"viewer"}), frozenset({"viewer"})))
    ],
    "mentoring:preview": [("POST", "/mentoring/preview/", ALL)],
    "mentoring:centre": [("GET", "/mentoring/centre/", ADMIN), ("GET", "/mentoring/centre/?format=csv", ADMIN)],
    "mentoring:request": [("GET", ONE, TALKS), ("GET", ASKED, TALKS), *both("GET", SHARED, SIGNED_IN)],
    "mentoring:messages": [
        *form(ONE + "messages/", TALKS),
        *both("GET", SHARED + "messages/", SIGNED_IN),
        *both("POST", SHARED + "messages/", IN_THREAD),
    ],
    "mentoring:file": [("GET", ONE + "files/{message_file}/", TALKS)],
    "mentoring:propose": [("POST", ONE + "meetings/", TALKS), *both("POST", SHARED + "meetings/", IN_THREAD)],
    "mentoring:meeting": form(ONE + "meetings/{meeting}/", TALKS),
    "mentoring:cancel_meeting": [("POST", ONE + "meetings/{meeting}/cancel/", TALKS)],
    "mentoring:ics": [("GET", ONE + "meetings/{meeting}.ics", TALKS)],
    "mentoring:why": [("GET", ONE + "why/", TALKS), *both("GET", SHARED + "why/", IN_THREAD)],
    "mentoring:accept": [("POST", ASKED + "accept/", MENTORS)],
    "mentoring:decline": [("POST", ASKED + "decline/", MENTORS)],
    "mentoring:hand_over": form(ONE + "hand-over/", GIVES),
    "mentoring:resolve": [("POST", ONE + "resolve/", TALKS), *both("POST", SHARED + "resolve/", IN_THREAD)],
    "mentoring:reopen": [("POST", ONE + "reopen/", ASKS), *both("POST", SHARED + "reopen/", frozenset({"member"}))],
    "mentoring:rate": [("POST", ONE + "rate/", ASKS), *both("POST", SHARED + "rate/", frozenset({"member"}))],
    "mentoring:withdraw": [("POST", ONE + "withdraw/", ASKS)],
    "mentoring:change": form(ONE + "change/", ASKS) + both("GET", SHARED + "change/", frozenset({"member"})),
    # The owner and the member hold no role that writes guides.
    "mentoring:guide": [("POST", ONE + "guide/", CENTRE_ONLY), *both("POST", SHARED + "guide/", CENTRE)],
    "mentoring:place": form(ONE + "place/", CENTRE_ONLY),
}
