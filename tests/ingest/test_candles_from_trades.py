"""Candles made of trades are the exchange's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.xrp_eth import ONE_MINUTE, XRP_ETH, candles, trades
from tickwright.domain.bars import Bars
from tickwright.domain.errors import BadResponse
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import MINUTE, SECOND
from tickwright.domain.trades import Trades
from tickwright.ingest.candles_from_trades import CandlesFromTrades, candles_from_trades

FIRST = int(candles().open_time_ns[0])


def test_two_days_of_trades_give_the_exchange_s_own_2469_candles() -> None:
    built = candles_from_trades(trades(), ONE_MINUTE)
    assert len(built) == 2469
    assert built.content_hash() == candles().content_hash()


@pytest.mark.parametrize("name", ["5m", "1h", "1d"])
def test_longer_candles_are_what_polars_makes_of_the_trades(name: str) -> None:
    built = candles_from_trades(trades(), Timeframe.parse(name))
    frame = pl.DataFrame({"ts": trades().ts_ns, "price": trades().price, "quantity": trades().quantity})
    theirs = (
        frame.with_columns(pl.from_epoch("ts", time_unit="ns"))
        .group_by_dynamic("ts", every=name)
        .agg(
            pl.col("price").first().alias("open"),
            pl.col("price").max().alias("high"),
            pl.col("price").min().alias("low"),
            pl.col("price").last().alias("close"),
            pl.col("quantity").sum().alias("volume"),
        )
    )
    assert (built.open_time_ns == theirs["ts"].dt.epoch("ns").to_numpy()).all()
    for column in ("open", "high", "low", "close", "volume"):
        assert (getattr(built, column) == theirs[column].to_numpy()).all()


def test_a_minute_without_a_trade_has_no_candle() -> None:
    minutes = np.diff(candles_from_trades(trades(), ONE_MINUTE).open_time_ns) // MINUTE
    assert int(minutes.max()) > 1


def test_a_trade_at_the_open_time_opens_and_one_at_the_end_belongs_to_the_next() -> None:
    tape = Trades(
        XRP_ETH,
        np.arange(3),
        np.array([0, MINUTE - 1, MINUTE]),
        np.array([5, 7, 9]),
        np.array([1, 2, 4]),
        np.ones(3, bool),
        0,
        0,
    )
    built = candles_from_trades(tape, ONE_MINUTE)
    assert built.open_time_ns.tolist() == [0, MINUTE]
    assert (built.open.tolist(), built.close.tolist(), built.volume.tolist()) == ([5, 9], [7, 9], [3, 4])


def test_trades_out_of_time_are_refused() -> None:
    tape = trades()
    backwards = tape.where(np.ones(len(tape), bool))
    backwards.ts_ns[10] = backwards.ts_ns[0] - 2 * MINUTE
    with pytest.raises(BadResponse, match="earlier time"):
        candles_from_trades(backwards, ONE_MINUTE)


class Tape:
    """An exchange's trades in pages, and the clock that says what it has seen."""

    exchange = "binance"
    page_limit = 1000

    def __init__(self, page: int = 100, now_ns: int = int(trades().ts_ns[-1]) + 10 * MINUTE) -> None:
        self.page, self.now = page, now_ns
        self.asked = 0

    async def trades(
        self, instrument: InstrumentId, start_ns: int, end_ns: int, *, after_id: int | None = None
    ) -> Trades:
        self.asked += 1
        known = trades()
        inside = (known.ts_ns >= start_ns) & (known.ts_ns < end_ns) & (known.ts_ns <= self.now)
        found = known.where(inside & (known.trade_id > (after_id or 0)))
        return found.where(np.arange(len(found)) < self.page)

    async def instruments(self) -> Sequence[Instrument]:
        return []

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        raise AssertionError("candles are made of trades here")

    async def close(self) -> None:
        pass

    def now_ns(self) -> int:
        return self.now

    def monotonic_ns(self) -> int:
        return self.now

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody waits here")


@given(st.integers(1, 300), st.integers(0, 120), st.integers(1, 90))
async def test_pages_do_not_show_in_the_candles(page: int, first: int, minutes: int) -> None:
    tape = Tape(page)
    start, end = FIRST + first * MINUTE, FIRST + (first + minutes) * MINUTE
    built = await CandlesFromTrades(tape, tape, tape, page_limit=100).candles(XRP_ETH, ONE_MINUTE, start, end)
    assert built.content_hash() == candles().between(start, end).content_hash()


async def test_the_forming_candle_is_left_out() -> None:
    tape = Tape(now_ns=FIRST + 30 * MINUTE + 30 * SECOND)
    built = await CandlesFromTrades(tape, tape, tape).candles(XRP_ETH, ONE_MINUTE, FIRST, FIRST + 60 * MINUTE)
    assert built.content_hash() == candles().between(FIRST, FIRST + 30 * MINUTE).content_hash()


async def test_no_more_candles_are_built_at_once_than_the_limit_says() -> None:
    tape = Tape()
    source = CandlesFromTrades(tape, tape, tape, page_limit=10)
    built = await source.candles(XRP_ETH, ONE_MINUTE, FIRST, FIRST + 60 * MINUTE)
    assert source.page_limit == 10
    assert built.content_hash() == candles().between(FIRST, FIRST + 10 * MINUTE).content_hash()


async def test_an_empty_range_asks_nobody() -> None:
    tape = Tape()
    assert len(await CandlesFromTrades(tape, tape, tape).candles(XRP_ETH, ONE_MINUTE, FIRST, FIRST)) == 0
    assert tape.asked == 0
