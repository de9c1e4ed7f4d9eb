"""What a fetch is asked for: flags, the settings and a strategy's needs as series and ranges per exchange.

Invariants: a flag wins over what `--for` names, that over the settings; every wish is of one exchange, at the address
the settings or the flag give it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tickwright.bootstrap.project import Project
from tickwright.bootstrap.strategies import find_strategy
from tickwright.domain.bars import SeriesKey, SeriesKind
from tickwright.domain.errors import UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.row_layout import CANDLE_KINDS
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.settings import Settings
from tickwright.settings.units import read_span


@dataclass(frozen=True)
class FetchWish:
    """Series of one exchange, kind and timeframe (None for events) to bring up to date.

    `join_former` begins candles under the instruments' former names.
    """

    instruments: tuple[InstrumentId, ...]
    timeframe: Timeframe | None
    start_ns: int | None
    end_ns: int | None
    url: str | None
    kind: SeriesKind = "candles"
    join_former: bool = False

    @property
    def exchange(self) -> str:
        """The exchange all of them are of."""
        return self.instruments[0].exchange

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        """The series that are wanted."""
        return tuple(SeriesKey(identity, self.timeframe, self.kind) for identity in self.instruments)


def fetch_wishes(
    project: Project,
    settings: Settings,
    for_strategy: str | None,
    exchanges: Sequence[str],
    symbols: Sequence[str],
    timeframes: Sequence[str],
    kinds: Sequence[SeriesKind],
    start: str | None,
    end: str | None,
    last: str | None,
    url: str | None,
    *,
    join_former: bool = False,
) -> list[FetchWish]:
    """One wish per exchange, kind and timeframe; raises `UsageError` where nothing says which symbols.

    A symbol that names no exchange is wanted of every exchange that is named. Without kinds candles are wanted, and of
    contracts that a strategy trades mark prices and funding rates, too.
    """
    instance = settings.strategies.get(for_strategy) if for_strategy else None
    strategy = find_strategy(project.home, instance.use if instance else for_strategy) if for_strategy else None
    venues = exchanges or ((instance.exchange if instance else None) or settings.defaults.exchange,)
    named = symbols or (instance.symbols if instance else ()) or settings.defaults.symbols
    if not named:
        raise UsageError(
            "no symbol is named",
            where="--symbol",
            expected="BASE/QUOTE such as BTC/USDT",
            hint="Repeat it for several.",
        )
    frame = (instance.timeframe if instance else None) or (strategy.timeframe if strategy else None)
    chosen = [
        Timeframe.parse(name, where="--timeframe") for name in timeframes or (frame or settings.defaults.timeframe,)
    ]
    start_ns, end_ns = fetch_range(settings, start, end, last)
    identities = sorted(
        {InstrumentId.parse(symbol, exchange=venue, where="--symbol") for symbol in named for venue in venues}
    )
    groups = [(name, tuple(group)) for name, group in groupby(identities, key=lambda identity: identity.exchange)]
    if url is not None and len(groups) > 1:
        names = ", ".join(name for name, _ in groups)
        raise UsageError(
            f"the symbols are of {names}", where="--url", expected="symbols of one exchange",
            hint="The address of each can be set: exchanges.NAME.url.",
        )  # fmt: skip
    return [
        FetchWish(instruments, timeframe, start_ns, end_ns, url or settings.exchange(name).url, kind, join_former)
        for name, group in groups
        for kind, instruments in _wanted(kinds, group, for_strategy is not None)
        for timeframe in (dict.fromkeys(chosen) if kind in CANDLE_KINDS else (None,))
    ]


def _wanted(
    kinds: Sequence[SeriesKind], group: tuple[InstrumentId, ...], of_strategy: bool
) -> list[tuple[SeriesKind, tuple[InstrumentId, ...]]]:
    """The kinds that are named, else candles; of contracts that a strategy trades also what a run of them needs."""
    if kinds:
        return [(kind, group) for kind in dict.fromkeys(kinds)]
    contracts = tuple(identity for identity in group if identity.settle) if of_strategy else ()
    needed: tuple[SeriesKind, ...] = ("mark", "funding") if contracts else ()
    return [("candles", group), *((kind, contracts) for kind in needed)]


def fetch_range(
    settings: Settings, start: str | None, end: str | None, last: str | None
) -> tuple[int | None, int | None]:
    """(start, end) in UTC nanoseconds, None where the store and the clock decide; raises `UsageError`."""
    if last and start:
        raise UsageError("--last and --start say the same thing", where="command line", expected="one of the two")
    start = start or (None if last else settings.defaults.start)
    end = end or settings.defaults.end
    start_ns = None if start is None else parse_instant(start, where="--start")
    end_ns = None if end is None else parse_instant(end, inclusive_end=True, where="--end")
    if last:
        start_ns = (time.time_ns() if end_ns is None else end_ns) - read_last(last)
    if start_ns is not None and end_ns is not None and start_ns >= end_ns:
        raise UsageError(f"the range {start} … {end} is empty", where="--end", expected="an end after the start")
    return start_ns, end_ns


def read_last(text: str) -> int:
    """The span of `--last` in nanoseconds; raises `UsageError`."""
    try:
        span_ns = read_span(text)
    except ValueError as expectation:
        raise UsageError(f"{text!r} is not a span of time", where="--last", expected=str(expectation)) from None
    if not span_ns:
        raise UsageError(f"{text!r} is no time at all", where="--last", expected="a span above 0, such as 90d")
    return span_ns
