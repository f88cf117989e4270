"""The matrix's rows of notices. The notice is the viewer's, and nobody else's business; the token of a mail says by
itself whose it is.
"""

from __future__ import annotations

from tests.access.rule import ALL, ANYONE, CLOSED, Rule

_MINE = Rule(frozenset({"viewer"}), frozenset({"viewer"}))
# Of a thing that the viewer may no longer know of: nobody learns of it.
_HIDDEN = Rule(frozenset(), frozenset())

PAGES = {
    "notices:inbox": [("GET", "/notices/", ALL), ("GET", "/notices/?state=unread&topic=delivery", ALL)],
    "notices:unread": [("GET", "/notices/unread/", ALL)],
    "notices:read": [("POST", "/notices/read/", ALL)],
    "notices:notice": [("GET", "/notices/{notice}/", _MINE), ("GET", "/notices/{closed_notice}/", _HIDDEN)],
    "notices:settings": [("GET", "/notices/settings/", ALL), ("POST", "/notices/settings/", ALL)],
    "notices:set_chat": [("POST", "/notices/settings/chat/", ALL)],
    "notices:remove_chat": [("POST", "/notices/settings/chat/remove/", ALL)],
    "notices:try_chat": [("POST", "/notices/settings/chat/test/", ALL)],
    "notices:unsubscribe": [
        ("GET", "/notices/unsubscribe/{unsubscribe}/", ANYONE),
        ("POST", "/notices/unsubscribe/{unsubscribe}/", ANYONE),
        ("GET", "/notices/unsubscribe/forged/", CLOSED),
        ("POST", "/notices/unsubscribe/forged/", CLOSED),
    ],
}

API = {
    "api-notices-list": [("GET", "/api/v1/notices/", ALL)],
    "api-notices-detail": [
        ("GET", "/api/v1/notices/{notice}/", _MINE),
        ("GET", "/api/v1/notices/{closed_notice}/", _HIDDEN),
    ],
    "api-notices-read": [
        ("POST", "/api/v1/notices/{notice}/read/", _MINE),
        ("POST", "/api/v1/notices/{closed_notice}/read/", _HIDDEN),
    ],
    "api-notices-read-all": [("POST", "/api/v1/notices/read-all/", ALL)],
    "api-notices-unread": [("GET", "/api/v1/notices/unread/", ALL)],
    "api-notices-choices": [("GET", "/api/v1/notices/choices/", ALL), ("PUT", "/api/v1/notices/choices/", ALL)],
}
