"""Funding of perpetuals.

Invariants (rule book §6.3): rate × last mark at its nominal time on what is held after the RANGE of equal time, rounded
once against us; from the position's margin where that is isolated.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.account_events import move_cash
from tickwright.kernel.arithmetic import scaled_down, scaled_up
from tickwright.kernel.layout import Record, code
from tickwright.kernel.reach import book_of, funding_at, venue_of
from tickwright.machine_code.compilation import rule

_FUNDING = code(records.AccountEventKind.FUNDING)


@rule
def pay_funding(context: Record, until: int) -> None:
    """Pay what falls due up to an instant, that one included."""
    venue = venue_of(context)
    now = venue["now_ns"]
    while venue["next_funding"] < context["funding_count"]:
        due = funding_at(context, venue["next_funding"])
        if due["ts_ns"] > until:
            break
        venue["next_funding"] += 1
        book = book_of(context, due["instrument"])
        if book["position"] != 0:
            venue["now_ns"] = due["ts_ns"]
            _pay(context, due["instrument"], due["rate_ppb"])
    venue["now_ns"] = now


@rule
def _pay(context: Record, instrument: int, rate_ppb: int) -> None:
    venue, book = venue_of(context), book_of(context, instrument)
    size, price, divisor = abs(book["position"]), book["last_price"], book["divisor"]
    if (rate_ppb > 0) == (book["position"] > 0):
        received = -scaled_up(price, size, divisor, abs(rate_ppb))
    else:
        received = scaled_down(price, size, divisor, abs(rate_ppb))
    if book["cross"] == 0:
        book["margin"] += received
        venue["margin"] += received
    move_cash(context, instrument, _FUNDING, received)
