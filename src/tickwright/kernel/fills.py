"""One fill: money, base, fee and volume moved together, exactly, and told to the client.

Invariants: notional is rounded once and posted to both sides; cash and base after a fill are those before plus the
report's amounts; a fill uses this bar's volume whether it gave or took liquidity, and only taking moves the price.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.arithmetic import OVERFLOW, PPB, floored_to, mul_div_rounded_down
from tickwright.kernel.contracts import released_by, trade_contracts
from tickwright.kernel.insurance import settle_margin
from tickwright.kernel.layout import NONE, UNLIMITED, WARNED_CAP_OFF, Record, code
from tickwright.kernel.orders import emit, holding_of, set_hold
from tickwright.kernel.prices import fee_rounded_up, half_spread_ppb, notional_of, pays_fee_in_base
from tickwright.kernel.reach import book_of, recent_at, report_of, slot_at, venue_of, view_int64
from tickwright.machine_code.compilation import rule

TAKER = code(records.Liquidity.TAKER)
MAKER = code(records.Liquidity.MAKER)
_FILL = code(records.ReportKind.FILL)
_FILLED = code(records.OrderState.FILLED)
_PARTLY_FILLED = code(records.OrderState.PARTLY_FILLED)
_LIQUIDATION = code(records.Reason.LIQUIDATION)


@rule
def row_of(context: Record) -> int:
    """The row being matched."""
    return venue_of(context)["step"] // 2


@rule
def at_open(context: Record) -> bool:
    """Whether the OPEN of the row is being matched, not its RANGE."""
    return venue_of(context)["step"] % 2 == 0


@rule
def index_of(context: Record, instrument: int) -> int:
    """The place of an instrument's value at the row being matched."""
    return row_of(context) * context["instruments"] + instrument


@rule
def budget_left(context: Record, book: Record, index: int, lot: int) -> int:
    """The quantity this account may still trade in this event, in whole lots (rule book §3.1)."""
    row = row_of(context)
    if book["budget_row"] != row:
        book["budget_row"], book["used_at_open"], book["used_in_range"] = row, 0, 0
    if context["participation_ppb"] < 0 or book["capped"] == 0:
        return UNLIMITED
    if at_open(context):
        budget = view_int64(context["open_budget"], index + 1)[index]
        if budget == NONE:
            venue_of(context)["warned"] |= WARNED_CAP_OFF
            return UNLIMITED
        return floored_to(max(0, floored_to(budget, book["lot"]) - book["used_at_open"]), lot)
    volume = view_int64(context["volume"], index + 1)[index]
    budget = max(0, mul_div_rounded_down(volume, context["participation_ppb"], PPB) - book["used_at_open"])
    return floored_to(max(0, floored_to(budget, book["lot"]) - book["used_in_range"]), lot)


@rule
def fill(context: Record, place: int, quantity: int, reference: int, price: int, ppb: int, liquidity: int) -> bool:
    """Trade a quantity of an order at a price; False, with nothing changed, where a number does not fit.

    `ppb` is what impact added to the price; the costs of a fill add up to quantity × |price - reference|.
    """
    slot, venue = slot_at(context, place), venue_of(context)
    book, side = book_of(context, slot["instrument"]), slot["side"]
    notional = notional_of(price, quantity, book["divisor"], side)
    fee_ppb = book["taker_fee_ppb"] if liquidity == TAKER else book["maker_fee_ppb"]
    liquidation = slot["reason"] == _LIQUIDATION
    fee_ppb += book["liquidation_fee_ppb"] if liquidation else 0
    in_base = pays_fee_in_base(context, book, side)
    fee = fee_rounded_up(quantity if in_base else notional, fee_ppb)
    if notional == OVERFLOW or (fee_ppb >= 0 and fee == OVERFLOW):  # a rebate may be -1 unit
        return False
    _count_reduction(context, slot, book, quantity)
    slot["filled"] += quantity
    if book["perpetual"] == 1:
        amount = _trade_perpetual(context, slot["instrument"], side, quantity, price, fee, liquidation)
    else:
        amount = -side * notional - (0 if in_base else fee)
        venue["cash"] += amount
        book["position"] += side * quantity - (fee if in_base else 0)
    slot["spent"] += notional + (0 if in_base else fee)
    set_hold(context, slot, holding_of(context, slot) if slot["quantity"] > slot["filled"] else 0)
    if not liquidation:
        use_volume(context, book, quantity)
    if liquidity == TAKER:
        remember_taken(context, book, slot["instrument"], side, quantity)
    half_spread = half_spread_ppb(context, index_of(context, slot["instrument"]))
    write_costs(context, book, side, quantity, reference, price, half_spread, ppb)
    report = report_of(context)
    report["ts_ns"], report["order_id"], report["sequence"] = venue["now_ns"], slot["order_id"], book["sequence"]
    book["sequence"] += 1
    report["price"], report["quantity"], report["amount"], report["fee"] = price, quantity, amount, fee
    report["instrument"], report["fee_asset"] = slot["instrument"], book["base_asset"] if in_base else 0
    report["kind"], report["side"], report["liquidity"] = _FILL, side, liquidity
    report["state"] = _FILLED if slot["cost"] == 0 and slot["filled"] >= slot["quantity"] else _PARTLY_FILLED
    report["at_open"], report["parent"] = 1 if at_open(context) else 0, slot["parent"]
    emit(context)
    return True


@rule
def _trade_perpetual(
    context: Record, instrument: int, side: int, quantity: int, price: int, fee: int, liquidation: bool
) -> int:
    """Book a fill of a perpetual; what it moves of the cash: the profit it realises, less the fee."""
    venue, book = venue_of(context), book_of(context, instrument)
    closes, released = side * book["position"] < 0, released_by(book, side, quantity)
    amount = trade_contracts(venue, book, side, quantity, price) - fee
    venue["cash"] += amount
    book["position"] += side * quantity
    if closes:
        settle_margin(context, instrument, released + amount, liquidation)
    return amount


@rule
def arrived_of(report: Record) -> int:
    """What a fill changed of the base: a fee in the received asset never arrived."""
    return report["quantity"] - (report["fee"] if report["fee_asset"] != 0 else 0)


@rule
def _count_reduction(context: Record, slot: Record, book: Record, quantity: int) -> None:
    """Remember what this RANGE's orders reduced of what was held after the OPEN."""
    against = -slot["side"] * book["position"]
    if against > 0 and not at_open(context) and slot["born_step"] != venue_of(context)["step"]:
        book["reduced"] += min(quantity, against)


@rule
def use_volume(context: Record, book: Record, quantity: int) -> None:
    """Count a fill against this bar's volume."""
    if book["budget_row"] != row_of(context):
        book["budget_row"], book["used_at_open"], book["used_in_range"] = row_of(context), 0, 0
    if at_open(context):
        book["used_at_open"] += quantity
    else:
        book["used_in_range"] += quantity


@rule
def remember_taken(context: Record, book: Record, instrument: int, side: int, quantity: int) -> None:
    """Count a taker's fill into what moves the price."""
    if context["statistics"] == 0:
        return
    venue = venue_of(context)
    recent = recent_at(context, venue["recent_end"])
    venue["recent_end"] += 1
    recent["ts_ns"], recent["quantity"], recent["instrument"], recent["side"] = (
        venue["now_ns"],
        quantity,
        instrument,
        side,
    )
    if side > 0:
        book["bought"] += quantity
    else:
        book["sold"] += quantity
    book["net"] += side * quantity


@rule
def forget_decayed(context: Record) -> None:
    """Drop our trades that left the decay window (t-w, t]."""
    venue = venue_of(context)
    start = venue["now_ns"] - context["decay_window_ns"]
    while venue["recent_first"] < venue["recent_end"]:
        recent = recent_at(context, venue["recent_first"])
        if recent["ts_ns"] > start:
            break
        book = book_of(context, recent["instrument"])
        if recent["side"] > 0:
            book["bought"] -= recent["quantity"]
        else:
            book["sold"] -= recent["quantity"]
        venue["recent_first"] += 1


@rule
def write_costs(
    context: Record, book: Record, side: int, quantity: int, reference: int, price: int, half_spread: int, impact: int
) -> None:
    """Split quantity × |price - reference| into spread, slippage and impact; rounding falls to the last that is set."""
    report, divisor = report_of(context), book["divisor"]
    report["reference_price"] = reference
    report["spread_cost"], report["slippage_cost"], report["impact_cost"] = 0, 0, 0
    if reference == price:
        return
    distance = side * (price - reference)
    total = mul_div_rounded_down(abs(distance), quantity, divisor)
    total = total if distance >= 0 else -total
    value = mul_div_rounded_down(reference, quantity, divisor)
    spread = mul_div_rounded_down(value, half_spread, PPB)
    slippage = mul_div_rounded_down(value, context["slippage_ppb"], PPB)
    if impact != 0:
        report["spread_cost"], report["slippage_cost"], report["impact_cost"] = (
            spread,
            slippage,
            total - spread - slippage,
        )
    elif context["slippage_ppb"] > 0:
        report["spread_cost"], report["slippage_cost"] = spread, total - spread
    else:
        report["spread_cost"] = total
