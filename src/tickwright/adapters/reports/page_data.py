"""The numbers a run's page draws, packed: curves, candles, trades, gaps."""

from __future__ import annotations

from typing import Any

import numpy as np

from tickwright.adapters.reports.level_of_detail import merge_factor, merged_bars, thinned
from tickwright.adapters.reports.packed_columns import (
    packed_instants,
    packed_integers,
    packed_magnitudes,
    packed_numbers,
)
from tickwright.adapters.reports.run_view import RunView
from tickwright.analytics.periods import periods_per_year
from tickwright.analytics.rolling_sharpe import rolling_sharpe
from tickwright.domain.bars import PRICE_COLUMNS, Bars, Float64Array
from tickwright.domain.gaps import Gap
from tickwright.domain.records import Reason
from tickwright.domain.timestamp import DAY

SECOND = 1_000_000_000
ROLLING_DAYS = 180
PLOTS = 12
FILLS = 60_000
PRICE_DIGITS = 10
"""Decimals of a traded price in the list of trades."""


def page_data(view: RunView) -> dict[str, Any]:
    """Everything the scripts need, as one document."""
    if view.empty:
        return {"curve": None}
    worst = view.drawdowns[0] if view.drawdowns else None
    factor = merge_factor(sum(map(len, view.bars)))
    gaps = list(view.gaps) + [()] * (len(view.bars) - len(view.gaps))
    return {
        "initial": view.initial,
        "first": view.first_ns / SECOND,
        "step": view.step_ns / SECOND,
        "worst": [worst.start_ns / SECOND, worst.end_ns / SECOND] if worst else None,
        "curve": _curve(view),
        "plots": _plots(view),
        "symbols": [
            {"name": name, "candles": packed_candles(merged_bars(bars, factor)), "gaps": [_span(gap) for gap in holes]}
            for name, bars, holes in zip(view.symbols, view.bars, gaps, strict=False)
        ],
        "trades": _trades(view),
        "fills": _fills(view),
        "names": list(view.symbols),
        "tags": list(view.result.tags),
        "reasons": [reason.name.lower().replace("_", " ") for reason in Reason],
    }


def packed_candles(bars: Bars) -> dict[str, Any]:
    """Candles as open less the close before, close less open, and two wicks, on the fewest decimals that hold them."""
    columns, scale = [getattr(bars, name) for name in PRICE_COLUMNS], bars.price_scale
    while scale > 0 and not any(np.any(column % 10) for column in columns):
        columns, scale = [column // 10 for column in columns], scale - 1
    first, high, low, last = columns
    return {
        "time": packed_instants(bars.open_time_ns),
        "step": bars.timeframe.length_ns / SECOND,
        "scale": scale,
        "jump": packed_integers(first - np.concatenate(([0], last[:-1])), delta=False),
        "body": packed_integers(last - first, delta=False),
        "up": packed_integers(high - np.maximum(first, last), delta=False),
        "down": packed_integers(np.minimum(first, last) - low, delta=False),
        "volume": packed_magnitudes(bars.volumes()),
    }


def _curve(view: RunView) -> dict[str, Any]:
    kept, window = thinned(view.result.equity), rolling_window(view)
    equity = view.equity[kept]
    invested = np.divide(
        view.result.money(view.result.exposure)[kept], equity, out=np.zeros(len(kept)), where=equity > 0
    )
    return {
        "time": packed_instants(view.result.equity_ts_ns[kept]),
        "equity": packed_numbers(equity, scale=2, delta=True),
        "invested": packed_numbers(invested, scale=4, delta=True),
        "rolling": None if window is None else packed_numbers(_rolling(view, window)[kept], scale=2, delta=True),
        "benchmark": None if view.benchmark is None else packed_numbers(view.benchmark[kept], scale=2, delta=True),
    }


def shown_plots(view: RunView) -> list[str]:
    """The names a strategy plotted under, the first of them where there are many."""
    return [] if view.empty else list(view.result.plots)[:PLOTS]


def _plots(view: RunView) -> list[dict[str, Any]]:
    """Plotted values to six significant digits of the largest."""
    kept = thinned(view.result.equity)
    packed = []
    for name in shown_plots(view):
        values = view.result.plots[name][kept]
        largest = float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0))
        scale = 6 if largest == 0.0 else int(np.clip(5 - np.floor(np.log10(largest)), 0, 12))
        packed.append({"name": name, "values": packed_numbers(values, scale=scale, delta=True)})
    return packed


def rolling_window(view: RunView) -> int | None:
    """Bars in the window of the rolling Sharpe ratio; None where the record is not twice as long."""
    window = ROLLING_DAYS * DAY // view.step_ns if not view.empty else 0
    return window if window >= 20 and len(view.returns) >= 2 * window else None


def _rolling(view: RunView, window: int) -> Float64Array:
    missing = np.full(len(view.equity) - len(view.returns), np.nan)
    ratio = rolling_sharpe(view.returns, window, periods_per_year(view.result.equity_ts_ns))
    return np.concatenate((ratio, missing))


def _trades(view: RunView) -> dict[str, Any]:
    table = view.trades
    cost = table["fee"] + table["spread_cost"] + table["slippage_cost"] + table["impact_cost"]
    return {
        "entry": packed_integers(table["entry_ns"] // 1_000_000),
        "exit": packed_integers(table["exit_ns"] // 1_000_000),
        "instrument": packed_integers(table["instrument"].astype(np.int64)),
        "side": packed_integers(table["side"].astype(np.int64)),
        "open": packed_integers(table["is_open"].astype(np.int64)),
        "reason": packed_integers(table["exit_reason"].astype(np.int64)),
        "tag": packed_integers(table["exit_tag"].astype(np.int64)),
        "quantity": packed_numbers(table["quantity"], scale=8),
        "entryPrice": packed_numbers(table["entry_price"], scale=PRICE_DIGITS),
        "exitPrice": packed_numbers(table["exit_price"], scale=PRICE_DIGITS),
        "pnl": packed_numbers(table["pnl"], scale=2),
        "gain": packed_numbers(table["trade_return"], scale=6),
        "cost": packed_numbers(cost, scale=2),
    }


def _fills(view: RunView) -> dict[str, Any] | None:
    """Time, price and side of every fill for the marks on candles; none where there are too many to see."""
    fills, values = view.result.fills, view.values
    if len(fills) > FILLS:
        return None
    return {
        "time": packed_integers(fills["ts_ns"] // 1_000_000),
        "price": packed_numbers(values.price, scale=PRICE_DIGITS),
        "side": packed_integers(fills["side"].astype(np.int64)),
        "instrument": packed_integers(fills["instrument"].astype(np.int64)),
    }


def _span(gap: Gap) -> list[float]:
    return [gap.start_ns / SECOND, gap.end_ns / SECOND]
