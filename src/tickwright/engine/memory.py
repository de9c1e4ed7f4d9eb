"""The memory of one run: NumPy owns every array, the kernel's context holds their addresses.

Invariants: arrays grow only between calls of the kernel; a memory is used by one thread at a time; the market's rows
are shared and read only.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tickwright.domain import records
from tickwright.domain.errors import DataError
from tickwright.domain.limits import NO_LIMITS, RiskLimits
from tickwright.domain.warm_arrays import warm_empty, warm_zeros
from tickwright.engine.decisions import DISTANCES, Decisions, ExitDistances
from tickwright.engine.rows import MarketRows
from tickwright.engine.terms import cost_numbers, limits_record, rules_of, tiers_of, write_margin, write_terms
from tickwright.indicators.decimal_units import LARGEST_FACTOR, LARGEST_TOLD
from tickwright.kernel import layout
from tickwright.kernel.advance import advance, end_of_data
from tickwright.kernel.curve import BLOCK_ROOM
from tickwright.kernel.drawing import draw_curve
from tickwright.kernel.jumping import jump
from tickwright.kernel.marking import CELLS
from tickwright.kernel.open_step import TRADES
from tickwright.kernel.panel import SCRATCH, run_panel
from tickwright.kernel.statistics import extend_statistics
from tickwright.kernel.switchboard import raise_failure, switchboard

Array = npt.NDArray[Any]
_GROWING: Final = {
    "orders": ("order_capacity", records.ORDER),
    "slot_of_order": ("order_capacity", np.dtype(np.int64)),
    "open_orders": ("order_capacity", np.dtype(np.int64)),
    "slots": ("slot_capacity", layout.SLOT),
    "fills": ("fill_capacity", records.FILL),
    "recent": ("recent_capacity", layout.RECENT),
    "parts": ("part_capacity", layout.PART),
    "account_events": ("account_event_capacity", records.ACCOUNT_EVENT),
    "travelling": ("travelling_capacity", records.COMMAND),
    "arrives_ns": ("travelling_capacity", np.dtype(np.int64)),
}
_LOGS: Final = ("orders", "slot_of_order", "open_orders", "fills", "recent")
_LARGEST_RESERVE: Final = 100_000
_RESERVE_OF_EACH: Final = 5_000  # further instrument
MOST_COMMANDS: Final = 1024
_TILE_ROWS: Final = 512  # of fifty instruments 200 kB of closes: they stay in the second nearest cache
CURVE: Final = ("equity", "exposure", "cash_curve")


@cache
def structure_of(dtype: np.dtype[Any]) -> type[ctypes.Structure]:
    """A `ctypes.Structure` with the fields of a record layout at the same offsets."""
    kinds = {"i8": ctypes.c_int64, "f8": ctypes.c_double, "i4": ctypes.c_int32, "i1": ctypes.c_int8}
    fields = [(name, kinds[dtype[name].str[1:]]) for name in dtype.names or ()]
    structure = type("View", (ctypes.Structure,), {"_fields_": fields})
    offsets: dict[str, Any] = dict(dtype.fields or {})
    assert all(getattr(structure, name).offset == offsets[name][1] for name, _ in fields)
    return structure


class Memory:
    """Both halves of one run over a market, with the kernel's calls on them."""

    def __init__(self, rows: MarketRows, cash: int, *, limits: RiskLimits = NO_LIMITS, linked: bool = True) -> None:
        self.rows, self.limits = rows, limits
        self.arrays: dict[str, Array] = {}
        self.context = np.zeros(1, layout.CONTEXT)
        self.address = int(self.context.ctypes.data)
        self._context: Any = structure_of(layout.CONTEXT).from_buffer(self.context.data)
        self.initial_cash = cash
        self.jumped = False
        self.shown_from = 0
        self.looks_back = rows.uses_statistics  # whether the trailing window is kept here
        self._set(address=self.address, **{name: pointer for name, (pointer, _) in switchboard().items()})
        self._set(
            layout=layout.LAYOUT,
            linked=int(linked),
            instruments=rows.instruments,
            rows=len(rows.open_ns),
            first_row=rows.first_row,
        )
        self._bind_market()
        self._set(**cost_numbers(self.rows))
        self._bind_perpetuals()
        self._bind_rules()
        if limits.any_set:
            self.bind("limits", limits_record(limits, cash))
        self._bind_halves(max(MOST_COMMANDS, 8 * rows.instruments))
        self._begin()

    # ---- building

    def bind(self, name: str, array: Array) -> Array:
        """Keep an array alive and tell the kernel where it is."""
        assert array.flags.c_contiguous
        self.arrays[name] = array
        setattr(self._context, name, array.ctypes.data if array.size else 0)
        return array

    def records_over(self, name: str, dtype: np.dtype[Any]) -> Any:
        """The records of an array as ctypes structures: fields read and written as plain attributes."""
        array = self.arrays[name]
        return (structure_of(dtype) * len(array)).from_buffer(array.data)

    def _set(self, **values: float) -> None:
        for name, value in values.items():
            setattr(self._context, name, value)

    def _bind_market(self) -> None:
        rows = self.rows
        for name in (
            "open_ns", "presence", "open", "high", "low", "close", "volume", "open_budget", "sigma", "daily_volume",
            "decision_of_row", "decision_presence", "mark_open", "mark_high", "mark_low", "mark_close",
        ):  # fmt: skip
            self.bind(name, getattr(rows, name))
        self._set(timeframe_ns=rows.row_ns, statistics=int(rows.uses_statistics), decisions=rows.decisions)

    def _bind_perpetuals(self) -> None:
        """Funding, and the maintenance tiers of all perpetuals one after the other."""
        rows, market = self.rows, self.rows.market
        perpetual = [instrument for instrument in market.instruments if instrument.kind == "perpetual"]
        tiers = [tiers_of(instrument) for instrument in perpetual]
        self._tier_ends = np.cumsum([0, *map(len, tiers)])
        self.bind("tiers", np.concatenate(tiers) if tiers else np.zeros(0, layout.TIER))
        self.bind("funding", rows.funding)
        bars = np.searchsorted(rows.open_ns, rows.funding["ts_ns"], "right")
        self._set(
            perpetuals=len(perpetual),
            tier_count=int(self._tier_ends[-1]),
            funding_count=rows.funding_count,
            funding_capacity=len(rows.funding),
            most_funding=int(np.bincount(bars).max(initial=0)),
            maintenance_at_entry=int(rows.costs.maintenance_at == "entry"),
        )

    def _bind_halves(self, most_commands: int) -> None:
        count = self.rows.instruments
        self.bind("venue", np.zeros(1, layout.VENUE))
        self.bind("client", np.zeros(1, layout.CLIENT))
        self.bind("books", np.zeros(count, layout.BOOK))
        self.bind("positions", np.zeros(count, layout.POSITION))
        self.bind("windows", np.zeros(count, layout.WINDOW))
        self.bind("report", np.zeros(1, records.REPORT))
        self.bind("commands", np.zeros(most_commands, records.COMMAND))
        self.bind("reports", np.zeros(1, records.REPORT))
        self._set(command_capacity=most_commands, report_capacity=1)
        for name, (capacity, dtype) in _GROWING.items():
            size = 4 * (most_commands + 4 * count + 16)
            if name in _LOGS:  # reserved, and taken from the machine only when written
                size += min(self.rows.decisions * count, _LARGEST_RESERVE + _RESERVE_OF_EACH * (count - 1))
            if capacity == "travelling_capacity" and not self.context[0]["wait_ns"]:
                size = 0
            self.bind(name, warm_empty(size, dtype))
            self._set(**{capacity: size})
        self.venue: Any = self.records_over("venue", layout.VENUE)[0]
        self.client: Any = self.records_over("client", layout.CLIENT)[0]
        self.positions = self.records_over("positions", layout.POSITION)

    def reset(self) -> None:
        """Both halves as before the first row: cash, no position, no order."""
        for place, pristine, size in self._pristine:
            ctypes.memmove(place, pristine, size)

    def _begin(self) -> None:
        """Write both halves as they are before the first row, and keep a copy to go back to."""
        venue, client = self.arrays["venue"][0], self.arrays["client"][0]
        self.arrays["venue"][:], self.arrays["client"][:] = 0, 0
        venue["step"], venue["cash"] = 2 * self.rows.first_row, self.initial_cash
        for name in ("head", "tail", "free_slot", "dead"):
            venue[name] = layout.NONE
        client["cash"] = client["equity"] = client["initial_cash"] = self.initial_cash
        client["decision"] = layout.NONE
        books, positions = self.arrays["books"], self.arrays["positions"]
        books[:], positions[:] = 0, 0
        for name in ("head", "tail", "budget_row"):
            books[name] = layout.NONE
        for name in ("increase", "reduction"):
            positions[name] = layout.NONE
        positions["standing"] = np.nan
        for place, rules in enumerate(self._rules):
            self._set_terms(place)
            for name in ("tick", "lot", "min_notional", "min_quantity", "max_quantity"):
                books[name][place] = rules[0][name]
            positions["tick"][place], positions["lot"][place] = rules[0]["tick"], rules[0]["lot"]
        mutable = ("venue", "client", "books", "positions", *(("limits",) if self.limits.any_set else ()))
        self._copies = [self.arrays[name].copy() for name in mutable]
        self._pristine = [
            (self.arrays[name].ctypes.data, copy.ctypes.data, copy.nbytes)
            for name, copy in zip(mutable, self._copies, strict=True)
        ]

    def _bind_rules(self) -> None:
        """The rules in force at the start per instrument, and all later ones in order of time."""
        self._rules = [rules_of(self.rows, place) for place in range(self.rows.instruments)]
        later = np.concatenate([np.zeros(0, layout.RULES), *(rules[1:] for rules in self._rules if len(rules) > 1)])
        self.bind("rules", later[np.lexsort((later["instrument"], later["valid_from_ns"]))])
        self._set(rule_count=len(later))

    def _set_terms(self, place: int) -> None:
        book, positions = self.arrays["books"][place], self.arrays["positions"]
        write_terms(book, self.rows, place)
        positions["divisor"][place] = book["divisor"]
        if self.rows.market.instruments[place].kind == "perpetual":
            write_margin(book, self.rows.market, place, self._tier_ends)
            positions["perpetual"][place] = 1

    def want(self, decisions: Decisions) -> None:
        """Let arrays of targets decide."""
        self.bind("wanted", np.ascontiguousarray(decisions.wanted.reshape(-1)))
        self.bind("acts", np.ascontiguousarray(decisions.acts.reshape(-1)))
        policy = decisions.policy
        self._set(
            on_change=int(policy.period is None), band=policy.band, retry=int(policy.retry),
            share_of_equity=int(decisions.share_of_equity), signal=0,
        )  # fmt: skip
        self._bear(decisions.exits)

    def want_alone(self, targets: Array, *, is_signal: bool, exits: ExitDistances | None, logged: bool) -> None:
        """Let one instrument's targets decide whenever their value changes: true and false, or numbers.

        `logged` runs leave orders and fills; others count them.
        """
        self.bind("signal" if is_signal else "wanted", targets)
        other = {"wanted" if is_signal else "signal": 0}
        self._set(**other, acts=0, on_change=1, band=0.0, retry=0, share_of_equity=0, logged=int(logged))
        self._bear(exits)

    def _bear(self, exits: ExitDistances | None) -> None:
        """Let every increase of a target bear these exits."""
        self._set(exits=int(exits is not None))
        if exits is None:
            return
        for name in DISTANCES:
            self.bind(f"exit_{name}", getattr(exits, name).reshape(-1))
        self._set(
            exits_alike=int(exits.stop.size == 1), exit_max_bars=exits.max_bars,
            reenter_next_bar=int(exits.reenter_next_bar), exits_by_mark=int(exits.by_mark),
        )  # fmt: skip

    def wake_at(self, wake: Array, *, on_fill: bool) -> None:
        """At which decisions the bell rings, and whether also on fills at an OPEN."""
        self.bind("wake", np.ascontiguousarray(wake, np.uint8))
        self._set(wake_on_fill=int(on_fill), highest_close=self.rows.highest_close)

    # ---- a market larger than memory

    def show(self, cells: Mapping[str, Array], first: int) -> None:
        """Let the kernel read arrays that begin at a row, each value under its own number.

        `decision_presence` begins at the row's decision, or at the first one for a row before it.
        """
        self.shown_from = first
        for name, array in cells.items():
            number = self.rows.decisions_before(first) if name == "decision_presence" else first
            self._bind_from(name, array, number * self.rows.instruments)

    def show_decisions(self, tables: Mapping[str, Array], first: int) -> None:
        """The same for tables of decisions × instruments that begin at a decision."""
        for name, table in tables.items():
            self._bind_from(name, table, first * self.rows.instruments)

    def oldest_row_needed(self) -> int:
        """The first row that the trailing window may still look at."""
        return int(self.arrays["windows"]["first_row"].min()) if self.looks_back else len(self.rows.open_ns)

    def _bind_from(self, name: str, array: Array, index: int) -> None:
        """Keep an array alive and bind it as if it began `index` elements earlier: what lies there is never read."""
        self.arrays[name] = array
        self.context[0][name] = array.ctypes.data - index * array.itemsize

    def hang(self, bell_address: int) -> None:
        """Give the kernel the C function it calls."""
        self._set(callback=bell_address)

    # ---- running

    def owe_funding(self, ts_ns: int, place: int, rate_ppb: int) -> None:
        """Let a payment of funding fall due that was not known before."""
        count = int(self.context[0]["funding_count"])
        self.arrays["funding"][count] = (ts_ns, rate_ppb, place)
        self._set(funding_count=count + 1)

    def prepare_statistics(self, until: int | None = None) -> None:
        """Compute volume and volatility of the rows before `until` (all by default)."""
        if self.looks_back:
            self._answer(extend_statistics(self.address, len(self.rows.open_ns) if until is None else until))

    def advance(self, until: int) -> bool:
        """Run the steps before `until`, growing arrays as needed; True when a callback asked to stop."""
        self.begin_curve()
        while True:
            answer = self._answer(advance(self.address, until))
            if answer != layout.NEED_CAPACITY:
                return answer == layout.STOPPED
            self.grow()

    def begin_curve(self) -> None:
        """Make room for the curve before the first of it is written: runs that jump leave none."""
        for name in CURVE:
            if name not in self.arrays:
                self.bind(name, warm_zeros(self.rows.decisions, np.int64))

    def jump(self, curve: Array | None = None) -> None:
        """Run one instrument's targets to the end, from event to event; statistics go to a `CURVE` record."""
        statistics = 0 if curve is None else curve.ctypes.data
        self.jumped = True
        if curve is not None and "scratch" not in self.arrays:
            self.bind("scratch", np.empty(BLOCK_ROOM, np.int64))
            self._set(highest_close=self.rows.highest_close)
        while self._answer(jump(self.address, statistics)) == layout.NEED_CAPACITY:
            self.grow()

    def run_panel(self) -> None:
        """Run the wanted targets of spot instruments to the end, from change to change."""
        count = self.rows.instruments
        self.bind("scratch", np.zeros(SCRATCH * count + CELLS + 1, np.int64))
        self._set(logged=1, holes=int(self.rows.has_holes))
        if self.rows.in_columns:
            self._bind_columns()
        else:
            self.bind("highest_closes", self.rows.highest_closes)
        self.begin_curve()
        while self._answer(run_panel(self.address, 0)) == layout.NEED_CAPACITY:
            self.grow()

    def _bind_columns(self) -> None:
        """Let the kernel lay the instruments' columns side by side, a tile at a time."""
        count, rows = self.rows.instruments, min(_TILE_ROWS, max(2, self.rows.decisions))
        columns, self._kept_columns = self.rows.columns()
        self.bind("columns", columns)
        self.bind("highest_closes", np.zeros(count, np.int64))
        self.bind("tile_presence", np.full(rows * count, TRADES, np.uint8))
        for name in ("tile_open", "tile_close"):
            self.bind(name, np.empty(rows * count, np.int64))
        self._set(tile_rows=rows, tile_end=0)
        floats, factors = self.rows.market.known_panel("close"), 10.0 ** np.array(self.rows.market.price_scales)
        if floats is not None and floats.highest.max() <= LARGEST_TOLD and factors.max() <= LARGEST_FACTOR:
            self.bind("float_closes", floats.values)
            self.bind("close_factors", factors)
            self.bind("highest_closes", floats.highest)

    def draw_curve(self) -> tuple[Array, ...]:
        """The curve of a run that jumped: written from its fills."""
        self.begin_curve()
        self._set(highest_close=self.rows.highest_close)
        draw_curve(self.address, 0)
        return self.curve()

    def curve(self) -> tuple[Array, ...]:
        """Instants, equity, exposure and cash after every decision."""
        return self.rows.decision_ns, *(self.arrays[name] for name in CURVE)

    def call(self, step: Callable[[int, int], int], argument: int) -> int:
        """One step of a half that has its memory for itself, with its answer."""
        answer = int(step(self.address, argument))
        raise_failure()
        return answer

    def call_with_room(self, step: Callable[[int, int], int], argument: int) -> None:
        """The same for a step that says when it lacks room: then arrays grow."""
        while self._answer(step(self.address, argument)) == layout.NEED_CAPACITY:
            self.grow()

    def hold_reports(self, count: int) -> None:
        """Make the ring of reports hold so many, keeping none."""
        if count > len(self.arrays["reports"]):
            self._set(report_capacity=2 * count)
            self.bind("reports", np.zeros(2 * count, records.REPORT))

    def put_reports(self, reports: Array) -> None:
        """Put what another half said into the ring."""
        self.hold_reports(len(reports))
        self.arrays["reports"][: len(reports)] = reports

    @property
    def decided_by_arrays(self) -> bool:
        """Whether targets in arrays decide, and no callback."""
        return bool(self.context[0]["wanted"] or self.context[0]["signal"])

    @property
    def wakes_on_fill(self) -> bool:
        """Whether fills wake a strategy where no bar closes."""
        return bool(self.context[0]["wake_on_fill"])

    def finish(self) -> None:
        """End the orders that still work: the data is over."""
        self._answer(end_of_data(self.address, 0))

    def grow(self) -> None:
        """Give every growing array that is half full twice the room; all of them where none is."""
        counts = self._counts()
        used = [name for name in _GROWING if len(self.arrays[name])]
        full = [name for name in used if 2 * counts[name] >= len(self.arrays[name])] or used
        for name in full:
            capacity, old = _GROWING[name][0], self.arrays[name]
            new = warm_empty(2 * len(old), old.dtype)
            new[: counts[name]] = old[: counts[name]]
            self.bind(name, new)
            self._set(**{capacity: len(new)})

    def _counts(self) -> dict[str, int]:
        """How many places of each growing array are in use."""
        venue, client = self.venue, self.client
        orders = max(client.order_count, venue.next_order)
        return {
            "orders": orders, "slot_of_order": orders, "open_orders": orders, "slots": venue.used_slots,
            "fills": client.fill_count, "recent": venue.recent_end, "parts": venue.part_count,
            "account_events": client.account_event_count, "travelling": venue.travel_end,
            "arrives_ns": venue.travel_end,
        }  # fmt: skip

    def _answer(self, answer: int) -> int:
        raise_failure()
        if answer == layout.WRONG_LAYOUT:
            raise DataError(
                "compiled code and record layouts differ", where="kernel", hint="Delete the compiler's cache."
            )
        return answer
