"""Take series and decisions through the product's modes and read money as floats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from tests.oracles.simulated import START_NS
from tests.parity.perpetual_terms import candles_of, perpetual
from tests.parity.precomputed import targets_strategy, weights_strategy
from tests.parity.twin import instrument
from tickwright.domain.bars import Bars
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument
from tickwright.domain.margin import MaintenanceTier, Margin, maintenance_tiers
from tickwright.domain.market import Funding, Market
from tickwright.domain.run import RunResult
from tickwright.execution import Schedule
from tickwright.modes import event, vector
from tickwright.strategy_api.acts import Acts, on_change
from tickwright.strategy_api.strategy import Strategy

FREE = CostModel.free()
NO_MAINTENANCE = maintenance_tiers([(0, "0")])


def run_targets(
    series: Bars | Sequence[Bars],
    targets: np.ndarray | Mapping[str, np.ndarray],
    *,
    costs: CostModel = FREE,
    cash: str = "1000000",
    acts: Acts = on_change,
    mode: str = "vector",
    weights: bool = False,
    instruments: Sequence[Instrument] | None = None,
    seed: int = 0,
) -> RunResult:
    """Run a target per bar of each series (an array for one series, by symbol for several)."""
    bars = [series] if isinstance(series, Bars) else list(series)
    by_symbol = targets if isinstance(targets, Mapping) else {bars[0].key.instrument.symbol: targets}
    table = {
        part.key.instrument.symbol: dict(
            zip(
                (part.open_time_ns + part.timeframe.length_ns).tolist(),
                np.asarray(by_symbol[part.key.instrument.symbol], np.float64).tolist(),
                strict=True,
            )
        )
        for part in bars
    }
    make = weights_strategy if weights else targets_strategy
    return run_strategy(make(table, acts), bars, costs=costs, cash=cash, mode=mode, instruments=instruments, seed=seed)


def run_strategy(
    strategy: type[Strategy],
    series: Bars | Sequence[Bars],
    *,
    costs: CostModel = FREE,
    cash: str = "1000000",
    mode: str = "vector",
    instruments: Sequence[Instrument] | None = None,
    seed: int = 0,
    detail: Sequence[Bars] | None = None,
    **params: int | float | str | bool,
) -> RunResult:
    """Run a strategy class over series of instruments with a fine lot."""
    bars = [series] if isinstance(series, Bars) else list(series)
    traded = instruments or [fine_instrument(part) for part in bars]
    market = Market.of(traded, bars, detail=detail)
    run = {"vector": vector.run, "event": event.run}[mode]
    return run(strategy, params, market, cash=Decimal(cash), cash_asset=market.cash_asset, costs=costs, seed=seed)


def run_schedule(plan: Schedule, bars: Bars, costs: CostModel) -> np.ndarray:
    """The fills of a plan in the simulated market, a slice a bar from the sixth bar on."""

    class Worker(Strategy):
        """Buys what the plan says."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            place = (bar.open_time_ns - START_NS) // bars.timeframe.length_ns - 5
            if 0 <= place < len(plan):
                ctx.buy(qty=plan.slices[place])

    return run_strategy(Worker, bars, costs=costs, mode="event", cash="100000000").fills


def run_perpetual(
    strategy: type[Strategy],
    bars: Bars,
    *,
    margin: Margin,
    tiers: tuple[MaintenanceTier, ...] = NO_MAINTENANCE,
    funding: Funding | None = None,
    costs: CostModel = FREE,
    cash: str = "1000000",
    lot: str = "1e-8",
    mode: str = "vector",
) -> RunResult:
    """Run a strategy class over the candles of a spot symbol as if they were those of its perpetual."""
    spot = instrument(bars.key.instrument.symbol, tick=f"1e-{bars.price_scale}", lot=lot)
    what = perpetual(spot, tiers=tiers)
    market = Market.of([what], [candles_of(what, bars)], funding=[funding], margin=margin)
    run = {"vector": vector.run, "event": event.run}[mode]
    return run(strategy, {}, market, cash=Decimal(cash), cash_asset=market.cash_asset, costs=costs)


def fine_instrument(bars: Bars) -> Instrument:
    """A spot instrument whose tick and lot stand in nobody's way."""
    return instrument(bars.key.instrument.symbol, tick=f"1e-{bars.price_scale}")


def equity(result: RunResult) -> np.ndarray:
    """Equity at each close, as float64."""
    return result.money(result.equity)
