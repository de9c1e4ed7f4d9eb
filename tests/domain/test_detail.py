"""Detail candles: they must divide their bars, lie inside them, fill each of them, and add up to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.parity.scenarios import candles, in_bars
from tests.parity.twin import instrument
from tickwright.domain.bars import Bars
from tickwright.domain.detail import check_covers, fitted_detail
from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.market import Market

BTC, ETH = instrument("BTC/USDT"), instrument("ETH/USDT")
QUARTERS = [
    (0, 100, 101, 99, 100, 5), (1, 100, 104, 100, 103, 6), (2, 103, 103, 98, 99, 7), (3, 99, 100, 97, 98, 8),
    (4, 98, 99, 96, 97, 1), (5, 97, 99, 97, 99, 2), (6, 99, 105, 99, 104, 3), (7, 104, 104, 103, 103, 4),
]  # fmt: skip


def detail(rows: list[tuple[int, int, int, int, int, int]] = QUARTERS) -> Bars:
    return candles(BTC, "15m", rows, (2, 0))


def hours() -> Bars:
    return in_bars(detail(), "1h")


def changed(bars: Bars, column: str, place: int, value: int) -> Bars:
    values = getattr(bars, column).copy()
    values[place] = value
    return replace(bars, **{column: values})


def test_detail_that_adds_up_is_kept_whole() -> None:
    assert fitted_detail(hours(), detail()).open_time_ns.tolist() == detail().open_time_ns.tolist()


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("open", 102, "the open of binance:BTC/USDT candles 1h at 2024-01-01T01:00:00Z is 1.02, .* makes it 0.98"),
        ("high", 106, "the high .* is 1.06, binance:BTC/USDT candles 15m makes it 1.05"),
        ("low", 95, "the low .* is 0.95, .* makes it 0.96"),
        ("close", 104, "the close .* is 1.04, .* makes it 1.03"),
        ("volume", 11, "the volume .* is 11, .* makes it 10"),
    ],
)
def test_what_does_not_add_up_is_named_with_series_bar_and_value(column: str, value: int, told: str) -> None:
    with pytest.raises(DataError, match=told):
        fitted_detail(changed(hours(), column, 1, value), detail())


def test_a_bar_without_any_detail_candle_is_refused() -> None:
    with pytest.raises(DataError, match=r"15m has no candle in the bar of .* 1h at 2024-01-01T01:00:00Z"):
        fitted_detail(hours(), detail(QUARTERS[:4]))


def test_a_quiet_quarter_may_be_absent() -> None:
    sparse = detail([row for row in QUARTERS if row[0] != 1])
    assert len(fitted_detail(in_bars(sparse, "1h"), sparse)) == 7


def test_detail_where_there_is_no_bar_is_refused() -> None:
    three = detail([*QUARTERS, (8, 103, 103, 103, 103, 1)])
    holed = in_bars(three, "1h")
    holed = holed.where(np.array([True, False, True]))
    with pytest.raises(DataError, match=r"15m has a candle at 2024-01-01T01:00:00Z, where .* has no bar"):
        fitted_detail(holed, three)


def test_detail_outside_the_bars_is_left_out() -> None:
    assert fitted_detail(hours().where(np.array([True, False])), detail()).open_time_ns.size == 4


def test_detail_that_begins_inside_a_bar_counts_from_the_next_one() -> None:
    late = fitted_detail(hours(), detail(QUARTERS[2:]))
    assert late.open_time_ns.tolist() == detail().open_time_ns.tolist()[4:]


def test_detail_that_fills_no_bar_is_refused() -> None:
    with pytest.raises(DataError, match="15m fills no bar of binance:BTC/USDT candles 1h"):
        fitted_detail(hours(), detail(QUARTERS[6:]))


def test_detail_that_begins_after_trading_starts_is_refused() -> None:
    late, bars = fitted_detail(hours(), detail(QUARTERS[4:])), hours()
    check_covers(bars, late, int(bars.open_time_ns[1]))
    with pytest.raises(DataError, match=r"15m begins at 2024-01-01T01:.*; expected .* from 2024-01-01T00:00:00Z on"):
        check_covers(bars, late, int(bars.open_time_ns[0]))


@pytest.mark.parametrize("frame", ["1h", "4h", "25m"])
def test_a_timeframe_that_does_not_divide_the_bars_is_refused(frame: str) -> None:
    with pytest.raises(UsageError, match="do not divide bars of 1h"):
        fitted_detail(hours(), candles(BTC, frame, QUARTERS, (2, 0)))


def test_every_instrument_has_detail_of_one_timeframe_or_none_has() -> None:
    other = in_bars(candles(ETH, "15m", QUARTERS, (2, 0)), "1h")
    with pytest.raises(UsageError, match="ETH/USDT has no detail candles"):
        Market.of([BTC, ETH], [hours(), other], detail=[detail(), None])
    fine = in_bars(candles(ETH, "15m", QUARTERS, (2, 0)), "30m")
    with pytest.raises(UsageError, match="detail candles of 15m, 30m are mixed"):
        Market.of([BTC, ETH], [hours(), other], detail=[detail(), fine])
    empty = detail().where(np.zeros(8, np.bool_))
    with pytest.raises(DataError, match="15m has no candles in this range"):
        Market.of([BTC], [hours()], detail=[empty])
