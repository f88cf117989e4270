"""Business stakeholder: reading models, and steering them, without training one."""

from __future__ import annotations

from coe.paths.content.shape import PathText, Question, quiz, read, task
from coe.paths.models import Audience

_PAGE = """
Every model in use has a page. It is made so that two minutes are enough. Read it in this order:

1. **What it decides**, at the top. One paragraph: what comes out, about whom, how often. If you cannot say after it
   which decision of yours it touches, ask; the page is at fault then, not you.
2. **Is it healthy?**, at the side. One sentence and a bar. The bar begins at what you had before (the *baseline*) and
   ends at what you wanted (the *target*). Halfway means half of what was hoped for, not half as good.
3. **When not to trust it.** Cases it has hardly seen, months that were special, people it was never meant for. This is
   the part that saves you money.
4. **How to read it**, when you have an output before you. “Above 80” should be translated into something countable:
   of a hundred such customers, 62 left within the quarter.
5. **Who to ask**, at the side: a person for the whole, one for the data, one for when it is late.

Two small lines are worth a look as well. **Last changes** tells of a new version; what you learned about the old one
may not hold. And the date behind **Evaluated** tells how old the figures are.

Press **I use this** and say what for. Then you find the model under “models that touch me”, with what has changed since
you last looked, and the team knows whom to tell before something changes.
"""

_TRUST = """
A model is a summary of the past. It is good at what was frequent and stable, and it is sure of itself even where it
should not be. Six signs that you should rather decide by yourself, or ask first:

- **The case is new.** A product without history, a customer of a kind that you never had, a region just opened.
- **The world has changed.** New prices, a strike, a law, a competitor who gave up. The model knows only the time
  before.
- **The page says so.** Cairn marks figures that are too old, that came from other data than the baseline, or from a
  source that was not read lately. Greyed is not decoration.
- **The output surprises you, and the stake is high.** Look at the case by hand. If you were right, report it; if the
  model was, you have learned something.
- **Nobody could say what they would do otherwise.** A score without a consequence is not a reason to act.
- **It is used for something else** than what its page says. A model that finds who may leave says nothing about who is
  worth keeping.

Also mind what the model makes happen. Whoever is called because of a high score leaves less often: after a year the
model looks worse, although it works. Whoever is never looked at because of a low score cannot prove it wrong. Ask the
team how they find out: usually a small part of cases is left alone on purpose.

And do not expect reasons. The columns that mattered to a model are not causes. They tell you where to look.
"""

_FEEDBACK = """
You see what the team cannot: the cases behind the figures. One report of a wrong output is worth more to them than ten
meetings.

On the model's page, below the text, choose **Wrong output**. Four things make it useful:

- **What came out**, as it stood there: “score 12, class stays”.
- **What was right**, and how you know: “gave notice on 3 March”.
- **When** it happened, because versions change.
- **Which case**, by a number that the team can look up. No names, no birthdays, nothing personal.

The report reaches the owner of the model and is kept with the version that was in use. You get an answer: mended,
explained, planned, or declined with a reason. If it does not convince you, open it again.

Say also when a text is hard to follow: **Not helpful**, with a word why, under any page. And say when it helped; teams
that never hear anything stop writing.

What not to report: that a single forecast was wrong. A model that is right in 80 of 100 cases is wrong in 20. Report
what looks like a pattern: always on Mondays, always in the new shop, always too high since spring.
"""

_TARGETS = """
Two figures decide whether a project counts as a success, and both are yours to set: what you had before, and what you
want.

**The baseline** is how good today's way is, by the same figure and on the same cases as the model. Not “we are at
about 80 %”: measured. If nobody decided anything before, it is the simplest rule: order as last week, call those who
complained. A project without a baseline can only claim.

**The target** is what would be worth the effort. Work backwards from money or time: what does one avoided case bring,
how many are there, what does running the model cost a year? The value at which it pays is the least you should ask
for. Give a date, too. “As good as possible” is no target.

Between them runs the **index**: 0 at the baseline, 100 at the target. So an executive can compare a forecast with a
fraud model. Below 0 it is worse than before. Above 100 it is better than you asked for.

Three traps:

- **A figure that is easy instead of right.** Accuracy is high wherever one answer is common. Ask for missed cases and
  false alarms, in numbers a month.
- **Moving the baseline.** When the data change, the old figure does not hold any more. Set a new one with a reason;
  the old one stays readable.
- **Ambition without room.** If two experts agree on 85 of 100 cases, no model will reach 95.

You confirm both on the project's page. If they are not there after the first month, ask why.
"""

_QUIZ = quiz(
    "quiz",
    "Quiz: reading and steering",
    "Six questions. Five must be right; each answer says why.",
    Question(
        "The bar on a model's page stands at half. What does that mean?",
        (
            "The model is right in half of the cases",
            "Half of the data were read",
            "It is halfway from what you had before to what you want",
        ),
        (2,),
        "0 is the baseline, 100 the target. How good the model is by itself is the figure beside the bar.",
    ),
    Question(
        "A model is right in 96 % of cases, where 95 % of customers stay anyway. How impressed are you?",
        ("Hardly: “nobody leaves” would be right in 95 %", "Very", "It cannot be judged at all"),
        (0,),
        "Ask for those it finds: of a hundred who left, how many did it name, and how many were named for nothing?",
    ),
    Question(
        "Which of these are good reasons to decide by hand?",
        (
            "The customer is of a kind that you never had before",
            "The figure is greyed, because it is four months old",
            "You do not know how the method works",
            "Prices were changed last week",
        ),
        (0, 1, 3),
        "New cases, old figures and a changed world are. The method is not: you do not know how a gearbox works"
        " either, and you can tell when it grinds.",
    ),
    Question(
        "What belongs into a report of a wrong output?",
        (
            "The customer's name and address",
            "What came out, and what was right",
            "When it happened",
            "How angry it made you",
        ),
        (1, 2),
        "What came out, what was right, when, and a number by which the team finds the case. Nothing personal.",
    ),
    Question(
        "Who sets the target of a project?",
        ("The data scientists", "The centre", "The business that wants the result", "MLflow"),
        (2,),
        "Only you know what an avoided case is worth, and by when.",
    ),
    Question(
        "The sales team calls everybody with a high score. A year later fewer of them leave, and the model's figures"
        " fall. What is the likely reason?",
        (
            "The calls work, and so the predictions do not come true",
            "The model was never any good",
            "The server was read too seldom",
        ),
        (0,),
        "Acting on a prediction changes what comes. That is why a small part of cases is left alone: to see what would"
        " have happened.",
    ),
    pass_mark=80,
    needs=("read-page", "read-trust", "read-feedback", "read-targets"),
    due_days=8,
    minutes=10,
)

PATH = PathText(
    slug="business-stakeholder",
    title="Business stakeholder",
    summary="Read a model in two minutes, know when not to trust it, and steer it with two figures: one hour in all.",
    audience=Audience.STAKEHOLDER,
    steps=(
        read("read-page", "Read a model's page in two minutes", _PAGE, due_days=2, minutes=6),
        task(
            "use",
            "Find a model that touches your work, and say that you use it",
            """
            Open **Models** and look for one that serves your unit, or ask the team that works for you. Read its page
            in the order you have just learned. Then press **I use this** and say what for.

            Write below which decision of yours it touches, in one sentence. If there is none, write that; it is worth
            knowing.
            """,
            evidence="words",
            needs=("read-page",),
            due_days=3,
            minutes=10,
        ),
        read("read-trust", "When not to trust it", _TRUST, due_days=4, minutes=6),
        read("read-feedback", "Say when it is wrong", _FEEDBACK, due_days=5, minutes=5),
        read("read-targets", "Baseline and target: your two figures", _TARGETS, due_days=6, minutes=6),
        _QUIZ,
        task(
            "targets",
            "Agree on baseline and target with your team",
            """
            Sit down with the team of a project that you sponsor or use. Ask for the figure by which it is judged, how
            good today's way is by it, and what would be worth the effort, by when. Let them enter both on the
            project's page. Paste the address of the project, or of its KPI.
            """,
            evidence="link",
            needs=("quiz",),
            due_days=15,
            minutes=45,
            is_optional=True,
        ),
    ),
)
