"""Who uses the projects' results, whether these come in time, and whether they are written up: entered by people."""

from demo.world.shape import Goal, Series

_LOGINS = "Logins of the month over the list of intended users"
_SCHEDULE = "From the scheduler's log"
_GATEWAY = "From the gateway's monthly report"
_FOLDER = "Counted by the centre against the list for the risk tier"


def _use(
    project: str, first: float, last: float, baseline: float | None, target: float | None, **rest: object
) -> Series:
    """Share of the intended users in percent, to one decimal."""
    because = "Share that looked at the old report" if baseline is not None else ""
    wants = (
        "Four of five, as for every tool of the group" if target == 80 else "Agreed with the sponsor" if target else ""
    )
    return Series(
        project, "adoption", first, last, 1.6, _LOGINS, baseline=baseline, because=because, target=target, wants=wants,
        digits=1, **rest,  # type: ignore[arg-type]
    )  # fmt: skip


def _on_time(project: str, first: float, last: float, **rest: object) -> Series:
    """Share of runs that were there when needed, in percent."""
    return Series(
        project, "runs-on-time", first, last, 0.7, _SCHEDULE, baseline=90.0, because="The old nightly job", target=99.0,
        wants="One miss in a hundred runs", digits=1, **rest,  # type: ignore[arg-type]
    )  # fmt: skip


def _written(project: str, first: float, last: float, **rest: object) -> Series:
    """Share of the required documents, in percent, each quarter."""
    return Series(
        project, "documentation", first, last, 0.0, _FOLDER, baseline=20.0, because="A typical project in the first review",
        target=100.0, wants="All of them", every=3, by="owner", **rest,  # type: ignore[arg-type]
    )  # fmt: skip


USE: tuple[Series, ...] = (
    _use("tumour-triage-support", 38, 71.4, 20, 80),
    _use("readmission-risk", 44, 73, 25, 80, curve=0.8),
    _use("bed-occupancy-forecast", 18, 46, 10, 80, start=6),
    _use("appointment-no-shows", 52, 88, 30, 80, start=5),
    _use("customer-churn", 58, 84, 35, 75, raised=Goal(90, 120, "Everybody in the call centre has it now; nine of ten should use it")),
    _use("store-demand-forecast", 70, 92, 40, 90),
    _use("basket-recommendations", 61, 74, 50, 80, start=10),
    _use("markdown-planning", 40, 51, 30, 80, start=4),
    _use("gift-card-misuse", 66, 72, 50, 80, start=3),
    _use(
        "parcel-volume-forecast", 64, 48, 30, 80, curve=1.6,
        reset=Goal(35, 100, "The list of intended users was cleaned of 60 people who had left; the old share was recounted"),
    ),
    _use("delivery-time-estimate", 45, 58, 30, 70),
    # Entered until the person left.
    _use("address-quality", 20, 33, 15, 60, stop=5),
    _use("tour-planning", 30, 49, 20, 80, start=6),
    _use("load-forecast", 55, 69, 40, 80),
    # Fewer use it than looked at the old report.
    _use("meter-anomaly-alerts", 35, 12, 18, 60, curve=0.8, remarks=((2, "Nine technicians stopped opening the list"),)),
    _use("solar-yield-forecast", 62, 66, 50, 80),
    _use("card-fraud-detection", 80, 91, 60, 95),
    _use("credit-default-risk", 55, 64, 40, 70),
    _use("invoice-matching", 50, 86, 10, 80),
    _use("cash-flow-forecast", 30, 55, 20, 80, start=5),
    _use("defect-detection", 42, 55, 30, 80),
    # Nobody counted before.
    _use("predictive-maintenance", 31, 44, None, 80),
    _use("energy-use-of-ovens", 50, 78, 20, 80, start=5),
)  # fmt: skip

RELIABILITY: tuple[Series, ...] = (
    _on_time("readmission-risk", 93.2, 97.9),
    _on_time("customer-churn", 94.0, 98.6),
    _on_time("store-demand-forecast", 92.5, 98.9),
    _on_time("parcel-volume-forecast", 96.5, 93.1, curve=1.4),
    _on_time("load-forecast", 95.0, 98.8),
    _on_time("solar-yield-forecast", 94.1, 96.0),
    _on_time("invoice-matching", 93.0, 99.2),
    _on_time("card-fraud-detection", 97.5, 99.4),
    _on_time("predictive-maintenance", 92.0, 94.4),
    _on_time("appointment-no-shows", 95.5, 98.0, start=5),
    Series("basket-recommendations", "score-latency", 95, 41, 4, _GATEWAY, 120, "The list of best sellers", 50, "Below what a visitor notices", start=10),
    Series("delivery-time-estimate", "score-latency", 210, 160, 9, _GATEWAY, None, "", 120, "Agreed with the app team"),
    Series("tumour-triage-support", "score-latency", 300, 145, 9, _GATEWAY, 400, "The old queue's look-up", 150, "Agreed with the laboratory"),
    Series("credit-default-risk", "score-latency", 180, 118, 6, _GATEWAY, 220, "The scorecard service", 100, "Agreed with the branches"),
    Series("card-fraud-detection", "score-latency", 46, 31, 2, _GATEWAY, 60, "The limit rule", 30, "What the card network allows", by="mei.lin"),
    Series("defect-detection", "score-latency", 66, 52, 2, _GATEWAY, 90, "The old reader", 40, "The belt's speed on line 4"),
)  # fmt: skip

WRITTEN: tuple[Series, ...] = (
    _written("tumour-triage-support", 60, 100),
    _written("readmission-risk", 50, 90),
    _written("customer-churn", 60, 90),
    _written("store-demand-forecast", 40, 80),
    _written("basket-recommendations", 50, 80, start=9),
    _written("parcel-volume-forecast", 50, 60),
    _written("delivery-time-estimate", 40, 70),
    _written("tour-planning", 30, 40, start=6),
    _written("load-forecast", 50, 90),
    _written("solar-yield-forecast", 40, 50),
    _written("card-fraud-detection", 70, 100),
    _written("credit-default-risk", 70, 100),
    _written("invoice-matching", 40, 90),
    _written("defect-detection", 30, 60),
    _written("predictive-maintenance", 30, 50),
)
