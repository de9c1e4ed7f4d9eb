"""Trades: fills grouped from flat to flat, per instrument.

Invariants: every fill belongs to exactly one trade; a fill that turns a position around is split at zero and shared by
two; a position smaller than one lot is flat (dust); the trade still open at the end is marked at the last price, kept
apart, and neither won nor lost. Over all trades, Σ pnl is the change of equity but for dust and transfers: funding,
insurance and liquidation charges belong to the trade between whose fills they stand in the instrument's sequence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickwright.analytics.fill_values import FillValues, fill_values
from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.run import RunResult

TRADE = np.dtype(
    [
        ("entry_ns", "i8"),  # the first fill
        ("exit_ns", "i8"),  # the last fill; for an open trade the last observation
        ("bars_held", "i8"),  # bar closes after the entry, up to and including the exit
        ("entry_price", "f8"),  # average over the fills that opened or added
        ("exit_price", "f8"),  # average over the fills that closed; for an open trade with the mark for the rest
        ("quantity", "f8"),  # base units opened in all, positive
        ("pnl", "f8"),  # money of the cash asset, net of fees, with `account_flow` inside
        ("trade_return", "f8"),  # pnl over the value opened
        ("fee", "f8"),
        ("account_flow", "f8"),  # funding and liquidation charges of the instrument, positive when received
        ("spread_cost", "f8"),
        ("slippage_cost", "f8"),
        ("impact_cost", "f8"),
        ("entry_tag", "i8"),  # index into the run's tags, -1 without one
        ("exit_tag", "i8"),
        ("instrument", "i4"),
        ("fills", "i4"),
        ("side", "i1"),  # 1 long, -1 short
        ("exit_reason", "i1"),  # domain.records.Reason of the last fill
        ("is_open", "?"),
    ],
    align=True,
)

Trades = npt.NDArray[np.void]


def trades(result: RunResult, *, values: FillValues | None = None) -> Trades:
    """All trades of a run in order of entry, layout `TRADE`."""
    values = values if values is not None else fill_values(result)
    found = [_of_instrument(result, values, place) for place in range(len(result.instruments))]
    table = np.concatenate(found) if found else np.empty(0, TRADE)
    return table[np.lexsort((table["instrument"], table["entry_ns"]))]


def closed(table: Trades) -> Trades:
    """The trades that ended flat."""
    ended: Trades = table[~table["is_open"]]
    return ended


@dataclass(frozen=True, slots=True)
class _Legs:
    """Fills of one instrument after splitting those that turn the position around; one row per leg."""

    row: Int64Array
    share: Float64Array
    opens: npt.NDArray[np.bool_]
    trade: Int64Array
    side: Int64Array
    left: int


def _of_instrument(result: RunResult, values: FillValues, place: int) -> Trades:
    rows = np.flatnonzero(result.fills["instrument"] == place)
    if not len(rows):
        return np.empty(0, TRADE)
    legs = _legs(result, values, rows, place)
    starts = np.flatnonzero(np.diff(legs.trade, prepend=-1))
    lasts = np.append(starts[1:], len(legs.trade)) - 1
    table = np.zeros(len(starts), TRADE)
    table["instrument"], table["side"] = place, legs.side[starts]
    table["fills"] = np.diff(np.append(starts, len(legs.trade)))
    _times(table, result, legs.row[starts], legs.row[lasts])
    _money(table, values, legs, starts)
    if legs.left:
        _mark(table, result, legs.left, place)
    _charge(table, result, place, legs.row[starts], legs.row[lasts])
    table["trade_return"] = table["pnl"] / (table["entry_price"] * table["quantity"])
    return table


def _legs(result: RunResult, values: FillValues, rows: Int64Array, place: int) -> _Legs:
    fills = result.fills[rows]
    quantity = fills["quantity"].astype(np.int64)
    after = np.cumsum(fills["side"] * quantity - _kept_back(result, rows, place))
    sign = np.sign(after) * (np.abs(after) >= _lots(result, fills, place))
    before = np.concatenate(([0], sign[:-1]))
    turns = before * sign < 0
    closing = np.where(turns, np.abs(np.concatenate(([0], after[:-1]))) / quantity, 1.0)
    legs = np.repeat(np.arange(len(rows)), 1 + turns)
    second = np.concatenate(([False], legs[1:] == legs[:-1]))
    share = np.where(second, 1.0 - closing[legs], closing[legs])
    ends = ((sign == 0) | turns)[legs] & ~(second & (sign[legs] != 0))
    trade = np.concatenate(([0], np.cumsum(ends)[:-1]))
    side = fills["side"][legs]
    first_side = side[np.searchsorted(trade, trade)]
    return _Legs(rows[legs], share, side == first_side, trade, first_side, int(after[-1]) if sign[-1] else 0)


def _lots(result: RunResult, fills: npt.NDArray[np.void], place: int) -> Int64Array:
    """The lot in force at each fill: a rule binds from the open at its instant on, not the range that ends there."""
    if not result.lots:
        return np.ones(len(fills), np.int64)
    since_ns, lots = np.array(result.lots[place], np.int64).T
    before = fills["ts_ns"] - (fills["at_open"] == 0)
    answer: Int64Array = lots[np.maximum(np.searchsorted(since_ns, before, "right") - 1, 0)]
    return answer


def _kept_back(result: RunResult, rows: Int64Array, place: int) -> Int64Array:
    """Base quantity, in quantity units, that the exchange kept as its fee out of what arrived."""
    fills = result.fills[rows]
    steps = result.quantity_scales[place] - np.array(result.asset_scales, np.int64)[fills["fee_asset"]]
    units = np.where(steps >= 0, fills["fee"] * 10 ** np.maximum(steps, 0), fills["fee"] // 10 ** np.maximum(-steps, 0))
    kept: Int64Array = np.where(fills["fee_asset"] == result.cash_asset, 0, units)
    return kept


def _times(table: Trades, result: RunResult, first: Int64Array, last: Int64Array) -> None:
    fills = result.fills
    table["entry_ns"], table["exit_ns"] = fills["ts_ns"][first], fills["ts_ns"][last]
    table["entry_tag"], table["exit_tag"] = fills["tag"][first], fills["tag"][last]
    table["exit_reason"] = fills["reason"][last]
    _count_bars(table, result)


def _count_bars(table: Trades, result: RunResult) -> None:
    closes = result.equity_ts_ns
    table["bars_held"] = np.searchsorted(closes, table["exit_ns"], "right") - np.searchsorted(
        closes, table["entry_ns"], "right"
    )


def _money(table: Trades, values: FillValues, legs: _Legs, starts: Int64Array) -> None:
    def total(column: Float64Array, chosen: npt.NDArray[np.bool_] | bool = True) -> Float64Array:
        sums: Float64Array = np.add.reduceat(np.where(chosen, column[legs.row] * legs.share, 0.0), starts)
        return sums

    opened, closing = total(values.notional, legs.opens), total(values.notional, ~legs.opens)
    table["quantity"] = total(values.quantity, legs.opens)
    closed_quantity = total(values.quantity, ~legs.opens)
    table["entry_price"] = opened / table["quantity"]
    unknown = np.full(len(starts), np.nan)
    table["exit_price"] = np.divide(closing, closed_quantity, out=unknown, where=closed_quantity > 0)
    table["pnl"] = table["side"] * (closing - opened) - total(values.cash_fee)
    for name, column in (("fee", values.fee), ("spread_cost", values.spread), ("slippage_cost", values.slippage)):
        table[name] = total(column)
    table["impact_cost"] = total(values.impact)


def _charge(table: Trades, result: RunResult, place: int, first: Int64Array, last: Int64Array) -> None:
    """Add what funding, insurance and liquidations of the instrument moved while each trade was open."""
    own = result.account_events[result.account_events["instrument"] == place]
    if not len(own):
        return
    moved = np.concatenate(([0.0], np.cumsum(own["amount"] / 10.0 ** np.array(result.asset_scales)[own["asset"]])))

    def before(rows: Int64Array) -> Int64Array:
        """How many events precede each fill."""
        count: Int64Array = np.searchsorted(own["sequence"], result.fills["sequence"][rows])
        return count

    ends = np.where(table["is_open"], len(own), before(last))
    table["account_flow"] = moved[ends] - moved[before(first)]
    table["pnl"] += table["account_flow"]


def _mark(table: Trades, result: RunResult, left: int, place: int) -> None:
    """Value what is left of the last trade at the last price."""
    last = table[-1:]
    price = result.last_price[place] / 10.0 ** result.price_scales[place]
    quantity = abs(left) / 10.0 ** result.quantity_scales[place]
    sold = max(float(last["quantity"][0]) - quantity, 0.0)
    exit_value = (0.0 if np.isnan(last["exit_price"][0]) else float(last["exit_price"][0])) * sold + price * quantity
    last["pnl"] += last["side"] * price * quantity
    last["exit_price"] = exit_value / (sold + quantity)
    last["is_open"] = True
    if len(result.equity_ts_ns):
        last["exit_ns"] = result.equity_ts_ns[-1]
    _count_bars(last, result)
