"""Citizen data scientist, level 2: a project of one's own with MLflow, a metric that counts, a signature."""

from __future__ import annotations

from coe.paths.content.citizen_2_texts import LOGGING, METRIC, SIGNATURE
from coe.paths.content.shape import EXPERIENCED, SOME, PathText, Question, meet, quiz, read, seen, task
from coe.paths.models import Audience

_TEST_OUT = quiz(
    "test-out",
    "Test out of level 2's texts",
    "For those who use MLflow already. Six questions, five must be right; then you need not read the texts.",
    Question(
        "What makes a run belong to your project in Cairn?",
        (
            "Its name",
            "That you are signed in",
            "The tag `coe.project` on its experiment",
        ),
        (2,),
        "Once, on the experiment. The value is the short name of the project.",
    ),
    Question(
        "Which run should be the first in an experiment?",
        ("The best model", "The baseline", "An empty one"),
        (1,),
        "It is what everything afterwards is compared with, in one list and on the same rows.",
    ),
    Question(
        "Somebody can look at twenty cases a day. Which metric chooses between models?",
        ("Accuracy", "Log loss", "Precision among the first twenty"),
        (2,),
        "What stands at place 300 is never looked at.",
    ),
    Question(
        "What happens when a caller leaves out a column that the signature names?",
        ("The call fails at once", "The model guesses", "The last value is used"),
        (0,),
        "That is what the signature is for.",
    ),
    Question(
        "What do you register?",
        (
            "The fitted pipeline with its preparation",
            "The bare model, and a note on the preparation",
            "The notebook",
        ),
        (0,),
        "It must answer raw rows, in an empty notebook.",
    ),
    Question(
        "You added a month to the hold-out. How do you compare with last week's 0.71?",
        (
            "Directly",
            "Measure last week's model and the baseline on the new hold-out",
            "Not at all, ever again",
        ),
        (1,),
        "On another dataset the scale is another one, so that both must be measured on it.",
    ),
    pass_mark=80,
    covers=("read-logging", "read-metric", "read-signature"),
    experience=(SOME, EXPERIENCED),
    is_optional=True,
    due_days=2,
    minutes=12,
)
_QUIZ = quiz(
    "quiz",
    "Quiz: your own project",
    "Five questions about what goes wrong most often. Four must be right.",
    Question(
        "The first run does not arrive in Cairn. What do you look at?",
        (
            "Whether the run has ended",
            "Whether the tag is spelt as the project's short name",
            "Whether the address is the company's server",
            "Whether the metric is good enough",
        ),
        (0, 1, 2),
        "Good or bad makes no difference: every finished run of a tagged experiment arrives.",
    ),
    Question(
        "A missed case costs 500 €, a false alarm 20 €. Ten more false alarms find one more case. Worth it?",
        ("Yes: 200 € for 500 €", "No: ten mistakes for one", "It cannot be known"),
        (0,),
        "Count what mistakes cost, not how many there are: agree on both prices with the business first.",
    ),
    Question(
        "Which of these may be logged to MLflow?",
        ("The digest and the name of the dataset", "Customers' names", "The depth of the trees", "A password"),
        (0, 2),
        "What is logged stays, and many can read it.",
    ),
    Question(
        "A column of whole numbers may have gaps. What do you do before `infer_signature`?",
        ("Make it decimal", "Nothing", "Make it text"),
        (0,),
        "A missing whole number cannot be written down; the call would fail later.",
    ),
    Question(
        "Your model is better than the rule by 0.3 points, over six months between −0.5 and +0.9. What do you say?",
        (
            "It is better",
            "It is worse",
            "It is not clear that it is better; the rule stays",
        ),
        (2,),
        "A difference that changes its sign with the month is no difference yet.",
    ),
    needs=("read-logging", "read-metric", "read-signature"),
    due_days=12,
    minutes=12,
)

PATH = PathText(
    slug="citizen-2",
    title="Citizen data scientist 2: your own project",
    summary="A project of your own in the catalog, its runs in MLflow, one metric that counts, a model others can use.",
    audience=Audience.CITIZEN,
    level=2,
    steps=(
        _TEST_OUT,
        seen(
            "catalog-entry",
            "Your project is in the catalog",
            """
            Take the question of your notebook from level 1, or a better one. Under **Projects** add it, with the
            problem, the decision that it supports, and a sponsor: somebody of the business who wants the answer. If
            nobody does, look for another question now; later it hurts more.

            It may stay an idea or an exploration. What counts is that others can find it, and that you have a short
            name for the tag.
            """,
            check="project_in_catalog",
            due_days=5,
            minutes=30,
        ),
        read("read-logging", "Writing runs down with MLflow", LOGGING, due_days=6, minutes=7),
        seen(
            "first-run",
            "Your first run arrives",
            """
            Log two runs under your project: today's rule, and the model of your notebook, on the same hold-out. Do
            not make it better yet. The step ticks with the next sync, with a link to the earliest one.
            """,
            check="first_run",
            needs=("catalog-entry",),
            due_days=8,
            minutes=60,
        ),
        read("read-metric", "One metric that counts", METRIC, due_days=9, minutes=7),
        read("read-signature", "A model that others can use", SIGNATURE, due_days=10, minutes=6),
        _QUIZ,
        seen(
            "dataset",
            "A run names its dataset",
            """
            Give your hold-out a name and log it before the metric:
            `mlflow.log_input(mlflow.data.from_pandas(test, name="returns holdout"), context="evaluation")`. From now on
            Cairn can tell when a figure was measured on other rows.
            """,
            check="dataset_logged",
            needs=("first-run",),
            due_days=14,
            minutes=15,
        ),
        seen(
            "mapped",
            "Your metric is mapped, with baseline and target",
            """
            Choose it with your sponsor, and write down in the note of the baseline how it was measured and who
            agreed. The target is the value from which on it pays, not the one that you expect to reach.
            """,
            check="metrics_mapped",
            needs=("first-run", "quiz"),
            due_days=18,
            minutes=30,
        ),
        meet(
            "review",
            "Let a mentor look at your runs",
            """
            Before you register anything: half an hour over your experiment. Ask three things. Is the split as it will
            be used? Which column would you leave out to see whether it leaks? Would you believe this figure?
            """,
            topic="evaluation",
            needs=("dataset", "mapped"),
            needs_rule="any",
            due_days=20,
            minutes=30,
        ),
        seen(
            "registered",
            "A model is registered, with a signature",
            """
            Register the pipeline with `infer_signature`, and give the registered model the tag `coe.project`. Then
            load it in an empty notebook and ask it with raw rows, as in the text. If a later version comes without
            its signature, the step comes undone and says which.
            """,
            check="model_registered",
            params={"signature": "yes"},
            needs=("mapped",),
            due_days=25,
            minutes=60,
        ),
        task(
            "show",
            "Show it to your sponsor, in five minutes",
            """
            No code. Four things: the decision, today's way and its figure, the model's figure with its spread, and
            three cases that it got wrong. Then ask: would you try this for four weeks with two people? Write the
            answer below, a no as well as a yes, with the reason.
            """,
            evidence="words",
            needs=("registered",),
            due_days=28,
            minutes=60,
        ),
    ),
)
