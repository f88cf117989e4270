"""The longer texts of the path of level 1 of citizen data scientists."""

from __future__ import annotations

DATA = """
You know your data from reports. For a model you look at them once more, with other questions. Take one table that you
work with, and write the answers down; an hour now saves a week later.

**What is one row?** A customer, a contract, a contract in a month? If you cannot say it in one sentence, the table
mixes things. Count how often each key appears. Rows that come twice are learned twice.

**When was each column known?** Go through the columns and ask: on the day on which I want to predict, was this
already there? “Reason for return” is filled in after the return. A status is overwritten each night, so the table
shows today and not then. These are the columns that make a first model look wonderful and fail afterwards.

**What is missing, and why?** A blank may mean zero, not asked, not applicable or lost. Count the blanks by month: where
the share jumps, a form or a system was changed.

**What does the answer look like?** The column that you want to predict: how often is it yes, by month, by region? If
three of a hundred are yes, you have thirty times fewer examples than rows. If somebody enters it by hand, ask how:
two people often mean different things by it.

**Which numbers are not numbers?** Postcodes, numbers of shops, codes of products. Their mean says nothing.

**What is strange?** Plot the few columns that matter, over time. Look for steps, spikes, a month without rows, values
that are all the same. Ask somebody who enters the data. They know.

Keep three sentences: what one row is, from when to when the data are good, and which two columns you do not trust.
"""

BASELINES = """
Before a model, there is a rule. Often it wins.

A **baseline** is the simplest way to give an answer, measured on the same rows by the same figure as everything that
comes after it. There are always three worth trying:

1. **The trivial one.** The most frequent answer; the mean; the same as last week. It costs a line.
2. **What is done today.** “We call everybody whose contract ends within 60 days.” Write it as a formula over columns
   and let it run over the past.
3. **One column.** Sort by the single best column and see how far it gets you.

Why bother? Because a figure by itself says nothing. “Right in 92 % of cases” is excellent where the trivial answer
reaches 60 %, and worthless where it reaches 94 %.

Which figure? Take the one in which the business counts:

- yes or no: how many of the true cases are found (*recall*), how many of those raised are true (*precision*). Put
  both as counts in a month: “finds 40 of 60, with 25 false alarms”;
- an amount: the mean distance in the unit itself, in pieces, hours or euros (*MAE*). A percentage looks fine until
  something is near zero.

In Python the trivial one is built in:

```python
from sklearn.dummy import DummyClassifier

rule = DummyClassifier(strategy="most_frequent").fit(inputs, answers)
print(rule.score(test_inputs, test_answers))
```

If your model later beats today's rule by a little, ask whether the little is worth somebody's night shift when it
breaks. Improving the rule, or the form in which the data are entered, is a good end too.
"""

NOTEBOOK = """
A notebook is a place to think. Others must be able to think along, so keep an order.

**Read, prepare, split, fit, measure.** Five parts, in this order, each with a heading that says what you want to
know. Run it from top to bottom before you show it to anybody: cells that were run in another order lie.

scikit-learn always works in the same way: something is made, `fit` to rows with answers, and then asked with `predict`:

```python
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

data = pd.read_csv("contracts.csv", parse_dates=["month"])
inputs = ["months", "tariff", "calls"]
train, test = data[data.month < "2026-01-01"], data[data.month >= "2026-01-01"]

codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
prepare = make_column_transformer((codes, ["tariff"]), remainder="passthrough")
model = make_pipeline(prepare, HistGradientBoostingClassifier())
model.fit(train[inputs], train.left)
print(model.score(test[inputs], test.left))
```

Three habits from the start:

- **Preparation belongs in the pipeline.** Then it learns from the training rows alone, and does the same with new ones.
- **Fix the randomness** with `random_state=1`, so that you can tell a change from luck.
- **Never change a column in place.** Make a new one, or you will run the cell twice one day and divide by a thousand
  twice.

Begin with a logistic regression or boosted trees as above. For tables nothing more complicated is needed for a long
time. Keep the data out of the notebook's folder, and never send them by mail.
"""

SPLITS = """
A model is judged on rows that it has not seen. How you set them aside decides whether the judgement is worth anything.

**Split first, look afterwards.** Set the hold-out aside before you fill gaps, scale or choose columns. Whatever you
learn from it goes into the model, if only through you.

**Split as it will be used.** Ask: what is new about the rows in practice?

- Next month is new: train on the past, hold out the last months. This is the usual case in business.
- New customers, machines or shops: hold out whole ones. Otherwise the same customer sits on both sides, and the model
  only recognises them.
- Nothing of either: random rows are fine, with the same share of yes on both sides (`stratify=`).

**Three parts, not two.** Train on the first; choose between models on the second; look at the third once, when all is
decided. If you come back and change something after the third, it has become a second one.

**Leave a gap** where the answer comes late. Whether a customer leaves within 30 days is known 30 days later; rows of
that time belong to neither side.

**Repeat.** One split is one throw of the dice. Do it for each of the last six months in turn and look at the spread:

```python
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

print(cross_val_score(model, inputs, answers, cv=TimeSeriesSplit(6), scoring="roc_auc"))
```

(The rows must be in the order of time for this.) If the results swing between 0.6 and 0.8, tell it that way. And when
one looks too good, do not be glad yet: look for a column that knows the answer. Leave out the strongest one and fit
again. If all collapses, you have found it.
"""
