"""Who is on which path: teams towards their projects, and people by themselves. Days are before today."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Going:
    """A team on the path for new teams, of a project's owner and its data people. `began` days ago; they did `far`
    things by hand since, one every few days. `known` says why they need not meet a mentor first, `piloted` why no
    pilot is handed over.
    """

    project: str
    began: int
    far: int = 99
    known: str = "They have worked with the centre before."
    piloted: str = ""


@dataclass(frozen=True)
class Learning:
    """Somebody on a path alone. `fails` quizzes once before passing."""

    person: str
    path: str
    began: int
    far: int
    experience: str = "new"
    fails: bool = False


# What people wrote of tasks, taken in turn.
NOTES = (
    "We agreed with the business on what it has today, and wrote down where the figure comes from.",
    "Two hours with the people who will act on it. They want fewer alarms, not more of them.",
    "Done with last year’s table. The split is by time, as the guide says.",
    "The baseline is the rule that the planners use now; it is better than we thought.",
    "Written up for the next team, with what did not work.",
)
LINK = "https://wiki.larkfield.example/data-science/{project}"

TRIED = "They tried it with the people who use it before handoffs were kept here."
TEAMS: tuple[Going, ...] = (
    Going("weld-seam-inspection", 238),
    Going("predictive-maintenance", 372, piloted=TRIED),
    Going("customer-churn", 390, piloted=TRIED),
    Going("invoice-matching", 385, piloted=TRIED),
    Going("address-quality", 380),
    Going("credit-default-risk", 366, piloted=TRIED),
    Going("solar-yield-forecast", 378, piloted=TRIED),
    Going("delivery-time-estimate", 395, piloted=TRIED),
    Going("meter-anomaly-alerts", 371),
    Going("price-elasticity", 369),
    Going("tour-planning", 40, far=4),
    Going("returns-prediction", 25, far=3),
    Going("freight-consolidation", 12, far=2),
    Going("spare-part-demand", 8, far=2),
    Going("appointment-no-shows", 7, far=3),
    Going("markdown-planning", 4, far=1),
)

ALONE: tuple[Learning, ...] = (
    Learning("grace.mwangi", "citizen-1", 300, 99),
    Learning("jonas.lindqvist", "citizen-1", 280, 99, fails=True),
    Learning("rashid.karimov", "citizen-1", 200, 99),
    Learning("zeynep.aydin", "citizen-1", 150, 99, "some"),
    Learning("tevita.fonua", "citizen-1", 14, 3, fails=True),
    Learning("erik.johansen", "citizen-1", 9, 2),
    Learning("grace.mwangi", "citizen-2", 40, 5),
    Learning("jonas.lindqvist", "citizen-2", 30, 4),
    Learning("rashid.karimov", "citizen-2", 12, 2),
    Learning("zeynep.aydin", "citizen-2", 15, 3),
    Learning("sofia.ferrari", "data-scientist", 340, 99, "experienced"),
    Learning("anselm.brandt", "data-scientist", 320, 99, "some"),
    Learning("lena.kruger", "data-scientist", 260, 99, "some", fails=True),
    Learning("hana.dvorak", "data-scientist", 180, 99, "some"),
    Learning("tariq.aziz", "data-scientist", 25, 4, "some"),
    Learning("arjun.patel", "data-scientist", 12, 3),
    Learning("priya.raghunathan", "data-scientist", 9, 2, "some"),
    Learning("noor.haddad", "business-stakeholder", 6, 2),
    Learning("bjorn.eklund", "business-stakeholder", 9, 1),
    Learning("ruth.abelman", "business-stakeholder", 310, 99),
    Learning("padraig.nolan", "business-stakeholder", 240, 99),
    Learning("chloe.tremblay", "business-stakeholder", 200, 99),
    Learning("matteo.silva", "business-stakeholder", 170, 99, fails=True),
    Learning("emeka.nwosu", "business-stakeholder", 130, 99),
    Learning("celine.fontaine", "business-stakeholder", 110, 99),
    Learning("dmitri.volkov", "business-stakeholder", 20, 3),
    Learning("ottoline.grey", "business-stakeholder", 75, 99),
    Learning("nikolai.petrov", "business-stakeholder", 9, 2),
    Learning("fatima.elamrani", "business-stakeholder", 8, 3),
    Learning("sadia.rahman", "business-stakeholder", 5, 1),
    Learning("rosalind.achebe", "mentor", 300, 99, "experienced"),
    Learning("bartosz.zielinski", "mentor", 290, 99, "experienced"),
    Learning("leilani.kealoha", "mentor", 200, 99, "experienced"),
)
# Came lately: what a first sign-in offers is what they see.
NEW = (("wanjiru.kamau", 8),)
