import numpy as np
import pytest

from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import HOUR, parse_instant
from tickwright.strategy_api import every, on_change, retry


def closes(start, hours):
    return parse_instant(start) + np.arange(hours) * HOUR


def test_on_change_looks_at_every_bar():
    assert on_change.first_instants(closes("2024-01-01", 5)).all()


def test_a_week_begins_on_monday_at_midnight():
    # 2024-01-05 is a Friday; the bar that closes on Monday 00:00 is the first wake of the new week.
    times = closes("2024-01-05", 24 * 10)
    acting = times[every("1w").first_instants(times)]
    assert acting.tolist() == [parse_instant("2024-01-05"), parse_instant("2024-01-08")]


def test_a_day_begins_at_midnight():
    times = closes("2024-01-01T05:00", 48)
    acting = times[every("1d").first_instants(times)]
    assert acting.tolist() == [parse_instant(day) for day in ("2024-01-01T05:00", "2024-01-02", "2024-01-03")]


def test_a_symbol_absent_at_the_start_of_a_period_acts_at_its_next_bar_of_it():
    times = closes("2024-01-01", 48)
    present = np.delete(times, [24, 25])
    acting = present[every("1d").first_instants(present)]
    assert acting.tolist() == [times[0], times[26]]


def test_no_bars_have_no_instants():
    assert len(every("1d").first_instants(np.empty(0, np.int64))) == 0


def test_retry_changes_nothing_else():
    assert retry(every("1w", band=0.02)).band == 0.02
    assert retry().retry
    assert not on_change.retry


@pytest.mark.parametrize("band", [-0.01, float("nan"), float("inf")])
def test_a_band_below_zero_or_without_bound_is_refused(band):
    with pytest.raises(UsageError, match="band"):
        every("1w", band=band)


def test_a_period_that_is_no_timeframe_is_refused():
    with pytest.raises(UsageError, match="'monthly' is not a timeframe"):
        every("monthly")
