"""The processes behind the forecasting and estimating projects: each draws rows with a number in the last column."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes

Random = np.random.Generator


def _noise(random: Random, n: int, size: float) -> np.ndarray:
    """A multiplicative error of about `size` (0.05 is five percent)."""
    return np.exp(random.normal(0, size, n))


def _season(day: np.ndarray, peak: float, swing: float) -> np.ndarray:
    """A yearly wave around 1 that is highest on day `peak`."""
    return 1 + swing * np.cos(2 * np.pi * (day - peak) / 365)


def diabetics(_random: Random) -> pd.DataFrame:
    """Diabetes patients (bundled); how far the disease has gone one year on (a score from 25 to 346)."""
    data = load_diabetes(as_frame=True)
    return data.data.assign(progression=data.target.astype(float))


def store_demand(random: Random, n: int, drift: float) -> pd.DataFrame:
    """Days of a shop's product group; units sold. `last_week` is the same weekday one week earlier."""
    day = random.integers(0, 365, n).astype(float)
    weekday = random.integers(0, 7, n).astype(float)
    size = random.lognormal(6.2, 0.35, n)
    promo = random.binomial(1, 0.2, n).astype(float)
    promo_before = random.binomial(1, 0.2, n).astype(float)
    warm = random.normal(13 - 9 * np.cos(2 * np.pi * (day - 20) / 365), 4, n)
    level = (
        size * 0.2 * _season(day, 350, 0.15) * np.array([0.85, 0.82, 0.88, 0.95, 1.2, 1.45, 0.75])[weekday.astype(int)]
    )
    last_week = level * (1 + 0.25 * promo_before) * _noise(random, n, 0.09)
    sold = level * (1 + (0.25 + drift) * promo) * (1 + 0.008 * (warm - 13)) * _noise(random, n, 0.075)
    return pd.DataFrame(
        {"day": day, "weekday": weekday, "shop_m2": size, "promo": promo, "promo_last_week": promo_before}
        | {"temperature": warm, "last_week": last_week, "units": sold}
    )


def price_tests(random: Random, n: int, _drift: float) -> pd.DataFrame:
    """Weeks of a product at some price; the logarithm of the units sold against its usual week."""
    change = random.normal(0, 0.09, n)
    rival = random.normal(0, 0.07, n)
    brand = random.binomial(1, 0.4, n).astype(float)
    shelf = random.normal(0, 1, n)
    week = random.integers(1, 53, n).astype(float)
    moved = -(2.1 - 0.9 * brand) * change + 0.8 * rival + 0.05 * shelf + random.normal(0, 0.11, n)
    return pd.DataFrame(
        {"price_change": change, "rival_change": rival, "own_brand": brand, "shelf": shelf, "week": week}
        | {"change_x_brand": change * brand, "log_units": moved}
    )


def parcels(random: Random, n: int, drift: float) -> pd.DataFrame:
    """Days of a depot; parcels to sort. Drift: a large shop moved its cut-off hour, so pre-alerts tell less."""
    day = random.integers(0, 365, n).astype(float)
    weekday = random.integers(0, 6, n).astype(float)
    depot = random.lognormal(8.6, 0.3, n)
    sales = random.binomial(1, 0.08, n).astype(float)
    level = depot * _season(day, 345, 0.22) * np.array([1.2, 1.1, 1.0, 0.97, 1.02, 0.6])[weekday.astype(int)]
    level = level * (1 + 0.35 * sales)
    told = level * _noise(random, n, 0.11) * 0.6
    volume = level * (told / (0.6 * level)) ** (0.35 - drift) * _noise(random, n, 0.06 + drift / 3)
    last_week = level / (1 + 0.35 * sales) * _noise(random, n, 0.1)
    return pd.DataFrame(
        {"day": day, "weekday": weekday, "depot_size": depot, "sales_event": sales, "pre_alerts": told}
        | {"last_week": last_week, "parcels": volume}
    )


def deliveries(random: Random, n: int, _drift: float) -> pd.DataFrame:
    """Parcels on a van; minutes from leaving the depot to the door. `planned` is what the route planner says."""
    kilometres = random.gamma(3, 6, n)
    stops = random.poisson(28, n).astype(float)
    hour = random.integers(6, 20, n).astype(float)
    rain = random.gamma(0.6, 1.5, n)
    floor = random.poisson(1.4, n).astype(float)
    city = random.binomial(1, 0.5, n).astype(float)
    rush = ((hour >= 7) & (hour <= 9)) | ((hour >= 16) & (hour <= 18))
    minutes = (
        12 + 1.7 * kilometres * (1 + 0.35 * rush * city) + 2.6 * stops * (1 + 0.15 * city) + 2.2 * rain + 0.9 * floor
    )
    taken = minutes * _noise(random, n, 0.09)
    planned = 1.7 * kilometres + 2.5 * stops + 10
    return pd.DataFrame(
        {"kilometres": kilometres, "stops_before": stops, "hour": hour, "rain_mm": rain, "floor": floor, "city": city}
        | {"planned": planned, "minutes": taken}
    )


def grid_load(random: Random, n: int, _drift: float) -> pd.DataFrame:
    """Hours of a network area; megawatts drawn. `yesterday` is the same hour one day earlier."""
    hour = random.integers(0, 24, n).astype(float)
    weekend = random.binomial(1, 2 / 7, n).astype(float)
    outside = random.normal(10, 8, n)
    area = random.uniform(120, 420, n)
    shape = 1 + 0.28 * np.sin(np.pi * (hour - 5) / 14) * ((hour > 4) & (hour < 23)) - 0.12 * weekend
    heat = 1 + 0.011 * np.clip(15 - outside, 0, None) + 0.014 * np.clip(outside - 22, 0, None)
    yesterday = (
        area * shape * (1 + 0.011 * np.clip(15 - outside + random.normal(0, 5, n), 0, None)) * _noise(random, n, 0.06)
    )
    drawn = area * shape * heat * _noise(random, n, 0.05)
    return pd.DataFrame(
        {
            "hour": hour,
            "weekend": weekend,
            "temperature": outside,
            "area_size": area,
            "yesterday": yesterday,
            "mw": drawn,
        }
    )


def solar_days(random: Random, n: int, _drift: float) -> pd.DataFrame:
    """Days of a solar park; megawatt hours fed in. Irradiance in kW/m2."""
    irradiance = random.beta(3, 2.5, n)
    cloud = random.beta(1.6, 2.0, n)
    warm = random.normal(0.15, 0.08, n)
    dust = random.beta(1.5, 6, n)
    size = random.uniform(0.5, 1.5, n)
    fed = 42 * irradiance * (1 - 0.45 * cloud) * (1 - 0.4 * dust) * (1 - 0.5 * (warm - 0.15)) * size + random.normal(
        0, 1.3, n
    )
    return pd.DataFrame(
        {"irradiance": irradiance, "cloud": cloud, "temperature": warm, "dust": dust, "park_size": size}
        | {"clear_sky": irradiance * size, "clouded": irradiance * cloud * size, "mwh": fed}
    )
