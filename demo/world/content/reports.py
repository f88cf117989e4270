"""What readers say of models and texts, and what they are answered. Times are days ago."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """The answer to something that was said."""

    by: str
    outcome: str
    ago: int
    text: str


@dataclass(frozen=True)
class Report:
    """A wrong output of a model, as somebody met it; `after` says how many days before the report."""

    model: str
    by: str
    ago: int
    section: str
    got: str
    expected: str
    text: str = ""
    after: int = 1
    reply: Reply | None = None


@dataclass(frozen=True)
class Remark:
    """A comment on a text, by its short name."""

    document: str
    by: str
    ago: int
    text: str
    section: str = ""
    reply: Reply | None = None


REPORTS: tuple[Report, ...] = (
    Report(
        "customer-churn", "noor.haddad", 6, "distrust",
        "Score 12: likely to stay.",
        "She handed her card back at the counter nine days before. Two more like her on the same list.",
        "The counter notes it, so somebody knows.", 3,
        Reply("iris.chen", "planned", 4, "You are right, and it is a kind of case: cards handed back at the counter reach us six weeks late. Farid brings in the counter's list each night from December on. Until then please leave out whoever is on the list at the service desk."),
    ),
    Report(
        "customer-churn", "chloe.tremblay", 3, "distrust",
        "A whole town with scores over 70: 61 card holders on Monday's list.",
        "Our shop there is closed for new floors until the 14th. They will be back.",
        "Somebody has called a dozen of them already. They were amused.", 1,
    ),
    Report(
        "parcel-volume", "emeka.nwosu", 4, "read",
        "6,900 parcels for Tuesday, for a depot that the new carrier serves.",
        "7,850 came. We were ten people short until nine.",
        "The third Tuesday in a row, always in the same direction.", 2,
    ),
    Report(
        "press-stop-risk", "hugo.lemaire", 6, "",
        "Press 17 stood at the end of the list, with 4 in 100.",
        "It stopped on Wednesday for six hours. It runs the new alloy.",
        "Presses 12 and 30 run it too.", 2,
    ),
    Report(
        "address-quality", "matteo.silva", 51, "act",
        "Asks every customer of a new housing estate to look at the address again.",
        "The streets are new and not on the list. The addresses are right.",
        "We lose orders over it.", 5,
    ),
    Report(
        "tumour-triage", "ruth.abelman", 71, "distrust",
        "0.74 for five biopsies in one morning, all from the east wing.",
        "All five were benign.", "", 1,
        Reply("sofia.ferrari", "explained", 70, "They come from the second of the old devices. Its texture values are a fifth higher. The order was wrong, no reading was. The grey dot was missing on that device; it has it now, and the page says so."),
    ),
    Report(
        "readmission-risk", "kenji.morita", 33, "distrust",
        "66 for a patient who is here for her third cycle.",
        "She comes back by plan. She should not be on the list.", "", 1,
        Reply("anselm.brandt", "mended", 30, "The code for “planned” was missing in the new admission form. The form asks for it now, and the 14 patients of that week were put right."),
    ),
    Report(
        "store-demand", "aroha.ngata", 24, "distrust",
        "Salad: 48 for the Friday before All Saints, in eleven shops.",
        "About 90 were sold, and the shelf was empty by three.", "", 2,
        Reply("jonas.lindqvist", "planned", 22, "It knows one year of holidays, and in that year the day was a Tuesday. The next version gets the days before a holiday as an input of their own. Until then shops see a yellow line on such days."),
    ),
    Report(
        "delivery-time", "bjorn.eklund", 8, "distrust",
        "“Between ten and half past ten” for our freight yard, four days running.",
        "The van was there at 11:20, 11:05, 11:40 and 11:15: it waits at the barrier.", "", 1,
        Reply("hana.dvorak", "explained", 5, "Stops behind a barrier are in no data of ours: the van arrives when it reaches the gate. I have added yards to the list of cases in which you should not trust it, and the call centre knows. A field for barriers is asked for; I cannot promise when."),
    ),
    Report(
        "load-forecast", "dmitri.volkov", 29, "distrust",
        "312 MW for the south area at seven on the bridge day.",
        "261 MW. The works were closed.", "We changed it by hand, so no harm was done.", 1,
        Reply("maryam.okafor", "planned", 27, "Bridge days again. Version 13 will know the calendar of the five large customers; Dmitri, please send me the list for spring."),
    ),
    Report(
        "solar-yield", "lucia.herrera", 11, "read",
        "No number at all for two of ten parks.",
        "Any number. We sold the clear-sky figure times 0.6.", "", 1,
        Reply("tariq.aziz", "mended", 10, "The newest version is not in use: one station sends other units. The version before it is back, and gives numbers for all ten."),
    ),
    Report(
        "card-fraud", "ottoline.grey", 62, "read",
        "0.08 and 0.05 for 31 payments of about four euros within ten minutes.",
        "All of them were fraud, on one card.", "The third such case this week.", 1,
        Reply("mei.lin", "planned", 60, "That is the new way since spring: many small ones. Two inputs that see bursts are being tried in the shadow. Until they are in, the rule “more than ten payments in ten minutes” holds the card; agents have it since yesterday."),
    ),
    Report(
        "card-fraud", "henrik.aalto", 90, "distrust",
        "My card was held at the ticket machine in Lisbon, twice.",
        "I had only just arrived.", "", 1,
        Reply("mei.lin", "explained", 88, "First two days abroad, a machine that the card had never met, late in the evening: each of these alone is harmless. It held 2 of your 9 payments, and let 7 through. One tap released them. I know that it is a nuisance."),
    ),
    Report(
        "credit-default", "nikolai.petrov", 55, "distrust",
        "Grade D for a carpenter in her second year, with full books.",
        "The branch would have given a B.", "", 4,
        Reply("arjun.patel", "declined", 50, "For the first two years the income of self-employed people is an estimate, and such loans failed three times as often as the estimate says. We keep it. The second look is made for this: the credit team granted her loan on the third day."),
    ),
    Report(
        "invoice-matching", "fatima.elamrani", 16, "distrust",
        "97 for an invoice and an order of another branch of the same supplier.",
        "Not the same. Luckily the sum was looked at.", "", 1,
        Reply("mei.lin", "mended", 12, "Both branches had quoted the same order number. Payment without a look now also needs the branch to agree. In the last year there were four such pairs; three were right."),
    ),
)  # fmt: skip

REMARKS: tuple[Remark, ...] = (
    Remark(
        "read-an-index", "amara.okoye", 80, "The picture is what I had been missing. Could the example say from which month it is?", "",
        Reply("ingrid.solberg", "declined", 78, "The figures would be old by the time you read them. Each of the three opens from the scoreboard with today’s."),
    ),
    Remark("compare-units", "amara.okoye", 2, "Where do I see which units changed how they count? Health looks better since September and I do not know why."),
    Remark("enter-a-figure", "erik.johansen", 9, "Which date do I take when controlling closes the month on the 3rd?"),
    Remark("write-a-model-guide", "wanjiru.kamau", 4, "We have no model yet, only a ranking rule. Do we write a guide for it as well?"),
    Remark("log-a-run", "tariq.aziz", 140, "The snippet failed with an old MLflow client.", "", Reply("rosalind.achebe", "explained", 139, "It needs version 3; older clients know another name for it. Please update: the old ones log no data sets either.")),
    Remark("a-model-drifts", "mei.lin", 7, "For step 4: where do we keep the counts of the handoff’s month? I had to compute them again."),
    Remark("set-a-target", "rashid.karimov", 13, "What if nobody pays for it, as with our trial in Freight?"),
    Remark("prepare-a-handoff", "tomasz.nowak", 66, "Day two was day five for us. Say that the test job needs a token before it runs.", "", Reply("tomas.vega", "mended", 64, "True. Step 4 says so now.")),
    Remark("first-week", "wanjiru.kamau", 58, "Wednesday was the best day. Our rule of one line is still hard to beat.", "", Reply("leilani.kealoha", "explained", 57, "It usually is. Keep it as your baseline!")),
)  # fmt: skip

# Who found what helpful: the first number of readers did, the second did not.
VOTES: dict[str, tuple[int, int]] = {
    "customer-churn": (18, 3), "tumour-triage": (11, 1), "readmission-risk": (9, 2), "store-demand": (14, 2),
    "parcel-volume": (6, 7), "delivery-time": (12, 1), "load-forecast": (8, 1), "solar-yield": (4, 2),
    "card-fraud": (13, 4), "credit-default": (7, 4), "invoice-matching": (10, 1), "part-mark-reader": (5, 3),
    "diabetes-progression": (3, 1), "address-quality": (1, 4),
    "log-a-run": (13, 1), "name-a-metric": (5, 1), "choose-a-baseline": (9, 1), "set-a-target": (8, 3),
    "read-an-index": (15, 2), "read-the-scoreboard": (7, 1), "compare-units": (5, 2), "write-a-model-guide": (10, 1),
    "prepare-a-handoff": (8, 4), "enter-a-figure": (5, 2), "propose-a-project": (6, 0), "put-a-hold-out-aside": (6, 0),
    "first-week": (8, 1), "give-feedback": (6, 0), "a-model-drifts": (6, 1), "an-alias-was-moved": (7, 0),
    "a-metric-goes-stale": (5, 1), "a-wrong-output": (6, 1), "retire-a-model": (3, 0), "no-figures-from-a-source": (4, 1),
    "too-good-to-be-true": (12, 0), "they-did-not-follow-it": (9, 1), "hold-half-stop-twice": (8, 1),
    "name-it-after-what-it-does": (7, 1), "nobody-left": (5, 0), "quick-win-by-a-query": (7, 1), "the-wrong-hour": (6, 0),
    "index": (7, 0), "drift": (3, 1), "area-under-the-curve": (4, 3),
}  # fmt: skip
# How many people read the most used texts in the last month; each other one has a few.
READERS: dict[str, int] = {
    "customer-churn": 26, "log-a-run": 31, "read-an-index": 37, "read-the-scoreboard": 22, "store-demand": 19, "card-fraud": 17,
    "too-good-to-be-true": 24, "write-a-model-guide": 20, "first-week": 15, "tumour-triage": 14, "a-wrong-output": 12,
    "choose-a-baseline": 18, "index": 21, "prepare-a-handoff": 16, "load-forecast": 11, "an-alias-was-moved": 13,
}  # fmt: skip

# Who works with what: model, person, what for, since so many days ago.
USES: tuple[tuple[str, str, str, int], ...] = (
    ("customer-churn", "noor.haddad", "Whom we call on Mondays", 310),
    ("customer-churn", "olu.adeyemi", "First line when the list is late", 260),
    ("customer-churn", "matteo.silva", "Whom the shop shows the voucher", 90),
    ("store-demand", "aroha.ngata", "Orders of all shops", 300),
    ("store-demand", "noor.haddad", "Which goods the coupon of the week is for", 120),
    ("store-demand", "chloe.tremblay", "The weekly price round", 140),
    ("parcel-volume", "emeka.nwosu", "Shift plan of the depots", 280),
    ("parcel-volume", "agnieszka.wrona", "The weekly plan of all depots", 250),
    ("parcel-volume", "bjorn.eklund", "Whether a lorry can wait for the depot", 70),
    ("delivery-time", "celine.fontaine", "What the call centre may promise", 230),
    ("delivery-time", "bjorn.eklund", "When vans reach our yard", 110),
    ("load-forecast", "dmitri.volkov", "Bids of the day-ahead auction", 320),
    ("load-forecast", "lucia.herrera", "Beside the solar offer", 190),
    ("solar-yield", "lucia.herrera", "The offer at noon", 290),
    ("card-fraud", "ottoline.grey", "The alert desk", 330),
    ("card-fraud", "olu.adeyemi", "First line when alerts stop", 210),
    ("credit-default", "nikolai.petrov", "The credit policy", 270),
    ("invoice-matching", "fatima.elamrani", "The accounts payable desk", 300),
    ("tumour-triage", "ruth.abelman", "The laboratory's queue", 340),
    ("readmission-risk", "kenji.morita", "Calls after discharge", 260),
    ("readmission-risk", "padraig.nolan", "Home visits", 150),
    ("part-mark-reader", "hugo.lemaire", "Line 3", 310),
    ("part-mark-reader", "sadia.rahman", "Complaints of customers", 100),
    ("press-stop-risk", "erik.johansen", "The weekend plan of the workshop", 240),
    ("diabetes-progression", "padraig.nolan", "The trial", 130),
)
