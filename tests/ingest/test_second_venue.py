"""A series filled from another exchange stands beside both, and says where each bar is from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tickwright.domain.bars import Bars
from tickwright.domain.errors import DataMissing, UsageError
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.instrument import InstrumentId
from tickwright.ingest.second_venue import fill_from

KRAKEN = InstrumentId.parse("kraken:BTC/USDT")


def elsewhere(bars: Bars, shift: int = 7) -> Bars:
    """The same bars as another exchange had them."""
    moved = {name: getattr(bars, name) + shift for name in ("open", "high", "low", "close", "volume")}
    return replace(bars, key=replace(bars.key, instrument=KRAKEN), **moved)


def test_holes_are_filled_and_both_exchanges_stay_as_they_are(bench) -> None:
    whole = bench.series(0, 100)
    torn = bench.series(0, 100, without=[*range(40, 60), 80])
    bench.lake.write(torn)
    bench.lake.write(elsewhere(whole))
    made = fill_from(bench.lake, torn.key, "kraken")
    assert (str(made.key), made.holes, made.filled, made.missing) == (
        "binance_filled_from_kraken:BTC/USDT candles 1h", 2, 21, 0
    )  # fmt: skip
    filled = bench.lake.read(made.key)
    from_kraken = np.isin(np.arange(100), [*range(40, 60), 80])
    assert filled.close.tolist() == np.where(from_kraken, whole.close + 7, whole.close).tolist()
    assert bench.lake.read(torn.key).content_hash() == torn.content_hash()
    assert fill_from(bench.lake, torn.key, "kraken") == made


def test_a_bar_the_exchange_has_after_all_wins(bench) -> None:
    torn = bench.series(0, 100, without=range(40, 60))
    bench.lake.write(torn)
    bench.lake.write(elsewhere(bench.series(0, 100)))
    fill_from(bench.lake, torn.key, "kraken")
    bench.lake.write(bench.series(40, 50))
    made = fill_from(bench.lake, torn.key, "kraken")
    assert bench.lake.read(made.key).close[40:50].tolist() == bench.series(40, 50).close.tolist()
    assert made.filled == 10


def test_what_nobody_traded_stays_a_hole_with_its_reason(bench) -> None:
    torn = bench.series(0, 100, without=range(40, 60))
    bench.lake.write(torn, fetched=(bench.at(0), bench.at(100)))
    quiet = Gap(bench.at(40), bench.at(60), 20, GapKind.NO_TRADES, "a holiday")
    bench.lake.explain(torn.key, [quiet])
    bench.lake.write(elsewhere(bench.series(0, 100)))
    made = fill_from(bench.lake, torn.key, "kraken")
    assert (made.holes, made.filled, made.missing) == (0, 0, 20)
    assert bench.lake.coverage(made.key).gaps == (quiet,)


def test_what_cannot_be_filled_is_said(bench) -> None:
    torn = bench.series(0, 100, without=range(40, 60))
    bench.lake.write(torn)
    with pytest.raises(DataMissing, match="no kraken:BTC/USDT candles 1h are stored"):
        fill_from(bench.lake, torn.key, "kraken")
    with pytest.raises(UsageError, match="another exchange than binance"):
        fill_from(bench.lake, torn.key, "binance")
