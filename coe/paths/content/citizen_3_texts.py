"""The longer texts of the path of level 3 of citizen data scientists."""

from __future__ import annotations

PILOT = """
A pilot is an experiment with people. It answers one question that no hold-out can: does anything become better when
somebody uses this?

**Write the question down before.** “Do two planners throw away less bread in four weeks, without empty shelves?” With
it: the figure, the value from which on you go on, the last day, and who decides on that day. Without an end a pilot
becomes production that nobody has looked at.

**Keep somebody without it.** Two shops with, two shops without, as alike as you can find; or alternate weeks.
Otherwise the good weather was your model.

**Few people, told the truth.** That it is a pilot, what the output means, when not to trust it, that they decide, and
how they say that something is wrong. Ask them before to write down what *they* would have done; it is the fairest
comparison you will ever get.

**Be able to stop it within a day.** Who does it, with which steps, and what people do instead. Try it once.

**Clear the data.** Personal data in a pilot are personal data.

In Cairn: on the model's page **Hand a version over** with the checklist **Light pilot**. It asks for just these
things, and the unit that takes part signs. Your version then has the alias `pilot`, and whoever loads
`models:/returns@pilot` gets it.

**Talk weekly, ten minutes.** What did you do because of it? When did you not follow it, and were you right? Write the
answers down; half of what you will know afterwards is there.

On the last day decide: on, over, or changed and again. “We keep looking” is no decision.
"""

MONITORING = """
A model does not break with a bang. It goes on answering, a little worse each month. So somebody looks, and best a
machine.

**Four things, from quick to slow:**

1. **Does it run?** Rows in, rows out, on time. A table that stayed empty is the most frequent fault of all.
2. **Do the inputs look as they did?** Share of blanks, means, new categories, column by column against the training
   time. A unit that changed from kilo to gram is seen here on the first day.
3. **Do the outputs look as they did?** If it used to raise 5 % and now raises 15 %, either the world has changed or the
   model has.
4. **Is it still right?** As soon as the answers are known, measure the metric on them, month by month, as a run in
   MLflow with its dataset. That is the only one that counts; the three above only come earlier.

**Against the baseline, always.** If both become worse, the world has become harder. If only the model does, train it
anew or take it out.

**Before it starts, write down** from which value on somebody is woken, who that is, and what they do. “We will look
at it” is nobody. A simple end is often best: below the baseline for two months, switch back to the rule.

**Mind what the model itself does.** Where people act on it, what was predicted does not happen. Leave a small part of
cases alone by chance, five in a hundred, and measure on those.

**Train anew** on a fixed day or when a figure falls, not when you happen to have time. Each training is a version
with its signature, a comparison with the one before on the same rows, and a handoff. Answers that still hold are
carried over.

In Cairn you see the age of each figure, whether the dataset is another one, and whether the alias stands where it
should.
"""

HELPING = """
You are now where somebody else would like to be. Helping them on is the last part of this way, and the one by which you
learn most.

**Write one page.** What you wanted, what you tried, what came of it, what you would do otherwise. A *lesson*, about
your project. Be honest about the dead ends: they save others weeks. Your colleagues in the same job believe you more
than the centre.

**Show it once.** Fifteen minutes in the round of analysts: the table at the beginning, the wrong turns, the figure in
the end. No slides of method.

**Answer somebody.** As a mentor you get requests from people who are where you were. You need not know everything:
what you say you know is what you are asked. Three skills are enough to begin with; perhaps *SQL*, *first model*, and
the subject that you come from. The last is the rarest. A few rules go a long way:

- ask for the decision and the baseline first; half of all questions end there;
- look at the runs before you advise;
- give the next step, not the whole road;
- let them type;
- say what you do not know, and hand over.

**Know where your limits are.** What goes into production for good, decides about people, or touches money above what
your unit lead signs, needs a data scientist beside you from the start. So does everything with text, pictures or
feedback loops, the first time. Asking for one is no step back; it is what the centre is for.

And keep the ground: what you know of the business is what the others lack. Most good projects were found by somebody
who had the problem.
"""
