"""The exam of market data finds each kind of liar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from tickwright.checks.exchange import QUESTIONS, Sample, check_market_data
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import CheckFailed, NotOffered, UnknownSymbol
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR, MINUTE, parse_instant

ONE_HOUR = Timeframe.parse("1h")
BTC = InstrumentId("exam", "BTC", "USDT")
START = parse_instant("2024-01-01")
NOW = START + 40 * HOUR + 30 * MINUTE
SAMPLE = Sample(BTC, ONE_HOUR, START, NOW)


def history(bars: int) -> Bars:
    """Candles from `START` on."""
    number = np.arange(bars)
    price = 1000 + 7 * number
    return Bars(
        SeriesKey(BTC, ONE_HOUR), START + number * HOUR, price, price + 9, price - 9, price + 3, 50 + number, 2, 3
    )


class HonestExchange:
    """Market data as the port promises it."""

    exchange = "exam"
    page_limit = 20

    async def instruments(self) -> Sequence[Instrument]:
        return [Instrument(BTC, (TradingRules(0, Decimal("0.01")),))]

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        if instrument != BTC:
            raise UnknownSymbol(f"exam does not list {instrument.symbol}")
        if timeframe != ONE_HOUR:
            raise NotOffered("only 1h")
        closed = self.closed(history(60))
        return closed.between(start_ns, max(start_ns, end_ns)).between(0, start_ns + self.page_limit * HOUR)

    def closed(self, bars: Bars) -> Bars:
        return bars.between(0, NOW - HOUR + 1)

    async def close(self) -> None:
        pass


def lying(change: Callable[[Bars], Bars]) -> HonestExchange:
    """An exchange whose every answer goes through a change."""

    class Liar(HonestExchange):
        async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
            return change(await super().candles(instrument, timeframe, start_ns, end_ns))

    return Liar()


class Forming(HonestExchange):
    """Returns the candle that is not over."""

    def closed(self, bars: Bars) -> Bars:
        return bars.between(0, NOW)


class Prophet(HonestExchange):
    """Returns the future."""

    def closed(self, bars: Bars) -> Bars:
        return bars


class EndIncluded(HonestExchange):
    """Returns one candle too many."""

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        return await super().candles(instrument, timeframe, start_ns, end_ns + HOUR)


class NewestFirst(HonestExchange):
    """Cuts a long answer at its start."""

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        return await super().candles(instrument, timeframe, max(start_ns, end_ns - 20 * HOUR), end_ns)


class Fickle(HonestExchange):
    """Never says the same twice."""

    asked = 0

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        self.asked += 1
        bars = await super().candles(instrument, timeframe, start_ns, end_ns)
        return replace(bars, volume=bars.volume + self.asked)


class Accommodating(HonestExchange):
    """Answers for whatever it is asked."""

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        return await super().candles(BTC, ONE_HOUR, start_ns, end_ns)


class Unpriced(HonestExchange):
    """Lists an instrument without a tick."""

    async def instruments(self) -> Sequence[Instrument]:
        return [Instrument(BTC, (TradingRules(0, Decimal(0)),))]


class Doubled(HonestExchange):
    """Lists an instrument twice."""

    async def instruments(self) -> Sequence[Instrument]:
        return [*await super().instruments(), *await super().instruments()]


LIARS: dict[str, tuple[HonestExchange, str]] = {
    "the forming candle": (Forming(), "the_forming_candle_is_left_out"),
    "the future": (Prophet(), "there_is_nothing_of_the_future"),
    "the end included": (EndIncluded(), "a_range_is_half_open"),
    "the newest page": (NewestFirst(), "a_page_is_cut_at_the_limit_and_starts_at_the_start"),
    "fickle": (Fickle(), "the_same_question_has_the_same_answer"),
    "any symbol": (Accommodating(), "an_unknown_symbol_is_an_error_that_names_it"),
    "any timeframe": (Accommodating(), "an_unknown_timeframe_is_an_error"),
    "no tick": (Unpriced(), "instruments_are_listed_once_with_usable_rules"),
    "listed twice": (Doubled(), "instruments_are_listed_once_with_usable_rules"),
    "high below low": (
        lying(lambda bars: replace(bars, high=bars.low - 1)), "candles_are_of_the_series_asked_for_and_sound"),
    "a hole": (
        lying(lambda bars: bars.where(bars.open_time_ns != START + 5 * HOUR)),
        "candles_are_of_the_series_asked_for_and_sound"),
    "floats": (
        lying(lambda bars: replace(bars, close=bars.close.astype(np.float64))), "columns_are_integers_of_64_bits"),
    "a first row doubled in every part": (
        lying(lambda bars: replace(bars, volume=bars.volume + np.arange(len(bars)))), "parts_make_the_whole"),
}  # fmt: skip


async def test_an_honest_exchange_passes() -> None:
    await check_market_data(HonestExchange(), SAMPLE)


@pytest.mark.parametrize(("liar", "question"), LIARS.values(), ids=LIARS.keys())
async def test_a_liar_is_found_by_the_question_for_it(liar: HonestExchange, question: str) -> None:
    with pytest.raises(CheckFailed, match="breaks a promise"):
        await QUESTIONS[question](liar, SAMPLE)
