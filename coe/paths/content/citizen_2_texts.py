"""The longer texts of the path of level 2 of citizen data scientists."""

from __future__ import annotations

LOGGING = """
In a notebook you know today which cell gave the 0.84. In four weeks nobody does. MLflow writes it down: each time
that you train is a **run**, runs that belong together are an **experiment**, and the model that you keep gets a name
in the **registry**.

You need four lines around what you have:

```python
import mlflow

mlflow.set_tracking_uri("https://mlflow.example.com")
mlflow.set_experiment("returns")
mlflow.set_experiment_tag("coe.project", "returns")

with mlflow.start_run(run_name="trees, three columns"):
    mlflow.log_params({"columns": 3, "depth": 4})
    model.fit(train[inputs], train.answer)
    mlflow.log_metric("average_precision", score(model, test))
```

The address of your company's server is on the start page, and under **Sources**. The tag names your project in Cairn by
its short name. It sits on the experiment: set it once.

**Log the baseline first**, as a run of its own with the name `baseline: today's rule`. Everything afterwards stands
beside it in one list.

**What to log.** What you chose (parameters), what came out (metrics), what it was measured on (the dataset), and the
model. Not the data themselves, no names, no passwords.

**Small steps.** Change one thing in a run and say in its name which. Twenty runs an hour are normal. Delete none
because it was bad: that it was bad is what you learned.

If a cell fails in the middle, the run ends as failed, and counts nowhere. That is as it should be. If a run hangs as
“running”, end it with `mlflow.end_run()`.

Cairn reads the server every few minutes. You need report nothing.
"""

METRIC = """
You will try fifty things. The metric decides which of them you keep, so choose it before, with the people who decide.

**Begin with the two mistakes.** Write down what happens in each: the case is missed, and the case is raised for
nothing. Put a price or an hour on both, if only roughly. Often one is ten times as bad. Then “right in 90 %” is the
wrong question.

**Then with the work.** How many cases can somebody handle in a day? If it is twenty, only the first twenty of your list
count: how many of them are true? That is the precision among the first twenty, and everybody understands it.

**Amounts**: take the mean miss in the unit itself (`mae`). Look also at whether you miss on one side: always too high
costs something else than always too low. `mape` only where nothing is near zero.

**One to decide, two to watch.** One metric chooses between models. Two others may not become worse, the time that it
takes and a group that matters, say.

Then make it comparable in Cairn: on your project's page choose **Add a KPI**, pick the metric key that was seen in
your experiment, and set the **baseline** (today's rule, measured on your hold-out) and the **target** (from which
value on it pays). The distance between the two becomes your scale from 0 to 100. If your key means no KPI yet,
propose one; perhaps there is one under another name.

Keep to the same dataset. If you add rows to the hold-out, its digest changes, and what you measured before no longer
compares. That is right. Measure the baseline again on the new one: it takes a minute, because you logged it as a run.
"""

SIGNATURE = """
A registered model will be used by somebody who was not there: a service, a colleague, you in a year. Three things
make that possible.

**The signature** says which columns go in, with which types, and what comes out. MLflow checks each call against it: a
missing column is an error at once instead of a wrong answer for months. It is read from examples:

```python
from mlflow.models import infer_signature

example = train[inputs].head(5)
mlflow.sklearn.log_model(
    model,
    name="model",
    signature=infer_signature(example, model.predict(example)),
    input_example=example,
    registered_model_name="returns",
)
```

Give it a table with column names. Columns of whole numbers in which a value may be missing should be decimals
(`astype("float")`), since a missing whole number cannot be written down; MLflow warns you.

**The version.** Each time that you register under one name, the version counts up. Give it a description of one
sentence: what is different from the one before. Nobody remembers “v7”.

**The whole pipeline**, not the bare model. If the filling of gaps is in your notebook and the model in the registry,
nobody can use it. Try it: load it in an empty notebook and ask it with raw rows.

```python
again = mlflow.pyfunc.load_model("models:/returns/1")
print(again.predict(example))
```

Then give the registered model the tag `coe.project`, too, so that Cairn knows whose it is. Its page appears under
**Models**, and says in plain words what goes in. Read it as a stranger: which of the column names would nobody
understand?
"""
