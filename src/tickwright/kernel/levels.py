"""Where orders stand on the price axis: rounding to ticks, trailing levels, and when a price is beyond a level.

Invariants (rule book §1.1, §4): limits and targets round passively (buy down, sell up), stop and trailing levels away
from the market (sell stops down, buy stops up); "beyond" is a touch for stops and follows `limit_fill` for limits.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.arithmetic import PPB, mul_div_rounded_down, mul_div_rounded_up
from tickwright.kernel.layout import UNLIMITED, Record, code
from tickwright.machine_code.compilation import rule

_TRAILING_STOP = code(records.OrderType.TRAILING_STOP)
_TAKE_PROFIT = code(records.OrderType.TAKE_PROFIT)
_TAKE_PROFIT_LIMIT = code(records.OrderType.TAKE_PROFIT_LIMIT)
_TRAIL_IS_PRICE = code(records.OrderFlag.TRAIL_IS_PRICE)


@rule
def on_tick(price: int, tick: int, up: int) -> int:
    """A price on the tick grid: up where `up` is 1, down where it is 0."""
    rest = price % tick
    if rest == 0:
        return price
    return price - rest + tick if up == 1 else price - rest


@rule
def price_away(price: int, ppb: int, up: int) -> int:
    """A price a fraction away: above it and rounded up where `up` is 1, below it and rounded down where it is 0."""
    if up == 1:
        return mul_div_rounded_up(price, PPB + ppb, PPB)
    return mul_div_rounded_down(price, max(0, PPB - ppb), PPB)


@rule
def trailing_level(slot: Record) -> int:
    """Where a trailing stop triggers now; unreachable before its first peak."""
    if slot["peak"] == 0:
        return UNLIMITED if slot["side"] > 0 else 0
    up = 1 if slot["side"] > 0 else 0
    if (slot["flags"] & _TRAIL_IS_PRICE) != 0:
        level = slot["peak"] + slot["side"] * slot["trail"]
    else:
        level = price_away(slot["peak"], slot["trail"], up)
    return on_tick(level, slot["tick"], up)


@rule
def trigger_level(slot: Record) -> int:
    """Where an untriggered stop or take-profit triggers."""
    return trailing_level(slot) if slot["type"] == _TRAILING_STOP else slot["stop_price"]


@rule
def advance_peak(slot: Record, price: int) -> None:
    """A sell trails the highest price, a buy the lowest."""
    slot["peak"] = min(slot["peak"], price) if slot["side"] > 0 else max(slot["peak"], price)


@rule
def past_limit(context: Record, side: int, price: int, limit: int) -> bool:
    """Whether a price fills a rested limit: below it for a buy; at it too where a touch is enough."""
    if price == limit:
        return context["limit_touch"] == 1
    return price < limit if side > 0 else price > limit


@rule
def touched(context: Record, slot: Record, price: int) -> bool:
    """Whether a price triggers an order."""
    level, side = trigger_level(slot), slot["side"]
    if slot["type"] == _TAKE_PROFIT_LIMIT:
        return past_limit(context, side, price, level)
    if slot["type"] == _TAKE_PROFIT:
        return price <= level if side > 0 else price >= level
    return price >= level if side > 0 else price <= level
