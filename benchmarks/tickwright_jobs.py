"""The jobs in Tickwright, as its users write them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from jobs import (
    CALLBACK_BARS,
    CASH,
    PORTFOLIO_BARS,
    PORTFOLIO_SYMBOLS,
    SINGLE_BARS,
    SLOW_WINDOWS,
    STOP,
    SWEEP_BARS,
    SWEEP_TRIALS,
    TARGET,
    candles,
    grid,
)
from measuring import chosen, measure

from tickwright.adapters.compute.threads import ThreadExecutor
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules
from tickwright.domain.market import MONEY_SCALE, Market
from tickwright.domain.timeframe import Timeframe
from tickwright.indicators import sma
from tickwright.modes import event, vector
from tickwright.strategies import SmaCross
from tickwright.strategy_api import Exits, Strategy, integer, where

COSTS = CostModel.of(fee="0.001", spread=0, impact="none", max_participation=None)
HOUR = Timeframe.parse("1h")


def market(bars: int, symbols: int = 1) -> Market:
    """The jobs' candles as a market."""
    instruments, series = [], []
    for seed in range(1, symbols + 1):
        data, identity = candles(bars, seed), InstrumentId("bench", f"S{seed:03d}", "USDT")
        prices = (np.rint(column * 100).astype(np.int64) for column in (data.open, data.high, data.low, data.close))
        volume = np.rint(data.volume * 1000).astype(np.int64)
        series.append(Bars(SeriesKey(identity, HOUR), data.open_ns, *prices, volume, 2, 3))
        instruments.append(Instrument(identity, (TradingRules(0, Decimal("0.01")),)))
    return Market.of(instruments, series)


SETTINGS = {"cash": Decimal(int(CASH)), "cash_asset": "USDT", "costs": COSTS}


def single(data: Market) -> float:
    """One run with its indicators."""
    result = vector.run(SmaCross, {"fast": 20, "slow": 50}, data, **SETTINGS)
    return result.final_equity / 10.0**MONEY_SCALE


def sweep(data: Market, trials: int, workers: int | None = None, strategy: type[Strategy] = SmaCross) -> float:
    """Many parameter sets with return and drawdown of each."""
    pairs = [{"fast": fast, "slow": slow} for fast, slow in grid(trials)]
    with ThreadExecutor(workers) as executor:
        result = vector.sweep(strategy, pairs, data, executor=executor, **SETTINGS)
    return float(result.total_return.max())


class WideCross(SmaCross):
    """SmaCross with windows as wide as the grid of the job."""

    fast = integer(20, low=2, high=2000)
    slow = integer(50, low=3, high=2000)


class ProtectedCross(WideCross):
    """The same with a stop and a target; after either it waits for the next crossing."""

    def exits(self, bars, ind):
        """Fractions of the entry price."""
        return Exits(stop=STOP, target=TARGET)


class CrossPortfolio(Strategy):
    """Equal parts of the capital in every symbol whose fast average is above its slow one."""

    def weights(self, market):
        """One weight per instant and symbol."""
        return where(sma(market.close, 20) > sma(market.close, 50), 1.0 / len(market.symbols), 0.0)


def portfolio(data: Market) -> float:
    """Many symbols, one cash, marked at every bar."""
    result = vector.run(CrossPortfolio, {}, data, **SETTINGS)
    equity = result.money(result.equity)
    return float(equity[-1]) + 0.0 * float((equity / np.maximum.accumulate(equity)).min())


class CallbackCross(Strategy):
    """The same crossing as Python called on every bar."""

    def indicators(self, bars):
        """Both averages."""
        return {"fast": sma(bars.close, 20), "slow": sma(bars.close, 50)}

    def on_bar(self, ctx, bar):
        """Hold while the fast average is above the slow one."""
        ctx.target(1.0 if ctx.ind.fast > ctx.ind.slow else 0.0)


class WakingCross(CallbackCross):
    """Slower averages, and called only where they have crossed."""

    def indicators(self, bars):
        """Both averages."""
        from tickwright.indicators import sma

        return {"fast": sma(bars.close, SLOW_WINDOWS[0]), "slow": sma(bars.close, SLOW_WINDOWS[1])}

    def wakes(self, bars, ind):
        """Bars at which the fast average is on another side than at the bar before."""
        above = ind.fast > ind.slow
        return np.concatenate([[True], above[1:] != above[:-1]])


class RoundTrip(Strategy):
    """Buys at one bar and sells at the next: an order is written, checked, filled and told on every bar."""

    def on_start(self, ctx):
        """Flat."""
        self.holds = False

    def on_bar(self, ctx, bar):
        """Turn around."""
        order = ctx.sell if self.holds else ctx.buy
        order(qty=1.0)
        self.holds = not self.holds


def callback(data: Market, strategy: type[Strategy] = CallbackCross) -> float:
    """Python on every bar, or where it asked to be called."""
    result = event.run(strategy, {}, data, **SETTINGS)
    return float(result.money(result.equity)[-1])


def round_trip(data: Market) -> float:
    """A market order on every bar, paid for."""
    result = event.run(RoundTrip, {}, data, **{**SETTINGS, "cash": Decimal(10**10)})
    return float(len(result.fills))


def run_single() -> None:
    data, short = market(SINGLE_BARS), market(5000)
    measure("single", SINGLE_BARS, lambda: single(data), lambda: single(short))


def run_sweep(workers: int | None, strategy: type[Strategy]) -> None:
    data, short = market(SWEEP_BARS), market(5000)
    units = SWEEP_TRIALS * SWEEP_BARS
    measure(
        "sweep",
        units,
        lambda: sweep(data, SWEEP_TRIALS, workers, strategy),
        lambda: sweep(short, 40, workers, strategy),
    )


def run_portfolio() -> None:
    data, short = market(PORTFOLIO_BARS, PORTFOLIO_SYMBOLS), market(5000, 3)
    measure("portfolio", PORTFOLIO_SYMBOLS * PORTFOLIO_BARS, lambda: portfolio(data), lambda: portfolio(short))


def run_callback() -> None:
    data, short = market(CALLBACK_BARS), market(5000)
    measure("callback", CALLBACK_BARS, lambda: callback(data), lambda: callback(short))


def run_wake() -> None:
    data, short = market(SINGLE_BARS), market(5000)
    measure("wake", SINGLE_BARS, lambda: callback(data, WakingCross), lambda: callback(short, WakingCross))


def run_round_trip() -> None:
    data, short = market(CALLBACK_BARS), market(5000)
    measure("round-trip", CALLBACK_BARS, lambda: round_trip(data), lambda: round_trip(short))


chosen(
    {
        "single": run_single,
        "sweep": lambda: run_sweep(1, WideCross),
        "sweep-all-cores": lambda: run_sweep(None, WideCross),
        "sweep-exits": lambda: run_sweep(1, ProtectedCross),
        "portfolio": run_portfolio,
        "callback": run_callback,
        "wake": run_wake,
        "round-trip": run_round_trip,
    }
)
