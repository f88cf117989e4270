"""Public holidays by country, out of the library `holidays`; each country and year is worked out once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays
from holidays.registry import COUNTRIES

_NONE: Mapping[date, str] = MappingProxyType({})


@lru_cache(maxsize=512)
def holidays_of(country: str, region: str, year: int) -> Mapping[date, str]:
    """The holidays of that year by date, named in English where the library can; none for what it does not know."""
    if not is_known(country, region):
        return _NONE
    found = holidays.country_holidays(country, subdiv=region or None, years=year, language="en_US")
    return MappingProxyType({day: name for day, name in found.items() if day.year == year})


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """The names of the countries whose holidays are known, by their code in ISO 3166, in the order of the names."""
    names = {codes[1]: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", codes[0]) for codes in COUNTRIES.values()}
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


@lru_cache(maxsize=1)
def _regions() -> dict[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)


def regions(country: str) -> list[str]:
    """The codes of the parts of the country whose holidays differ; none for a country that is not known."""
    return _regions().get(country, []) if country in countries() else []


def is_known(country: str, region: str = "") -> bool:
    """Whether holidays are known for the country, and for the part of it if one is named."""
    return country in countries() and (not region or region in regions(country))


@lru_cache(maxsize=64)
def region_names(country: str) -> Mapping[str, str]:
    """The parts of the country whose holidays differ, by code, with their names where the library has them."""
    codes = regions(country)
    if not codes:
        return MappingProxyType({})
    aliases = holidays.country_holidays(country).subdivisions_aliases
    names = {code: alias for alias, code in reversed(list(aliases.items()))}
    return MappingProxyType({code: names.get(code, code) for code in codes})
