"""Citizen data scientist, level 3: a model in a pilot, watched over, and somebody who helps others on."""

from __future__ import annotations

from coe.accounts.models import Role
from coe.paths.content.citizen_3_texts import HELPING, MONITORING, PILOT
from coe.paths.content.shape import EXPERIENCED, PathText, Question, meet, quiz, read, seen, task
from coe.paths.models import Audience

_TEST_OUT = quiz(
    "test-out",
    "Test out of level 3's texts",
    "For those who have run a model with users before. Six questions, five must be right.",
    Question(
        "What does a pilot have that a hold-out does not?",
        ("More rows", "Other columns", "People who act on the output"),
        (2,),
        "Whether anything becomes better by it shows only when somebody uses it.",
    ),
    Question(
        "What must be written down before a pilot begins?",
        (
            "The last day, and who decides on it",
            "The value from which on you go on",
            "The final version of the model",
            "How it is stopped within a day",
        ),
        (0, 1, 3),
        "The model may change during the pilot; each version then needs its own handoff.",
    ),
    Question(
        "Sales rose by 4 % during the pilot. What do you need to say that it was the model?",
        ("Shops without it in the same weeks", "Nothing more", "A larger rise"),
        (0,),
        "Otherwise it may have been the weather.",
    ),
    Question(
        "Which sign of trouble comes earliest?",
        (
            "The share of blanks in an input jumps",
            "The metric on known answers falls",
            "Users complain",
        ),
        (0,),
        "Inputs are known at once, answers weeks later.",
    ),
    Question(
        "The model and the baseline both became worse by the same amount. What happened, most likely?",
        ("The model has aged", "The training failed", "It has become harder to predict"),
        (2,),
        "If only the model fell, it would be the model.",
    ),
    Question(
        "Everybody with a high score is called. How do you measure the model a year later?",
        (
            "On all customers",
            "On a small part that was left alone by chance",
            "On those who were called",
        ),
        (1,),
        "For the others, what was predicted was prevented.",
    ),
    pass_mark=80,
    covers=("read-pilot", "read-monitoring"),
    experience=(EXPERIENCED,),
    is_optional=True,
    due_days=2,
    minutes=12,
)
_QUIZ = quiz(
    "quiz",
    "Quiz: pilots and watching over them",
    "Five questions. Four must be right.",
    Question(
        "The pilot's last day has come. The figure is just below what you asked for, and users like it. What do you"
        " do?",
        (
            "Go on without a date",
            "Move the target",
            "Decide as written down: over, or changed and again with a new end",
        ),
        (2,),
        "Liking is worth a second round, with a new question and a last day.",
    ),
    Question(
        "Yesterday it raised 5 %, today 15 %. The inputs look as ever. What comes first?",
        (
            "See whether another version or another table is in use",
            "Train anew",
            "Wait a week",
        ),
        (0,),
        "Something was exchanged. Look at the alias and at yesterday's changes before anything else.",
    ),
    Question(
        "From which value on is somebody woken?",
        (
            "That shows when it happens",
            "From the one written down before the start, with the name of who acts",
            "From 0.5",
        ),
        (1,),
        "In the night nobody negotiates a limit.",
    ),
    Question(
        "You have trained anew. What does the new version need before it takes over?",
        (
            "A comparison with the old one on the same rows, its signature, and a handoff",
            "A better figure on its own new hold-out",
            "The alias, set by hand",
        ),
        (0,),
        "On its own hold-out each one shines. And the alias follows the handoff.",
    ),
    Question(
        "A colleague wants to score job applications with your method. What do you say?",
        (
            "Gladly, the notebook is ready",
            "That it cannot be done",
            "Only with a data scientist and the people responsible beside us from the start",
        ),
        (2,),
        "It decides about people. That is beyond what one does alone, and often beyond what is allowed.",
    ),
    needs=("read-pilot", "read-monitoring"),
    due_days=8,
    minutes=12,
)

PATH = PathText(
    slug="citizen-3",
    title="Citizen data scientist 3: a model in use",
    summary="A pilot with people, a model that is watched over, and a page and an answer that help the next one on.",
    audience=Audience.CITIZEN,
    level=3,
    steps=(
        _TEST_OUT,
        seen(
            "registered",
            "You have a registered model, with a signature",
            """
            This level begins where level 2 ended: a model of your project is registered, and its newest version has a
            signature. If you have done that, the step is ticked already.
            """,
            check="model_registered",
            params={"signature": "yes"},
            due_days=3,
            minutes=30,
        ),
        read("read-pilot", "A pilot that answers a question", PILOT, due_days=4, minutes=7),
        read("read-monitoring", "Watching over a model", MONITORING, due_days=6, minutes=7),
        _QUIZ,
        meet(
            "plan",
            "Plan the pilot with a mentor",
            """
            Bring the question, the figure, the last day and the two groups on one page. Ask where it could go wrong
            without anybody noticing, and who in operations should know of it now.
            """,
            topic="pilot",
            needs=("quiz",),
            due_days=10,
            minutes=45,
        ),
        seen(
            "model-guide",
            "Its guide is published",
            """
            Those who take part read it before the first day. Three sections suffice to begin with: what it decides,
            how to read it, when not to trust it. Let one of them read it aloud to you.
            """,
            check="model_guide_published",
            needs=("registered",),
            due_days=14,
            minutes=90,
        ),
        seen(
            "pilot",
            "The pilot is accepted",
            """
            Hand the version over with the checklist **Light pilot**. The unit that takes part signs, and whoever
            receives it accepts; Cairn then sets the alias `pilot`. The step is done when it is accepted, and stays
            done.
            """,
            check="first_handoff",
            params={"state": "accepted", "kind": "pilot"},
            needs=("model-guide", "quiz"),
            due_days=20,
            minutes=90,
        ),
        task(
            "watch",
            "Watch over it for four weeks",
            """
            Each week one run in MLflow with the figure on what has become known, on its dataset, beside the baseline;
            and ten minutes with those who take part. After four weeks write below: what the figure did, what people
            did with it, what broke, and what was decided on the last day, by whom.
            """,
            evidence="words",
            needs=("pilot",),
            due_days=42,
            minutes=240,
        ),
        read("read-helping", "Helping others on", HELPING, needs=("watch",), due_days=44, minutes=6),
        seen(
            "lesson",
            "Your lesson is published",
            """
            One page of the kind **Lesson**, about your project or by you: what you wanted, what you tried, what came
            of it, what you would do otherwise. A pilot that ended with “no” makes the best one.
            """,
            check="guide_published",
            params={"kind": "lesson", "about": "anything"},
            needs=("watch",),
            due_days=48,
            minutes=60,
        ),
        seen(
            "mentor",
            "You mentor",
            """
            Begin your profile under **Mentoring**: three skills, your hours, one or two requests at a time. The
            subject that you come from is one of the three. The path “Mentor” takes you on from here.
            """,
            check="mentor_profile",
            params={"skills": 3},
            needs=("read-helping",),
            due_days=50,
            minutes=20,
            is_optional=True,
            roles=(Role.CONTRIBUTOR, Role.MENTOR, Role.UNIT_LEAD),
        ),
    ),
)
