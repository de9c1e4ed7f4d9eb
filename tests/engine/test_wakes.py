"""What a finished run leaves behind in memory: its result, and nothing of what it was made with."""

from __future__ import annotations

import gc
import weakref
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules
from tickwright.domain.market import Market
from tickwright.domain.timeframe import Timeframe
from tickwright.engine import wakes
from tickwright.indicators import sma
from tickwright.modes import event
from tickwright.strategy_api import Strategy

COSTS = CostModel.of(fee="0.001", spread=0, impact="none", max_participation=None)
SETTINGS: dict[str, Any] = {"cash": Decimal(1000), "cash_asset": "USDT", "costs": COSTS}


def wandering_market() -> Market:
    """Six hundred hours of one symbol whose price wanders."""
    identity, hour = InstrumentId.parse("BTC/USDT", exchange="binance"), Timeframe.parse("1h")
    close = 2_000_000 + np.random.default_rng(4).integers(-900, 901, 600).cumsum()
    opened = np.concatenate([close[:1], close[:-1]])
    times, volume = hour.length_ns * np.arange(600), np.full(600, 1000)
    series = Bars(
        SeriesKey(identity, hour), times, opened, np.maximum(opened, close), np.minimum(opened, close), close, volume,
        2, 3,
    )  # fmt: skip
    return Market.of([Instrument(identity, (TradingRules(0, Decimal("0.01")),))], [series])


class Crossing(Strategy):
    """Holds while a fast average is above a slow one."""

    def indicators(self, bars: Any) -> dict[str, Any]:
        return {"fast": sma(bars.close, 3), "slow": sma(bars.close, 8)}

    def on_bar(self, ctx: Any, bar: Any) -> None:
        ctx.target(1.0 if ctx.ind.fast > ctx.ind.slow else 0.0)


class CalledAtTurns(Crossing):
    """The same, called only where the averages have crossed."""

    def wakes(self, bars: Any, ind: Any) -> Any:
        above = ind.fast > ind.slow
        return np.concatenate([[True], above[1:] != above[:-1]])


class Failing(Strategy):
    """Raises at its first bar."""

    def on_bar(self, ctx: Any, bar: Any) -> None:
        raise ZeroDivisionError("the strategy's own mistake")


def test_a_finished_run_lets_its_memory_go_without_waiting_for_the_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[Any]] = []
    begin = wakes.CallbackWakes.begin

    def noted(self: Any, memory: Any) -> None:
        made.extend((weakref.ref(self), weakref.ref(memory)))
        begin(self, memory)

    monkeypatch.setattr(wakes.CallbackWakes, "begin", noted)
    gc.collect()
    gc.disable()
    try:
        equity = event.run(Crossing, {}, wandering_market(), **SETTINGS).equity[-1]
        assert [one() for one in made] == [None, None]
    finally:
        gc.enable()
    assert equity > 0


def test_being_called_at_turns_alone_gives_the_run_of_being_called_at_every_bar() -> None:
    always, turns = (event.run(strategy, {}, wandering_market(), **SETTINGS) for strategy in (Crossing, CalledAtTurns))
    assert turns.digest == always.digest
    assert len(turns.fills) > 0
    for name in ("equity", "exposure", "cash"):
        np.testing.assert_array_equal(getattr(turns, name), getattr(always, name))


def test_an_exception_of_a_strategy_is_raised_outside_the_kernel() -> None:
    with pytest.raises(ZeroDivisionError, match="own mistake"):
        event.run(Failing, {}, wandering_market(), **SETTINGS)
