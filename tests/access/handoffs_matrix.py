"""The matrix's rows of handoffs. Approvers of a unit know of what may come to it, also of closed projects."""

from __future__ import annotations

from tests.access.rule import ALL, INSIDE, SIGNED_IN, TEAM, Rule, both

RECEIVERS = frozenset({"approver"})
KNOW = INSIDE | RECEIVERS
SIDES = TEAM | RECEIVERS


def of(method: str, template: str, allowed: frozenset[str]) -> list[tuple[str, str, Rule]]:
    """The address for the handoff of the open project and of the closed one."""
    return [
        (method, template.replace("[", "{open").replace("]", "}"), Rule(allowed)),
        (method, template.replace("[", "{closed").replace("]", "}"), Rule(allowed & KNOW, KNOW)),
    ]


ONE, API_ONE = "/handoffs/[_handoff]/", "/api/v1/handoffs/[_handoff]/"

PAGES = {
    "handoffs:handoffs": [("GET", "/handoffs/", ALL)],
    "handoffs:new": [
        ("GET", "/handoffs/new/", ALL),
        *both("GET", "/handoffs/new/?model=[_model_pk]", TEAM),
        *both("POST", "/handoffs/new/?model=[_model_pk]", TEAM),
    ],
    "handoffs:reassign_many": [("POST", "/handoffs/reassign/", ALL)],
    "handoffs:handoff": of("GET", ONE, SIGNED_IN),
    "handoffs:edit": of("GET", ONE + "edit/", TEAM) + of("POST", ONE + "edit/", TEAM),
    "handoffs:submit": of("POST", ONE + "submit/", TEAM),
    "handoffs:review": of("POST", ONE + "review/", RECEIVERS),
    "handoffs:accept": of("GET", ONE + "accept/", RECEIVERS) + of("POST", ONE + "accept/", RECEIVERS),
    "handoffs:return": of("GET", ONE + "return/", RECEIVERS) + of("POST", ONE + "return/", RECEIVERS),
    "handoffs:withdraw": of("GET", ONE + "withdraw/", TEAM) + of("POST", ONE + "withdraw/", TEAM),
    "handoffs:reassign": of("GET", ONE + "reassign/", SIDES) + of("POST", ONE + "reassign/", SIDES),
    "handoffs:comment": of("POST", ONE + "comment/", SIDES),
    "handoffs:checks": of("POST", ONE + "checks/", SIDES),
    "handoffs:carry": of("POST", ONE + "carry/", TEAM),
    "handoffs:token": of("POST", ONE + "token/", TEAM),
    "handoffs:item": of("GET", ONE + "items/runbook/", SIGNED_IN) + of("POST", ONE + "items/runbook/", TEAM),
    "handoffs:evidence_file": of("GET", ONE + "evidence/[_evidence]/file/", SIGNED_IN),
    "handoffs:record": of("GET", ONE + "record/", SIGNED_IN),
    "handoffs:record_pdf": of("GET", ONE + "record.pdf", SIGNED_IN),
    "handoffs:record_json": of("GET", ONE + "record.json", SIGNED_IN),
    "handoffs:remove_evidence": of("POST", ONE + "evidence/[_evidence]/remove/", TEAM),
}

API = {
    "api-handoffs-list": [("GET", "/api/v1/handoffs/", ALL), ("POST", "/api/v1/handoffs/", ALL)],
    "api-handoffs-detail": of("GET", API_ONE, SIGNED_IN) + of("PATCH", API_ONE, TEAM),
    "api-handoffs-submit": of("POST", API_ONE + "submit/", TEAM),
    "api-handoffs-review": of("POST", API_ONE + "review/", RECEIVERS),
    "api-handoffs-return-": of("POST", API_ONE + "return/", RECEIVERS),
    "api-handoffs-accept": of("POST", API_ONE + "accept/", RECEIVERS),
    "api-handoffs-withdraw": of("POST", API_ONE + "withdraw/", TEAM),
    "api-handoffs-reassign": of("POST", API_ONE + "reassign/", SIDES),
    "api-handoffs-reassign-many": [("POST", "/api/v1/handoffs/reassign/", ALL)],
    "api-handoffs-checks": of("POST", API_ONE + "checks/", SIDES),
    "api-handoffs-carry-over": of("POST", API_ONE + "carry-over/", TEAM),
    "api-handoffs-items": of("GET", API_ONE + "items/", SIGNED_IN),
    "api-handoffs-answer": of("POST", API_ONE + "items/runbook/", TEAM),
    "api-handoffs-sign": of("POST", API_ONE + "items/receive/sign/", RECEIVERS),
    "api-handoffs-evidence": of("GET", API_ONE + "evidence/", SIGNED_IN) + of("POST", API_ONE + "evidence/", TEAM),
    "api-handoffs-remove-evidence": of("DELETE", API_ONE + "evidence/[_evidence]/", TEAM),
    "api-handoffs-comments": of("GET", API_ONE + "comments/", SIGNED_IN) + of("POST", API_ONE + "comments/", SIDES),
    "api-handoffs-decisions": of("GET", API_ONE + "decisions/", SIGNED_IN),
    "api-handoffs-record": of("GET", API_ONE + "record/", SIGNED_IN),
    "api-handoffs-token": of("POST", API_ONE + "token/", TEAM) + of("DELETE", API_ONE + "token/", TEAM),
    "api-handoff-results": of("POST", API_ONE + "results/", TEAM),
}
