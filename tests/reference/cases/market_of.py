"""A worked example as a market of the product, and its fills as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import numpy as np

from tests.reference.cases.case import Case, Row
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules
from tickwright.domain.margin import Margin, maintenance_tiers
from tickwright.domain.market import Funding, Market
from tickwright.domain.money import amount_text
from tickwright.domain.records import AccountEventKind
from tickwright.domain.timeframe import Timeframe

HOUR_NS = 3_600_000_000_000
START_NS = 1_704_067_200_000_000_000  # Monday 2024-01-01
FREE = {"fee": "0", "spread": "0", "slippage": "0", "impact": "none", "max_participation": None}
DEFAULT_VOLUME = 1000


def market_of(case: Case) -> Market:
    """The bars of a case on one instrument."""
    dated = [(0, case.tick, case.lot, case.min_notional)]
    dated += [(START_NS + round(hour * HOUR_NS), *numbers) for hour, *numbers in case.later]
    rules = tuple(TradingRules(since, *(Decimal(number) for number in numbers)) for since, *numbers in dated)
    terms = case.perpetual
    if terms is None:
        identity = InstrumentId.parse("BTC/USDT", exchange="binance")
        return Market.of([Instrument(identity, rules)], [_candles(identity, case.bars)])
    identity = InstrumentId.parse("BTC/USDT:USDT", exchange="binance")
    instrument = Instrument(
        identity, rules, "perpetual", tiers=maintenance_tiers(terms.brackets),
        liquidation_fee=Decimal(terms.liquidation_fee), keeps_leftover=terms.keeps_leftover,
    )  # fmt: skip
    return Market.of(
        [instrument],
        [_candles(identity, case.bars)],
        marks=[_candles(identity, terms.marks)] if terms.marks else None,
        funding=[_funding(terms.funding)] if terms.funding else None,
        margin=Margin(Decimal(terms.leverage), terms.mode),
    )


def _candles(identity: InstrumentId, bars: Sequence[Row]) -> Bars:
    """Hourly candles in their places, with a volume of 1000 where none is told."""
    rows = [(place, *row) for place, row in enumerate(bars) if row is not None]
    values = [[*row, *([DEFAULT_VOLUME] if len(row) == 5 else [])] for row in rows]
    places, *prices, volumes = zip(*values, strict=True)
    columns = [_units(column, 2) for column in prices]
    times = START_NS + np.array(places, np.int64) * HOUR_NS
    return Bars(SeriesKey(identity, Timeframe.parse("1h")), times, *columns, _units(volumes, 3), 2, 3)


def _funding(rates: Mapping[float, str]) -> Funding:
    times = [START_NS + round(hour * HOUR_NS) for hour in rates]
    return Funding(np.array(times, np.int64), _units(rates.values(), 9))


def _units(column: Iterable[float | str], scale: int) -> np.ndarray:
    return np.array([int(Decimal(str(value)).scaleb(scale)) for value in column], np.int64)


def costs_of(case: Case) -> CostModel:
    """The costs of a case: none but what it names."""
    return CostModel.of(**{**FREE, **case.costs})  # type: ignore[arg-type]


def money_as_text(amounts: Iterable[int], market: Market) -> list[str]:
    """Amounts of the quote asset as decimals."""
    return [amount_text(int(amount), market.asset_scales[0]) for amount in amounts]


def moved_as_text(events: np.ndarray, market: Market) -> list[str]:
    """`hour 2: funding -1` for each movement of money without a trade."""
    return [
        f"hour {(int(event['ts_ns']) - START_NS) // HOUR_NS}: {AccountEventKind(int(event['kind'])).name.lower()} "
        f"{amount_text(int(event['amount']), market.asset_scales[0])}"
        for event in events
    ]


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
