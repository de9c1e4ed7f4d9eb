"""Worked situations of targets and exits: hourly bars of whole prices, targets close by close, fills as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from tests.reference.market import Market
from tests.reference.sizing import TargetTrader
from tests.reference.words import Bar, Costs, Spec

HOUR = 3_600_000_000_000
MONDAY = 4 * 24 * HOUR
Row = tuple[int, ...] | None


def situation(
    bars: Mapping[str, Sequence[Row]],
    targets: Mapping[str, Sequence[float]],
    *,
    costs: Costs | None = None,
    cash: int = 1000,
    start_ns: int = MONDAY,
    spec_terms: Mapping[str, object] | None = None,
    **sizing: object,
) -> tuple[Market, TargetTrader]:
    """Run targets over bars (open, high, low, close[, volume]); prices, lots and money are whole numbers."""
    specs, series, wanted = [], {}, {}
    for symbol, rows in bars.items():
        name = ("x", symbol)
        specs.append(Spec(name, 0, 0, 0, HOUR, **(spec_terms or {})))  # type: ignore[arg-type]
        series[name] = [
            Bar(start_ns + i * HOUR, start_ns + (i + 1) * HOUR, *row[:4], row[4] if len(row) > 4 else 1000)
            for i, row in enumerate(rows)
            if row is not None
        ]
        wanted[name] = {start_ns + (i + 1) * HOUR: value for i, value in enumerate(targets[symbol])}
    market = Market(specs, series, costs or Costs(), cash)
    trader = TargetTrader(wanted, **{"shares": len(specs), **sizing})  # type: ignore[arg-type]
    market.run(trader)
    return market, trader


def told(market: Market) -> list[str]:
    """`A 1 OPEN: buy 5 @ 100` for each fill: symbol, bar, event, what."""
    first = min(bar.open_ns for bars in market.bars.values() for bar in bars)
    lines = []
    for fill in market.fills:
        bar = (fill.ts_ns - first) // HOUR - (0 if fill.at_open else 1)
        side = "buy" if fill.side > 0 else "sell"
        event = "OPEN" if fill.at_open else "RANGE"
        lines.append(f"{fill.name[1]} {bar} {event}: {side} {fill.quantity} @ {fill.price}")
    return lines


TENTH = Fraction(1, 10)
