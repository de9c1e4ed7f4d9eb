"""A worked example as a market of the product, and its fills as text."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from tests.reference.cases.case import Case
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules
from tickwright.domain.market import Market
from tickwright.domain.money import amount_text
from tickwright.domain.timeframe import Timeframe

HOUR_NS = 3_600_000_000_000
START_NS = 1_704_067_200_000_000_000  # Monday 2024-01-01
FREE = {"fee": "0", "spread": "0", "slippage": "0", "impact": "none", "max_participation": None}
DEFAULT_VOLUME = 1000


def market_of(case: Case) -> Market:
    """The bars of a case on one instrument."""
    symbol = "BTC/USDT:USDT" if case.perpetual else "BTC/USDT"
    rules = (TradingRules(0, Decimal(case.tick), Decimal(case.lot), Decimal(case.min_notional)),)
    identity = InstrumentId.parse(symbol, exchange="binance")
    instrument = Instrument(identity, rules, "perpetual" if case.perpetual else "spot")
    rows = [(place, *row) for place, row in enumerate(case.bars) if row is not None]
    values = [[*row, *([DEFAULT_VOLUME] if len(row) == 5 else [])] for row in rows]
    places, *prices, volumes = zip(*values, strict=True)
    columns = [_units(column, 2) for column in prices]
    frame = Timeframe.parse("1h")
    times = START_NS + np.array(places, np.int64) * HOUR_NS
    bars = Bars(SeriesKey(identity, frame), times, *columns, _units(volumes, 3), 2, 3)
    return Market.of([instrument], [bars])


def _units(column: Iterable[float], scale: int) -> np.ndarray:
    return np.array([int(Decimal(str(value)).scaleb(scale)) for value in column], np.int64)


def costs_of(case: Case) -> CostModel:
    """The costs of a case: none but what it names."""
    return CostModel.of(**{**FREE, **case.costs})  # type: ignore[arg-type]


def money_as_text(amounts: Iterable[int], market: Market) -> list[str]:
    """Amounts of the quote asset as decimals."""
    return [amount_text(int(amount), market.asset_scales[0]) for amount in amounts]


def fills_as_text(fills: np.ndarray, market: Market) -> list[str]:
    """`bar 1 RANGE: buy 1 @ 98 maker` for each fill, in order."""
    lines = []
    for fill in fills:
        at_open = bool(fill["at_open"])
        bar = (int(fill["ts_ns"]) - START_NS) // HOUR_NS - (0 if at_open else 1)
        side = "buy" if fill["side"] > 0 else "sell"
        quantity = amount_text(fill["quantity"], market.quantity_scales[0])
        price = amount_text(fill["price"], market.price_scales[0])
        liquidity = ("taker", "maker")[int(fill["liquidity"])]
        lines.append(f"bar {bar} {'OPEN' if at_open else 'RANGE'}: {side} {quantity} @ {price} {liquidity}")
    return lines
