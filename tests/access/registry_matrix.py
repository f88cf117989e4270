"""The matrix's rows of a source's registry: its webhook and opening rule, orders of aliases, drift."""

from __future__ import annotations

from tests.access.rule import ADMIN, ALL, CENTRE, SIGNED_IN, both

DECIDE = CENTRE | {"approver"}
ONE = "/sources/{source}/registry/"

PAGES = {
    "registry:registry": [("GET", ONE, ALL)],
    "registry:opening": [("POST", ONE + "opening/", ADMIN)],
    "registry:retry_order": both("POST", ONE + "orders/[_order]/retry/", DECIDE),
    "registry:record_drift": both("GET", ONE + "drift/[_drift]/record/", DECIDE)
    + both("POST", ONE + "drift/[_drift]/record/", DECIDE),
    "registry:put_back": both("GET", ONE + "drift/[_drift]/put-back/", DECIDE)
    + both("POST", ONE + "drift/[_drift]/put-back/", DECIDE),
}

API = {
    "api-alias-orders-list": [("GET", "/api/v1/alias-orders/", ALL)],
    "api-alias-orders-detail": both("GET", "/api/v1/alias-orders/[_order]/", SIGNED_IN),
    "api-alias-orders-retry": both("POST", "/api/v1/alias-orders/[_order]/retry/", DECIDE),
    "api-drifts-list": [("GET", "/api/v1/drifts/", ALL)],
    "api-drifts-detail": both("GET", "/api/v1/drifts/[_drift]/", SIGNED_IN),
    "api-drifts-record": both("POST", "/api/v1/drifts/[_drift]/record/", DECIDE),
    "api-drifts-put-back": both("POST", "/api/v1/drifts/[_drift]/put-back/", DECIDE),
}
