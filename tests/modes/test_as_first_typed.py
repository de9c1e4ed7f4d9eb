"""Strategies as somebody first types them, without a docstring or a word on a parameter: checked, run everywhere."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.oracles.simulated import START_NS, bars_of_closes, normals
from tests.parity.perpetual_terms import candles_of, perpetual
from tests.parity.twin import instrument
from tickwright.checks.strategy import check_strategy
from tickwright.domain.costs import CostModel
from tickwright.domain.margin import Margin, maintenance_tiers
from tickwright.domain.market import Funding, Market
from tickwright.domain.timestamp import HOUR
from tickwright.indicators import atr, rsi, sma
from tickwright.modes import event, vector
from tickwright.strategy_api import Exits, Strategy, hold, informative, integer


class SmaCrossStop(Strategy):
    timeframe = "1h"
    fast = integer(20, low=2, high=200)
    slow = integer(50, low=3, high=400)

    def valid(self):  # type: ignore[no-untyped-def]
        return self.fast < self.slow

    def indicators(self, bars):  # type: ignore[no-untyped-def]
        return {"fast": sma(bars.close, self.fast), "slow": sma(bars.close, self.slow), "atr": atr(bars, 14)}

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return ind.fast > ind.slow

    def exits(self, bars, ind):  # type: ignore[no-untyped-def]
        return Exits(stop=3 * ind.atr / bars.close, target=0.06)


class DipInUptrend(Strategy):
    needs = ("funding",)

    @informative("1d")
    def daily(self, bars):  # type: ignore[no-untyped-def]
        return {"up": bars.close > sma(bars.close, 50)}

    def indicators(self, bars):  # type: ignore[no-untyped-def]
        return {"rsi": rsi(bars.close, 14)}

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return hold((ind.rsi < 30) & ind.up_1d & (bars.funding < 3e-4), exit=ind.rsi > 55)


@pytest.fixture(scope="module")
def market() -> Market:
    """A perpetual with two hundred days of hours and a rate every eighth one."""
    hours = 200 * 24
    bars = bars_of_closes(1000 * np.exp(np.cumsum(0.006 * normals(hours, 3) + 5e-5)), scale=2)
    what = perpetual(instrument("BTC/USDT", tick="0.01", lot="0.001"), tiers=maintenance_tiers([(0, "0.005")]))
    times = START_NS + np.arange(8, hours, 8, dtype=np.int64) * HOUR
    rates = np.round(1e5 + 2e5 * normals(len(times), 4)).astype(np.int64)
    return Market.of([what], [candles_of(what, bars)], funding=[Funding(times, rates)], margin=Margin(Decimal(2)))


@pytest.mark.parametrize("strategy", [SmaCrossStop, DipInUptrend])
def test_it_passes_the_exam_and_trades_alike_in_every_mode(strategy: type[Strategy], market: Market) -> None:
    exam = check_strategy(strategy)
    assert exam.passed, str(exam)
    assert "the class has no docstring that says what it does" in exam.hints
    terms = {"cash": Decimal(100_000), "cash_asset": market.cash_asset, "costs": CostModel()}
    results = [run(strategy, {}, market, **terms) for run in (vector.run, event.run, event.replay)]
    assert len(results[0].fills) > 10
    assert len({(one.digest, one.account_digest) for one in results}) == 1
