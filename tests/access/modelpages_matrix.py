"""The matrix's rows of model pages: everybody who may know of the model reads and uses, the team writes."""

from __future__ import annotations

from tests.access.rule import ALL, SIGNED_IN, TEAM, both

ONE, API_ONE = "/models/{source}/[_model]/", "/api/v1/model-pages/[_model_pk]/"

PAGES = {
    "tracking:versions": both("GET", ONE + "versions/", SIGNED_IN),
    "modelpages:mine": [("GET", "/models/mine/", ALL)],
    "modelpages:seen": [("POST", "/models/mine/seen/", ALL)],
    "modelpages:edit": both("GET", ONE + "guide/edit/", TEAM) + both("POST", ONE + "guide/edit/", TEAM),
    "modelpages:confirm": both("GET", ONE + "guide/confirm/", TEAM) + both("POST", ONE + "guide/confirm/", TEAM),
    "modelpages:use": both("POST", ONE + "use/", SIGNED_IN),
    "modelpages:card": both("GET", ONE + "card.md", SIGNED_IN),
}

API = {
    "api-model-pages-list": [("GET", "/api/v1/model-pages/", ALL)],
    "api-model-pages-detail": both("GET", API_ONE, SIGNED_IN),
    "api-model-pages-card": both("GET", API_ONE + "card/", SIGNED_IN),
    "api-model-pages-use": both("POST", API_ONE + "use/", SIGNED_IN) + both("DELETE", API_ONE + "use/", SIGNED_IN),
    "api-model-pages-guide": both("POST", API_ONE + "guide/", TEAM),
    "api-model-pages-confirm": both("POST", API_ONE + "confirm/", TEAM),
}
