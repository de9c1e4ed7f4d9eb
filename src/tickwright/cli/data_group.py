"""The group of commands about market data, and the options that several of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from tickwright.cli.frame import group_app

if TYPE_CHECKING:
    from tickwright.bootstrap.stored_data import SeriesChoice
    from tickwright.domain.bars import SeriesKey, SeriesKind

app = group_app("Fetch, import, export and examine market data.")

Kind = Annotated[
    str | None,
    Option("--kind", help="candles, mark, index, trades, quotes, funding or book."),
]
Url = Annotated[str | None, Option("--url", help="Another address of the exchange, such as a sandbox's.")]


def chosen(exchange: str, symbols: list[str] | None, timeframe: str | None, kind: str | None) -> SeriesChoice:
    """Which stored series a command is about; raises `UsageError`."""
    from tickwright.bootstrap.stored_data import SeriesChoice

    return SeriesChoice.of(exchange, tuple(symbols or ()), timeframe, None if kind is None else kind_named(kind))


def one_series(symbol: str | None, exchange: str, timeframe: str | None, kind: str | None) -> SeriesKey:
    """The one series a command is about, of candles where no kind is named; raises `UsageError`."""
    from tickwright.domain.bars import SeriesKey
    from tickwright.domain.errors import UsageError
    from tickwright.domain.instrument import InstrumentId
    from tickwright.domain.row_layout import EVENT_KINDS
    from tickwright.domain.timeframe import Timeframe

    named = kind_named(kind or "candles")
    if symbol is None:
        raise UsageError("no symbol is named", where="--symbol", expected="BASE/QUOTE such as BTC/USDT")
    identity = InstrumentId.parse(symbol, exchange=exchange, where="--symbol")
    if named in EVENT_KINDS:
        if timeframe is not None:
            raise UsageError(f"{named} have no timeframe", where="--timeframe", expected="no --timeframe")
        return SeriesKey(identity, None, named)
    if timeframe is None:
        raise UsageError("no timeframe is named", where="--timeframe", expected="a bar length such as 1h")
    return SeriesKey(identity, Timeframe.parse(timeframe, where="--timeframe"), named)


def kind_named(text: str) -> SeriesKind:
    """The kind of series a word means; raises `UsageError`."""
    from tickwright.domain.errors import UsageError
    from tickwright.domain.row_layout import CANDLE_KINDS, EVENT_KINDS
    from tickwright.domain.spelling import did_you_mean

    kinds = (*CANDLE_KINDS, *EVENT_KINDS)
    found = next((kind for kind in kinds if kind == text.strip().lower()), None)
    if found is None:
        hint = did_you_mean(text, list(kinds))
        raise UsageError(f"{text!r} is not a kind of data", where="--kind", expected=", ".join(kinds), hint=hint)
    return found
