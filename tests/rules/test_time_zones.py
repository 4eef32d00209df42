"""Time zones of countries."""

import pytest

from rules.countries import COUNTRIES, EUROPEAN_UNION
from rules.time_zones import FALLBACK, default_time_zone, time_zones


def test_every_default_is_a_time_zone_there_is() -> None:
    assert {default_time_zone(country) for country in COUNTRIES} <= time_zones()


def test_every_country_of_the_union_has_a_zone_of_its_own() -> None:
    """ORG5: only where a country has several does the provider's own stand in."""
    assert all(default_time_zone(country) != FALLBACK for country in EUROPEAN_UNION)


@pytest.mark.parametrize("name", ["../../etc/passwd", "Factory", "localtime", "", "europe/zurich"])
def test_what_is_no_time_zone_is_not_taken_for_one(name: str) -> None:
    assert name not in time_zones()
