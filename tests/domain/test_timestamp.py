"""Instants: text to nanoseconds and back, UTC, a bare end date included."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import DAY, HOUR, SECOND, iso, parse_instant

YEAR_2100 = 4_102_444_800 * SECOND


@given(st.integers(0, YEAR_2100 // 1000).map(lambda microseconds: microseconds * 1000))
def test_an_instant_survives_its_text(ts_ns: int) -> None:
    assert parse_instant(iso(ts_ns)) == ts_ns


def test_an_offset_is_honoured_and_no_offset_means_utc() -> None:
    assert (
        parse_instant("2024-01-01T02:00:00+02:00") == parse_instant("2024-01-01T00:00") == parse_instant("2024-01-01")
    )


def test_an_inclusive_end_takes_the_whole_day_but_a_timestamp_stays_exclusive() -> None:
    assert parse_instant("2024-02-29", inclusive_end=True) - parse_instant("2024-02-29") == DAY
    assert parse_instant("2024-02-29T01:00Z", inclusive_end=True) - parse_instant("2024-02-29") == HOUR


def test_an_instant_before_1970_keeps_its_sign() -> None:
    assert parse_instant("1969-12-31T23:59:59Z") == -SECOND


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "2024-02-30", "31/12/2024"])
def test_what_is_no_date_names_the_flag_and_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"--start: .* is not a date or time; expected ISO 8601"):
        parse_instant(text, where="--start")
