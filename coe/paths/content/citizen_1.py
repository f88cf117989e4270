"""Citizen data scientist, level 1: reading data and baselines, a notebook, honest splits."""

from __future__ import annotations

from coe.paths.content.citizen_1_texts import BASELINES, DATA, NOTEBOOK, SPLITS
from coe.paths.content.shape import EXPERIENCED, NEW, SOME, PathText, Question, meet, quiz, read, task
from coe.paths.models import Audience

_TEST_OUT = quiz(
    "test-out",
    "Test out of level 1",
    """
    For those who have built models before. Seven questions; who gets six right need not read the texts or take the
    quiz at the end.
    """,
    Question(
        "You want to predict returns on the day of the order. Which columns must stay out?",
        ("Price", "Reason for the return", "Date of the refund", "Number of earlier orders"),
        (1, 2),
        "Both are known only after a return. The number of earlier orders is fine if it is taken as of that day.",
    ),
    Question(
        "Three of a hundred rows are “yes”. A model is right in 97 %. What do you think?",
        ("Very good", "Overfitted", "As good as always answering “no”"),
        (2,),
        "Look at recall and precision instead, or at counts in a month.",
    ),
    Question(
        "Which is a baseline?",
        (
            "The rule that is used today, measured on the hold-out",
            "Your first model without tuning",
            "The average of published results",
        ),
        (0,),
        "It is what you have without a model. A simple model is a candidate, not a baseline.",
    ),
    Question(
        "The table has twelve rows for each customer, one a month. You predict for new customers. How do you split?",
        ("Whole customers", "Random rows", "Every twelfth row"),
        (0,),
        "Otherwise the same customer is on both sides, and the model recognises instead of predicting.",
    ),
    Question(
        "Where does the scaling of columns belong?",
        ("Before the split", "Into the pipeline, fitted on training rows", "Behind the model"),
        (1,),
        "What is fitted on all rows knows the hold-out.",
    ),
    Question(
        "What does `DummyClassifier` do?",
        (
            "It answers without looking at the inputs",
            "It fits a small tree",
            "It tests whether the data are complete",
        ),
        (0,),
        "It is the trivial baseline in one line.",
    ),
    Question(
        "Cross-validation over six months gives 0.62 to 0.81. What do you report?",
        ("0.81", "0.72", "The mean and the spread", "Nothing"),
        (2,),
        "The spread says how far to trust the mean.",
    ),
    pass_mark=85,
    covers=("read-data", "read-baselines", "read-notebook", "read-splits", "quiz"),
    experience=(SOME, EXPERIENCED),
    is_optional=True,
    due_days=2,
    minutes=15,
)
_QUIZ = quiz(
    "quiz",
    "Quiz: data, baselines, splits",
    "Six questions. Five must be right.",
    Question(
        "What is the first thing to find out about a table?",
        ("What one row is", "Its size", "Which model fits"),
        (0,),
        "All counts, splits and leaks hang on it.",
    ),
    Question(
        "The share of blanks in a column jumps from 2 % to 30 % in May. What do you do first?",
        (
            "Fill them with the mean",
            "Leave the column out",
            "Ask what changed in May",
        ),
        (2,),
        "A form or a system was changed. Only then can you say what a blank means.",
    ),
    Question(
        "Sales by shop and week. The trivial baseline?",
        ("The same as last week", "A random number", "A linear regression over all columns"),
        (0,),
        "The same as last week, or as the same week last year. It is hard to beat by much.",
    ),
    Question(
        "You have looked at the hold-out, changed a column and looked again. What is the hold-out now?",
        ("As good as before", "Too small", "Validation data: you need another one for the end"),
        (2,),
        "What helped to choose cannot judge any more.",
    ),
    Question(
        "Your first model reaches 0.99. What do you do?",
        (
            "Look for a column that knows the answer",
            "Celebrate",
            "Take a simpler model",
        ),
        (0,),
        "Leave out the strongest column. If all collapses, ask when it is filled in.",
    ),
    Question(
        "Which figure do you show the business for a yes-or-no decision?",
        (
            "Found cases and false alarms in a month, beside today's way",
            "Log loss",
            "The area under a curve",
        ),
        (0,),
        "They can count and weigh those.",
    ),
    needs=("read-data", "read-baselines", "read-notebook", "read-splits"),
    due_days=13,
    minutes=12,
)

PATH = PathText(
    slug="citizen-1",
    title="Citizen data scientist 1: first notebook",
    summary="From reports to a first honest model in a notebook, with data you know, in about four weeks.",
    audience=Audience.CITIZEN,
    level=1,
    steps=(
        _TEST_OUT,
        read("read-data", "Look at your data as a model will", DATA, due_days=3, minutes=7),
        task(
            "describe",
            "Describe one table of yours",
            """
            Take a table from your work with an answer in it that you would like to know earlier. Write below: what
            one row is, from when to when the data are good, which column is the answer and how often it is yes (or
            its mean), and two columns that you do not trust, with the reason. Six sentences are enough. No figures
            about single people.
            """,
            evidence="words",
            needs=("read-data",),
            due_days=5,
            minutes=60,
        ),
        read("read-baselines", "Baselines: the rule before the model", BASELINES, due_days=6, minutes=6),
        read("read-notebook", "A notebook with scikit-learn", NOTEBOOK, due_days=8, minutes=8),
        read("read-splits", "Honest splits", SPLITS, due_days=10, minutes=7),
        _QUIZ,
        meet(
            "meet",
            "Meet a mentor, with your table",
            """
            Half an hour. Show the six sentences about your table, and ask: is there a decision behind this answer?
            Which column would you throw out? How would you split? You get a person for the next two levels too.
            """,
            topic="first model",
            needs=("describe",),
            due_days=12,
            minutes=30,
            experience=(NEW, SOME),
        ),
        task(
            "notebook",
            "A notebook: baseline and model on the same hold-out",
            """
            Build it with your table, or with `load_breast_cancer` from scikit-learn where yours may not leave its
            system. It must have five parts in order (read, prepare, split, fit, measure), at least one baseline and
            one model on the same hold-out, and a last sentence that says which of the two you would use, and why. Run
            it from top to bottom. Paste the link under which your mentor can read it.
            """,
            evidence="link",
            needs=("quiz", "describe"),
            due_days=18,
            minutes=240,
        ),
    ),
)
