"""What a closed perpetual position leaves of its margin: below zero the insurance pays, some venues keep the rest.

Invariants (rule book §6.2): a close can lose no more than the margin it released, in a liquidation or not; on cross
margin no more than the account, counted once no other cross position stands; what is left of an isolated margin after a
liquidation returns unless the venue keeps it. It is told before the fill it belongs to.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.account_events import move_cash
from tickwright.kernel.layout import Record, code
from tickwright.kernel.reach import book_of
from tickwright.kernel.safety import cross_cash, is_open_cross
from tickwright.machine_code.compilation import rule

_INSURANCE = code(records.AccountEventKind.INSURANCE)
_LIQUIDATION_FEE = code(records.AccountEventKind.LIQUIDATION_FEE)


@rule
def settle_margin(context: Record, instrument: int, left: int, liquidation: bool) -> None:
    """Settle what a close left of the margin it released, profit and fee inside."""
    book = book_of(context, instrument)
    if book["cross"] == 1:
        left = 0 if _count_open_cross(context) > 0 else cross_cash(context)
    if left < 0:
        move_cash(context, instrument, _INSURANCE, -left)
    elif left > 0 and liquidation and book["keeps_leftover"] == 1 and book["cross"] == 0:
        move_cash(context, instrument, _LIQUIDATION_FEE, -left)


@rule
def _count_open_cross(context: Record) -> int:
    count = 0
    for instrument in range(context["instruments"]):
        count += 1 if is_open_cross(book_of(context, instrument)) else 0
    return count
