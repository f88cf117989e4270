"""What the projects brought in and saved, as people entered it month by month."""

from demo.world.shape import Goal, Series

_NOTHING = "Before the project there was nothing to count"
_SHEET = "Controlling's sheet, twelve months back from the month's end"


def _value(project: str, first: float, last: float, target: float | None, wants: str, **rest: object) -> Series:
    """Realised value in euros, rounded to thousands as controlling does."""
    return Series(
        project, "realised-value", first, last, max(last, first) * 0.018, _SHEET, baseline=0.0, because=_NOTHING,
        target=target, wants=wants, digits=-3, by="", **rest,  # type: ignore[arg-type]
    )  # fmt: skip


VALUES: tuple[Series, ...] = (
    _value("tumour-triage-support", 960_000, 1_910_000, 2_100_000, "The forecast of the business case", curve=0.8),
    _value("readmission-risk", 420_000, 1_140_000, 1_250_000, "The forecast of the business case"),
    _value("appointment-no-shows", 40_000, 246_000, 280_000, "The forecast of the business case", start=5),
    _value(
        "customer-churn", 900_000, 2_050_000, 2_000_000, "Two millions, agreed with the retention team", curve=0.9,
        raised=Goal(2_400_000, 155, "The old target was in reach by summer; the forecast is the target now"),
    ),
    _value("store-demand-forecast", 1_700_000, 3_050_000, 3_000_000, "Waste and empty shelves together", evidence="https://finance.larkfield.example/waste"),
    _value(
        "basket-recommendations", 300_000, 2_520_000, 2_000_000, "The trial's effect on all visitors", start=10,
        raised=Goal(2_700_000, 130, "Passed in the fifth month; raised to the forecast"),
    ),
    _value("parcel-volume-forecast", 820_000, 830_000, 1_700_000, "The forecast of the business case", curve=0.6, remarks=((3, "Overtime is back at two depots since the new carrier"), (2, "Overtime is back at three depots"))),
    _value("delivery-time-estimate", 380_000, 690_000, 1_150_000, "The forecast of the business case"),
    _value("tour-planning", 90_000, 520_000, 1_400_000, "The forecast for all depots", start=6),
    _value("load-forecast", 1_500_000, 2_280_000, 2_600_000, "The forecast of the business case", curve=0.7),
    # Nobody has agreed on a target yet.
    _value("solar-yield-forecast", 310_000, 640_000, None, ""),
    _value("card-fraud-detection", 2_600_000, 3_480_000, 4_100_000, "The forecast of the business case", withheld=True),
    _value("credit-default-risk", 1_100_000, 2_450_000, 2_900_000, "The forecast of the business case", curve=1.2),
    _value("invoice-matching", 250_000, 792_000, 800_000, "The forecast of the business case"),
    _value("defect-detection", 200_000, 470_000, 1_350_000, "The forecast, with lines 3 to 6"),
    _value(
        "predictive-maintenance", 330_000, 610_000, 1_600_000, "The forecast of the business case",
        remarks=((2, "Two unplanned stops in the hall with the new alloy"),),
    ),
    _value("energy-use-of-ovens", 20_000, 150_000, 240_000, "The forecast of the business case", start=5),
)  # fmt: skip

HOURS: tuple[Series, ...] = (
    Series("invoice-matching", "hours-saved", 210, 655, 14, "Hours not booked on matching", 0.0, _NOTHING, 700, "Five of nine people"),
    Series("appointment-no-shows", "hours-saved", 60, 148, 6, "Hours of empty consulting rooms avoided", 0.0, _NOTHING, 160, "All clinics", start=5),
    Series("readmission-risk", "hours-saved", 80, 190, 9, "Nursing hours, by the ward's own sheet", 0.0, _NOTHING, 220, "As in the business case"),
    Series("parcel-volume-forecast", "hours-saved", 510, 430, 25, "Overtime hours below last year's", 0.0, _NOTHING, 800, "As in the business case"),
    Series("damage-photo-claims", "hours-saved", 40, 95, 5, "Clerk hours, from the claims desk", 0.0, _NOTHING, 260, "All claims under fifty euros", start=2),
    Series("store-demand-forecast", "hours-saved", 700, 1320, 30, "Ordering time of all shops, by sample", 0.0, _NOTHING, 1400, "Fifteen minutes a shop and day"),
    Series("load-forecast", "hours-saved", 22, 41, 2, "Hours of the desk on the day-ahead figure", 0.0, _NOTHING, 60, "One hour each day and person"),
    Series("defect-detection", "hours-saved", 50, 88, 5, "Hours of sorting by hand, line 3", 0.0, _NOTHING, 240, "Lines 3 to 6"),
    Series("energy-use-of-ovens", "hours-saved", 4, 9, 1, "Hours of walking to the ovens", None, "", None, "", start=5),
)  # fmt: skip
