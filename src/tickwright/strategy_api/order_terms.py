"""The terms of an order as a strategy names them: what goes together, and how numbers become exact units.

Invariants: prices round passively (buy down, sell up; stop levels away from the market), quantities down to the lot; a
term that is no number, or that another term makes meaningless, is refused by name before anything is sent.
Numbers a venue would refuse (a price of 0 or off the range, a quantity below a lot) are not failures: they end by name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.records import OrderFlag, OrderType, TimeInForce
from tickwright.strategy_api.desk import Request
from tickwright.strategy_api.exits import Exits

_TIMES_IN_FORCE = {member.name.lower(): int(member) for member in TimeInForce}
_GTD = int(TimeInForce.GTD)
_NO_PRICE = -1
"""What a price below one tick becomes: 0 would mean that the order has none, and this the venue refuses by name."""


def on_tick(units: float, tick: int, *, up: bool) -> int:
    """A price in units on the tick grid, rounded one way; within a millionth of a tick a float counts as on it."""
    ticks = units / tick
    nearest = round(ticks)
    if abs(ticks - nearest) < 1e-6:
        return nearest * tick
    return (math.ceil(ticks) if up else math.floor(ticks)) * tick


def order_price(units: float, tick: int, *, up: bool) -> int:
    """The price of an order on the tick grid; one that is not above 0 is the venue's to refuse."""
    price = on_tick(units, tick, up=up)
    return price if price > 0 else _NO_PRICE


def whole_lots(units: float, lot: int) -> int:
    """A quantity in units, rounded down to whole lots."""
    lots = units / lot
    nearest = round(lots)
    return (nearest if abs(lots - nearest) < 1e-6 else math.floor(lots)) * lot


def set_trail(request: Request, trail: float | None, trail_price: float | None, price_scale: float) -> None:
    """Make a trailing stop of a request: a fraction of its peak, or a distance in price."""
    request.type = int(OrderType.TRAILING_STOP)
    if trail is not None:
        if not 0 < trail < 1:
            refuse(f"trail is {trail!r}", "a fraction of the peak between 0 and 1, such as 0.02")
        request.trail = max(1, round(trail * 1e9))
        return
    if trail_price is None or not trail_price > 0:
        refuse(f"trail_price is {trail_price!r}", "a distance in price above 0")
    request.trail = max(1, round(trail_price * price_scale))
    request.flags |= OrderFlag.TRAIL_IS_PRICE


def set_time_in_force(request: Request, tif: str, expire_ns: int) -> None:
    """How long a request works; a date goes with gtd and with nothing else."""
    named = _TIMES_IN_FORCE.get(str(tif).lower())
    if named is None:
        refuse(f"tif is {tif!r}", f"one of {', '.join(_TIMES_IN_FORCE)}")
    if (named == _GTD) != bool(expire_ns):
        refuse(
            f"tif is {tif!r} and expire_ns is {expire_ns!r}", "tif='gtd' with expire_ns=, or neither (UTC nanoseconds)"
        )
    if isinstance(expire_ns, bool) or int(expire_ns) != expire_ns:
        refuse(f"expire_ns is {expire_ns!r}", "whole nanoseconds UTC")
    request.time_in_force, request.expire_ns = named, int(expire_ns)


def set_post_only(request: Request) -> None:
    """Let a limit order rest or be refused."""
    if not request.limit_price:
        refuse("post_only on an order without a limit", "limit= beside post_only")
    request.flags |= int(OrderFlag.POST_ONLY)


def set_trigger(request: Request, trigger_by: str) -> None:
    """Let the mark price trigger a request."""
    if trigger_by not in ("last", "mark"):
        refuse(f"trigger_by of {trigger_by!r}", "last or mark")
    if request.type in (OrderType.MARKET, OrderType.LIMIT):
        refuse(
            "an order without a trigger is to be triggered by the mark",
            "stop, take_profit, trail or trail_price beside trigger_by",
        )
    request.flags |= int(OrderFlag.TRIGGER_BY_MARK)


def set_exits(request: Request, exits: Exits) -> None:
    """Have every fill of a request bear these exits; NaN is none."""
    if not isinstance(exits, Exits):
        refuse(f"exits is {type(exits).__name__} {exits!r}", "Exits(…)")
    request.exit_stop_ppb, request.exit_target_ppb = _ppb(exits.stop, "stop"), _ppb(exits.target, "target")
    request.exit_trail_ppb, request.exit_max_bars = _ppb(exits.trail, "trail"), exits.max_bars or 0
    request.flags |= int(OrderFlag.EXITS_BY_MARK) if exits.trigger_by == "mark" else 0


def _ppb(value: float | Float64Array | None, name: str) -> int:
    if np.ndim(value if value is not None else 0):
        refuse(f"{name} of the exits is an array", "one number for the exits of one order, such as ctx.ind.atr")
    return 0 if value is None or math.isnan(float(value)) else round(float(value) * 1e9)


def fraction_of_target(value: Any) -> float:
    """A target as a number; raises `UsageError` where it is none."""
    try:
        fraction = float(value)
    except (TypeError, ValueError):
        fraction = math.nan
    if not math.isfinite(fraction):
        refuse(f"the target is {value!r}", "a finite fraction of the allocation", "ctx.target")
    return fraction


def refuse_negative(terms: Mapping[str, float | None]) -> None:
    """Refuse a quantity, cost or fraction below 0: the side of an order is its verb."""
    for name, value in terms.items():
        if value is not None and value < 0:
            refuse(f"{name} is {value!r}", "a number of at least 0; ctx.buy and ctx.sell say which side")


def refuse_what_is_no_number(terms: Mapping[str, Any]) -> NoReturn:
    """Name the term that could not be counted with."""
    for name, value in terms.items():
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
            refuse(f"{name} is {value!r}", "a number")
        if not math.isfinite(value):
            refuse(f"{name} is {value!r}", "a finite number; NaN is an indicator that is not known yet")
    told = ", ".join(f"{name} = {value!r}" for name, value in terms.items() if value is not None)
    refuse(f"{told}: a number is too large", "what fits into 64 bits in the instrument's units")


def refuse(message: str, expected: str, where: str = "ctx.order") -> NoReturn:
    """Raise the failure of an order that cannot be sent."""
    raise UsageError(message, where=where, expected=expected)
