"""The exam every way to an exchange passes: the promises of `ports.MarketData`, each asked by one question.

`check_market_data(data, sample)` asks them all; the first broken promise is a `CheckFailed` that names it. The sample
says which candles the exchange is known to have; the exam asks some hundred requests' worth of one symbol, not more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import PRICE_COLUMNS, Bars
from tickwright.domain.candle_rules import broken_rules
from tickwright.domain.errors import CheckFailed, ExchangeError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso
from tickwright.ports import MarketData


@dataclass(frozen=True, slots=True)
class Sample:
    """What the exchange is known to have: at least ten closed candles without a hole from `start_ns` on.

    `now_ns` is an instant the exchange's clock has not passed when the exam is over.
    """

    instrument: InstrumentId
    timeframe: Timeframe
    start_ns: int
    now_ns: int

    def at(self, bar: int) -> int:
        """The open time of candle number `bar`."""
        return self.start_ns + bar * self.timeframe.length_ns


Question = Callable[[MarketData, Sample], Awaitable[None]]


async def check_market_data(data: MarketData, sample: Sample) -> None:
    """Put an exchange's market data through every question; raises `CheckFailed` at the first broken promise."""
    for question in QUESTIONS.values():
        await question(data, sample)


async def _instruments_are_listed_once_with_usable_rules(data: MarketData, sample: Sample) -> None:
    listed = await data.instruments()
    names = [one.id for one in listed]
    _demand(sample.instrument in names, f"{sample.instrument} is not among the {len(names)} instruments")
    _demand(len(set(names)) == len(names), "an instrument is listed twice")
    _demand({name.exchange for name in names} == {data.exchange}, "an instrument belongs to another exchange")
    for one in listed:
        rules = one.rules[-1]
        _demand(
            len(one.rules) > 0 and rules.tick > 0 and rules.lot > 0, f"{one.id} has tick {rules.tick}, lot {rules.lot}"
        )
        _demand(rules.min_notional >= 0 and rules.min_quantity >= 0, f"{one.id} has a minimum below zero")


async def _candles_are_of_the_series_asked_for_and_sound(data: MarketData, sample: Sample) -> None:
    bars = await _asked(data, sample, 0, 10)
    _demand(bars.key.instrument == sample.instrument, f"the answer is about {bars.key.instrument}")
    _demand(bars.key.timeframe == sample.timeframe, f"the answer has the timeframe {bars.key.timeframe}")
    _demand(len(bars) == 10, f"ten candles were asked for and {len(bars)} came")
    _demand(bars.open_time_ns.tolist() == [sample.at(bar) for bar in range(10)], "the open times are not the ten")
    for broken in broken_rules(bars):
        _demand(False, f"candle {broken.row}: {broken.reason}")


async def _columns_are_integers_of_64_bits(data: MarketData, sample: Sample) -> None:
    bars = await _asked(data, sample, 0, 3)
    for name in ("open_time_ns", *PRICE_COLUMNS, "volume"):
        _demand(getattr(bars, name).dtype == np.int64, f"{name} is {getattr(bars, name).dtype}")
    _demand(bars.price_scale >= 0 and bars.volume_scale >= 0, "a scale is negative")


async def _a_range_is_half_open(data: MarketData, sample: Sample) -> None:
    one = await data.candles(sample.instrument, sample.timeframe, sample.at(2), sample.at(3))
    _demand(one.open_time_ns.tolist() == [sample.at(2)], f"[2, 3) gave {_times(one)}")
    later = await data.candles(sample.instrument, sample.timeframe, sample.at(2) + 1, sample.at(4))
    _demand(later.open_time_ns.tolist() == [sample.at(3)], f"a start after an open time gave {_times(later)}")
    longer = await data.candles(sample.instrument, sample.timeframe, sample.at(2), sample.at(3) + 1)
    _demand(
        longer.open_time_ns.tolist() == [sample.at(2), sample.at(3)], f"an end after an open time gave {_times(longer)}"
    )


async def _an_empty_range_gives_nothing(data: MarketData, sample: Sample) -> None:
    for first, last in ((3, 3), (5, 3)):
        _demand(len(await _asked(data, sample, first, last)) == 0, f"[{first}, {last}) gave candles")


async def _the_same_question_has_the_same_answer(data: MarketData, sample: Sample) -> None:
    first, again = await _asked(data, sample, 0, 10), await _asked(data, sample, 0, 10)
    _demand(first.content_hash() == again.content_hash(), "closed candles changed between two requests")


async def _parts_make_the_whole(data: MarketData, sample: Sample) -> None:
    whole = await _asked(data, sample, 0, 10)
    for first, last in ((0, 4), (4, 10)):
        part = await _asked(data, sample, first, last)
        cut = whole.between(sample.at(first), sample.at(last))
        _demand(part.content_hash() == cut.content_hash(), f"[{first}, {last}) differs from the same part of [0, 10)")


async def _a_page_is_cut_at_the_limit_and_starts_at_the_start(data: MarketData, sample: Sample) -> None:
    _demand(data.page_limit > 0, f"the page limit is {data.page_limit}")
    bars = await data.candles(sample.instrument, sample.timeframe, sample.start_ns, sample.now_ns)
    _demand(len(bars) <= data.page_limit, f"{len(bars)} candles came, more than the limit of {data.page_limit}")
    _demand(int(bars.open_time_ns[0]) == sample.start_ns, f"the page starts at {iso(int(bars.open_time_ns[0]))}")


async def _the_forming_candle_is_left_out(data: MarketData, sample: Sample) -> None:
    length = sample.timeframe.length_ns
    start = sample.timeframe.floor(sample.now_ns) - 5 * length
    bars = await data.candles(sample.instrument, sample.timeframe, start, sample.now_ns + 5 * length)
    if len(bars):
        end = int(bars.open_time_ns[-1]) + length
        _demand(end <= sample.now_ns, f"the candle that ends at {iso(end)} came at {iso(sample.now_ns)} or before")


async def _there_is_nothing_of_the_future(data: MarketData, sample: Sample) -> None:
    start = sample.timeframe.ceil(sample.now_ns)
    bars = await data.candles(sample.instrument, sample.timeframe, start, start + 5 * sample.timeframe.length_ns)
    _demand(len(bars) == 0, f"{len(bars)} candles of the future came")


async def _an_unknown_symbol_is_an_error_that_names_it(data: MarketData, sample: Sample) -> None:
    unknown = InstrumentId(data.exchange, "NOSUCHBASE", "NOSUCHQUOTE")
    try:
        await data.candles(unknown, sample.timeframe, sample.at(0), sample.at(1))
    except ExchangeError as error:
        _demand("NOSUCHBASE" in str(error), f"the sentence does not name the symbol: {error}")
    else:
        _demand(False, "an unknown symbol was answered")


async def _an_unknown_timeframe_is_an_error(data: MarketData, sample: Sample) -> None:
    try:
        await data.candles(sample.instrument, Timeframe.parse("13s"), sample.at(0), sample.at(1))
    except ExchangeError:
        return
    _demand(False, "a timeframe of 13 seconds was answered")


async def _closing_twice_is_harmless(data: MarketData, sample: Sample) -> None:
    await data.close()
    await data.close()


QUESTIONS: dict[str, Question] = {
    question.__name__.strip("_"): question
    for question in (
        _instruments_are_listed_once_with_usable_rules,
        _candles_are_of_the_series_asked_for_and_sound,
        _columns_are_integers_of_64_bits,
        _a_range_is_half_open,
        _an_empty_range_gives_nothing,
        _the_same_question_has_the_same_answer,
        _parts_make_the_whole,
        _a_page_is_cut_at_the_limit_and_starts_at_the_start,
        _the_forming_candle_is_left_out,
        _there_is_nothing_of_the_future,
        _an_unknown_symbol_is_an_error_that_names_it,
        _an_unknown_timeframe_is_an_error,
        _closing_twice_is_harmless,
    )
}
"""Every question by the promise it asks for."""


async def _asked(data: MarketData, sample: Sample, first: int, last: int) -> Bars:
    return await data.candles(sample.instrument, sample.timeframe, sample.at(first), sample.at(last))


def _times(bars: Bars) -> str:
    return ", ".join(iso(int(time)) for time in bars.open_time_ns) or "nothing"


def _demand(kept: bool, difference: str) -> None:
    if not kept:
        raise CheckFailed(
            f"the market data breaks a promise: {difference}",
            where="market data",
            expected="what ports.MarketData says",
        )
