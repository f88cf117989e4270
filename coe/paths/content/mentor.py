"""Mentor: how to answer so that the next team needs to ask less."""

from __future__ import annotations

from coe.accounts.models import Role
from coe.paths.content.shape import PathText, Question, quiz, read, seen, task
from coe.paths.models import Audience

_ROUTING = """
Nobody picks you from a list. Somebody says what they are trying to do, on which topic, and how urgent it is. Cairn
looks at everybody who mentors:

- **Who cannot be asked is left out**: paused, away today, no free place, another language than the one asked for, a
  topic that you said you would rather not have, and whoever was tried already.
- **The others are scored.** Rare skills weigh more than common ones; a higher level weighs more; the same unit and
  earlier work together help a little. Against it weigh what you have on your plate and how much you had lately.
- **The whole queue is solved at once**, so that the only expert in one thing is kept for those who need just that.

Why it was you is kept with each request: open **Why this mentor** to see it. If it looks wrong, your skills are: mend
them.

Then you have time to answer, counted in *your* working hours and your time zone: two hours for “today”, a working day
for “this week”, two for “no hurry”. At half of it you are reminded. When it runs out the request goes to the next
one, without a word of blame. **Declining at once is a help**: it costs the team minutes instead of hours, and you
need give no more than a short reason.

Accepting takes one of your places. Three at a time is a good number to begin with. Days away take you out by
themselves; a pause does so until you come back.

Somebody may also ask for you by name. When you are full they see it before they send.
"""

_ANSWERING = """
The aim is not that the problem is gone. It is that the team can solve the next one of its kind.

**First, what are they trying to do?** The question is often about the third step of a way that need not be gone. “How
do I make the loss smaller?” may mean “we promised 95 %”. Ask for the decision, the baseline and the data, in one
message.

**Look before you advise.** The request brings project, experiment and model with it. Two minutes in the runs tell you
more than a call: is there a baseline, do the datasets have digests, is the hold-out the same in all of them?

**Give the next step, not the whole road.** One thing that can be done today, why, and how they will see whether it
helped. Show where you found it, so that they find it themselves next time.

**Let them drive.** Share a screen, but let them type. If you write the code, it is yours, and they will be back when it
breaks.

**Say what you do not know**, and hand over to somebody who does; the thread goes along.

**When it is hopeless, say so kindly and early.** No signal in the data, no decision behind the score, no baseline to
beat: an honest no after one week is worth months.

Things that come up every week: leakage through a column that is filled in later; a random split of data over time; 97
% accuracy with 3 % positives; a metric on another dataset than the baseline's; a model without a signature. Have a
link ready for each.

**Close it.** Write the resolution in three lines: what it was, what helped, where to read on. Others find it by
searching, and many will not need to ask.
"""

_GUIDES = """
The third time that you explain something, it should be a page. You need not write it from nothing: a resolved thread
holds most of it, in the words of somebody who had the problem.

On a resolved request choose **Make a guide of this**. Cairn puts question, answer and resolution into a draft and takes
the names out: of those in the thread, and of everybody known to Cairn who is mentioned. Check it all the same; a
customer or a supplier may be left.

Then make it shorter:

1. **The title is what somebody would type** who has the problem. “AUC falls after each retraining”, not “Notes on
   drift”.
2. **The answer comes first**, in two sentences. Who only wants that may stop.
3. **How to see whether this is your case**: two or three signs.
4. **What to do**, as steps, with the lines of code that worked.
5. **When it does not help**: what else it may be, and whom to ask.

Leave out how you got there. Tag it with the topics that the request had, so that the search offers it while the next
one is still typing the question. Each time that somebody finds the answer instead of sending a request, it is counted
for you.

Publish it, and verify it again when Cairn asks you, twice a year. A page that nobody vouches for any more is marked
so. A page that is no longer true is worse than none: take it back with a reason.
"""

_QUIZ = quiz(
    "quiz",
    "Quiz: what would you do?",
    "Five cases. Four must be right.",
    Question(
        "A request reaches you at 17:55, your day ends at 18:00, and it is urgent. How long do you have?",
        (
            "Until 19:55",
            "Until midnight",
            "Two of your working hours: until tomorrow, two hours after you begin less five minutes",
        ),
        (2,),
        "Deadlines count in your working hours and in your time zone.",
    ),
    Question(
        "You have no time this week. What helps most?",
        (
            "To accept, and answer on Friday",
            "To let the time run out",
            "To decline now",
        ),
        (2,),
        "A decline moves the request on at once. Silence costs the team the whole deadline.",
    ),
    Question(
        "“Our accuracy is 97 %, and the business is not happy. Which model is better?” What do you ask first?",
        (
            "Which hyperparameters they used",
            "How many cases are positive, and which decision is made with the output",
            "Whether they tried deep learning",
        ),
        (1,),
        "With 3 % positives, 97 % is what “never” reaches. And without the decision nobody can say what better means.",
    ),
    Question(
        "The answer is in a guide that you wrote last year. What do you send?",
        (
            "The link, with the sentence that matters for their case",
            "The whole text, copied into the thread",
            "“Please search first”",
        ),
        (0,),
        "The link teaches where to look, the sentence saves the time.",
    ),
    Question(
        "You make a guide of a thread. What do you still look for by hand?",
        (
            "The names of the people in the thread",
            "Spelling only",
            "Names of customers or suppliers, and figures that are not for everybody",
        ),
        (2,),
        "Cairn takes out people whom it knows. It cannot know your customers.",
    ),
    needs=("read-routing", "read-answering"),
    due_days=6,
    minutes=10,
)

PATH = PathText(
    slug="mentor",
    title="Mentor",
    summary="Your profile, how requests reach you, how to answer so that it lasts, and your first one resolved.",
    audience=Audience.MENTOR,
    steps=(
        task(
            "agree",
            "Agree with your lead on the time it takes",
            """
            Mentoring takes two to four hours a week with three requests at a time. Settle with your lead that this is
            work and not a favour, and what may wait for it. Write the hours below. If you lead your unit yourself,
            say what you will do less of.
            """,
            evidence="words",
            due_days=2,
            minutes=15,
            roles=(Role.CONTRIBUTOR, Role.MENTOR),
        ),
        seen(
            "profile",
            "Your profile: skills, hours, places",
            """
            Open **Mentoring** and begin your profile. Cairn waits for three things:

            - **At least three skills**, as tags that projects and guides use too. Say honestly how well: has used it,
              uses it often, can teach it. Rare ones count most, so name the odd tool that only you know.
            - **Your hours**, as you really work. They decide by when an answer is expected, and nobody is asked
              outside of them.
            - **How many requests at a time.** Begin with two or three; you can change it any day.

            Add topics that you would like, and those you would rather not have. Enter your next holidays now.
            """,
            check="mentor_profile",
            params={"skills": 3},
            due_days=3,
            minutes=15,
        ),
        read("read-routing", "How requests reach you", _ROUTING, due_days=4, minutes=6),
        read("read-answering", "Answering so that it lasts", _ANSWERING, due_days=5, minutes=6),
        _QUIZ,
        seen(
            "resolved",
            "Your first request is resolved",
            """
            Now it is your turn. The first request comes when one fits; until then look at **Mentoring** for resolved
            threads on your topics and read how others answered.

            When it comes: answer within the day, even if only with a question. Close it with three lines of
            resolution. The step ticks when it is resolved, by you or by whoever asked.
            """,
            check="request_resolved",
            needs=("profile", "quiz"),
            due_days=20,
            minutes=60,
        ),
        read("read-guides", "Making guides of threads", _GUIDES, due_days=22, minutes=5),
        seen(
            "guide",
            "A guide of yours is published",
            """
            Make a guide of the thread you resolved, or write one on what you are asked most. One page is enough. The
            step ticks as soon as a guide is published that you own.
            """,
            check="guide_published",
            params={"about": "anything"},
            needs=("resolved", "read-guides"),
            due_days=30,
            minutes=60,
        ),
    ),
)
