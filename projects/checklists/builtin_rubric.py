"""The 28 items of production readiness that follow the ML Test Score, in our own words.

E. Breck, S. Cai, E. Nielsen, M. Salib, D. Sculley, "The ML Test Score: A Rubric for ML Production Readiness and
Technical Debt Reduction", IEEE Big Data 2017: seven each for data, model, infrastructure and monitoring.
"""

from __future__ import annotations

from projects.checklists.builtin_asks import Ask, check, must

DATA = (
    Ask(
        "Data",
        "data-features-expectations",
        "What each input may look like is written down and checked",
        "A schema with types, ranges and allowed values, and where it is checked. Link the schema or the test.",
        is_required=True,
        may_not_apply=False,
    ),
    Ask(
        "Data",
        "data-features-useful",
        "Every input earns its place",
        "Show what the model loses without each input, or without each group of inputs, and that unused ones are gone.",
    ),
    Ask(
        "Data",
        "data-features-cost",
        "No input costs more than it brings",
        "Name what the inputs cost: time to compute, licences, waiting for others, upkeep. Say why it is worth it.",
    ),
    Ask(
        "Data",
        "data-features-allowed",
        "Only inputs that we may use are used, and something enforces it",
        "Rules of law, contract and house (no names, no data of other countries) and the check that keeps them.",
    ),
    must(
        "Data",
        "data-privacy-controls",
        "Personal data is protected along the whole way of the data",
        "Who can read raw data, features and predictions, how long they are kept, how one person’s data is deleted. "
        "Without personal data, say so and who confirmed it.",
    ),
    Ask(
        "Data",
        "data-features-new-quickly",
        "A new input can go from idea to production quickly",
        "How long the last one took and what the steps are. Weeks of hand work do not count as quickly.",
    ),
    Ask(
        "Data",
        "data-features-code-tested",
        "The code that makes the inputs has tests",
        "Unit tests of each transformation, with odd cases: empty, missing, extreme. Link them and their last run.",
    ),
)
MODEL = (
    must(
        "Model",
        "model-code-reviewed",
        "The code of this model is in version control and somebody else reviewed it",
        "Link the merge request or the commit with its reviewer.",
    ),
    Ask(
        "Model",
        "model-offline-matches-business",
        "Better metrics in training have meant better results in the business",
        "An experiment, a pilot or a back-test in which both were measured, with the figures.",
    ),
    Ask(
        "Model",
        "model-hyperparameters-tuned",
        "The settings of the training were searched, not guessed",
        "What was searched, how, and what it brought. A link to the runs is enough.",
    ),
    Ask(
        "Model",
        "model-staleness-known",
        "We know how much worse the model gets as it ages",
        "Quality of models trained a week, a month, a year ago on today’s data; and how often to train, then.",
    ),
    check(
        "Model",
        "model-simpler-not-better",
        "A simpler way is not better",
        "Cairn compares this version with the baseline of each model-quality KPI of the project, on the same data. "
        "Set the simpler model’s or the present practice’s value as baseline.",
        "metric_beats_baseline",
    ),
    must(
        "Model",
        "model-slices-quality",
        "The model is good enough for every part of the data that matters",
        "Quality by country, product, customer group or season, not just overall; with the worst part named.",
    ),
    Ask(
        "Model",
        "model-fairness-tested",
        "Nobody is treated worse by the model without good reason",
        "How errors and outcomes differ between groups of people, and what was done about it. Where no people are "
        "concerned, it does not apply.",
        is_required=True,
    ),
)
INFRASTRUCTURE = (
    check(
        "Infrastructure",
        "infrastructure-training-reproducible",
        "The training can be done again and comes to the same model",
        "Cairn looks for the commit, the parameters and the environment file of the training run.",
        "reproducible",
    ),
    Ask(
        "Infrastructure",
        "infrastructure-model-code-tested",
        "The code of the model has unit tests",
        "Tests that run in seconds: shapes, one step of training, saving and loading. Send them with the test job to "
        "count as automated.",
    ),
    Ask(
        "Infrastructure",
        "infrastructure-pipeline-tested",
        "The whole way from raw data to prediction is tested in one go",
        "An integration test that runs by itself, at the latest before each release. Link its last run.",
        is_required=True,
    ),
    check(
        "Infrastructure",
        "infrastructure-quality-validated",
        "A model’s quality is checked against the present one before it serves",
        "Cairn compares this version with the one in production, for each model-quality KPI, on the same data. "
        "For a first version say that this does not apply.",
        "kpi_beats_production",
    ),
    Ask(
        "Infrastructure",
        "infrastructure-debuggable",
        "Somebody can follow one example through the model, step by step",
        "A notebook, a command or a page that takes one example and shows inputs, steps and output.",
    ),
    Ask(
        "Infrastructure",
        "infrastructure-canary",
        "A new version serves a few before it serves all",
        "A canary, a shadow run or a limited group, how long it lasts, and what stops it.",
    ),
    Ask(
        "Infrastructure",
        "infrastructure-rollback",
        "Going back to the version before is quick and safe",
        "The steps and how many minutes they take. The version before must still load with today’s code and data.",
        is_required=True,
    ),
)
MONITORING = (
    Ask(
        "Monitoring",
        "monitoring-dependencies",
        "We hear of it when something that we depend on changes",
        "Which data sources, services and libraries, who tells us of changes, and where those messages arrive.",
    ),
    Ask(
        "Monitoring",
        "monitoring-data-invariants",
        "An alarm rings when inputs no longer look as expected",
        "Which expectations are watched in training and in service, the thresholds, and who gets the alarm.",
        is_required=True,
    ),
    Ask(
        "Monitoring",
        "monitoring-training-serving-equal",
        "Inputs are computed the same way in training and in service",
        "One code for both, or a comparison of logged inputs of the same examples. Show the last comparison.",
    ),
    Ask(
        "Monitoring",
        "monitoring-age-watched",
        "An alarm rings when the model gets too old",
        "The age at which it rings, and who trains the model again.",
    ),
    Ask(
        "Monitoring",
        "monitoring-numbers-sound",
        "Impossible numbers are noticed",
        "A watch on NaN, infinities and predictions out of range, in training and in service.",
    ),
    Ask(
        "Monitoring",
        "monitoring-speed",
        "Slower, larger or dearer is noticed, suddenly or little by little",
        "Training time, answer time, throughput, memory: the figures kept, their limits, and the dashboard.",
    ),
    Ask(
        "Monitoring",
        "monitoring-served-quality",
        "Worse predictions in service are noticed",
        "How quality is measured on what was really predicted, how soon, and who gets the alarm.",
        is_required=True,
        may_not_apply=False,
    ),
)

RUBRIC = (*DATA, *MODEL, *INFRASTRUCTURE, *MONITORING)
