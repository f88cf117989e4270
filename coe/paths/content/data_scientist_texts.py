"""The longer texts of the path of data scientists."""

from __future__ import annotations

TRACKING = """
What you log decides what others can do with it in a year. Cairn reads MLflow as it is, so a few habits are enough.

**One experiment for one question.** Call it as the project in the catalog, and give it the tag `coe.project` with the
project's short name. Trials on the side go into an experiment of their own without the tag: they wait in triage, and
somebody sets them aside with one click.

**A run for each thing you compare**, the baseline's rule included. Give runs names that a colleague understands:
`retrain 2026-03`, not `run_17_final`. Let a run end: one that is under way counts in no figure, and a script that dies
leaves it so.

**Parameters, metrics, tags.** Parameters are what you chose, metrics are what came out, tags are what somebody will
search for. The commit comes by itself when you train inside a repository; commit before you train.

**Datasets.** `mlflow.log_input(...)` with a name that stays and the context `training` or `evaluation`. Log metrics
of a model *on* its dataset, so that two datasets under one key do not hide each other:

```python
mlflow.log_metric("auc", auc, model_id=logged.model_id, dataset=holdout)
```

A run keeps only the last value of a key: `auc` on validation and then on test shows the second alone. The logged model
keeps both, with the dataset's name and digest. That is where Cairn looks first.

**Nothing personal.** No customer rows as artefacts, no names in tags, no passwords in parameters. Whatever is logged
stays readable for everybody who may read the server.
"""

METRICS = """
Two hundred names for one thing compare with nothing. So the centre keeps a dictionary: which metric key means which
KPI. You help by using the same keys.

**Keys.** Lower case, short, without the dataset in them: `auc`, `f1`, `mape`, `rmse`, `mae`, `average_precision`. Not
`val_auc_v2`: the dataset belongs to the logged dataset, the version to the model. A key that nobody has mapped yet
waits in the list of metric names; propose what it means there.

**Units.** A share is a ratio between 0 and 1. An error has the unit of what is predicted, and the KPI says which.
Money is in the project's currency and never scaled by a silent thousand.

**Which one.** Start from the decision, not from the model:

- somebody works through a list from the top: average precision, or the precision within what they manage in a day;
- each case is decided yes or no, and both mistakes cost: the costs themselves, with `f1` beside them;
- an amount is ordered: `mae` in pieces, because a piece too many costs what it costs; `mape` only where nothing is near
  zero;
- a probability is used as one (a price, a risk): calibration beside `auc`, since `auc` does not see whether 0.8 means
  80 of 100.

**Not a number.** An infinite or missing value is shown as such, and is never replaced by an older good one. Find out
why instead of leaving it away.
"""

EVALUATION = """
An evaluation answers one question: how good will it be where it is used? Everything that makes the answer rosier is a
fault, also when nobody meant it.

**Split as it will be used.** About next month: hold out the last months. About new customers or machines: hold out
whole customers or machines. Random rows are right only where rows have nothing to do with each other.

**Leave a gap** as long as the answer takes to be known. Who predicts cancellations within 30 days must not train on the
last 30 days before the hold-out: their answers were not known on that day.

**Fit on training rows only.** Scaling, filling gaps, encoding, choosing columns: all of it inside the pipeline, so that
cross-validation repeats it. One `StandardScaler` fitted on everything is a leak, if a small one. Encoding a category by
its average answer is a large one.

**Look once.** Choose settings on validation data; look at the hold-out at the end. If you look and change something,
you have used it up: say so, and take a new one with the next month.

**Say how sure you are.** Repeat with other seeds and other months. A gain of 0.004 AUC that changes its sign from
month to month is no gain. Log every repetition as a run; the spread is worth as much as the mean.

**Against the baseline, on the same rows.** Also by group: regions, new and old customers, languages. A model that is
better on average and worse for one group is a decision for the business, and belongs under “Limits and fairness” in
its guide.
"""

HANDOFF = """
You build it, others run it at three in the morning. The handoff is where they decide whether they can.

It is bound to **one version**. Register the version with a signature and a description, publish its guide, then
choose **Hand a version over** on the model's page. Cairn opens a draft with a checklist, runs its automatic checks at
once, and lists what is missing. While it is a draft nobody else is asked for anything.

**Answering well.** For each item one piece of evidence that somebody can open: the link to the test, the run that
shows the comparison, the page of the runbook. “Done” is no evidence. “Does not apply” is fine with a reason. Half a
point is given for what was done once by hand and written down, a whole point for what runs by itself; the score is
the weakest of the four groups.

**Tests by machine.** Issue a token on the handoff's page and let your test job send its results. Items with a named
test then answer themselves, again with each build.

**What happens next.** The receiving team reviews. They may return it with reasons by item; answers stay, you mend and
submit again. You cannot accept what you built. If a newer version arrives meanwhile, say which one you mean.

**After acceptance** Cairn sets the alias in MLflow. Load by alias, never by number: `models:/churn@production`. Whoever
moves the alias by hand is found out with the next sync. A new version needs a new handoff, but
answers that are still true are carried over with one click.
"""
