"""Which series a file holds: what was asked for, what its rows say, and what its name and folders say.

Invariants: a flag wins over names and folders, never over rows; where two sources contradict each other, or none says
what must be known, the file is in doubt and nothing of it is taken; what is taken is told with its sources. The bar
length may be measured: it is the rows' most usual step, if every other step is a multiple of it.
A table with a column that names the exchange or the symbol (jesse's) may hold several series, each a part of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tickwright.adapters.storage.files.event_readings import fitting_kinds
from tickwright.adapters.storage.files.naming import (
    Claim,
    MarketKind,
    canonical_timeframe,
    claims_of_path,
    divisions,
    exchange_and_market,
    without_perpetual,
)
from tickwright.adapters.storage.files.readings import demand_candle_columns, has_candle_columns
from tickwright.adapters.storage.files.tardis_ticker import funding_of_ticker, is_ticker
from tickwright.adapters.storage.files.text_table import TextTable
from tickwright.adapters.storage.files.time_text import instants
from tickwright.domain.bars import SeriesKey, SeriesKind
from tickwright.domain.errors import FileInDoubt
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.row_layout import CANDLE_KINDS, EVENT_KINDS
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import SECOND

Said = TypeVar("Said")

_ROWS = "its rows"
_TARDIS_SPOT = frozenset({
    "ascendex", "binance", "binance-us", "bitfinex", "bitstamp", "bittrex", "bybit-spot", "coinbase", "crypto-com",
    "gate-io", "gemini", "huobi", "kraken", "kucoin", "mexc", "okex", "poloniex", "upbit",
})  # fmt: skip
"""Tardis' names of exchanges whose instruments are all spot; of others it must be said."""

_TIME_COLUMNS = ("timestamp", "open_time", "open time", "unix", "date", "datetime", "")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says about the files of an import; None where the files shall tell.

    The exchange inside `symbol` counts only where neither `exchange` nor the file says one.
    """

    exchange: str | None = None
    symbol: InstrumentId | None = None
    timeframe: Timeframe | None = None
    market: MarketKind | None = None


@dataclass(frozen=True, slots=True)
class IdentifiedTable:
    """The rows of one series, and by what it was recognised, as one sentence."""

    key: SeriesKey
    table: TextTable
    reading: str


def identified(table: TextTable, path: Path, wish: Wish) -> list[IdentifiedTable]:
    """The series of a table, in the order of their first rows.

    Raises `DataError` where the columns make neither candles nor events, and `FileInDoubt` where it is not certain
    whose they are. `path` is the file's, with the folders that may speak.
    """
    above = claims_of_path(path)
    kind = _kind(table, above, path, candles_meant=wish.timeframe is not None)
    parts = _parts(table)
    if len(parts) > 1 and wish.symbol is not None:
        raise _doubt(path, f"the rows are of {len(parts)} series and one symbol is named", "no --symbol for this file")
    return [_Reading(part, [claim, *above], kind, wish, path).outcome() for claim, part in parts]


def _kind(table: TextTable, claims: Sequence[Claim], path: Path, *, candles_meant: bool) -> SeriesKind:
    """The kind of series a table holds: what its name says where its columns can be that, else what they are.

    Where a timeframe was named, columns that make no candles are not taken for events: those have none.
    """
    named = next((claim.kind for claim in claims if claim.kind), None)
    fitting: list[SeriesKind] = ["funding"] if is_ticker(table) else fitting_kinds(table)
    if named in EVENT_KINDS and named in fitting:
        return named
    if has_candle_columns(table):
        return named if named in CANDLE_KINDS else "candles"
    if not fitting or candles_meant:
        demand_candle_columns(table, path)
    if len(fitting) != 1:
        raise _doubt(path, f"the rows may be {' or '.join(fitting)}", "rows of one kind", "Add --kind.")
    return fitting[0]


class _Reading:
    """One part of a file under judgement."""

    def __init__(self, table: TextTable, claims: Sequence[Claim], kind: SeriesKind, wish: Wish, path: Path) -> None:
        self._table, self._claims, self._kind, self._wish, self._path = table, claims, kind, wish, path
        self._sources: dict[str, list[str]] = {}

    def outcome(self) -> IdentifiedTable:
        exchange = self._exchange()
        base, quote = self._pair(exchange)
        market = self._market()
        instrument = InstrumentId(exchange, base, quote, quote if market == "perpetual" else "")
        if self._wish.symbol is not None:
            instrument = replace(self._wish.symbol, exchange=exchange)
        key = SeriesKey(instrument, self._timeframe() if self._kind in CANDLE_KINDS else None, self._kind)
        table = funding_of_ticker(self._table) if self._kind == "funding" and is_ticker(self._table) else self._table
        return IdentifiedTable(key, table, self._sentence())

    def _exchange(self) -> str:
        claims = [(claim.source, claim.exchange) for claim in self._claims]
        found = self._agreed("exchange", self._wish.exchange, "--exchange", claims)
        if found is None and self._wish.symbol is not None:
            self._told("exchange", "the settings")
            return self._wish.symbol.exchange
        if found is None:
            raise _doubt(self._path, "nothing says which exchange it is from", "an exchange", "Add --exchange NAME.")
        return found

    def _pair(self, exchange: str) -> tuple[str, str]:
        wished = self._wish.symbol
        named = None if wished is None else (wished.base, wished.quote)
        explicit = self._agreed("symbol", named, "--symbol", [(c.source, c.pair) for c in self._claims])
        compact = next(((c.source, c.compact) for c in self._claims if c.compact), None)
        if explicit is None and compact is None:
            hint = "Add --symbol BASE/QUOTE."
            raise _doubt(self._path, "nothing says which symbol it is", "BASE/QUOTE", hint)
        if compact is None:
            assert explicit is not None
            return explicit
        source, written = compact
        ways = divisions(written, exchange)
        if explicit is not None:
            other = "".join(explicit) != written.replace("-", "").replace("/", "")
            if other and (source == _ROWS or wished is None):
                raise _doubt(self._path, f"by {source} it is about {written}", "/".join(explicit))
            return explicit
        if len(ways) != 1:
            meant = " or ".join("/".join(way) for way in ways) or "no pair that is known"
            raise _doubt(self._path, f"{written} may be {meant}", "one reading", "Add --symbol BASE/QUOTE.")
        self._told("symbol", source)
        return ways[0]

    def _market(self) -> MarketKind | None:
        wished = self._wish.market
        if self._wish.symbol is not None:
            return "perpetual" if self._wish.symbol.settle else "spot"
        said: list[tuple[str, MarketKind | None]] = [(claim.source, claim.market) for claim in self._claims]
        found: MarketKind | None = self._agreed("market", wished, "--market", said)
        if found is None and any(claim.of_any_market for claim in self._claims):
            sentence = "nothing says whether it is spot or perpetual, and both have the same name"
            raise _doubt(self._path, sentence, "spot or perpetual", "Add --market spot or --market perpetual.")
        return found

    def _timeframe(self) -> Timeframe:
        named = None if self._wish.timeframe is None else self._wish.timeframe.name
        said = self._agreed("timeframe", named, "--timeframe", [(c.source, c.timeframe) for c in self._claims])
        if said is not None:
            return Timeframe.parse(said)
        measured = _step(self._table)
        if measured is None:
            sentence = "nothing says how long its candles are, and the rows have no even step"
            raise _doubt(self._path, sentence, "a bar length", "Add --timeframe such as 1h.")
        self._told("timeframe", "the step of its rows")
        return measured

    def _agreed(
        self, what: str, flag: Said | None, flag_name: str, claims: Iterable[tuple[str, Said | None]]
    ) -> Said | None:
        """What a flag, the rows, the name and the nearest folder say, if they agree; None where none says anything."""
        said = [(source, value) for source, value in claims if value is not None]
        rows = [(source, value) for source, value in said if source == _ROWS]
        speaking = [(flag_name, flag), *rows] if flag is not None else _near(said)
        for source, value in speaking[1:]:
            if value != speaking[0][1]:
                first = f"{speaking[0][0]} says {_shown(speaking[0][1])}"
                raise _doubt(self._path, f"{first}, {source} says {_shown(value)}", f"one {what}")
        if not speaking:
            return None
        if flag is None:
            self._told(what, speaking[0][0])
        return speaking[0][1]

    def _told(self, what: str, source: str) -> None:
        self._sources.setdefault(source, []).append(what)

    def _sentence(self) -> str:
        return ", ".join(f"{' and '.join(facts)} by {source}" for source, facts in self._sources.items())


def _near(said: list[tuple[str, Said]]) -> list[tuple[str, Said]]:
    """Rows and name, and of the folders the nearest that speaks."""
    folders = [one for one in said if one[0].startswith("the folder")]
    return [one for one in said if one not in folders] + folders[:1]


def _parts(table: TextTable) -> list[tuple[Claim, TextTable]]:
    """The rows of each series that the table itself tells apart, with what they say about it."""
    names = {name.lower(): name for name in table.columns}
    telling = [names[name] for name in ("exchange", "symbol", "timeframe", "ticker") if name in names]
    if not telling or not len(table.places):
        return [(Claim(_ROWS), table)]
    columns = [table.columns[name].cast(pa.string()) for name in telling]
    labels = pc.binary_join_element_wise(*columns, "\x1f")
    found = labels.unique().to_pylist()
    parts = []
    for label in found:
        said = dict(zip((name.lower() for name in telling), label.split("\x1f"), strict=True))
        rows = table if len(found) == 1 else table.where(pc.equal(labels, label))
        parts.append((_claim_of_rows(said, names), rows))
    return parts


def _claim_of_rows(said: dict[str, str], names: dict[str, str]) -> Claim:
    exchange, market = exchange_and_market(said.get("exchange", ""))
    symbol = (said.get("symbol") or said.get("ticker") or "").strip().upper()
    head, _, settle = symbol.partition(":")
    head, perpetual = without_perpetual(head)
    if settle or perpetual:
        market = "perpetual"
    timeframe = canonical_timeframe(said["timeframe"]) if said.get("timeframe") else None
    ways = divisions(head, exchange) if "-" in head or "/" in head else _by_volumes(head, names)
    pair = ways[0] if len(ways) == 1 else None
    return Claim(
        _ROWS,
        exchange,
        pair,
        head if head and pair is None else None,
        market,
        timeframe,
        of_any_market="local_timestamp" in names and said.get("exchange") not in _TARDIS_SPOT,
    )


def _by_volumes(compact: str, names: dict[str, str]) -> list[tuple[str, str]]:
    """The division of a symbol for which the table has a volume of the base and one of the quote asset."""
    assets = [name.removeprefix("volume ").upper() for name in names if name.startswith("volume ")]
    return [(base, quote) for base in assets for quote in assets if base + quote == compact]


def _step(table: TextTable) -> Timeframe | None:
    """The even step of a table's times, None where there is none of whole seconds."""
    name = next((name for wanted in _TIME_COLUMNS for name in table.columns if name.lower() == wanted), None)
    if name is None:
        return None
    times = instants(table.columns[name])
    steps = np.abs(np.diff(np.delete(times.ns, list(times.problems))))
    steps = steps[steps > 0]
    if not len(steps):
        return None
    usual = Counter(steps.tolist()).most_common(1)[0][0]
    even = usual % SECOND == 0 and usual // SECOND < 10**6 and not np.any(steps % usual)
    return Timeframe.parse(f"{usual // SECOND}s") if even else None


def _shown(value: object) -> str:
    return "/".join(value) if isinstance(value, tuple) else str(value)


def _doubt(path: Path, sentence: str, expected: str, hint: str = "") -> FileInDoubt:
    return FileInDoubt(sentence, where=str(path), expected=expected, hint=hint or "Nothing was stored.")
