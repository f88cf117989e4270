"""The mentors' profiles: what they know, when they work, when they are away. Days are counted from today, ahead."""

from __future__ import annotations

from dataclasses import dataclass, field

Spans = tuple[tuple[str, str], ...]
OFFICE: Spans = (("09:00", "12:30"), ("13:30", "17:30"))
# An hour later, with a short lunch.
LATE: Spans = (("10:00", "13:00"), ("13:30", "18:30"))
EARLY: Spans = (("07:00", "15:00"),)
MORNING: Spans = (("08:30", "12:30"),)
# Two halves with the children between.
SPLIT: Spans = (("08:00", "12:00"), ("19:00", "21:30"))
NO: Spans = ()


@dataclass(frozen=True)
class MentorPlan:
    """A profile. `began` is days ago; `away` are (first day, last day, note) counted from today; `paused` days ahead."""

    key: str
    began: int
    about: str
    skills: dict[str, int]
    country: str
    region: str = ""
    languages: tuple[str, ...] = ("en",)
    capacity: int = 3
    week: tuple[Spans, ...] = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, NO, NO)
    units: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    away: tuple[tuple[int, int, str], ...] = field(default=())
    paused: int = 0


MENTORS: tuple[MentorPlan, ...] = (
    MentorPlan(
        "rosalind.achebe", 430,
        "Twelve years of scoring models, most of them wrong at first. Bring the question that the business asks and one"
        " picture of the data; the code can wait.",
        {"calibration": 3, "evaluation": 3, "leakage": 3, "thresholds": 3, "classification": 3, "gradient boosting": 2,
         "baseline": 2, "first steps": 3, "explainability": 2},
        "NG", capacity=5, week=(OFFICE, OFFICE, OFFICE, OFFICE, MORNING, NO, NO),
        wanted=("calibration", "first steps"), away=((-150, -139, "Holiday"),),
    ),
    MentorPlan(
        "bartosz.zielinski", 430,
        "Forecasts of anything that has a calendar. I ask for a naive forecast first, and often it stays.",
        {"time series": 3, "evaluation": 2, "baseline": 3, "leakage": 2, "capacity": 2, "supply": 2, "first steps": 2},
        "PL", languages=("en", "pl", "de"), capacity=3, units=("logistics", "retail", "energy"), wanted=("time series",),
        away=((-61, -54, ""), (4, 11, "Mountains")),
    ),
    MentorPlan(
        "leilani.kealoha", 400,
        "Cameras, devices and the light in the hall. Send ten pictures that it got wrong.",
        {"computer vision": 3, "labels": 3, "quality": 2, "deployment": 1, "evaluation": 2},
        "US", "HI", capacity=2, week=(EARLY, EARLY, EARLY, EARLY, NO, NO, NO), wanted=("computer vision",),
        unwanted=("time series",),
    ),
    MentorPlan(
        "yuki.tanaka", 390,
        "I run what you build. Ask before the handoff, not after the first night.",
        {"deployment": 3, "monitoring": 3, "mlflow": 3, "handoff": 3, "drift": 2, "pipelines": 2},
        "JP", languages=("en", "ja"), capacity=3, week=(LATE, LATE, LATE, LATE, LATE, NO, NO),
        away=((-40, -36, ""),),
    ),
    MentorPlan(
        "farid.nazari", 360,
        "The platform, its tables, and why a job of yesterday is not the job of today.",
        {"pipelines": 3, "data quality": 3, "mlflow": 2, "feature engineering": 2, "cost": 2},
        "AE", languages=("en", "fr", "ar"), capacity=2, wanted=("pipelines",), away=((-4, 9, "With my parents"),),
    ),
    MentorPlan(
        "priya.raghunathan", 330,
        "Data engineering: keys, time stamps, and rows that are there twice.",
        {"data quality": 3, "pipelines": 2, "feature engineering": 3, "labels": 2, "leakage": 1},
        "IN", languages=("en", "hi"), capacity=3, week=(LATE, LATE, LATE, LATE, LATE, NO, NO),
    ),
    MentorPlan(
        "sofia.ferrari", 300,
        "Models in the clinic. I also help to write down when not to trust one.",
        {"diagnostics": 3, "computer vision": 2, "thresholds": 2, "fairness": 2, "explainability": 3, "labels": 2},
        "IT", languages=("en", "it"), capacity=2, week=(MORNING, OFFICE, MORNING, OFFICE, MORNING, NO, NO),
        units=("health",),
    ),
    MentorPlan(
        "lena.kruger", 280,
        "Prices and customers. Trials that end with a number the board believes.",
        {"uplift modelling": 2, "pricing": 3, "trials": 3, "customers": 2, "regression": 2, "kpis": 2},
        "DE", "BE", languages=("en", "de"), capacity=3, week=(SPLIT, SPLIT, SPLIT, SPLIT, MORNING, NO, NO),
        units=("retail",), wanted=("trials",),
    ),
    MentorPlan(
        "tomasz.nowak", 260,
        "Parcels and when they come. Regression, quantiles and depots.",
        {"regression": 3, "time series": 2, "parcels": 3, "gradient boosting": 2, "monitoring": 1, "optimisation": 1},
        "PL", languages=("en", "pl"), capacity=2, units=("logistics",), away=((-22, -19, ""),),
    ),
    MentorPlan(
        "maryam.okafor", 240,
        "Load, meters and alarms that nobody reads.",
        {"anomaly detection": 3, "time series": 2, "sensor data": 2, "drift": 2, "trading": 2},
        "NG", capacity=2, units=("energy", "manufacturing"),
    ),
    MentorPlan(
        "mei.lin", 220,
        "Fraud: few cases, fast opponents. Drift is my daily bread.",
        {"drift": 3, "fraud": 3, "class imbalance": 3, "monitoring": 2, "calibration": 2, "thresholds": 2},
        "CN", languages=("en", "zh"), capacity=2, week=(LATE, LATE, LATE, LATE, LATE, NO, NO), units=("finance",),
        unwanted=("first steps",),
    ),
    MentorPlan(
        "arjun.patel", 200,
        "Credit, and the explanations that a regulator reads.",
        {"credit": 3, "fairness": 3, "explainability": 2, "calibration": 2, "classification": 2},
        "IN", languages=("en", "hi"), capacity=2, units=("finance",),
    ),
    MentorPlan(
        "nguyen.thi.lan", 180,
        "Presses, sensors and shifts. I like a rule that a foreman can say aloud.",
        {"sensor data": 3, "maintenance": 3, "quality": 2, "thresholds": 2, "first steps": 1},
        "VN", languages=("en",), capacity=2, week=(EARLY, EARLY, EARLY, EARLY, EARLY, NO, NO), units=("manufacturing",),
        away=((8, 14, ""),),
    ),
    MentorPlan(
        "anselm.brandt", 170,
        "Hospital data: codes, wards and forms that change in spring.",
        {"patient care": 3, "labels": 3, "gradient boosting": 2, "survival analysis": 2, "evaluation": 1},
        "DE", "BE", languages=("en", "de"), capacity=2, units=("health",), paused=18,
    ),
)  # fmt: skip
