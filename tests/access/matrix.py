"""Who may do what where: every address of the site and of the API, and what each kind of person gets there.

A rule names those who get in; everybody else who is signed in gets 403 or 404 as it says. Whoever is not signed in is
sent to the sign-in page (pages) or gets 401 (API), except where a rule lets `anonymous` in.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.access.world import ROLES

SIGNED_IN = frozenset(ROLES) - {"anonymous"}
PUBLIC = frozenset(ROLES)
CENTRE = frozenset({"administrator"})
TEAM = frozenset({"owner", "member", "unit_lead", "administrator"})
GOVERN = frozenset({"owner", "unit_lead", "administrator"})
ENTER = TEAM | {"contributor"}
CREATE = frozenset({"contributor", "unit_lead", "administrator"})
TRIAGE = CREATE | {"approver"}
INSIDE = TEAM | {"executive"}


@dataclass(frozen=True)
class Rule:
    """`allowed` get in; `hidden` (when given) are the only ones who may know of it at all: others get 404."""

    allowed: frozenset[str]
    known_to: frozenset[str] = SIGNED_IN
    anonymous: int = 401

    def status(self, role: str) -> int:
        """What `role` gets: 200 stands for any answer that is not a refusal."""
        if role in self.allowed:
            return 200
        if role == "anonymous":
            return self.anonymous
        return 403 if role in self.known_to else 404


ALL, ANYONE = Rule(SIGNED_IN), Rule(PUBLIC)
NOBODY = Rule(frozenset(), frozenset())
# Not even a sign-in page: the address answers as if it were not there.
CLOSED = Rule(frozenset(), frozenset(), anonymous=404)
ADMIN = Rule(CENTRE)


def both(method: str, template: str, allowed: frozenset[str]) -> list[tuple[str, str, Rule]]:
    """The same address for the open project (others: 403) and for the closed one (who may not know of it: 404)."""
    return [
        (method, template.replace("[", "{open").replace("]", "}"), Rule(allowed)),
        (method, template.replace("[", "{closed").replace("]", "}"), Rule(allowed & INSIDE, INSIDE)),
    ]


# The name of the address → rows of (method, address, rule).
PAGES: dict[str, list[tuple[str, str, Rule]]] = {
    "healthz": [("GET", "/healthz", ANYONE)],
    "readyz": [("GET", "/readyz", ANYONE)],
    "account_login": [("GET", "/sign-in/", ANYONE)],
    "account_logout": [("POST", "/sign-out/", ANYONE)],
    "account_signup": [("GET", "/sign-up/", CLOSED)],
    "account_inactive": [("GET", "/sign-in/closed/", ANYONE)],
    "demo_sign_in": [("POST", "/demo/sign-in/", CLOSED)],
    "account_reset_password": [("GET", "/password/forgot/", ANYONE)],
    "account_reset_password_done": [("GET", "/password/forgot/sent/", ANYONE)],
    "account_reset_password_from_key": [("GET", "/password/reset/1-set-password/", ANYONE)],
    "account_reset_password_from_key_done": [("GET", "/password/reset/done/", ANYONE)],
    "account_change_password": [("GET", "/password/change/", ALL)],
    "account_set_password": [("GET", "/password/set/", ALL)],
    "accounts:me": [("GET", "/me/", ALL)],
    "accounts:set_timezone": [("POST", "/me/time-zone/", ALL)],
    "accounts:new_token": [("POST", "/me/tokens/", ALL)],
    "accounts:revoke_token": [("POST", "/me/tokens/{token}/revoke/", NOBODY)],
    "accounts:end_sessions": [("POST", "/me/sessions/end/", ALL)],
    "accounts:people": [("GET", "/people/", ALL)],
    "accounts:new_person": [("GET", "/people/new/", ADMIN), ("POST", "/people/new/", ADMIN)],
    "accounts:person": [("GET", "/people/{person}/", ALL)],
    "accounts:edit_person": [("GET", "/people/{person}/edit/", ADMIN), ("POST", "/people/{person}/edit/", ADMIN)],
    "accounts:deactivate_person": [("POST", "/people/{person}/deactivate/", ADMIN)],
    "accounts:reactivate_person": [("POST", "/people/{person}/reactivate/", ADMIN)],
    "accounts:grant_role": [("POST", "/people/{person}/roles/", Rule(CENTRE | {"unit_lead"}))],
    "accounts:revoke_grant": [("POST", "/people/{person}/roles/{grant}/revoke/", Rule(CENTRE | {"unit_lead"}))],
    "accounts:units": [("GET", "/units/", ALL)],
    "accounts:new_unit": [("GET", "/units/new/", ADMIN), ("POST", "/units/new/", ADMIN)],
    "accounts:unit": [("GET", "/units/{unit}/", ALL)],
    "accounts:edit_unit": [("GET", "/units/{unit}/edit/", ADMIN), ("POST", "/units/{unit}/edit/", ADMIN)],
    "catalog:projects": [("GET", "/projects/", ALL)],
    "catalog:new_project": [("GET", "/projects/new/", Rule(CREATE)), ("POST", "/projects/new/", Rule(CREATE))],
    "catalog:project": both("GET", "/projects/[]/", SIGNED_IN),
    "catalog:edit_project": both("GET", "/projects/[]/edit/", TEAM) + both("POST", "/projects/[]/edit/", TEAM),
    "catalog:move": both("GET", "/projects/[]/move/", GOVERN) + both("POST", "/projects/[]/move/", GOVERN),
    "catalog:members": both("POST", "/projects/[]/members/", GOVERN),
    "catalog:remove_member": both("POST", "/projects/[]/members/[_member]/remove/", GOVERN | {"member"}),
    "catalog:status": both("POST", "/projects/[]/status/", TEAM),
    "catalog:timeline": both("GET", "/projects/[]/timeline/", SIGNED_IN),
    "tracking:sources": [("GET", "/sources/", ALL)],
    "tracking:new_source": [("GET", "/sources/new/", ADMIN), ("POST", "/sources/new/", ADMIN)],
    "tracking:source": [("GET", "/sources/{source}/", ALL)],
    "tracking:edit_source": [("GET", "/sources/{source}/edit/", ADMIN), ("POST", "/sources/{source}/edit/", ADMIN)],
    "tracking:sync_now": [("POST", "/sources/{source}/sync/", Rule(CREATE))],
    "tracking:sync": [("GET", "/sources/{source}/syncs/{sync}/", ALL)],
    "tracking:experiments": [("GET", "/experiments/", ALL)],
    "tracking:experiment": both("GET", "/experiments/{source}/[_experiment]/", SIGNED_IN),
    "tracking:link_experiment": both("POST", "/experiments/{source}/[_experiment]/link/", TEAM),
    "tracking:run": both("GET", "/runs/{source}/[_run]/", SIGNED_IN),
    "tracking:models": [("GET", "/models/", ALL)],
    "tracking:model": both("GET", "/models/{source}/[_model]/", SIGNED_IN),
    "tracking:link_model": both("POST", "/models/{source}/[_model]/link/", TEAM),
    "tracking:triage": [("GET", "/triage/", Rule(TRIAGE))],
    "measures:kpis": [("GET", "/kpis/", ALL)],
    "measures:kpi_new": [("GET", "/kpis/new/", ADMIN), ("POST", "/kpis/new/", ADMIN)],
    "measures:kpi_edit": [("GET", "/kpis/{kpi}/edit/", ADMIN), ("POST", "/kpis/{kpi}/edit/", ADMIN)],
    "measures:metrics": [("GET", "/kpis/metrics/", Rule(CREATE)), ("POST", "/kpis/metrics/", Rule(CREATE))],
    "measures:binding": both("GET", "/projects/[]/kpis/{kpi}/", SIGNED_IN),
    "measures:bind": both("GET", "/projects/[]/kpis/bind/", TEAM) + both("POST", "/projects/[]/kpis/bind/", TEAM),
    "measures:binding_edit": both("GET", "/projects/[]/kpis/{kpi}/edit/", TEAM),
    "measures:baseline": both("GET", "/projects/[]/kpis/{kpi}/baseline/", GOVERN),
    "measures:target": both("GET", "/projects/[]/kpis/{kpi}/target/", GOVERN),
    "measures:enter": both("GET", "/projects/[]/kpis/{kpi}/enter/", ENTER),
    "measures:correct": both("GET", "/projects/[]/kpis/{kpi}/correct/[_observation]/", ENTER),
    "measures:binding_remove": both("GET", "/projects/[]/kpis/{kpi}/remove/", GOVERN),
    "measures:import": [("GET", "/observations/import/", ALL)],
    "reports:home": [("GET", "/", ALL)],
    "reports:scoreboard": [("GET", "/scoreboard/", ALL)],
    "reports:scoreboard_unit": [("GET", "/scoreboard/{unit}/", ALL)],
    "reports:kpi": [("GET", "/kpis/{kpi}/", ALL)],
    "reports:compare": [("GET", "/compare/?p={open}", ALL)],
    "reports:explain_project": both("GET", "/explain/project/[]/{kpi}/", SIGNED_IN),
    "reports:explain_unit": [("GET", "/explain/unit/{unit}/{kpi}/", ALL)],
}

API: dict[str, list[tuple[str, str, Rule]]] = {
    "api-schema": [("GET", "/api/v1/schema", ANYONE)],
    "api-root": [("GET", "/api/v1/", ALL)],
    "api-me": [("GET", "/api/v1/me/", ALL)],
    "api-units-list": [("GET", "/api/v1/units/", ALL), ("POST", "/api/v1/units/", ADMIN)],
    "api-units-detail": [("GET", "/api/v1/units/{unit}/", ALL), ("PATCH", "/api/v1/units/{unit}/", ADMIN)],
    "api-people-list": [("GET", "/api/v1/people/", ALL)],
    "api-people-detail": [("GET", "/api/v1/people/{person}/", ALL)],
    "api-projects-list": [("GET", "/api/v1/projects/", ALL), ("POST", "/api/v1/projects/", Rule(CREATE))],
    "api-projects-detail": both("GET", "/api/v1/projects/[]/", SIGNED_IN) + both("PATCH", "/api/v1/projects/[]/", TEAM),
    "api-projects-members": both("GET", "/api/v1/projects/[]/members/", SIGNED_IN)
    + both("POST", "/api/v1/projects/[]/members/", GOVERN),
    "api-projects-move": both("POST", "/api/v1/projects/[]/move/", GOVERN),
    "api-projects-status": both("POST", "/api/v1/projects/[]/status/", TEAM),
    "api-projects-timeline": both("GET", "/api/v1/projects/[]/timeline/", SIGNED_IN),
    "api-sources-list": [("GET", "/api/v1/sources/", ALL), ("POST", "/api/v1/sources/", ADMIN)],
    "api-sources-detail": [("GET", "/api/v1/sources/{source}/", ALL), ("PATCH", "/api/v1/sources/{source}/", ADMIN)],
    "api-sources-sync": [("POST", "/api/v1/sources/{source}/sync/", Rule(CREATE))],
    "api-syncs-list": [("GET", "/api/v1/syncs/", ALL)],
    "api-syncs-detail": [("GET", "/api/v1/syncs/{sync}/", ALL)],
    "api-experiments-list": [("GET", "/api/v1/experiments/", ALL)],
    "api-experiments-detail": both("GET", "/api/v1/experiments/[_experiment_pk]/", SIGNED_IN)
    + both("PATCH", "/api/v1/experiments/[_experiment_pk]/", TEAM),
    "api-runs-list": [("GET", "/api/v1/runs/", ALL)],
    "api-runs-detail": both("GET", "/api/v1/runs/[_run]/", SIGNED_IN),
    "api-models-list": [("GET", "/api/v1/models/", ALL)],
    "api-models-detail": both("GET", "/api/v1/models/[_model_pk]/", SIGNED_IN)
    + both("PATCH", "/api/v1/models/[_model_pk]/", TEAM),
    "api-kpis-list": [("GET", "/api/v1/kpis/", ALL), ("POST", "/api/v1/kpis/", ADMIN)],
    "api-kpis-detail": [("GET", "/api/v1/kpis/{kpi}/", ALL), ("PATCH", "/api/v1/kpis/{kpi}/", ADMIN)],
    "api-bindings-list": [("GET", "/api/v1/bindings/", ALL)],
    "api-bindings-detail": both("GET", "/api/v1/bindings/[_binding]/", SIGNED_IN)
    + both("PATCH", "/api/v1/bindings/[_binding]/", TEAM)
    + both("DELETE", "/api/v1/bindings/[_binding]/", GOVERN),
    "api-bindings-baselines": both("GET", "/api/v1/bindings/[_binding]/baselines/", SIGNED_IN)
    + both("POST", "/api/v1/bindings/[_binding]/baselines/", GOVERN),
    "api-bindings-targets": both("GET", "/api/v1/bindings/[_binding]/targets/", SIGNED_IN)
    + both("POST", "/api/v1/bindings/[_binding]/targets/", GOVERN),
    "api-observations-list": [("GET", "/api/v1/observations/", ALL)],
    "api-observations-detail": both("GET", "/api/v1/observations/[_observation]/", SIGNED_IN),
    "api-observations-correct": both("POST", "/api/v1/observations/[_observation]/correct/", ENTER),
    "api-observations-import": [("POST", "/api/v1/observations/import/", ALL)],
    "api-readings-list": [("GET", "/api/v1/readings/", ALL)],
    "api-scoreboard-list": [("GET", "/api/v1/scoreboard/", ALL)],
}
