"""The matrix's rows of onboarding: one's own path; teams and units guide; leads and the centre see cohorts.

`{enrolment}` is the member's, of the unit retail; the owner leads the team.
"""

from __future__ import annotations

from tests.access.rule import ALL, TEAM, Rule, both

KNOWN = frozenset({"member", "owner", "unit_lead", "executive", "administrator"})
SEEN = Rule(KNOWN, KNOWN)
GO = Rule(frozenset({"member"}), KNOWN)
GUIDE = Rule(frozenset({"owner", "unit_lead", "administrator"}), KNOWN)
OWN_OR_GUIDE = Rule(KNOWN - {"executive"}, KNOWN)
COHORT = Rule(frozenset({"unit_lead", "executive", "administrator"}))
TEAM_CHANGE = Rule(frozenset({"owner", "unit_lead", "administrator"}), KNOWN)
ONE = "/onboarding/{enrolment}/"
STEP = ONE + "steps/begin/"
API_ONE = "/api/v1/onboarding/enrolments/{enrolment}/"

PAGES = {
    "onboarding:home": [("GET", "/onboarding/", ALL)],
    "onboarding:enrol": [("GET", "/onboarding/enrol/", ALL), ("POST", "/onboarding/enrol/", ALL)],
    "onboarding:new_team": [("GET", "/onboarding/teams/new/", ALL), ("POST", "/onboarding/teams/new/", ALL)],
    "onboarding:team": [("GET", "/onboarding/teams/{newcomers}/", SEEN)],
    "onboarding:edit_team": [
        ("GET", "/onboarding/teams/{newcomers}/edit/", TEAM_CHANGE),
        ("POST", "/onboarding/teams/{newcomers}/edit/", TEAM_CHANGE),
    ],
    "onboarding:cohorts": [("GET", "/onboarding/cohorts/", COHORT)],
    "onboarding:cohort": [("GET", "/onboarding/cohorts/{way}/", COHORT)],
    "onboarding:enrolment": [("GET", ONE, SEEN)],
    "onboarding:part": [("GET", ONE + "part/", SEEN)],
    "onboarding:leave": [("GET", ONE + "leave/", OWN_OR_GUIDE), ("POST", ONE + "leave/", OWN_OR_GUIDE)],
    "onboarding:shift": [("GET", ONE + "shift/", OWN_OR_GUIDE), ("POST", ONE + "shift/", OWN_OR_GUIDE)],
    "onboarding:mentor": [("GET", ONE + "mentor/", GUIDE), ("POST", ONE + "mentor/", GUIDE)],
    "onboarding:step": [("GET", STEP, SEEN)],
    "onboarding:finish": [("POST", STEP + "finish/", GO)],
    "onboarding:undo": [("POST", STEP + "undo/", GO)],
    "onboarding:quiz": [("POST", STEP + "quiz/", GO)],
    "onboarding:stuck": [("GET", STEP + "stuck/", GO), ("POST", STEP + "stuck/", GO)],
    "onboarding:meet": [("GET", STEP + "meet/", GO), ("POST", STEP + "meet/", GO)],
    "onboarding:waive": [("GET", STEP + "waive/", GUIDE), ("POST", STEP + "waive/", GUIDE)],
    # Who may not add projects is told who can.
    "starting:start": [("GET", "/start/", ALL), ("POST", "/start/", ALL)],
    "starting:started": both("GET", "/start/[]/", TEAM),
    "starting:runs": both("GET", "/start/[]/runs/", TEAM),
    "starting:look": both("POST", "/start/[]/look/", TEAM),
}

API = {
    "api-onboarding/enrolments-list": [
        ("GET", "/api/v1/onboarding/enrolments/", ALL),
        ("POST", "/api/v1/onboarding/enrolments/", ALL),
    ],
    "api-onboarding/enrolments-detail": [("GET", API_ONE, SEEN)],
    "api-onboarding/enrolments-steps": [("GET", API_ONE + "steps/", SEEN)],
    "api-onboarding/enrolments-finish": [("POST", API_ONE + "steps/begin/finish/", GO)],
    "api-onboarding/enrolments-undo": [("POST", API_ONE + "steps/begin/undo/", GO)],
    "api-onboarding/enrolments-quiz": [("POST", API_ONE + "steps/begin/quiz/", GO)],
    "api-onboarding/enrolments-stuck": [("POST", API_ONE + "steps/begin/stuck/", GO)],
    "api-onboarding/teams-list": [
        ("GET", "/api/v1/onboarding/teams/", ALL),
        ("POST", "/api/v1/onboarding/teams/", ALL),
    ],
    "api-onboarding/teams-detail": [("GET", "/api/v1/onboarding/teams/{newcomers}/", SEEN)],
    "api-onboarding/cohorts-list": [("GET", "/api/v1/onboarding/cohorts/", COHORT)],
}
