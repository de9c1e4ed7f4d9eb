"""The kernel's records, reached from the context by address and place.

Invariants: a view owns nothing and sees what is there now; a place is not checked, whoever asks has bounded it.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain import records
from tickwright.kernel.layout import (
    BOOK,
    CLIENT,
    COLUMN,
    CONTEXT,
    FUNDING,
    LIMITS,
    PART,
    POSITION,
    RECENT,
    RULES,
    SLOT,
    TIER,
    VENUE,
    WINDOW,
    Record,
)
from tickwright.machine_code.compilation import rule
from tickwright.machine_code.views import call_entry, view_of

view_context = view_of(CONTEXT)
_view_venue = view_of(VENUE)
_view_book = view_of(BOOK)
_view_slot = view_of(SLOT)
_view_recent = view_of(RECENT)
_view_part = view_of(PART)
_view_rules = view_of(RULES)
_view_window = view_of(WINDOW)
_view_client = view_of(CLIENT)
_view_position = view_of(POSITION)
_view_limits = view_of(LIMITS)
_view_funding = view_of(FUNDING)
_view_tier = view_of(TIER)
_view_column = view_of(COLUMN)
_view_order = view_of(records.ORDER)
_view_fill = view_of(records.FILL)
_view_account_event = view_of(records.ACCOUNT_EVENT)
_view_command = view_of(records.COMMAND)
_view_report = view_of(records.REPORT)
view_int64 = view_of(np.dtype(np.int64))
view_float64 = view_of(np.dtype(np.float64))
view_uint8 = view_of(np.dtype(np.uint8))


@rule
def call_rule(context: Record, pointer: int, argument: int) -> int:
    """Call a rule of the switchboard."""
    return call_entry(pointer, context["address"], argument)


@rule
def venue_of(context: Record) -> Record:
    """The venue half's own record."""
    return _view_venue(context["venue"], 1)[0]


@rule
def book_of(context: Record, instrument: int) -> Record:
    """The venue's record of an instrument: rules in force, account, volume used."""
    return _view_book(context["books"], context["instruments"])[instrument]


@rule
def slot_at(context: Record, place: int) -> Record:
    """A working order."""
    return _view_slot(context["slots"], context["slot_capacity"])[place]


@rule
def part_at(context: Record, place: int) -> Record:
    """What is left of an entry fill that bears exits; oldest first."""
    return _view_part(context["parts"], context["part_capacity"])[place]


@rule
def rules_at(context: Record, place: int) -> Record:
    """Dated rules of an instrument."""
    return _view_rules(context["rules"], context["rule_count"])[place]


@rule
def funding_at(context: Record, place: int) -> Record:
    """A funding payment that falls due."""
    return _view_funding(context["funding"], context["funding_capacity"])[place]


@rule
def tier_at(context: Record, place: int) -> Record:
    """A tier of maintenance margin."""
    return _view_tier(context["tiers"], context["tier_count"])[place]


@rule
def column_of(context: Record, instrument: int) -> Record:
    """Where an instrument's candles lie."""
    return _view_column(context["columns"], context["instruments"])[instrument]


@rule
def recent_at(context: Record, place: int) -> Record:
    """One of our taker trades inside the decay window."""
    return _view_recent(context["recent"], context["recent_capacity"])[place]


@rule
def window_of(context: Record, instrument: int) -> Record:
    """The state of the fold behind volume and volatility."""
    return _view_window(context["windows"], context["instruments"])[instrument]


@rule
def client_of(context: Record) -> Record:
    """The client half's own record."""
    return _view_client(context["client"], 1)[0]


@rule
def position_of(context: Record, instrument: int) -> Record:
    """The client's record of an instrument."""
    return _view_position(context["positions"], context["instruments"])[instrument]


@rule
def limits_of(context: Record) -> Record:
    """Our own limits and what they have seen; only where one is set."""
    return _view_limits(context["limits"], 1)[0]


@rule
def order_at(context: Record, order_id: int) -> Record:
    """The client's record of an order."""
    return _view_order(context["orders"], context["order_capacity"])[order_id]


@rule
def fill_at(context: Record, place: int) -> Record:
    """One of the client's fills."""
    return _view_fill(context["fills"], context["fill_capacity"])[place]


@rule
def account_event_at(context: Record, place: int) -> Record:
    """One of the client's account events."""
    return _view_account_event(context["account_events"], context["account_event_capacity"])[place]


@rule
def command_at(context: Record, place: int) -> Record:
    """A place of the command ring."""
    return _view_command(context["commands"], context["command_capacity"])[place]


@rule
def travelling_at(context: Record, place: int) -> Record:
    """A command on its way to the venue."""
    return _view_command(context["travelling"], context["travelling_capacity"])[place]


@rule
def report_of(context: Record) -> Record:
    """The report the venue is writing."""
    return _view_report(context["report"], 1)[0]


@rule
def waiting_report(context: Record, place: int) -> Record:
    """A place of the report ring, used while the halves are apart."""
    return _view_report(context["reports"], context["report_capacity"])[place]
