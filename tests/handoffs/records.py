"""A believable record, as `projects.handoffs.record.build` makes them."""

from __future__ import annotations

from typing import Any

BY, AT = "Iris Chen", "2026-07-01T09:30:00+00:00"


def item(title: str, state: str = "done", kind: str = "manual", **more: Any) -> dict[str, Any]:
    made = {
        "key": title.lower().replace(" ", "-"),
        "title": title,
        "kind": kind,
        "is_required": True,
        "state": state,
        "note": "",
        "by": BY if state in ("done", "not_applicable") else None,
        "at": AT if state in ("done", "not_applicable") else None,
        "is_automated": False,
        "returned_because": "",
        "check": None,
        "evidence": [],
    }
    return {**made, **more}


def evidence(kind: str, title: str, **more: Any) -> dict[str, Any]:
    made = {"kind": kind, "title": title, "url": None, "text": None, "sha256": None, "by": BY, "at": AT}
    return {**made, "carried_from": None, **more}


def check(sentence: str, outcome: str = "passed") -> dict[str, Any]:
    return {
        "key": "x",
        "outcome": outcome,
        "sentence": sentence,
        "saw": {"value": 0.913},
        "at": "2026-07-03T12:02:11+00:00",
    }


DATA = [
    item(
        "Feature expectations are written down",
        evidence=[
            evidence(
                "link", "Expectations of the loyalty table", url="https://git.example.com/churn/data/expectations.md"
            ),
            evidence(
                "text",
                "Why the ranges are wide",
                text="Basket sizes vary by a factor of forty between the shops.\nWe clip at the 99.5th percentile.\n\n"
                "Above that, the model has not been trained and its score should not be used.",
                carried_from={"handoff": 7, "version": 7},
            ),
        ],
    ),
    item("No feature costs more than it gives", note="Checked with an ablation of all 31 features; four were dropped."),
    item(
        "Personal data is handled as agreed",
        evidence=[
            evidence(
                "file", "Agreement with the works council.pdf", sha256="8fa1c04e" * 8, by="Żaneta Wójcik-Grześkowiak"
            )
        ],
    ),
    item(
        "Training data is logged",
        "passed",
        "automatic",
        check=check("The run names loyalty_2026q2 with the digest 8fa1c04e."),
    ),
]
MODEL = [
    item(
        "It beats what is in production",
        "passed",
        "automatic",
        check=check("auc is 0.913; version 7 in production has 0.871 on the same data (digest 8fa1c04e)."),
    ),
    item(
        "A simpler model was tried",
        evidence=[
            evidence(
                "link", "Logistic regression, run 41c0", url="https://mlflow.example.com/#/experiments/4/runs/41c0"
            )
        ],
    ),
    item(
        "It is fair to the groups that matter",
        "not_applicable",
        note="The score decides who is called, not what anybody pays; agreed with legal.",
    ),
    item(
        "Its signature is logged",
        "failed",
        "automatic",
        is_required=False,
        check=check("The version has no signature.", "failed"),
    ),
]
INFRASTRUCTURE = [
    item(
        "Training can be repeated",
        "cannot_tell",
        "automatic",
        is_required=False,
        check=check("The run has no environment file, so nobody can tell.", "cannot_tell"),
    ),
    item("Tests of the team pass", is_automated=True),
    item(
        "It can be rolled back",
        evidence=[
            evidence("text", "How", text="Set the alias back to 7. https://wiki.example.com/rollback says who may.")
        ],
    ),
]
SIGNED = [
    item("Operations know how to run it", kind="sign_off", by="Tomás Vega", note="Run book read and tried on staging."),
    item("Dashboards are there", "open", is_required=False),
]


def sample(**more: Any) -> dict[str, Any]:
    """An accepted handoff; named parts replaced by what is given."""
    made = {
        "cairn": 1,
        "handoff": {
            "id": 12,
            "origin": "version",
            "summary": "Version 8 scores each loyalty customer every night, as version 7 did,"
            " but it knows returns and complaints too."
            "\n\nNothing changes for the call lists. The nightly job needs 4 GB instead of 2.",
            "opened_by": None,
            "opened_at": "2026-06-28T04:10:00+00:00",
            "submitted_by": BY,
            "submitted_at": "2026-07-02T15:40:00+00:00",
            "due_on": "2026-07-10",
            "round": 2,
        },
        "project": {"slug": "churn", "name": "Customer churn", "unit": "Retail", "owner": "Noor Haddad"},
        "version": {
            "source": "Central tracking",
            "model": "churn",
            "version": 8,
            "run_id": "6f1e0c2a9d3b4b7f8e21aa90c3d45e67",
            "experiment": "churn/nightly",
            "created_at": "2026-06-28T04:09:00+00:00",
            "trained_at": "2026-06-28T04:05:00+00:00",
            "git_commit": "b21c9e0f7a6d5c4b3a2918273645546372819abc",
            "datasets": [
                {"name": "loyalty_2026q2", "digest": "8fa1c04e", "context": "training"},
                {"name": "loyalty_2026q2_holdout", "digest": "11c09b7d", "context": "evaluation"},
            ],
            "metrics": [
                {
                    "key": "auc",
                    "value": 0.9134567,
                    "dataset_name": "loyalty_2026q2_holdout",
                    "dataset_digest": "11c09b7d",
                },
                {
                    "key": "log_loss",
                    "value": 0.2871,
                    "dataset_name": "loyalty_2026q2_holdout",
                    "dataset_digest": "11c09b7d",
                },
                {"key": "n_customers", "value": 41200, "dataset_name": None, "dataset_digest": None},
                {"key": "gain_vs_7", "value": -0.00042, "dataset_name": None, "dataset_digest": None},
                {"key": "calibration", "value": "NaN", "dataset_name": None, "dataset_digest": None},
            ],
        },
        "checklist": {
            "slug": "production",
            "name": "Production readiness",
            "edition": 2,
            "effect": "set",
            "alias": "production",
        },
        "from": {
            "people": [
                {"name": BY, "responsibility": "Data science"},
                {"name": "Łukasz Żółkiewski", "responsibility": "Data engineering"},
                {"name": "Ελένη Παπαδοπούλου", "responsibility": "Business"},
            ]
        },
        "to": {"unit": "ML operations", "reviewer": "Tomás Vega"},
        "groups": [
            {"name": "Data", "items": DATA},
            {"name": "Model", "items": MODEL},
            {"name": "Infrastructure", "items": INFRASTRUCTURE},
            {"name": "Monitoring and sign-off", "items": SIGNED},
        ],
        "score": {
            "groups": [
                {"name": "Data", "points": 5.5, "applying": 7, "of": 7},
                {"name": "Model", "points": 4.0, "applying": 6, "of": 7},
                {"name": "Infrastructure", "points": 3.5, "applying": 7, "of": 7},
                {"name": "Monitoring", "points": 5.0, "applying": 7, "of": 7},
            ],
            "score": 3.5,
        },
        "decisions": [
            {
                "kind": "submitted",
                "round": 1,
                "actor": BY,
                "at": "2026-06-29T10:00:00+00:00",
                "reason": "",
                "reasons": {},
                "sha256": "0c" * 32,
            },
            {
                "kind": "returned",
                "round": 1,
                "actor": "Tomás Vega",
                "at": "2026-06-30T08:15:00+00:00",
                "reason": "Nearly there; two things are missing.",
                "reasons": {
                    "it-can-be-rolled-back": "Say who may do it at night.",
                    "no-feature-costs-more-than-it-gives": "Where is the ablation?",
                },
                "sha256": "1d" * 32,
            },
            {
                "kind": "submitted",
                "round": 2,
                "actor": BY,
                "at": "2026-07-02T15:40:00+00:00",
                "reason": "",
                "reasons": {},
                "sha256": "2e" * 32,
            },
        ],
        "decided": {
            "kind": "accepted",
            "actor": "Tomás Vega",
            "at": "2026-07-03T12:02:30+00:00",
            "reason": "Fine for the nightly run. Watch the memory in the first week.",
            "newest_version": 8,
        },
    }
    return {**made, **more}
