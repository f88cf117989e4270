"""The processes behind the classification projects: each draws rows with a 0/1 label in the last column."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits

Random = np.random.Generator


def _label(random: Random, logit: np.ndarray) -> np.ndarray:
    """0/1 with the probability that the logit gives."""
    return np.asarray(random.random(len(logit)) < 1 / (1 + np.exp(-logit)), dtype=np.int64)


def tumours(_random: Random) -> pd.DataFrame:
    """Breast-cancer biopsies (bundled), with the few measures that a first ultrasound can give; 1 is malignant."""
    data = load_breast_cancer(as_frame=True)
    measures = ["mean texture", "mean smoothness", "mean symmetry", "mean fractal dimension", "texture error"]
    frame = data.data[measures].rename(columns=lambda name: name.replace(" ", "_"))
    return frame.assign(malignant=1 - data.target)


def part_marks(random: Random) -> pd.DataFrame:
    """Stamped digits (bundled images of 8 x 8 pixels) seen by a noisy camera; the label is the digit."""
    data = load_digits(as_frame=True)
    pixels = data.data + random.normal(0, 4.5, data.data.shape)
    return pixels.clip(0, 16).round(2).assign(digit=data.target)


def readmissions(random: Random, n: int, _drift: float) -> pd.DataFrame:
    """Discharged patients; whether they come back within thirty days."""
    age = random.normal(64, 15, n).clip(18, 98)
    stays = random.poisson(1.1, n).astype(float)
    days = random.gamma(2.2, 2.4, n)
    drugs = random.poisson(4 + age / 25, n).astype(float)
    sodium = random.normal(138, 4, n)
    alone = random.binomial(1, 0.32, n).astype(float)
    planned = random.binomial(1, 0.45, n).astype(float)
    logit = -2.6 + 0.75 * stays + 0.02 * (age - 64) + 0.16 * (drugs - 6) + 0.9 * alone * (age > 72) - 1.1 * planned
    logit = logit + 0.1 * np.abs(sodium - 139) + 0.05 * days
    return pd.DataFrame(
        {"age": age, "stays_12m": stays, "days": days, "drugs": drugs, "sodium": sodium, "lives_alone": alone}
        | {"planned": planned, "readmitted": _label(random, logit)}
    )


def churners(random: Random, n: int, drift: float) -> pd.DataFrame:
    """Loyalty-card holders; whether they stop buying within the quarter. Drift: discounts bind less than they did."""
    tenure = random.gamma(2, 14, n)
    recency = random.gamma(1.6, 16, n)
    visits = random.poisson(5, n).astype(float)
    basket = random.lognormal(3.4, 0.5, n)
    coupons = random.binomial(8, 0.3, n).astype(float)
    complaints = random.poisson(0.25, n).astype(float)
    online = random.beta(1.4, 2.2, n)
    logit = -1.6 + 0.045 * (recency - 25) - 0.03 * (tenure - 28) - 0.28 * (visits - 5) + 1.1 * complaints
    logit = logit - (0.3 - drift) * (coupons - 2.4) + 1.6 * online * (recency > 30) - 0.006 * (basket - 34)
    return pd.DataFrame(
        {"tenure_m": tenure, "recency_d": recency, "visits_90d": visits, "basket": basket, "coupons": coupons}
        | {"complaints": complaints, "online_share": online, "churned": _label(random, logit)}
    )


def addresses(random: Random, n: int, _drift: float) -> pd.DataFrame:
    """Typed delivery addresses; whether the parcel cannot be delivered to them as written."""
    distance = random.gamma(1.3, 1.6, n)
    tokens = random.poisson(6, n).astype(float)
    postcode = random.binomial(1, 0.86, n).astype(float)
    number = random.binomial(1, 0.9, n).astype(float)
    seen = random.poisson(2.2, n).astype(float)
    rural = random.binomial(1, 0.3, n).astype(float)
    logit = -1.4 + 0.95 * (distance - 2) - 2.2 * (postcode - 0.5) - 1.9 * (number - 0.5) - 0.5 * (seen - 2)
    logit = logit + 0.35 * np.abs(tokens - 6) + 0.8 * rural * (distance > 2)
    return pd.DataFrame(
        {"edit_distance": distance, "tokens": tokens, "postcode_ok": postcode, "has_number": number}
        | {"delivered_before": seen, "rural": rural, "undeliverable": _label(random, 2.0 * logit)}
    )


def meters(random: Random, n: int, drift: float) -> pd.DataFrame:
    """Days of a smart meter; whether a technician found a fault. Drift: new meters read the voltage otherwise."""
    use = random.gamma(4, 2.5, n)
    change = random.normal(0, 1, n)
    gaps = random.poisson(0.6, n).astype(float)
    voltage = random.normal(230, 2.5, n)
    night = random.beta(2, 5, n)
    age = random.uniform(0, 18, n)
    logit = -4.3 + 1.5 * np.abs(change) + 0.8 * gaps + 0.28 * np.abs(voltage - 230) + 0.07 * age - 1.6 * night
    return pd.DataFrame(
        {"kwh": use, "change_z": change, "gaps": gaps, "voltage": voltage + drift, "night_share": night}
        | {"age_y": age, "fault": _label(random, 1.7 * logit)}
    )


def card_payments(random: Random, n: int, drift: float) -> pd.DataFrame:
    """Card payments; whether they were charged back as fraud. Drift: fraudsters moved from large sums to many small."""
    amount = random.lognormal(3.3, 1.0, n)
    hour = random.integers(0, 24, n).astype(float)
    distance = random.gamma(0.9, 60, n)
    last_hour = random.poisson(0.7, n).astype(float)
    new_shop = random.binomial(1, 0.35, n).astype(float)
    abroad = random.binomial(1, 0.08, n).astype(float)
    present = random.binomial(1, 0.6, n).astype(float)
    logit = -4.6 + (0.75 - drift) * (np.log(amount) - 3.3) + 0.008 * distance + (0.65 + drift) * last_hour
    logit = logit + 1.2 * new_shop * (1 - present) + 1.5 * abroad + 1.1 * ((hour < 5) | (hour > 22)) - 1.0 * present
    return pd.DataFrame(
        {"amount": amount, "hour": hour, "km_from_home": distance, "payments_1h": last_hour, "new_shop": new_shop}
        | {"abroad": abroad, "card_present": present, "fraud": _label(random, 1.35 * logit)}
    )


def borrowers(random: Random, n: int, drift: float) -> pd.DataFrame:
    """Consumer loans; whether they default within a year. Drift: rates rose, so the instalment weighs more."""
    income = random.lognormal(7.9, 0.4, n)
    ratio = random.beta(2.2, 4.5, n)
    late = random.poisson(0.5, n).astype(float)
    used = random.beta(1.6, 2.2, n)
    years = random.gamma(2, 3.5, n)
    age = random.normal(43, 12, n).clip(18, 80)
    logit = -2.1 + (3.2 + 2 * drift) * (ratio - 0.33) + 0.8 * late + 1.5 * (used - 0.4) - 0.09 * (years - 7)
    logit = logit - 0.6 * (np.log(income) - 7.9) + 1.1 * (used > 0.75) * (late > 0) + drift * random.normal(0, 1, n)
    return pd.DataFrame(
        {"income": income, "instalment_ratio": ratio, "late_24m": late, "limit_used": used, "years_employed": years}
        | {"age": age, "defaulted": _label(random, logit)}
    )


def invoices(random: Random, n: int, _drift: float) -> pd.DataFrame:
    """Pairs of an invoice and an order; whether they belong together."""
    gap = np.abs(random.standard_t(3, n)) * 0.03
    days = random.gamma(1.8, 9, n)
    name = random.beta(4, 2, n)
    lines = random.poisson(1.0, n).astype(float)
    quoted = random.binomial(1, 0.4, n).astype(float)
    currency = random.binomial(1, 0.94, n).astype(float)
    logit = (
        2.4 - 38 * gap - 0.07 * (days - 16) + 5.0 * (name - 0.66) - 0.7 * lines + 2.6 * quoted + 1.5 * (currency - 1)
    )
    return pd.DataFrame(
        {"amount_gap": gap, "days_apart": days, "name_match": name, "line_gap": lines, "order_quoted": quoted}
        | {"same_currency": currency, "matches": _label(random, 1.4 * logit - 1.8)}
    )


def machines(random: Random, n: int, drift: float) -> pd.DataFrame:
    """Shifts of a press; whether it stops within a week. Drift: new sensors read vibration higher, less exactly."""
    vibration = random.gamma(5, 0.5, n)
    heat = random.normal(61, 6, n)
    hours = random.uniform(0, 900, n)
    pressure = random.normal(182, 9, n)
    stops = random.poisson(0.8, n).astype(float)
    age = random.uniform(0, 15, n)
    logit = -2.7 + 1.1 * (vibration - 2.5) + 0.07 * (heat - 61) + 0.0022 * (hours - 450) + 0.6 * stops
    logit = logit + 0.05 * np.abs(pressure - 182) + 0.9 * (vibration > 3) * (heat > 65)
    seen = vibration * (1 + drift) + 2 * drift * random.normal(0, 1, n)
    return pd.DataFrame(
        {"vibration": seen, "heat": heat, "hours_since_service": hours, "pressure": pressure, "stops_30d": stops}
        | {"age_y": age, "stopped": _label(random, 1.2 * logit)}
    )
