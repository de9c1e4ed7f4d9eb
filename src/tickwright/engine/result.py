"""What a run leaves: the memory's logs, cut to what happened, with warnings in words."""

from __future__ import annotations

from typing import Any

from tickwright.domain.bars import Float64Array
from tickwright.domain.records import OrderFlag, OrderState, OrderType, Reason
from tickwright.domain.run import RunResult, undrawn
from tickwright.domain.timestamp import iso
from tickwright.engine.memory import Memory
from tickwright.engine.terms import rules_of
from tickwright.kernel.layout import WARNED_CAP_OFF

LIMIT_REFUSALS = (
    OrderState.RISK_MAX_ORDER_NOTIONAL,
    OrderState.RISK_MAX_POSITION_NOTIONAL,
    OrderState.RISK_MAX_EXPOSURE,
    OrderState.RISK_MAX_OPEN_ORDERS,
    OrderState.RISK_DAILY_LOSS,
    OrderState.RISK_DRAWDOWN,
)


def result_of(
    memory: Memory,
    *,
    tags: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    plots: dict[str, Float64Array] | None = None,
    venue: Any = None,
) -> RunResult:
    """The result of a finished run; what jumped has its curve drawn when it is read.

    `venue` is the record of the venue half where that lives in another memory.
    """
    venue = memory.venue if venue is None else venue
    rows, market, client = memory.rows, memory.rows.market, memory.client
    arrays = memory.arrays
    fields: dict[str, Any] = {
        "instruments": market.ids,
        "price_scales": market.price_scales,
        "quantity_scales": market.quantity_scales,
        "assets": market.assets,
        "asset_scales": market.asset_scales,
        "cash_asset": 0,
        "initial_cash": memory.initial_cash,
        "bars": rows.bars,
        "orders": arrays["orders"][: client.order_count],
        "fills": arrays["fills"][: client.fill_count],
        "account_events": arrays["account_events"][: client.account_event_count],
        "last_price": arrays["positions"]["last_price"].copy(),
        "position": arrays["positions"]["quantity"].copy(),
        "tags": tags,
        "warnings": (*warnings, *_warnings(memory, venue)),
        "ambiguous_trades": venue.ambiguous,
        "plots": plots or {},
        "lots": _lots(memory),
    }
    if memory.jumped:
        return undrawn(memory.draw_curve, final_equity=client.equity, **fields)
    equity_ts_ns, equity, exposure, cash = memory.curve()
    return RunResult(**fields, equity_ts_ns=equity_ts_ns, equity=equity, exposure=exposure, cash=cash)


def _lots(memory: Memory) -> tuple[tuple[tuple[int, int], ...], ...]:
    if not len(memory.arrays["rules"]):
        return tuple(((0, int(lot)),) for lot in memory.arrays["positions"]["lot"])
    dated = (rules_of(memory.rows, place) for place in range(len(memory.rows.market.ids)))
    return tuple(tuple((int(one["valid_from_ns"]), int(one["lot"])) for one in rules) for rules in dated)


def _warnings(memory: Memory, venue: Any) -> list[str]:
    client, found = memory.client, []
    if venue.warned & WARNED_CAP_OFF:
        found.append("An order met an open before any bar had closed: the volume cap was off for it.")
    if memory.context[0]["statistics"]:
        found.extend(
            f"{identity} has no volume: volume cap and impact are off for it."
            for identity, has_volume in zip(memory.rows.market.ids, memory.rows.has_volume, strict=True)
            if not has_volume
        )
    if venue.ambiguous:
        found.append(_ambiguous_said(venue.ambiguous, has_detail=memory.rows.market.has_detail))
    found.extend(_held_to_the_end(memory))
    for count, what in (
        (client.targets_refused, "orders for targets were refused"),
        (client.targets_shrunk, "orders for targets were shrunk to the free cash"),
        (client.targets_unfilled, "orders for targets ended before they were filled"),
    ):
        if count:
            found.append(f"{count} {what}.")
    said = (*_weak_protection(memory), *_without_mark(memory), *_liquidations(memory), *_limits_said(memory))
    return [*found, *said]


def _liquidations(memory: Memory) -> list[str]:
    if all(instrument.kind == "spot" for instrument in memory.rows.market.instruments):
        return []
    reasons = memory.arrays["orders"]["reason"][: memory.client.order_count]
    count = int((reasons == Reason.LIQUIDATION).sum())
    return [f"{count} positions were liquidated."] if count else []


def _weak_protection(memory: Memory) -> list[str]:
    """A stop-limit that is to protect is allowed with a warning (rule book §8.1); only callbacks send such orders."""
    if memory.decided_by_arrays:
        return []
    orders = memory.arrays["orders"][: memory.client.order_count]
    reducing = (orders["flags"] & OrderFlag.REDUCE_ONLY) != 0
    count = int((reducing & (orders["type"] == OrderType.STOP_LIMIT)).sum())
    if not count:
        return []
    return [f"{count} stop-limit orders were to protect a position: beyond its limit such an order does not sell."]


def _without_mark(memory: Memory) -> list[str]:
    """Orders that no mark can trigger, perhaps a stop that was to protect; only callbacks send such orders."""
    if memory.decided_by_arrays:
        return []
    states = memory.arrays["orders"]["state"][: memory.client.order_count]
    count = int((states == OrderState.VENUE_UNSUPPORTED).sum())
    return [f"{count} orders were refused: they wait for a mark price, which their symbol lacks."] if count else []


def _held_to_the_end(memory: Memory) -> list[str]:
    """Positions in instruments whose candles end before the run does: delisted, renamed or not stored."""
    rows, said = memory.rows, []
    for place, bars in enumerate(rows.market.bars):
        position, ended_ns = memory.positions[place], int(bars.open_time_ns[-1]) + bars.timeframe.length_ns
        if abs(position.quantity) >= position.lot and ended_ns < int(rows.decision_ns[-1]):
            said.append(
                f"{rows.market.ids[place]}: its candles end at {iso(ended_ns)} while it is held; "
                "the position stays, valued at the last close."
            )
    return said


def _ambiguous_said(count: int, *, has_detail: bool) -> str:
    """What the path inside a bar left open, in words."""
    candle = "detail candle" if has_detail else "bar"
    hint = "" if has_detail else " Detail candles would tell."
    cases = "1 case is" if count == 1 else f"{count} cases are"
    return f"{cases} ambiguous: one {candle} held what decides them, and the worse was taken.{hint}"


def _limits_said(memory: Memory) -> list[str]:
    """What our own limits did, in words."""
    if not memory.limits.any_set:
        return []
    states, record = memory.arrays["orders"]["state"][: memory.client.order_count], memory.arrays["limits"][0]
    found = [f"{int((states == name).sum())} orders were refused: {name.name}." for name in LIMIT_REFUSALS]
    said = [words for words in found if not words.startswith("0 ")]
    if record["amends_refused"]:
        said.append(f"{record['amends_refused']} amends were refused by a limit; the orders stayed as they were.")
    if record["daily_losses"]:
        since = iso(int(record["first_daily_loss_ns"]))
        said.append(f"The limit on the daily loss was reached on {record['daily_losses']} days, first at {since}.")
    if record["drawdown_latched"]:
        since = iso(int(record["drawdown_ns"]))
        said.append(f"The limit on the drawdown was reached at {since}: nothing was opened after it.")
    return said
