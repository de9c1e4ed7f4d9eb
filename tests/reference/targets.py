"""Worked situations of targets and exits: hourly bars of whole prices, targets close by close, fills as text.

Each one runs through the naive market and through every mode of the product, which must agree to the last unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from tests.parity.perpetual_terms import perpetual
from tests.parity.precomputed import targets_strategy, weights_strategy
from tests.parity.scenarios import START_NS, candles
from tests.parity.test_targets import MODES, assert_agrees, trader_of
from tests.parity.twin import fill_records, instrument, naive_market, name_of
from tests.reference.exits import ExitTerms
from tests.reference.market import Market
from tickwright.domain.bars import Bars
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument
from tickwright.domain.margin import Margin, maintenance_tiers
from tickwright.domain.market import Market as ProductMarket
from tickwright.domain.money import amount_text
from tickwright.domain.run import RunResult
from tickwright.strategy_api.acts import Acts, on_change
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

HOUR = 3_600_000_000_000
FREE = {"fee": 0, "spread": 0, "impact": "none", "max_participation": None}
Row = tuple[int, ...] | None


def situation(
    bars: Mapping[str, Sequence[Row]],
    targets: Mapping[str, Sequence[float]],
    *,
    form: str = "targets",
    acts: Acts = on_change,
    exits: Sequence[ExitTerms] | None = None,
    reenter: str = "flat",
    costs: Mapping[str, object] | None = None,
    cash: int = 1000,
    first_hour: int = 0,
    lot: str = "1",
    margin: Margin | Sequence[Margin] | None = None,
    brackets: Sequence[tuple[int, str]] = ((0, "0"),),
    marks: Mapping[str, Sequence[Row]] | None = None,
) -> tuple[Market, list[str], RunResult]:
    """Run targets (or weights) over bars (open, high, low, close[, volume]) from an hour of a Monday on.

    `exits` are the terms read at each close; with `margin` the symbols are perpetuals, of these maintenance `brackets`
    and `marks`. Returns the naive market, its fills as text, and what event mode says.
    """
    model = CostModel.of(**{**FREE, **(costs or {})})  # type: ignore[arg-type]
    traded = [instrument(f"{name}/USDT", tick="1", lot=lot) for name in bars]
    if margin is None:
        market = ProductMarket.of(*_pieces(bars, first_hour, traded))
    else:
        traded = [perpetual(spot, tiers=maintenance_tiers(brackets)) for spot in traded]
        own_marks = None if marks is None else _pieces(marks, first_hour, traded)[1]
        market = ProductMarket.of(*_pieces(bars, first_hour, traded), marks=own_marks, margin=margin)
    closes = [START_NS + (first_hour + place + 1) * HOUR for place in range(max(map(len, bars.values())))]
    settle = "" if margin is None else ":USDT"
    table = {f"{symbol}/USDT{settle}": dict(zip(closes, targets[symbol], strict=True)) for symbol in bars}
    terms = None if exits is None else dict(zip(closes, exits, strict=True))
    naive = naive_market(market, model, Decimal(cash))
    trader = trader_of(market, table, acts, form)
    trader.reenter = reenter
    trader.exits = None if terms is None else dict.fromkeys(trader.targets, terms)
    naive.run(trader)
    results = {}
    for mode, (where, verb) in MODES.items():
        strategy = _protected(_strategy(table, acts, form), terms, reenter)
        run = getattr(where, verb)
        results[mode] = run(strategy, {}, market, cash=Decimal(cash), cash_asset="USDT", costs=model)
        assert_agrees(results[mode], market, naive)
    return naive, told(market, naive), results["event"]


def _pieces(
    bars: Mapping[str, Sequence[Row]], first_hour: int, instruments: list[Instrument]
) -> tuple[list[Instrument], list[Bars]]:
    series = []
    for what, rows in zip(instruments, bars.values(), strict=True):
        placed = [
            (first_hour + place, *row[:4], row[4] if len(row) > 4 else 1000)
            for place, row in enumerate(rows)
            if row is not None
        ]
        series.append(candles(what, "1h", placed, (0, 0)))  # type: ignore[arg-type]
    return instruments, series


def _strategy(table: Mapping[str, Mapping[int, float]], acts: Acts, form: str) -> type[Strategy]:
    return (targets_strategy if form == "targets" else weights_strategy)(table, acts)


def _protected(strategy: type[Strategy], terms: Mapping[int, ExitTerms] | None, reenter: str) -> type[Strategy]:
    if terms is None:
        return strategy

    class Protected(strategy):  # type: ignore[misc,valid-type]
        """Wants what the table says, with exits."""

        def exits(self, bars, ind):  # type: ignore[no-untyped-def]
            chosen = [terms.get(ts_ns, ExitTerms()) for ts_ns in bars.close_time_ns.tolist()]
            columns = {name: np.array([getattr(term, name) for term in chosen]) for name in ("stop", "target", "trail")}
            longest = max((term.max_bars for term in terms.values()), default=0)
            trigger_by = next(iter(terms.values())).trigger_by
            return Exits(**columns, max_bars=longest or None, reenter=reenter, trigger_by=trigger_by)  # type: ignore[arg-type]

    return Protected


def told(market: ProductMarket, naive: Market) -> list[str]:
    """`A 1 OPEN: buy 5 @ 100` for each fill: symbol, bar, event, what."""
    first = min(int(bars.open_time_ns[0]) for bars in market.bars)
    names = [name_of(identity) for identity in market.ids]
    lines = []
    for fill, record in zip(naive.fills, fill_records(market, naive), strict=True):
        place = names.index(fill.name)
        bar = (fill.ts_ns - first) // HOUR - (0 if fill.at_open else 1)
        side, event = ("buy" if fill.side > 0 else "sell"), ("OPEN" if fill.at_open else "RANGE")
        quantity = amount_text(record["quantity"], market.quantity_scales[place])
        price = amount_text(record["price"], market.price_scales[place])
        lines.append(f"{fill.name[1].split('/')[0]} {bar} {event}: {side} {quantity} @ {price}")
    return lines


def every_bar(terms: ExitTerms, bars: int) -> list[ExitTerms]:
    """The same terms at each close."""
    return [terms] * bars
