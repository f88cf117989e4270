"""Data scientist: how one works with the others here, for somebody who knows the craft."""

from __future__ import annotations

from coe.paths.content.data_scientist_texts import EVALUATION, HANDOFF, METRICS, TRACKING
from coe.paths.content.shape import EXPERIENCED, NEW, SOME, PathText, Question, meet, quiz, read, seen, task
from coe.paths.models import Audience

_TEST_OUT = quiz(
    "test-out",
    "Test out: do you know how we work?",
    """
    You have done this before, here or elsewhere? Eight questions from all four texts. Who gets seven right need not
    read them. Everybody else sees which ones are worth it.
    """,
    Question(
        "Where does the tag `coe.project` go, so that all runs of a project are found?",
        ("On the experiment", "On each run", "On the tracking server", "Into the run's parameters"),
        (0,),
        "On the experiment, once. For registered models the same tag goes on the registered model.",
    ),
    Question(
        "You log `auc` on validation data (0.90) and then on test data (0.70) in one run. What does the run show?",
        ("Both values", "0.90, the best one", "0.70, the last one", "0.80, the mean"),
        (2,),
        "A run keeps the latest value of a key. The logged model keeps both when you log the metric with its dataset.",
    ),
    Question(
        "Which keys are good ones?",
        ("auc", "val_auc_final_v2", "mape", "AUC (test set, %)"),
        (0, 2),
        "Short, lower case, without dataset, version or unit. What a key means is said in the dictionary of metric"
        " names.",
    ),
    Question(
        "You predict cancellations within 30 days, as of the first of each month. The hold-out is June. What may the"
        " training data end with?",
        ("May", "April", "June", "Whatever gives the best result"),
        (1,),
        "On 1 June the answers for predictions made in May are not known yet. What is trained on them could not have"
        " been trained on that day.",
    ),
    Question(
        "Missing values are filled with the mean over all rows, then the data are split. What is that?",
        ("A leak, if a small one", "Good practice", "An error that scikit-learn reports"),
        (0,),
        "The mean knows the hold-out. Put the filling into the pipeline, so that it is fitted on the training rows of"
        " each split.",
    ),
    Question(
        "Who may accept the handoff of your model?",
        (
            "You, when all items are answered",
            "The owner of the project",
            "Somebody of the receiving team who had no hand in it",
            "Your mentor",
        ),
        (2,),
        "Two pairs of eyes: whoever built, opened or submitted it never accepts it.",
    ),
    Question(
        "How does a service load the model in production?",
        ("By its highest version", "By the id of the run", "By the alias `production`", "By a path on a drive"),
        (2,),
        "The alias follows the accepted handoff. The highest version may be one that nobody has looked at.",
    ),
    Question(
        "AUC is 0.86, and the score is used as a price per case. What else do you look at first?",
        ("Accuracy at 0.5", "The number of trees", "Calibration", "Training time"),
        (2,),
        "AUC sees only the order. Where the probability itself is used, 0.8 must mean that 80 of 100 come true.",
    ),
    pass_mark=85,
    covers=("read-tracking", "read-metrics", "read-evaluation", "read-handoff", "quiz"),
    experience=(SOME, EXPERIENCED),
    is_optional=True,
    due_days=2,
    minutes=15,
)
_QUIZ = quiz(
    "quiz",
    "Quiz: what you have read",
    "Five questions across the four texts. Four must be right.",
    Question(
        "A training script died in the night, and its run is still “running”. What does it count for?",
        ("Nothing, until it ends", "It counts with its last metrics", "It counts as failed"),
        (0,),
        "Only finished runs count in figures. End it or delete it, so that nobody wonders.",
    ),
    Question(
        "An experiment without the tag holds your trials. What happens to it in Cairn?",
        (
            "It waits in triage until somebody links it or sets it aside",
            "It is deleted",
            "It counts for your last project",
        ),
        (0,),
        "Nothing is lost and nothing is guessed: triage shows suggestions, and a person decides.",
    ),
    Question(
        "A rare fault is found by working through a daily list of 50 alerts. Which metric fits?",
        ("Accuracy", "RMSE", "Precision within the first 50", "Training loss"),
        (2,),
        "The decision is made within what people manage in a day. What is at place 2,000 does not matter.",
    ),
    Question(
        "The new model is better on average, and clearly worse for customers who joined this year. What do you do?",
        (
            "Hand it over: the average counts",
            "Keep quiet until somebody asks",
            "Show it to the business, and write it into the guide",
        ),
        (2,),
        "It is their decision, and they need the figure to make it. The guide has a section for limits and fairness.",
    ),
    Question(
        "A handoff was returned with two reasons. What now?",
        (
            "Open a new one",
            "Mend the two items and submit again; the other answers stay",
            "Ask for another reviewer",
        ),
        (1,),
        "A return is a round, not an end.",
    ),
    needs=("read-tracking", "read-metrics", "read-evaluation", "read-handoff"),
    due_days=8,
    minutes=10,
)

PATH = PathText(
    slug="data-scientist",
    title="Data scientist",
    summary="How we track, measure, evaluate and hand over; who knows it already tests out on the first day.",
    audience=Audience.DATA_SCIENTIST,
    steps=(
        seen(
            "profile",
            "Your time zone and your unit are set",
            """
            Click your name at the top right and choose your time zone: dates, due days and your mentor's hours follow
            it. Your unit is on the same page. It decides which projects you see; the centre sets it for you when it
            is missing.
            """,
            check="profile_complete",
            due_days=1,
            minutes=3,
        ),
        _TEST_OUT,
        read("read-tracking", "How we track", TRACKING, due_days=3, minutes=7),
        read("read-metrics", "Metrics that others understand", METRICS, due_days=4, minutes=6),
        read("read-evaluation", "Evaluating honestly", EVALUATION, due_days=5, minutes=7),
        read("read-handoff", "Handing over", HANDOFF, due_days=6, minutes=6),
        _QUIZ,
        meet(
            "meet",
            "Meet a mentor",
            """
            Half an hour with somebody who has brought models into production here. Ask what surprised them, which
            data they would not touch again, and who in operations to talk to before, not after. Show them one run of
            yours and ask what they miss in it.
            """,
            topic="mlflow",
            due_days=8,
            minutes=30,
            experience=(NEW, SOME),
        ),
        seen(
            "run",
            "A run of your project has arrived",
            """
            Log something small under your project: the baseline's rule is best, because you need it anyway. Set the tag
            once, on the experiment:

            ```python
            mlflow.set_experiment("churn")
            mlflow.set_experiment_tag("coe.project", "churn")
            ```

            The step ticks with the next sync, with a link to the run. It looks at the projects that you own or are a
            member of; ask the owner to add you when you are not.
            """,
            check="first_run",
            due_days=8,
            minutes=20,
        ),
        seen(
            "dataset",
            "It names its dataset",
            """
            Log the rows that it was evaluated on, with a name that will stay:

            ```python
            mlflow.log_input(mlflow.data.from_pandas(test, name="holdout", targets="left"), context="evaluation")
            ```
            """,
            check="dataset_logged",
            needs=("run",),
            due_days=9,
            minutes=10,
        ),
        task(
            "compare",
            "Show a model against the baseline, on the same rows",
            """
            Train something simple and compare it with the rule in use: two runs, the same dataset and digest, the same
            metric, and the spread over at least three seeds or months. Paste the address of the experiment or of the
            comparison in MLflow. That nothing is better than the rule is a result too.
            """,
            evidence="link",
            needs=("run", "quiz"),
            due_days=12,
            minutes=180,
        ),
        seen(
            "registered",
            "A model is registered, with a signature",
            """
            Register the better of the two, with `infer_signature(...)` over rows that have column names, and give the
            registered model the tag `coe.project`. The step looks at the newest version, so keep the signature when you
            retrain: put it into the training job, not into a notebook.
            """,
            check="model_registered",
            params={"signature": "yes"},
            needs=("compare",),
            due_days=15,
            minutes=30,
        ),
    ),
)
