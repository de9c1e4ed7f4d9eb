"""Cash that moves without a trade: told to the client half like a fill, and numbered with the instrument's fills."""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.orders import emit
from tickwright.kernel.reach import book_of, report_of, venue_of
from tickwright.machine_code.compilation import rule

_CASH = code(records.ReportKind.CASH)


@rule
def move_cash(context: Record, instrument: int, kind: int, amount: int) -> None:
    """Move cash of the account because of an instrument; positive when it is received."""
    venue, book, report = venue_of(context), book_of(context, instrument), report_of(context)
    venue["cash"] += amount
    report["kind"], report["ts_ns"], report["order_id"] = _CASH, venue["now_ns"], NONE
    report["sequence"], report["amount"], report["cash_kind"] = book["sequence"], amount, kind
    report["instrument"], report["fee_asset"] = instrument, 0
    book["sequence"] += 1
    emit(context)
