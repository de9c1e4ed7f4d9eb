"""A series whose holes are filled from another exchange, beside the one it is made of.

Invariants: neither exchange's own series changes; the filled one is told from both by its name
(`binance_filled_from_kraken:BTC/USDT`) and holds every bar of the first as it is; only holes that a bar may be missing
in are filled, what nobody traded or was not listed stays a hole; where the first exchange has a bar after all, it wins,
and the other one's is kept as a former version. Made again, it is brought up to date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataMissing, UsageError
from tickwright.domain.gaps import merged
from tickwright.ingest.repair import REPAIRABLE
from tickwright.ports import MarketStore

FILLED = "_filled_from_"
"""What stands between the names of both exchanges in that of the filled series."""


@dataclass(frozen=True, slots=True)
class FilledSeries:
    """What was made: the series, the holes of the first exchange, bars taken from the second, bars still missing."""

    key: SeriesKey
    holes: int
    filled: int
    missing: int


def fill_from(store: MarketStore, key: SeriesKey, exchange: str) -> FilledSeries:
    """Make or bring up to date the series of `key` with its holes filled; raises `DataMissing` and `UsageError`."""
    instrument = key.instrument
    if key.timeframe is None or exchange == instrument.exchange:
        expected = f"candles, and another exchange than {instrument.exchange}"
        raise UsageError(f"{key} cannot be filled from {exchange}", where="--from", expected=expected)
    other = replace(key, instrument=replace(instrument, exchange=exchange))
    target = replace(key, instrument=replace(instrument, exchange=f"{instrument.exchange}{FILLED}{exchange}"))
    if store.coverage(other).rows == 0:
        raise DataMissing(
            f"no {other} are stored",
            where="--from",
            hint=f"`tickwright data fetch --symbol {other.instrument} --timeframe {other.timeframe}` fetches some.",
        )
    gaps = store.coverage(key).gaps
    filled = 0
    missing = merged((gap.start_ns, gap.end_ns) for gap in gaps if gap.kind in REPAIRABLE)
    for start, end in missing:
        part = replace(store.read(other, start, end), key=target)
        if len(part):
            filled += len(part)
            store.write(part, source=f"from {exchange}")
    store.write(replace(store.read(key), key=target), source=f"from {instrument.exchange}")
    left = store.coverage(target).gaps
    told = [
        gap for gap in gaps if gap in left or any(one.start_ns == gap.start_ns and one.bars == gap.bars for one in left)
    ]
    if told:
        store.explain(target, told)
    return FilledSeries(target, len(missing), filled, sum(gap.bars for gap in store.coverage(target).gaps))
