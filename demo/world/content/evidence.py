"""What teams show for the items of a checklist: links, texts and remarks, with the project's own words filled in.

Every text is a format string over the facts of one handoff (`demo.world.dossier`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Shown:
    """A piece of evidence for one item. `by`: "owner", or "data" for the team's data engineer where it has one.

    `kind` "slices" and "history" are files made of the model's real figures.
    """

    item: str
    kind: Literal["link", "text", "slices", "history"]
    title: str
    body: str = ""
    by: Literal["owner", "data"] = "owner"


_GIT, _WIKI, _DASH = (
    "https://git.larkfield.example",
    "https://wiki.larkfield.example",
    "https://boards.larkfield.example",
)

RUNBOOKS: dict[str, str] = {
    "batch": """\
## When the list is not there by 06:00
1. Look at the job `{pipe}_score` in the scheduler. **Failed on input**: the extract was late; start it again by hand.
2. Failed twice: leave yesterday's result in place and tell {unit}. It is good for three days.
3. Still failing at 09:00: call {support}; after hours the duty line, which calls {ops}.

## Start, stop, check
`make score DAY=2026-01-31` scores one day and is safe to repeat. To stop it, pause the job; nothing else depends on it.
A good run writes between 95 and 105 % of the rows of the day before.
""",
    "rest": """\
## When it does not answer
1. `GET /healthz` of `{slug}` on both nodes. **One is down**: take it out of the balancer, restart it, watch it for ten minutes.
2. Both are down: switch `{pipe}.use_model` off. The old rule takes over within a minute; tell {unit}.
3. Call {support}; after hours the duty line, which calls {ops}.

## When it is slow
Over 200 ms for five minutes: look at the feature store first, it was the reason four times out of five.
""",
    "streaming": """\
## When alerts stop
1. Look at the lag of the topic `{pipe}.scored`. **Growing**: restart the consumer; it goes on where it stopped.
2. No lag and no alerts for an hour by day: the input is silent. Call data engineering.
3. Switch to the old rule with `{pipe}.fallback=on` and tell {unit}. {ops} decides when to switch back.

## When there are too many
Three times the usual number in an hour: do **not** raise the threshold. Fall back, then look at the newest firmware or release notes of the sender.
""",
    "embedded": """\
## When results look wrong
1. Compare `{pipe}.version` on the device with the version in production. **They differ**: the nightly update failed; start it again.
2. They agree: switch the step to manual on the panel. People take over, the line goes on.
3. Call {support}; after hours the duty line, which calls {ops}.

## Start, stop, check
The step starts with the line. The check image set in `/opt/{pipe}/check` must give the result that is printed on its lid.
""",
}
RUNBOOKS["bi"] = RUNBOOKS["batch"]

CANARIES: dict[str, str] = {
    "batch": "For five days both versions score every night; only the old one is used. {unit} gets the differences as a list and says whether any of them is wrong.",
    "rest": "One request in twenty goes to the new version for three days. It goes back to none by itself when errors exceed one in a thousand.",
    "streaming": "The new version runs in the shadow for a week: it scores all and alerts nobody. Alerts of both are compared each morning.",
    "embedded": "One line runs the new version for two shifts, with somebody beside it; the others follow when both shifts were clean.",
}
CANARIES["bi"] = CANARIES["batch"]

# Shown for the first version of a model, and carried over from then on.
LASTING: tuple[Shown, ...] = (
    Shown("data-features-allowed", "link", "Allowed inputs, and the check that keeps them", _WIKI + "/{slug}/inputs", by="data"),
    Shown("data-features-useful", "text", "What each input is worth", "Each input was left out once and `{metric}` measured again on `{dataset}`. Those that changed nothing were dropped before the first version; the smallest loss among the rest is larger than the spread between two seeds.", by="owner"),
    Shown("data-privacy-controls", "text", "Who reads what, and for how long", "Raw rows: the team and data engineering, 24 months. Features: the team, 24 months. Predictions: {unit}, 6 months.\n\nOne person's rows are deleted by `forget --key`, which was tried on a test person. Confirmed by the data protection office.", by="data"),
    Shown("data-features-cost", "text", "What the inputs cost", "All inputs come from tables that the warehouse keeps anyway; computing them takes four minutes a night. No licences.", by="data"),
    Shown("model-offline-matches-business", "text", "The trial", "{proof}.\n\nBoth were measured in the same weeks: `{metric}` by the team, the result by {sponsor}."),
    Shown("model-hyperparameters-tuned", "text", "How the settings were found", "Random search over 60 settings on the first three months, five folds. The best ten lie within the spread of the folds; the smallest of them was taken. The settings are parameters of every run."),
    Shown("infrastructure-debuggable", "link", "One example, step by step", _GIT + "/{slug}/notebooks/one_example.md"),
    Shown("infrastructure-rollback", "text", "Back to the version before", "1. Set the alias `production` to the version before, by a handoff or in an emergency on the server.\n2. `make restart`: the service reads the alias at its start.\n3. Look at the first hundred predictions.\n\nSix minutes in all. The nightly test loads the version before with today's code."),
    Shown("monitoring-dependencies", "text", "What we depend on", "Two tables of the warehouse (changes are announced in *data-changes* two weeks ahead; {owner} reads it), scikit-learn (pinned, renewed with each retraining) and the feature store. Messages arrive in the team's mailbox and with {support}."),
    Shown("monitoring-data-invariants", "link", "Alarms on inputs: ranges, gaps, new categories", _DASH + "/{slug}/inputs", by="data"),
    Shown("monitoring-training-serving-equal", "text", "One code for both", "Training and service import `{pipe}.features`. Each Sunday two hundred logged inputs are computed again from the warehouse and compared; the last difference was in March, a time zone."),
    Shown("monitoring-age-watched", "text", "When it is too old", "An alarm rings 45 days after the training of the version in production. {owner} trains monthly; in holidays the deputy named in the runbook."),
    Shown("monitoring-speed", "link", "Training time, answer time, memory", _DASH + "/{slug}/cost"),
    Shown("monitoring-served-quality", "text", "Quality on what was really predicted", "What really happened is known after two to six weeks. Each Monday `{metric}` is computed on the predictions of eight weeks ago and shown beside that of the hold-out. Below the target twice in a row: mail to {owner} and {ops}."),
)  # fmt: skip

# Shown anew for each version.
ANEW: tuple[Shown, ...] = (
    Shown("model-code-reviewed", "link", "Merge request of {month}, reviewed", _GIT + "/{slug}/merge_requests/{request}"),
    Shown("model-slices-quality", "slices", "{metric} by part of the data, version {version}"),
    Shown("model-staleness-known", "history", "{metric} of every version so far"),
    Shown("handover-rollback-tried", "text", "Tried on {day}", "{ops} rolled back from version {version} to the version before on the test stage and forward again. It took {minutes} minutes; nothing in the runbook had to be changed."),
)  # fmt: skip
FIRST_ROLLBACK = "{ops} took the new version away on the test stage and had the old rule back in {minutes} minutes. One step was missing in the runbook and is there now."

# Where people are concerned, somebody asked; elsewhere it does not apply.
FAIRNESS = Shown("model-fairness-tested", "text", "Errors by group of people", "Errors were compared by age band and by sex on `{dataset}`. The largest difference is smaller than that between two months. {sponsor} has seen the table and asked for it once a year.")  # fmt: skip
NOBODY_CONCERNED = "It decides about things and amounts, not about people."
FIRST_VERSION = "The first version: there is nothing in production yet to compare it with."
NEVER_NEW = "No new input is planned: the unit wants the ones it knows."
CONCERNS_PEOPLE = frozenset({"tumour-triage-support", "readmission-risk", "customer-churn", "card-fraud-detection", "credit-default-risk"})  # fmt: skip

SUMMARIES: tuple[str, ...] = (
    "**First version.** {decision} From now on it is decided with it; the old rule stays as the fallback for a month.",
    "Retrained on data up to {month}. Same inputs, same service: nothing changes for those who run it.",
    "Retrained on data up to {month}. The settings are those of the version before; training takes a little longer as there is more data.",
    "Retrained on data up to {month}. One library was renewed; the answer time was measured again and is the same.",
)

# A question and its answer, in the comments.
TALKS: tuple[tuple[str, str], ...] = (
    ("Does version {version} need more memory than the one before?", "No, the same to within a megabyte: `model_kb` is a metric of the run."),
    ("Who is on duty in the week after the switch?", "I am, until Friday. From Saturday it is {support}."),
    ("The alarm for input gaps went off on the test stage. Is that expected?", "Yes, that was the drill. The real one goes to your list since yesterday."),
)  # fmt: skip

# Found wanting in a first round: item, why, and what the team showed then.
WANTING: tuple[tuple[str, str, str], ...] = (
    ("handover-runbook", "It does not say whom to call at night, and the job it names was renamed in spring.", "Corrected: the duty line is in step 3, and the job has its new name. {support} has read it."),
    ("model-slices-quality", "The worst part is named, but not whether the unit can live with it.", "{sponsor} agreed in writing to the worst part for this quarter; the mail is filed with the project."),
)  # fmt: skip
NOT_A_NUMBER: dict[str, str] = {
    "model-slices-quality": "Every figure is NaN: a weather station reports irradiance in W/m² instead of kW/m² since this month.",
    "monitoring-data-invariants": "The alarm on ranges should have rung before training. Why did it not?",
}
NOT_A_NUMBER_REASON = "Version {version} predicts nothing but NaN. The desk stays with the version before until the station's unit is converted."
WITHDRAWN = "We train on fewer months from now on, so this version will not be used. The next one comes instead."
SIGNED = ("Access and alarms checked.", "Read the runbook with the night shift.", "", "As agreed in the monthly round.")
ACCEPTED = ("", "Watch the first Monday's figures.", "", "Good dossier. Next time the canary's list as a file, please.")

# What the team's test job runs; names that end with an item's key speak of the item.
TESTS: tuple[tuple[str, str], ...] = (
    ("tests.test_schema", "test_every_column_data_features_expectations"),
    ("tests.test_schema", "test_refuses_unknown_category_data_features_expectations"),
    ("tests.test_features", "test_empty_and_missing_data_features_code_tested"),
    ("tests.test_features", "test_extremes_data_features_code_tested"),
    ("tests.test_model", "test_shapes_infrastructure_model_code_tested"),
    ("tests.test_model", "test_saves_and_loads_infrastructure_model_code_tested"),
    ("tests.test_pipeline", "test_raw_to_prediction_infrastructure_pipeline_tested"),
    ("tests.test_service", "test_nan_is_refused_monitoring_numbers_sound"),
    ("tests.test_service", "test_answers_within_200_ms"),
)

PILOT: tuple[Shown, ...] = (
    Shown("pilot-question", "text", "What we want to know", "Do patients whose check-up is planned with the estimate come back sooner when their disease moves fast? Three doctors plan with it, three without, until the end of the quarter. {sponsor} decides on that day."),
    Shown("pilot-people", "text", "Who takes part", "Six doctors, told in person, with a sheet on what the estimate is and is not. What is wrong goes to {owner}, who answers the same day."),
    Shown("pilot-personal-data", "link", "Cleared by the data protection office", _WIKI + "/{slug}/clearance"),
    Shown("pilot-stop", "text", "How it is stopped", "{owner} removes the column from the planning view; doctors plan by the chart again. Ten minutes, any working day."),
)  # fmt: skip
DRAFT_SUMMARY = "Trained today on this week’s rows, as retention asked for fresh figures before the campaign. Slices and roll-back are still to come."
PILOT_SUMMARY = "Six doctors try the estimate for a quarter. Nothing is decided by it alone."

RETIREMENT: tuple[Shown, ...] = (
    Shown("retirement-users-told", "text", "Mail to dispatchers and the call centre", "> The old estimate (eta-v1) ends on the last Friday of the month. The new one has been beside it since February and is closer on nine tours out of ten.\n\nSent three weeks before to 41 people, read out in both shift rounds."),
    Shown("retirement-replacement", "text", "What takes its place", "The model `delivery-time`, in production since its own handoff. {owner} answers for it."),
    Shown("retirement-callers", "link", "Calls of eta-v1: none for ten days", _DASH + "/eta-v1/calls"),
    Shown("retirement-data", "text", "Kept and deleted", "Training data is that of the new model and stays. Logged estimates of eta-v1: kept for 6 months, then deleted by the warehouse's rule. The versions stay in MLflow."),
    Shown("retirement-monitoring-off", "text", "Switched off", "Job `eta_v1_train` deleted, its two alarms too. The dashboard stays until the logged estimates are gone."),
    Shown("retirement-lessons", "text", "What we learned", "Planned minutes alone explain most of it; the gain came from the stop's own history. Name a model after what it does: nobody knew what *eta-v1* was."),
)  # fmt: skip
RETIREMENT_SUMMARY = "`eta-v1` is replaced by `delivery-time`; its alias is taken away."
