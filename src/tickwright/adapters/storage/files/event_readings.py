"""Which columns of a table make trades, quotes, funding rates or books: every known form, and no guess beyond them.

- trades: plain (timestamp, trade_id or id, price, quantity, amount or qty, and side or is_buyer_maker); Binance's
  archives of trades and of aggregate trades, with or without a header;
- quotes: plain (timestamp, bid, ask, bid_quantity, ask_quantity, and update_id if any); Binance's archive of best
  prices; Tardis' quotes, of which the time of arrival stands for the id that they lack;
- funding: plain (timestamp, rate or funding_rate, and mark if any); Binance's archive of funding rates; freqtrade's
  files of them (date, and open as the rate);
- book: plain (timestamp, update_id, side, price, quantity, snapshot).
Invariants: names are compared without case; a table that fits no form of the kind asked for is refused with what it
has and what is missing; trades without ids are refused, because nothing else makes a trade itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from tickwright.adapters.storage.files.text_table import TextTable
from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import DataError


@dataclass(frozen=True, slots=True)
class EventReading:
    """A table understood as events: its columns by the names of the layout, and the form's name.

    A column that the form does not have is missing here. `maker_flags` tells that `taker_buys` says whether the buyer
    was the maker instead.
    """

    columns: Mapping[str, pa.Array]
    form: str
    maker_flags: bool = False


@dataclass(frozen=True, slots=True)
class _Form:
    """The columns of a form by the names of the layout, in the file's words; `optional` ones may be missing."""

    name: str
    columns: Mapping[str, str]
    optional: tuple[str, ...] = ()
    maker_flags: bool = False

    def fits(self, names: Collection[str]) -> bool:
        """Whether a table with columns of these names, in lower case, has what the form needs."""
        return all(name in names for column, name in self.columns.items() if column not in self.optional)


def _trades(name: str, time: str, number: str, quantity: str, taker: str, *, maker_flags: bool) -> _Form:
    columns = {"ts_ns": time, "trade_id": number, "price": "price", "quantity": quantity, "taker_buys": taker}
    return _Form(name, columns, maker_flags=maker_flags)


_BEST_PRICES = {"bid": "best_bid_price", "ask": "best_ask_price"}
_BEST_QUANTITIES = {"bid_quantity": "best_bid_qty", "ask_quantity": "best_ask_qty"}
_TARDIS_QUOTE = {"bid": "bid_price", "ask": "ask_price", "bid_quantity": "bid_amount", "ask_quantity": "ask_amount"}
_QUOTE = ("bid", "ask", "bid_quantity", "ask_quantity")
_BOOK = ("update_id", "side", "price", "quantity", "snapshot")

_FORMS: dict[SeriesKind, tuple[_Form, ...]] = {
    "trades": (
        *(
            _trades("plain", "timestamp", number, quantity, "side", maker_flags=False)
            for number in ("trade_id", "id")
            for quantity in ("quantity", "amount", "qty")
        ),
        *(
            _trades("plain", "timestamp", number, quantity, "is_buyer_maker", maker_flags=True)
            for number in ("trade_id", "id")
            for quantity in ("quantity", "amount", "qty")
        ),
        _trades("Binance trades", "time", "id", "qty", "is_buyer_maker", maker_flags=True),
        _trades(
            "Binance aggregate trades", "transact_time", "agg_trade_id", "quantity", "is_buyer_maker", maker_flags=True
        ),
    ),
    "quotes": (
        _Form(
            "plain",
            {"ts_ns": "timestamp", "update_id": "update_id", **dict(zip(_QUOTE, _QUOTE, strict=True))},
            ("update_id",),
        ),
        _Form(
            "Binance best prices",
            {"ts_ns": "transaction_time", "update_id": "update_id", **_BEST_PRICES, **_BEST_QUANTITIES},
        ),
        _Form("Tardis quotes", {"ts_ns": "timestamp", "update_id": "local_timestamp", **_TARDIS_QUOTE}),
    ),
    "funding": (
        _Form("plain", {"ts_ns": "timestamp", "rate": "rate", "mark": "mark"}, ("mark",)),
        _Form("plain", {"ts_ns": "timestamp", "rate": "funding_rate", "mark": "mark"}, ("mark",)),
        _Form("Binance funding rates", {"ts_ns": "calc_time", "rate": "last_funding_rate"}),
        _Form("freqtrade funding rates", {"ts_ns": "date", "rate": "open"}),
    ),
    "book": (_Form("plain", {"ts_ns": "timestamp", **dict(zip(_BOOK, _BOOK, strict=True))}),),
}


def fitting_kinds(table: TextTable) -> list[SeriesKind]:
    """The kinds of events that a table's columns can be read as."""
    names = {name.lower() for name in table.columns}
    return [kind for kind, forms in _FORMS.items() if any(form.fits(names) for form in forms)]


def understood_events(table: TextTable, kind: SeriesKind, path: Path) -> EventReading:
    """The columns of a table that make events of a kind; raises `DataError` where no form fits."""
    names = {name.lower(): name for name in table.columns}
    for form in _FORMS[kind]:
        if form.fits(names):
            wanted = {column: name for column, name in form.columns.items() if name in names}
            columns = {column: table.columns[names[name]] for column, name in wanted.items()}
            return EventReading(columns, form.name, form.maker_flags)
    plain = _FORMS[kind][0]
    needed = [name for column, name in plain.columns.items() if column not in plain.optional]
    missing = ", ".join(name for name in needed if name not in names)
    raise DataError(
        f"no {kind} can be read from these columns: {', '.join(names)[:200]}",
        where=str(path),
        expected=f"also {missing}" if missing else f"columns of {kind}",
        hint="Nothing was stored.",
    )
