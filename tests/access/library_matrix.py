"""The matrix's rows of the library and of feedback: whoever may know of a thing speaks of it, its team answers."""

from __future__ import annotations

from tests.access.rule import ALL, NOBODY, SIGNED_IN, TEAM, both

# The feedback of the matrix's world is the stakeholder's: none of the roles here, so that only the team may do more.
ONE, API_ONE = "/feedback/[_feedback]/", "/api/v1/feedback/[_feedback]/"
GIVE = "/feedback/give/?type={project_type}&id=[_pk]"

PAGES = {
    "guides:library": [("GET", "/guides/", ALL)],
    "guides:all": [("GET", "/guides/all/", ALL)],
    "guides:glossary": [("GET", "/guides/glossary/", ALL)],
    "guides:feedback_list": [("GET", "/feedback/", ALL)],
    "guides:give_feedback": [
        ("GET", "/feedback/give/", NOBODY),
        *both("GET", GIVE, SIGNED_IN),
        *both("POST", GIVE, SIGNED_IN),
    ],
    "guides:feedback": both("GET", ONE, SIGNED_IN),
    "guides:answer_feedback": both("POST", ONE + "answer/", TEAM),
    "guides:reopen_feedback": both("POST", ONE + "reopen/", TEAM),
    # Only who said it takes it back: of these people nobody did.
    "guides:withdraw_feedback": both("POST", ONE + "withdraw/", frozenset()),
}

API = {
    "api-feedback-list": [("GET", "/api/v1/feedback/", ALL), ("POST", "/api/v1/feedback/", ALL)],
    "api-feedback-detail": both("GET", API_ONE, SIGNED_IN),
    "api-feedback-answer": both("POST", API_ONE + "answer/", TEAM),
    "api-feedback-reopen": both("POST", API_ONE + "reopen/", TEAM),
    "api-feedback-withdraw": both("POST", API_ONE + "withdraw/", frozenset()),
}
