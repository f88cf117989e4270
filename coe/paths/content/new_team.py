"""New team: from an idea to the first model in production."""

from __future__ import annotations

from coe.paths.content.new_team_texts import BASELINE, CATALOG, FIRST_RUN, HOW_CAIRN_WORKS, REGISTER
from coe.paths.content.shape import TEAM, PathText, Question, meet, quiz, read, seen, task
from coe.paths.models import Audience

_QUIZ = quiz(
    "quiz-honest",
    "Quiz: baselines, leakage and honest evaluation",
    """
    Six questions about the three things that most first models get wrong. Four out of five must be right. You may try
    three times a day, and each answer tells you why.
    """,
    Question(
        "Churn was 4 % last year. A model that always answers “stays” has which accuracy?",
        ("4 %", "50 %", "96 %", "It cannot be known"),
        (2,),
        "It is right about the 96 of 100 who stay, and finds nobody who leaves. Where one answer is common, accuracy"
        " says little: look at what is found and at what is raised for nothing.",
    ),
    Question(
        "What is the baseline of your project?",
        (
            "What the business does today, measured on the same cases",
            "The first model that you train",
            "The best result that somebody published",
            "Zero",
        ),
        (0,),
        "A model is worth what it adds to today's way of deciding: a rule, a person's estimate, last week's figure."
        " It must be measured on the same cases, or the two cannot be compared.",
    ),
    Question(
        "Which of these columns leak, when you predict in March who will leave in April?",
        (
            "The number of calls in February",
            "The reason for leaving, entered when a contract ends",
            "The tariff on 1 March",
            "The date of the last invoice, as it stands in the table today",
        ),
        (1, 3),
        "The reason exists only for those who left. The last invoice as it stands today was written after March for"
        " many: use the table as it was on the day of the prediction.",
    ),
    Question(
        "Your data are 24 months of sales by shop. How do you hold data back for the evaluation?",
        (
            "A random fifth of the rows",
            "Every fifth shop, all months",
            "The last months, all shops",
            "Nothing is held back: cross-validation is enough",
        ),
        (2,),
        "The model will be asked about months that it has not seen. With random rows it has seen the neighbours of"
        " each test row: the same shop, the week before. The result looks better than production will.",
    ),
    Question(
        "You have tried thirty settings and kept the one that is best on the hold-out. What does its result say?",
        (
            "How good it will be in production",
            "It is too good: the hold-out helped to choose",
            "It is too bad: thirty tries tire the data out",
        ),
        (1,),
        "Among thirty tries the best one is partly luck. Choose on a validation part, and look at the hold-out once,"
        " at the end.",
    ),
    Question(
        "The AUC rose from 0.81 to 0.84, but the dataset's digest is another one. What do you tell the business?",
        (
            "It has become better by 0.03",
            "It has become better by 3 %",
            "Nothing yet: measure the old model on the new data first",
        ),
        (2,),
        "Two figures on two datasets do not compare. That is why Cairn gives no index when the digest differs from"
        " the baseline's, until the owner sets a new baseline.",
    ),
    due_days=8,
    minutes=15,
    needs=("how-cairn-works",),
)

PATH = PathText(
    slug="new-team",
    title="New team",
    summary="From an idea to the first model in production, in about eight weeks, with somebody to ask at every step.",
    audience=Audience.NEW_TEAM,
    steps=(
        task(
            "time-zone",
            "Sign in, and set your time zone",
            """
            Click your name at the top right and choose your time zone. Cairn then shows dates and times as you
            know them, and a mentor who answers you sees when you are at work.

            Look at your unit on the same page. When it is missing or wrong, ask the centre: it decides which projects
            you see, and who leads you.
            """,
            due_days=1,
            minutes=5,
        ),
        read("how-cairn-works", "How Cairn works", HOW_CAIRN_WORKS, due_days=2, minutes=6),
        seen(
            "catalog-entry",
            "Your project is in the catalog",
            CATALOG,
            check="project_in_catalog",
            scope=TEAM,
            due_days=4,
            minutes=30,
        ),
        task(
            "baseline",
            "Choose the baseline, together with the business",
            BASELINE,
            scope=TEAM,
            evidence="words",
            due_days=7,
            minutes=60,
            needs=("catalog-entry",),
        ),
        seen(
            "first-run",
            "Your first run arrives",
            FIRST_RUN,
            check="first_run",
            scope=TEAM,
            due_days=8,
            minutes=20,
            needs=("catalog-entry",),
        ),
        _QUIZ,
        meet(
            "meet-mentor",
            "Meet your mentor",
            """
            This asks for a mentor who knows projects like yours. Your project is filled in already. Half an hour
            is enough. Bring three things:

            - the decision that the model shall support, in one sentence;
            - the baseline you chose, and why;
            - what worries you most about the data.

            Ask for one piece of advice on each. You may come back with anything later: at every step there is a
            button for when you are stuck, and the mentor then sees the step and your project.
            """,
            topic="getting started",
            scope=TEAM,
            due_days=10,
            minutes=30,
            needs=("baseline", "first-run"),
            needs_rule="any",
        ),
        seen(
            "dataset",
            "A run names its dataset",
            """
            A figure without its data compares with nothing. Tell MLflow what the run was evaluated on, before the
            metric:

            ```python
            data = mlflow.data.from_pandas(test, name="holdout-2026", targets="target")
            mlflow.log_input(data, context="evaluation")
            mlflow.log_metric("auc", auc)
            ```

            MLflow stores the name, the columns and a digest of the rows, not the rows themselves. Give the hold-out
            one name and keep to it. When its rows change, the digest changes, and Cairn says so beside the figure
            instead of comparing what does not compare.

            The lines of the first run do this already: if you kept them, this step ticks with the next sync.
            """,
            check="dataset_logged",
            scope=TEAM,
            due_days=12,
            minutes=15,
            needs=("first-run",),
        ),
        seen(
            "mapped",
            "A metric is mapped, with baseline and target",
            """
            On your project's page choose **Add a KPI**. Cairn lists the metrics that it has seen in your
            experiments: choose the one that answers the decision best, not the one that looks best.

            Then set two figures on its page:

            - **Baseline**: what you agreed with the business, with a note on how it was measured.
            - **Target**: what would be worth the effort, and by when. It must be better than the baseline.

            From now on your progress is a number between 0 (the baseline) and 100 (the target), and it can be compared
            with projects that measure something quite different. One KPI is enough to begin with.
            """,
            check="metrics_mapped",
            scope=TEAM,
            due_days=15,
            minutes=20,
            needs=("baseline", "first-run"),
        ),
        seen(
            "registered",
            "A model is registered, with a signature",
            REGISTER,
            check="model_registered",
            params={"signature": "yes"},
            scope=TEAM,
            due_days=20,
            minutes=30,
            needs=("first-run", "quiz-honest"),
        ),
        seen(
            "model-guide",
            "The model's guide is published",
            """
            Whoever acts on your model does not read notebooks. Open **Models**, choose yours, and write its
            guide. It has seven short sections; begin with these three:

            - **What it decides**: what comes out, about whom, how often, and which decision rests on it. No method.
            - **How to read it**: of a hundred customers above 80, how many left?
            - **When not to trust it**: cases that were rare in the data, months that were special, people it was never
              meant for.

            Ask somebody from the business to read it aloud to you. Where they stop, write it again. Then publish it
            and say that you verified it. The live figures from MLflow stand beside your words by themselves.
            """,
            check="model_guide_published",
            params={"verified": "yes"},
            scope=TEAM,
            due_days=25,
            minutes=90,
            needs=("registered",),
        ),
        seen(
            "pilot",
            "A light pilot is handed over",
            """
            Before everybody gets the model, a few people try it for a few weeks. On the model's page open **Versions**,
            choose **Hand a version over** and the checklist **Light pilot**. It asks four things: what the pilot shall
            find out and by when, that those who take part know that it is a pilot, whether personal data are cleared,
            and that it can be stopped within a day. Some facts Cairn checks by itself: say in MLflow what the model
            does, and name on the project's page who supports it.

            Submit it to the unit that takes part. This step is done when you have submitted; the pilot begins when they
            accept. Meanwhile keep logging: each version that you register needs a handoff of its own.
            """,
            check="first_handoff",
            params={"state": "submitted", "kind": "pilot"},
            scope=TEAM,
            due_days=30,
            minutes=60,
            needs=("registered", "mapped"),
        ),
        seen(
            "handoff-accepted",
            "Your first handoff into production is accepted",
            """
            Now the real one: **Hand a version over** again, with the checklist **Production readiness**. It has 28
            checks in four groups (data, model, infrastructure, monitoring) and the handover to those who will run it.
            Nobody fulfils all 28 the first time. What counts is the weakest group, so spread your effort instead of
            perfecting one.

            For each item give evidence: a link, a file or a few words. Where something does not apply, say why. Whoever
            receives it may return it with reasons; that is usual, and the answers stay. Those who built the model never
            accept it.

            When it is accepted, Cairn sets the alias `production` in MLflow. Nobody sets it by hand.
            """,
            check="first_handoff",
            params={"state": "accepted", "kind": "production"},
            scope=TEAM,
            due_days=40,
            minutes=240,
            needs=("pilot", "model-guide"),
        ),
        seen(
            "in-production",
            "Your first model stands in production",
            """
            There is nothing to tick. Cairn sets the alias `production`, asks MLflow again, and says so only when it
            stands on your version. From that moment your model is in production, and that is the day that counts.

            From now on load the model by its alias and never by its number: `models:/<name>@production`. The next
            handoff then moves everybody to the next version, and no program has to change.

            If this step still waits an hour after the handoff was accepted, open the handoff: it says what MLflow
            answered.
            """,
            check="in_production",
            scope=TEAM,
            due_days=41,
            minutes=5,
            needs=("handoff-accepted",),
        ),
        task(
            "lesson",
            "Write down what you learned",
            """
            One page, while you remember it. Open **Guides**, choose **Write a guide**, and take the kind
            **Lesson**; say that it is about your project. Four paragraphs: what you wanted, what you tried, what came
            of it, what you would do otherwise. Failures help others most, so name them.

            Then publish it and paste its address here. The next team with a problem like yours finds it by searching.
            """,
            scope=TEAM,
            evidence="link",
            due_days=45,
            minutes=45,
            needs=("in-production",),
        ),
    ),
)
