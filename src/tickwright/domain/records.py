"""The record layouts of orders, commands, fills and events, shared by the kernel, the engine and every mode.

Invariants: every number is an int64 on a stated unit (price unit, quantity unit, money unit of the quote asset); every
layout is C-aligned, so a `ctypes.Structure` over the same bytes has the same offsets; enumerations are small integers
whose names are the field's words, stored compactly in what a run leaves and as int64 in what the kernel works on. A
changed layout changes the kernel's layout hash and so its compiled code.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np


class Side(IntEnum):
    """Direction of an order or a fill; the value is its sign."""

    BUY = 1
    SELL = -1


class OrderType(IntEnum):
    """How an order asks for its price (rule book, §4)."""

    MARKET = 0
    LIMIT = 1
    STOP = 2
    STOP_LIMIT = 3
    TRAILING_STOP = 4
    TAKE_PROFIT = 5
    TAKE_PROFIT_LIMIT = 6


class TimeInForce(IntEnum):
    """How long an order works."""

    GTC = 0
    IOC = 1
    FOK = 2
    GTD = 3


class Liquidity(IntEnum):
    """Whether a fill took liquidity or gave it."""

    TAKER = 0
    MAKER = 1


class Reason(IntEnum):
    """Why an order was sent; not part of any digest."""

    SIGNAL = 0
    STOP_LOSS = 1
    TAKE_PROFIT = 2
    TRAILING_STOP = 3
    TIME_EXIT = 4
    REBALANCE = 5
    LIQUIDATION = 6
    KILL = 7
    MANUAL = 8


class OrderState(IntEnum):
    """Where an order is; from FILLED on it has ended, from VENUE_TICK on it was refused by name."""

    PENDING = 0
    WORKING = 1
    TRIGGERED = 2
    PARTLY_FILLED = 3
    FILLED = 10
    CANCELLED = 11
    EXPIRED = 12
    END_OF_DATA = 13
    LIQUIDATED = 14
    COVER_GONE = 15
    VENUE_TICK = 30
    VENUE_LOT = 31
    VENUE_MIN_NOTIONAL = 32
    VENUE_INSUFFICIENT_FUNDS = 33
    VENUE_TOO_SMALL = 34
    VENUE_POST_ONLY = 35
    VENUE_WOULD_TRIGGER = 36
    VENUE_UNKNOWN_ORDER = 37
    VENUE_UNSUPPORTED = 38
    RISK_MAX_ORDER_NOTIONAL = 60
    RISK_MAX_POSITION_NOTIONAL = 61
    RISK_MAX_EXPOSURE = 62
    RISK_MAX_OPEN_ORDERS = 63
    RISK_DAILY_LOSS = 64
    RISK_DRAWDOWN = 65
    RISK_WARMUP = 66
    RISK_OVERFLOW = 67


class AccountEventKind(IntEnum):
    """What moved money without a trade."""

    TRANSFER = 0
    FUNDING = 1
    LIQUIDATION_FEE = 2
    INSURANCE = 3


FILL: Final = np.dtype(
    [
        ("ts_ns", "i8"),  # OPEN fills carry the bar's open time, RANGE fills its close time
        ("sequence", "i8"),  # match sequence inside the instrument
        ("order_id", "i8"),  # index of the order in the run
        ("price", "i8"),  # price units, all costs but the fee inside
        ("quantity", "i8"),  # quantity units, always positive
        ("fee", "i8"),  # money units of the fee asset
        ("reference_price", "i8"),  # price units: the market price before spread, slippage and impact
        ("spread_cost", "i8"),  # money units of the quote asset paid to the half-spread
        ("slippage_cost", "i8"),  # … to slippage
        ("impact_cost", "i8"),  # … to market impact, latency inside; the three sum to quantity × |price - reference|
        ("tag", "i8"),  # index into the run's tag table, -1 without a tag
        ("instrument", "i4"),  # index into the run's instruments
        ("fee_asset", "i4"),  # index into the run's assets
        ("side", "i1"),
        ("liquidity", "i1"),
        ("reason", "i1"),
        ("at_open", "i1"),  # 1 for OPEN fills, 0 for RANGE fills
    ],
    align=True,
)

ORDER: Final = np.dtype(
    [
        ("order_id", "i8"),
        ("ts_sent_ns", "i8"),  # instant of the decision
        ("ts_end_ns", "i8"),  # instant of its end, 0 while it works
        ("quantity", "i8"),  # quantity units asked for, 0 for an order by cost
        ("cost", "i8"),  # money units to spend, 0 for an order by quantity
        ("filled", "i8"),  # quantity units filled
        ("spent", "i8"),  # money units moved by its fills, fee in cash inside: paid by a buy, received by a sell
        ("limit_price", "i8"),  # price units, 0 without a limit
        ("stop_price", "i8"),  # price units, 0 without a stop
        ("decision", "i8"),  # the decision that sized it; 0 for none
        ("parent", "i8"),  # the entry order an exit belongs to, -1 for none
        ("tag", "i8"),
        ("instrument", "i4"),
        ("flags", "i4"),  # OrderFlag bits
        ("side", "i1"),
        ("type", "i1"),
        ("time_in_force", "i1"),
        ("state", "i1"),  # OrderState
        ("reason", "i1"),
    ],
    align=True,
)

ACCOUNT_EVENT: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("sequence", "i8"),
        ("amount", "i8"),  # money units of the asset, positive when the account receives
        ("instrument", "i4"),  # -1 for the account itself
        ("asset", "i4"),
        ("kind", "i1"),  # AccountEventKind
    ],
    align=True,
)


class CommandKind(IntEnum):
    """What a command asks of a venue."""

    NEW = 0
    CANCEL = 1
    CANCEL_ALL = 2
    AMEND = 3


class OrderFlag(IntEnum):
    """Bits of `COMMAND.flags`."""

    POST_ONLY = 1
    REDUCE_ONLY = 2
    SIZED = 4  # sent by target sizing: takes part in the decision's shrink factor
    CHILD = 8  # an exit that belongs to an entry fill
    TRAIL_IS_PRICE = 16  # `trail` is price units, else ppb of the peak
    TRIGGER_BY_MARK = 32  # a stop or take-profit that the mark triggers, not the last price
    MAKES_PARTS = 64  # its fills are parts that a later reduction consumes oldest first, exits or not
    EXITS_BY_MARK = 128  # the mark triggers the stop and the trail its fills bear


class ReportKind(IntEnum):
    """What a venue says about an order or an account."""

    ACCEPTED = 0
    FILL = 1
    ENDED = 2  # `state` says how: filled, cancelled, expired, refused by name, …
    TRIGGERED = 3
    AMENDED = 4
    CASH = 5  # funding, transfer, liquidation fee, insurance: `amount` of the cash asset


class EventKind(IntEnum):
    """What happens in a market; equal times are ordered as the rule book says (§2.1)."""

    RANGE = 0
    FUNDING = 1
    MARK = 2
    DECIDE = 3  # the instant is complete: strategies wake
    OPEN = 4
    END = 5
    BAR = 6  # a bar closed that finer candles have traded: it informs, before DECIDE


COMMAND: Final = np.dtype(
    [
        ("order_id", "i8"),  # index of the order in the run; what CANCEL and AMEND refer to
        ("quantity", "i8"),  # quantity units; 0 for an order by cost. AMEND: the new total
        ("cost", "i8"),  # money units to spend, fee inside; 0 for an order by quantity
        ("limit_price", "i8"),  # price units, 0 without a limit
        ("stop_price", "i8"),  # price units, 0 without a trigger
        ("trail", "i8"),  # distance to the peak: ppb, or price units with TRAIL_IS_PRICE
        ("expire_ns", "i8"),  # GTD only
        ("oco", "i8"),  # orders of one positive number are siblings; 0 alone
        ("decision", "i8"),  # the decision that sized it; 0 for none
        ("exit_stop_ppb", "i8"),  # exits every entry fill bears, as distances in ppb of its price; 0 for none
        ("exit_target_ppb", "i8"),
        ("exit_trail_ppb", "i8"),
        ("exit_max_bars", "i8"),
        ("tag", "i8"),
        ("instrument", "i4"),  # -1 with CANCEL_ALL: every instrument
        ("flags", "i4"),  # OrderFlag bits
        ("kind", "i1"),  # CommandKind
        ("side", "i1"),
        ("type", "i1"),
        ("time_in_force", "i1"),
        ("reason", "i1"),
    ],
    align=True,
)

REPORT: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("order_id", "i8"),
        ("sequence", "i8"),  # FILL, CASH: match sequence inside the instrument
        ("price", "i8"),
        ("quantity", "i8"),  # FILL: what was traded; ACCEPTED, AMENDED: the order's total
        ("amount", "i8"),  # money units of the cash asset moved by this report, fee included; positive when received
        ("fee", "i8"),
        ("reference_price", "i8"),  # FILL: as in FILL
        ("spread_cost", "i8"),
        ("slippage_cost", "i8"),
        ("impact_cost", "i8"),
        ("limit_price", "i8"),  # ACCEPTED, AMENDED: the prices in force
        ("stop_price", "i8"),
        ("parent", "i8"),  # ACCEPTED of an exit: the entry order it belongs to, else -1
        ("instrument", "i4"),
        ("fee_asset", "i4"),
        ("kind", "i1"),  # ReportKind
        ("side", "i1"),
        ("liquidity", "i1"),
        ("type", "i1"),
        ("state", "i1"),  # OrderState after the report
        ("at_open", "i1"),
        ("reason", "i1"),
        ("cash_kind", "i1"),  # CASH: AccountEventKind
    ],
    align=True,
)

EVENT: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("open", "i8"),  # OPEN: the bar's first price
        ("high", "i8"),  # RANGE: high, low, close and volume of the bar that closes now
        ("low", "i8"),
        ("close", "i8"),  # MARK: the mark price
        ("volume", "i8"),
        ("rate_ppb", "i8"),  # FUNDING
        ("instrument", "i4"),  # -1 with DECIDE and END
        ("kind", "i1"),  # EventKind
    ],
    align=True,
)
