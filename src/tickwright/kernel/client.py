"""The client half: our orders, positions, cash and trades, changed by reports and by nothing else.

Invariants: the record is the same in every mode; a report is applied once; cash moves only with fills and cash reports;
a trade runs from flat to flat per instrument, where a rest below one lot is flat.
"""

from __future__ import annotations

import math

from tickwright.domain import records
from tickwright.kernel.arithmetic import mul_div_rounded_down, mul_div_rounded_up, plus
from tickwright.kernel.contracts import basis_after, closing_of, realised_by
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.open_orders import forget_open, note_open
from tickwright.kernel.prices import notional_of
from tickwright.kernel.reach import account_event_at, client_of, fill_at, order_at, position_of, report_of, view_context
from tickwright.machine_code.compilation import entry, rule

_ACCEPTED = code(records.ReportKind.ACCEPTED)
_FILL = code(records.ReportKind.FILL)
_ENDED = code(records.ReportKind.ENDED)
_AMENDED = code(records.ReportKind.AMENDED)
_TRIGGERED = code(records.ReportKind.TRIGGERED)
_CASH = code(records.ReportKind.CASH)
_PENDING = code(records.OrderState.PENDING)
_WORKING = code(records.OrderState.WORKING)
_PARTLY_FILLED = code(records.OrderState.PARTLY_FILLED)
_FILLED = code(records.OrderState.FILLED)
_FIRST_REFUSAL = code(records.OrderState.VENUE_TICK)
_SIZED = code(records.OrderFlag.SIZED)
_CHILD = code(records.OrderFlag.CHILD)
_REDUCE_ONLY = code(records.OrderFlag.REDUCE_ONLY)
_LIQUIDATION = code(records.Reason.LIQUIDATION)
_STOP_LOSS = code(records.Reason.STOP_LOSS)
_TIME_EXIT = code(records.Reason.TIME_EXIT)


@rule
def apply_report(context: Record, report: Record) -> None:
    """Change the client half by what a venue says."""
    client_of(context)["now_ns"] = report["ts_ns"]
    kind = report["kind"]
    if kind == _FILL:
        apply_fill(context, report)
    elif kind == _ENDED:
        end_order(context, report["order_id"], report["state"], report["ts_ns"])
    elif kind == _ACCEPTED:
        _apply_acceptance(context, report)
    elif kind == _AMENDED:
        _apply_amendment(context, report)
    elif kind == _TRIGGERED:
        order_at(context, report["order_id"])["state"] = report["state"]
    else:
        _apply_cash(context, report)


@entry
def apply_linked(address: int, unused: int) -> int:
    """Apply the report that a linked venue half has just written."""
    context = view_context(address, 1)[0]
    apply_report(context, report_of(context))
    return 0


@rule
def _apply_acceptance(context: Record, report: Record) -> None:
    client, order_id = client_of(context), report["order_id"]
    order = order_at(context, order_id)
    if report["parent"] != NONE or report["reason"] == _LIQUIDATION:  # the venue itself made it
        client["order_count"] = max(client["order_count"], order_id + 1)
        clear_order(order)
        order["order_id"], order["ts_sent_ns"], order["parent"] = order_id, report["ts_ns"], report["parent"]
        order["instrument"], order["side"], order["type"] = report["instrument"], report["side"], report["type"]
        order["quantity"], order["limit_price"], order["stop_price"] = (
            report["quantity"], report["limit_price"], report["stop_price"],
        )  # fmt: skip
        order["reason"], order["flags"] = report["reason"], _REDUCE_ONLY
        if report["parent"] != NONE:  # an exit of an entry fill
            order["tag"], order["flags"] = order_at(context, report["parent"])["tag"], _CHILD | _REDUCE_ONLY
        note_open(context, order_id)
    order["state"] = _WORKING


@rule
def clear_order(order: Record) -> None:
    """A fresh order: nothing asked, nothing filled."""
    order["ts_end_ns"] = 0
    order["quantity"], order["cost"], order["filled"], order["spent"] = 0, 0, 0, 0
    order["limit_price"], order["stop_price"], order["decision"] = 0, 0, 0
    order["parent"], order["tag"], order["flags"] = NONE, NONE, 0
    order["time_in_force"], order["state"], order["reason"] = 0, _PENDING, 0


@rule
def _apply_amendment(context: Record, report: Record) -> None:
    order = order_at(context, report["order_id"])
    if (order["flags"] & _SIZED) != 0 and report["amount"] < order["cost"]:
        client_of(context)["targets_shrunk"] += 1
        position_of(context, order["instrument"])["unmet"] = 1
    order["quantity"], order["cost"] = report["quantity"], report["amount"]
    order["limit_price"], order["stop_price"] = report["limit_price"], report["stop_price"]


@rule
def end_order(context: Record, order_id: int, state: int, ts_ns: int) -> None:
    """An order is over: by what a venue says, or refused by our own rules before one saw it."""
    client, order = client_of(context), order_at(context, order_id)
    order["state"], order["ts_end_ns"] = state, ts_ns
    forget_open(context, order_id)
    if state >= _FIRST_REFUSAL:
        client["refused"] += 1
    if (order["flags"] & _SIZED) == 0:
        return
    position = position_of(context, order["instrument"])
    replaced = position["increase"] != order_id and position["reduction"] != order_id
    if position["increase"] == order_id:
        position["increase"] = NONE
    if position["reduction"] == order_id:
        position["reduction"] = NONE
    if state >= _FIRST_REFUSAL:
        client["targets_refused"] += 1
        position["unmet"] = 1
    elif state != _FILLED:
        client["targets_unfilled"] += 1
        if not replaced:  # the rest of an older decision says nothing about the one that replaced it
            position["unmet"] = 1


@rule
def _apply_cash(context: Record, report: Record) -> None:
    client = client_of(context)
    client["cash"] += report["amount"]
    event = account_event_at(context, client["account_event_count"])
    client["account_event_count"] += 1
    event["ts_ns"], event["sequence"], event["amount"] = report["ts_ns"], report["sequence"], report["amount"]
    event["instrument"], event["asset"], event["kind"] = report["instrument"], report["fee_asset"], report["cash_kind"]
    if report["instrument"] != NONE:
        position = position_of(context, report["instrument"])
        if position["trade_open"] == 1:
            position["trade_amount"] += report["amount"]


@rule
def apply_fill(context: Record, report: Record) -> None:
    """Book a fill to its order, the cash, the position and the log."""
    client, order = client_of(context), order_at(context, report["order_id"])
    position = position_of(context, report["instrument"])
    side, quantity = report["side"], report["quantity"]
    client["cash"] += report["amount"]
    order["filled"] += quantity
    order["state"] = report["state"] if report["state"] == _FILLED else _PARTLY_FILLED
    if order["state"] == _FILLED:
        forget_open(context, report["order_id"])
    change = side * quantity - (report["fee"] if report["fee_asset"] != 0 else 0)
    if position["perpetual"] == 1:
        order["spent"] += notional_of(report["price"], quantity, position["divisor"], side) + report["fee"]
        _follow_perpetual(position, report)
    else:
        order["spent"] += -side * report["amount"]
        follow_trade(position, change, report["amount"], 0)
    count_costs(client, position, report)
    if (order["flags"] & _CHILD) != 0 and order["reason"] >= _STOP_LOSS and order["reason"] <= _TIME_EXIT:
        _block(context, position, -side, report["ts_ns"])
    _record_fill(context, client, order, report)


@rule
def _follow_perpetual(position: Record, report: Record) -> None:
    """Book a fill to a perpetual's basis and trade."""
    side, quantity, price = 1 if report["side"] > 0 else -1, report["quantity"], report["price"]
    held, basis, divisor = position["quantity"], position["basis"], position["divisor"]
    realised = realised_by(basis, held, side, closing_of(held, side, quantity), price, divisor)
    position["basis"] = basis_after(basis, held, side, quantity, price, divisor)
    follow_trade(position, side * quantity, report["amount"], realised)


@rule
def _block(context: Record, position: Record, side: int, ts_ns: int) -> None:
    """A protective exit closed a part of this side: nothing increases on it until the target was 0 or turned."""
    position["exited_ns"] = ts_ns
    if context["reenter_next_bar"] == 1:
        position["acted"], position["blocked"] = 0.0, 0
        return
    position["blocked"] = side
    settle_block(position)


@rule
def settle_block(position: Record) -> None:
    """A target of 0 or of the other sign, decided at or after the exit's instant, lets the symbol in again."""
    decided_since = position["decided_ns"] >= position["exited_ns"] and not math.isnan(position["standing"])
    if position["blocked"] != 0 and decided_since and position["standing"] * position["blocked"] <= 0:
        position["blocked"] = 0


@rule
def in_lots(quantity: int, lot: int) -> int:
    """A signed quantity without the dust below one lot."""
    return quantity - quantity % lot if quantity >= 0 else -((-quantity) - (-quantity) % lot)


@rule
def follow_trade(position: Record, change: int, amount: int, realised: int) -> None:
    """Book a fill to the open trade; close the trade where the position becomes flat or turns.

    `realised` is the part of the amount that belongs to what closes, whatever opens with it.
    """
    before = in_lots(position["quantity"], position["lot"])
    position["quantity"] += change
    after = in_lots(position["quantity"], position["lot"])
    if before != 0 and after != 0 and (before > 0) != (after > 0):
        shared = amount - realised
        closing = mul_div_rounded_down(abs(shared), abs(before), abs(change))
        closing = realised + (closing if shared >= 0 else -closing)
        position["trade_amount"] += closing
        _close_trade(position)
        amount -= closing
    position["trade_amount"] += amount
    position["trade_open"] = 1
    if after == 0:
        _close_trade(position)


@rule
def _close_trade(position: Record) -> None:
    profit = position["trade_amount"]
    position["trades"] += 1
    if profit > 0:
        position["wins"] += 1
        position["gross_profit"] += profit
    else:
        position["gross_loss"] += profit
    position["trade_amount"], position["trade_open"] = 0, 0


@rule
def count_costs(client: Record, position: Record, report: Record) -> None:
    """Add up what a fill cost by kind, in money units."""
    fee = report["fee"]
    if report["fee_asset"] != 0:
        fee = mul_div_rounded_down(fee, report["price"], position["divisor"])
    client["fee"] += fee
    client["spread_cost"] += report["spread_cost"]
    client["slippage_cost"] += report["slippage_cost"]
    client["impact_cost"] += report["impact_cost"]
    traded = mul_div_rounded_down(report["price"], report["quantity"], position["divisor"])
    client["turnover"] = plus(client["turnover"], traded)


@rule
def _record_fill(context: Record, client: Record, order: Record, report: Record) -> None:
    fill = fill_at(context, client["fill_count"])
    client["fill_count"] += 1
    fill["ts_ns"], fill["sequence"], fill["order_id"] = report["ts_ns"], report["sequence"], report["order_id"]
    fill["price"], fill["quantity"], fill["fee"] = report["price"], report["quantity"], report["fee"]
    fill["reference_price"], fill["spread_cost"] = report["reference_price"], report["spread_cost"]
    fill["slippage_cost"], fill["impact_cost"] = report["slippage_cost"], report["impact_cost"]
    fill["tag"], fill["instrument"], fill["fee_asset"] = order["tag"], report["instrument"], report["fee_asset"]
    fill["side"], fill["liquidity"] = report["side"], report["liquidity"]
    fill["reason"], fill["at_open"] = order["reason"], report["at_open"]


@rule
def value_of(position: Record) -> int:
    """What a position is worth at the last price, dust included, rounded down; negative for a short."""
    quantity = position["quantity"]
    if quantity >= 0:
        return mul_div_rounded_down(quantity, position["last_price"], position["divisor"])
    return -mul_div_rounded_down(-quantity, position["last_price"], position["divisor"])


@rule
def worth_of(position: Record) -> int:
    """What a position adds to equity, rounded down: its value, of a perpetual what it gained over its basis."""
    if position["quantity"] >= 0:
        return value_of(position) - position["basis"]
    return -mul_div_rounded_up(-position["quantity"], position["last_price"], position["divisor"]) - position["basis"]


@rule
def mark(context: Record) -> None:
    """Equity and exposure at the last prices."""
    client = client_of(context)
    equity, exposure = client["cash"], 0
    for instrument in range(context["instruments"]):
        position = position_of(context, instrument)
        if position["quantity"] != 0:
            equity += worth_of(position)
            exposure += abs(value_of(position))
    client["equity"], client["exposure"] = equity, exposure
