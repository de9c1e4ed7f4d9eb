"""The kernel's records: one context of addresses, the venue half, the client half, and working orders.

Invariants: every layout is C-aligned; the context's first field is `LAYOUT`, a hash over all layouts that every entry
checks, because integer entry points do not carry them in their signatures; index arrays are time-major, so the value
of instrument `i` at row `k` stands at `k·n + i`. A link of -1 ends a list.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np

from tickwright.domain import records
from tickwright.kernel.arithmetic import UNLIMITED as UNLIMITED
from tickwright.kernel.arithmetic import code as code

Record = Any
"""A structured scalar: a Numba record compiled, a NumPy void uncompiled."""

CONTEXT: Final = np.dtype(
    [
        ("layout", "i8"),
        ("address", "i8"),  # of this record
        # rules that are called by address, so that each is compiled once and not into everything that uses it
        ("apply_report", "i8"),
        ("finish", "i8"),
        ("settle", "i8"),
        ("take", "i8"),
        ("arrive", "i8"),
        ("match_open", "i8"),
        ("match_range", "i8"),
        ("decide", "i8"),
        ("execute", "i8"),
        ("admit", "i8"),
        ("liquidate", "i8"),
        # the two halves
        ("linked", "i8"),  # 1: reports go straight into the client half; 0: they wait in the report ring
        ("venue", "i8"),
        ("books", "i8"),
        ("slots", "i8"),
        ("slot_capacity", "i8"),
        ("slot_of_order", "i8"),
        ("recent", "i8"),
        ("recent_capacity", "i8"),
        ("parts", "i8"),
        ("part_capacity", "i8"),
        ("rules", "i8"),  # dated rules in order of time
        ("rule_count", "i8"),
        ("client", "i8"),
        ("positions", "i8"),
        ("orders", "i8"),
        ("order_capacity", "i8"),
        ("fills", "i8"),
        ("fill_capacity", "i8"),
        ("account_events", "i8"),
        ("account_event_capacity", "i8"),
        ("commands", "i8"),
        ("command_capacity", "i8"),
        ("report", "i8"),
        ("reports", "i8"),
        ("report_capacity", "i8"),
        # the market: rows of the finest bars
        ("instruments", "i8"),
        ("rows", "i8"),
        ("timeframe_ns", "i8"),
        ("open_ns", "i8"),
        ("presence", "i8"),  # 0 absent, 1 a bar in which nothing trades, 2 a bar
        ("open", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("close", "i8"),
        ("volume", "i8"),
        ("statistics", "i8"),  # 1: the three arrays below are filled
        ("open_budget", "i8"),
        ("sigma", "i8"),
        ("daily_volume", "i8"),
        ("windows", "i8"),
        # decisions
        ("decision_of_row", "i8"),  # index of the decision after a row, -1 for none; 0: one after every row
        ("decisions", "i8"),
        ("first_row", "i8"),
        ("highest_close", "i8"),
        ("signal", "i8"),  # uint8 per decision for one instrument's targets of 0 and 1; 0 elsewhere
        ("wanted", "i8"),  # float64 decision × instrument; 0 where a callback decides
        ("acts", "i8"),  # uint8 decision × instrument: whether a target may act then
        ("decision_presence", "i8"),  # uint8 decision × instrument: whether the instrument's bar closed then
        ("exit_stop", "i8"),  # float64 decision × instrument: fractions of the entry price, NaN or 0 for none
        ("exit_target", "i8"),
        ("exit_trail", "i8"),
        ("wake", "i8"),  # uint8 per decision: whether the callback is called
        ("equity", "i8"),
        ("exposure", "i8"),
        ("cash_curve", "i8"),
        ("callback", "i8"),
        ("wake_on_fill", "i8"),
        ("on_change", "i8"),
        ("share_of_equity", "i8"),  # 1: weights, fractions of equity; 0: fractions of an equal allocation
        ("retry", "i8"),
        ("exits", "i8"),
        ("exit_max_bars", "i8"),
        ("reenter_next_bar", "i8"),
        ("exits_alike", "i8"),  # 1: the three arrays of exits hold one value each, for every entry
        ("exits_by_mark", "i8"),  # 1: the mark triggers stops and trails
        ("scratch", "i8"),  # `panel.SCRATCH` int64 per instrument: what `panel` notes while it runs
        ("logged", "i8"),  # 1: plain fills leave orders and fills; 0: a sweep's trial only counts them
        # our own limits
        ("limits", "i8"),  # 0: none is set
        ("open_orders", "i8"),  # the numbers of orders sent and not over, in no order; kept while a limit is set
        # perpetuals
        ("perpetuals", "i8"),  # how many instruments are perpetuals
        ("mark_open", "i8"),  # mark candles per row × instrument, 0 where a row has none; 0: no mark series
        ("mark_high", "i8"),
        ("mark_low", "i8"),
        ("mark_close", "i8"),
        ("funding", "i8"),  # what is paid when, in order of time
        ("funding_count", "i8"),
        ("funding_capacity", "i8"),
        ("most_funding", "i8"),  # no bar has more payments than this
        ("tiers", "i8"),  # maintenance tiers of all instruments, each one's in order of notional
        ("tier_count", "i8"),
        ("maintenance_at_entry", "i8"),
        # costs
        ("half_spread_ppb", "i8"),
        ("slippage_ppb", "i8"),
        ("participation_ppb", "i8"),  # -1: the cap is off
        ("impact", "i8"),
        ("fee_received", "i8"),
        ("limit_touch", "i8"),
        ("limit_gap_open", "i8"),
        ("refuse_triggered", "i8"),
        ("decay_window_ns", "i8"),
        ("statistics_window_ns", "i8"),
        ("latency_ns", "i8"),  # shorter than a row: a price
        ("wait_ns", "i8"),  # a row or longer: how long commands travel
        ("travelling", "i8"),  # commands on their way, in order
        ("arrives_ns", "i8"),
        ("travelling_capacity", "i8"),
        ("band", "f8"),
        ("impact_y", "f8"),
        ("impact_gamma", "f8"),
        ("volume_floor", "f8"),
        ("bars_per_day", "f8"),
        ("spread_volatility", "f8"),  # the least whole spread as a share of the daily volatility
        # a panel whose rows are laid side by side a tile at a time; 0: the whole market's tables are bound
        ("columns", "i8"),
        ("tile_rows", "i8"),  # how many rows a tile holds
        ("tile_end", "i8"),  # the row after those that are laid
        ("tile_presence", "i8"),
        ("tile_open", "i8"),
        ("tile_close", "i8"),
        ("highest_closes", "i8"),  # int64 per instrument: no close is higher, of those laid so far
        ("holes", "i8"),  # 1: some instrument lacks a bar in some row
        ("float_closes", "i8"),  # float64 row × instrument, from which closes are laid where it is not 0
        ("close_factors", "i8"),  # float64 per instrument: by how many a float is multiplied
    ],
    align=True,
)

VENUE: Final = np.dtype(
    [
        ("step", "i8"),  # 2·row: the OPEN of a row comes next; 2·row+1: its RANGE
        ("now_ns", "i8"),
        ("cash", "i8"),
        ("held", "i8"),  # cash that resting orders hold
        ("head", "i8"),  # working orders of all instruments in order of arrival
        ("tail", "i8"),
        ("working", "i8"),
        ("free_slot", "i8"),
        ("used_slots", "i8"),
        ("dead", "i8"),  # slots of orders that ended in this step
        ("next_order", "i8"),  # the number the next order gets that the venue itself creates
        ("arrivals", "i8"),
        ("recent_first", "i8"),
        ("recent_end", "i8"),
        ("report_count", "i8"),
        ("reference", "i8"),  # the price that the order being matched takes from
        ("part_count", "i8"),
        ("part_serial", "i8"),
        ("next_rule", "i8"),
        ("ambiguous", "i8"),
        ("warned", "i8"),  # WARNED_ bits
        ("error", "i8"),
        ("margin", "i8"),  # cash behind open perpetual positions
        ("next_funding", "i8"),
        ("travel_first", "i8"),
        ("travel_end", "i8"),
    ],
    align=True,
)

BOOK: Final = np.dtype(
    [
        # rules in force
        ("tick", "i8"),
        ("lot", "i8"),
        ("min_notional", "i8"),
        ("min_quantity", "i8"),
        ("max_quantity", "i8"),
        ("divisor", "i8"),  # price units × quantity units per money unit
        ("maker_fee_ppb", "i8"),
        ("taker_fee_ppb", "i8"),
        ("unit", "f8"),  # one quantity unit in base units
        ("capped", "i8"),  # 0 where the series has no volume
        ("base_asset", "i8"),
        # the account here
        ("position", "i8"),  # quantity units, dust included
        ("held", "i8"),  # quantity units that resting plain sells hold
        ("head", "i8"),  # working orders of this instrument in order of arrival
        ("tail", "i8"),
        ("sequence", "i8"),
        ("last_price", "i8"),
        # what was used of this bar's volume
        ("budget_row", "i8"),
        ("used_at_open", "i8"),
        ("used_in_range", "i8"),
        # what our own trading did to the price
        ("bought", "i8"),  # taker quantity inside the decay window
        ("sold", "i8"),
        ("net", "i8"),  # signed taker quantity since the start
        # how much may be reduced in this RANGE (rule book §5.1)
        ("held_after_open", "i8"),
        ("reduced", "i8"),
        # a perpetual
        ("perpetual", "i8"),
        ("cross", "i8"),  # 1: the whole account stands behind it; 0: its own margin
        ("leverage", "i8"),  # hundredths
        ("basis", "i8"),  # what the position cost, with its sign
        ("margin", "i8"),
        ("first_tier", "i8"),
        ("end_tier", "i8"),
        ("liquidation_fee_ppb", "i8"),  # on top of the taker fee
        ("keeps_leftover", "i8"),
        ("marked", "i8"),  # 1: it has a mark series, which may trigger orders
    ],
    align=True,
)

SLOT: Final = np.dtype(
    [
        ("order_id", "i8"),
        ("arrival", "i8"),
        ("quantity", "i8"),
        ("filled", "i8"),
        ("cost", "i8"),
        ("spent", "i8"),
        ("hold", "i8"),  # cash (buy) or base (plain sell) it holds
        ("limit_price", "i8"),
        ("stop_price", "i8"),
        ("trail", "i8"),
        ("peak", "i8"),
        ("expire_ns", "i8"),
        ("oco", "i8"),
        ("decision", "i8"),
        ("parent", "i8"),
        ("exit_stop_ppb", "i8"),
        ("exit_target_ppb", "i8"),
        ("exit_trail_ppb", "i8"),
        ("exit_max_bars", "i8"),
        ("born_step", "i8"),  # the step in which a child was born, -1 for commands
        ("crossed_row", "i8"),  # the row in which it arrived: its rest cannot fill again there
        ("clipped_step", "i8"),  # the last step in which it was held back
        ("part", "i8"),  # the entry fill an exit protects, by serial; -1 for none
        ("tick", "i8"),  # the rules it was accepted under
        ("lot", "i8"),
        ("met_step", "i8"),  # the last step it took part in
        ("tag", "i8"),
        ("previous", "i8"),
        ("next", "i8"),
        ("previous_here", "i8"),
        ("next_here", "i8"),
        ("next_dead", "i8"),
        ("instrument", "i8"),
        ("flags", "i8"),
        ("side", "i8"),
        ("type", "i8"),
        ("time_in_force", "i8"),
        ("reason", "i8"),
        ("met", "i8"),  # its first event is over
        ("tested", "i8"),  # minimum and cash were tested for the whole order
        ("rested", "i8"),  # a limit that did not cross at some event
        ("triggered", "i8"),
        ("shrunk", "i8"),  # the decision's shrink factor was taken
        ("min_notional", "i8"),  # of the rules it was accepted under
    ],
    align=True,
)

PART: Final = np.dtype(
    [
        ("serial", "i8"),
        ("instrument", "i8"),
        ("side", "i8"),  # of the entry
        ("quantity", "i8"),  # what is left of it
        ("entered_ns", "i8"),
        ("closes", "i8"),  # closes strictly after the entry fill
        ("max_bars", "i8"),
        ("parent", "i8"),
        ("tick", "i8"),
        ("lot", "i8"),
    ],
    align=True,
)

RULES: Final = np.dtype(
    [
        ("valid_from_ns", "i8"),
        ("instrument", "i8"),
        ("tick", "i8"),
        ("lot", "i8"),
        ("min_notional", "i8"),
        ("min_quantity", "i8"),
        ("max_quantity", "i8"),
    ],
    align=True,
)

FUNDING: Final = np.dtype([("ts_ns", "i8"), ("rate_ppb", "i8"), ("instrument", "i8")], align=True)

TIER: Final = np.dtype(
    [
        ("above", "i8"),  # notionals above this, up to the next tier's, need notional × rate - amount
        ("rate_ppb", "i8"),
        ("amount", "i8"),
    ],
    align=True,
)

RECENT: Final = np.dtype([("ts_ns", "i8"), ("quantity", "i8"), ("instrument", "i8"), ("side", "i8")], align=True)

WINDOW: Final = np.dtype(
    [
        ("seen_rows", "i8"),
        ("first_row", "i8"),  # the oldest row whose bar may still be inside the window
        ("bars", "i8"),
        ("volume", "i8"),
        ("squares", "f8"),
        ("last_close", "i8"),
    ],
    align=True,
)

COLUMN: Final = np.dtype(
    [
        # where an instrument's own arrays begin
        ("open_ns", "i8"),
        ("open", "i8"),
        ("close", "i8"),
        ("bars", "i8"),
        ("next", "i8"),  # the first bar that is not laid yet; not kept where every row has a bar
    ],
    align=True,
)

CLIENT: Final = np.dtype(
    [
        ("now_ns", "i8"),
        ("cash", "i8"),
        ("equity", "i8"),
        ("exposure", "i8"),
        ("initial_cash", "i8"),
        ("order_count", "i8"),
        ("fill_count", "i8"),
        ("account_event_count", "i8"),
        ("command_count", "i8"),
        ("plain_fills", "i8"),  # fills of a sweep's trial that left no log
        ("carried", "i8"),  # commands that this step carried out
        ("decision", "i8"),  # index of the decision being made, -1 before the first
        ("refused", "i8"),  # orders refused
        ("targets_refused", "i8"),
        ("targets_shrunk", "i8"),
        ("targets_unfilled", "i8"),
        ("fee", "i8"),
        ("spread_cost", "i8"),
        ("slippage_cost", "i8"),
        ("impact_cost", "i8"),
        ("turnover", "i8"),
        ("overflow", "i8"),
        ("next_rule", "i8"),  # the first dated rule that is not in force yet
    ],
    align=True,
)

POSITION: Final = np.dtype(
    [
        ("quantity", "i8"),  # quantity units, dust included
        ("last_price", "i8"),
        ("lot", "i8"),
        ("divisor", "i8"),
        ("perpetual", "i8"),
        ("basis", "i8"),  # what a perpetual's position cost, with its sign; 0 for spot
        ("acted", "f8"),  # the last target acted on
        ("standing", "f8"),  # the last target that was not NaN
        ("increase", "i8"),  # unfinished order that increases for the last decision, -1 for none
        ("reduction", "i8"),
        ("unmet", "i8"),  # 1 while the last decision has a refused, shrunk or unfilled order
        ("warmup", "i8"),  # the first decision at which orders may be sent
        ("decided_ns", "i8"),  # when the standing target was last decided
        ("exited_ns", "i8"),  # when a protective exit last filled
        ("blocked", "i8"),  # side on which nothing increases after a protective exit, 0 for none
        # trades from flat to flat
        ("trade_amount", "i8"),
        ("trade_open", "i8"),
        ("trades", "i8"),
        ("wins", "i8"),
        ("gross_profit", "i8"),
        ("gross_loss", "i8"),
        ("tick", "i8"),  # of the rules in force, as `lot`
    ],
    align=True,
)

LIMITS: Final = np.dtype(
    [
        # -1 where a limit is not set
        ("order_notional", "i8"),
        ("position_notional", "i8"),
        ("exposure", "i8"),
        ("open_orders", "i8"),
        ("daily_loss_ppb", "i8"),
        ("drawdown_ppb", "i8"),
        # what they have seen and done
        ("open_count", "i8"),
        ("day", "i8"),  # days since 1970 of the last mark
        ("day_equity", "i8"),  # equity at that day's start
        ("last_equity", "i8"),
        ("peak_equity", "i8"),
        ("day_latched", "i8"),
        ("drawdown_latched", "i8"),
        ("daily_losses", "i8"),  # on how many days the latch fell
        ("first_daily_loss_ns", "i8"),
        ("drawdown_ns", "i8"),
        ("amends_refused", "i8"),
    ],
    align=True,
)

LAYOUT: Final = int.from_bytes(
    hashlib.sha256(
        "|".join(
            str(dtype.fields)
            for dtype in (
                CONTEXT, VENUE, BOOK, SLOT, PART, RULES, RECENT, WINDOW, CLIENT, POSITION, LIMITS, FUNDING, TIER,
                COLUMN, records.ORDER, records.FILL, records.ACCOUNT_EVENT, records.COMMAND, records.REPORT,
            )
        ).encode()
    ).digest()[:7],
    "big",
)  # fmt: skip

# What `advance` returns, beside 0 for "done".
NEED_CAPACITY: Final = 1
STOPPED: Final = 2
WRONG_LAYOUT: Final = 3

# Bits of VENUE.warned.
WARNED_CAP_OFF: Final = code(1)

NONE: Final = code(-1)

IMPACT_NONE: Final = code(0)
IMPACT_LINEAR: Final = code(1)
IMPACT_SQRT: Final = code(2)
