"""The longer texts of the path of new teams."""

from __future__ import annotations

HOW_CAIRN_WORKS = """
Cairn keeps one chain whole: **idea → project → experiment → model version → handoff → decision in the business →
value → lesson**. Every page shows where on the chain you stand, and links both ways.

**The catalog** has an entry for each use of data science: which problem it solves, which decision it supports, who owns
it, who sponsors it. Colleagues find you there, and you find those who had your problem before.

**MLflow** is where you work. You log runs from Python as you are used to; Cairn reads the server every few minutes and
never writes to your experiments. One tag, `coe.project`, tells it what belongs to you. There is no second tool to feed.

**KPIs** make figures comparable. Each has a baseline (what the business had before you) and a target (what it wants).
Progress is the way from one to the other: 0 at the baseline, 100 at the target, whatever is measured. Where a figure
cannot be compared, Cairn says why instead of showing one: no data, too old, another dataset.

**A handoff** moves one version of a model from the team that built it to the team that will run it, by a checklist.
Those who built it never accept it. Once it is accepted, Cairn itself sets the alias in MLflow.

**Guides** explain models to those who act on them. **Mentors** answer when you are stuck: you say what you are trying
to do, and Cairn finds somebody who knows and has time.

This path leads you along the chain once. Steps marked *Cairn sees it* tick by themselves, as soon as what they ask for
is there. They also come undone when it no longer is, and then say why. Nobody needs to report anything.
"""

CATALOG = """
Open **Projects**. If you started with the start page, your entry is there already; otherwise add it. Cairn waits for
four things in it:

- **Summary**: one sentence that a colleague from another unit understands. “Tells shops which bread to bake for
  tomorrow”, not “Demand forecasting with gradient boosting”.
- **Business problem**: what goes wrong today, how often, and what it costs. A rough figure is better than none.
- **Decision it supports**: who decides what, and when. “Each morning at five the shop lead orders for the next day.” If
  you cannot name the decision, talk to the business before you train anything: a score that nobody acts on changes
  nothing.
- **Sponsor**: the person in the business who wants the result, can free people for it, and will say whether it was
  worth it. Not your own lead.

The owner is you or somebody of your team. Add the others as members with what they are responsible for; one of them
will need to be support or ML operations before anything goes into production.

Keep the short name (the *slug*) at hand: you need it in the next steps.
"""

BASELINE = """
A model is worth what it adds to what people do today. So find out what they do today, and how good that is, *before*
you train. Sit together with somebody who decides, and answer four questions:

1. **How is it decided today?** By a rule, by experience, by last year's figure, or not at all.
2. **On which cases can both be measured?** Take past cases whose outcome is known, the latest ones first.
3. **Which figure would convince them?** Missed cases, false alarms, an error in pieces or euros; not a curve. If one
   kind of mistake costs more than the other, say how much more.
4. **How good is today's way by that figure?** Measure it. Where nobody decided anything, take the simplest rule: always
   the most frequent answer, or the same as last week.

That figure is your baseline. It is often better than people think, and some projects end here with a good rule instead
of a model. That is a success: say so in the catalog.

Write below: the figure, on which cases and over which time it was measured, and who in the business agreed.
"""

FIRST_RUN = """
The page of your project and the start page show the lines to copy. They need Python with `mlflow` and `scikit-learn`,
and look like this:

```python
import mlflow
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

mlflow.set_tracking_uri("https://mlflow.example.com")
mlflow.set_experiment("churn")
mlflow.set_experiment_tag("coe.project", "churn")

rows, answers = load_breast_cancer(return_X_y=True, as_frame=True)
with mlflow.start_run(run_name="first run"):
    model = LogisticRegression(max_iter=5000).fit(rows, answers)
    mlflow.log_metric("accuracy", model.score(rows, answers))
```

The line with **`coe.project`** matters: its value is the short name of your project. The tag is on the *experiment*, so
you set it once, and every run in it is yours.

Run them in a terminal. They train on data that come with scikit-learn, so nothing can be missing. Then wait for the
next sync: the page looks by itself, and this step ticks with a link to your run.

Nothing arrives? Three things to look at: the run must have *ended* (a run under way does not count); the short name
must be spelt as in the catalog; and the address must be your company's server, not a folder on your own machine.
Otherwise press “I am stuck”, and paste the error.

Afterwards put your own table and the baseline's rule in place of the example: the rule is a run as well.
"""

REGISTER = """
Registering gives a model a name and counts its versions. The **signature** says which columns go in, of which type, and
what comes out. Without it, whoever calls the model has to guess, and a renamed column breaks it silently.

Log the model with its signature:

```python
from mlflow.models import infer_signature

mlflow.sklearn.log_model(
    model,
    name="model",
    signature=infer_signature(test_inputs, model.predict(test_inputs)),
    registered_model_name="churn",
)
mlflow.MlflowClient().set_registered_model_tag("churn", "coe.project", "churn")
```

`infer_signature` reads the columns from the rows that you give it: give it a *table* with names, as the model will
get it later, not a bare array. Whole numbers that may be missing should be decimals, because a missing whole number
cannot be written down. Call the registered model after what it does, not after the method: `churn`, not
`xgb-v2-final`.

The tag links the registered model to your project; once is enough. This step looks at the newest version: if a later
one is logged without a signature, it comes undone and says so. Log it again with one, and it ticks again.
"""
