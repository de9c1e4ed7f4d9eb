"""Spot situations turned into perpetuals: margin and its tiers, marks, funding, and targets of either sign."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from tests.parity.precomputed import Table
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import Instrument
from tickwright.domain.margin import Margin, maintenance_tiers
from tickwright.domain.market import Funding, Market

LEVERAGES = ("1", "2.5", "5", "20", "50")


@dataclass(frozen=True)
class PerpetualTerms:
    """What a market of perpetuals has beside its candles, in the order of its instruments; leverage may differ."""

    marks: tuple[Bars | None, ...]
    funding: tuple[Funding | None, ...]
    margins: tuple[Margin, ...]

    def market(
        self, instruments: Sequence[Instrument], bars: Sequence[Bars], detail: Sequence[Bars] | None, step: int = 1
    ) -> Market:
        """The market of these terms, its instruments named in either order."""
        return Market.of(
            instruments[::step],
            bars[::step],
            detail=detail,
            marks=self.marks[::step],
            funding=self.funding[::step],
            margin=self.margins[::step],
        )


def perpetual(spot: Instrument, **terms: object) -> Instrument:
    """The perpetual of a spot instrument."""
    return replace(spot, id=replace(spot.id, settle=spot.id.quote), kind="perpetual", **terms)  # type: ignore[arg-type]


def candles_of(what: Instrument, bars: Bars) -> Bars:
    """The same candles under an instrument's name."""
    return replace(bars, key=SeriesKey(what.id, bars.timeframe))


@st.composite
def turned(
    draw: st.DrawFn, spot: Sequence[Instrument], bars: Sequence[Bars], detail: Sequence[Bars] | None
) -> tuple[tuple[Instrument, ...], tuple[Bars, ...], tuple[Bars, ...] | None, PerpetualTerms]:
    """The same candles as perpetuals with drawn terms; marks and funding follow the finest."""
    brackets = draw(
        st.sampled_from(
            [[(0, "0.005")], [(0, "0.004"), (5_000, "0.01"), (40_000, "0.05")], [(0, "0"), (20_000, "0.3")]]
        )
    )
    terms = {
        "tiers": maintenance_tiers(brackets),
        "liquidation_fee": Decimal(draw(st.sampled_from(["0", "0.0125"]))),
        "keeps_leftover": draw(st.booleans()),
        "contract_size": Decimal(draw(st.sampled_from(["1", "1", "0.1", "10"]))),
    }
    instruments = tuple(perpetual(one, **terms) for one in spot)
    series, finest = (
        tuple(candles_of(what, one) for what, one in zip(instruments, part, strict=True))
        for part in (bars, detail or bars)
    )
    seed, marked, paid = draw(st.integers(0, 2**16)), draw(st.booleans()), draw(st.booleans())
    held = st.builds(Margin, st.sampled_from(LEVERAGES).map(Decimal), st.sampled_from(["isolated", "cross"]))
    common, alike = draw(held), draw(st.booleans())
    margins = tuple(common if alike else draw(held) for _ in spot)
    marks = tuple(_marks(random.Random(seed + place), one) if marked else None for place, one in enumerate(finest))
    funding = tuple(_funding(random.Random(seed - place), one) if paid else None for place, one in enumerate(finest))
    return instruments, series, finest if detail else None, PerpetualTerms(marks, funding, margins)


def _marks(draw: random.Random, bars: Bars) -> Bars:
    """Candles around those of trades; a few are missing."""

    def moved(column: np.ndarray) -> np.ndarray:
        shifts = np.array([draw.choice((-0.004, -0.001, 0, 0.001, 0.02)) for _ in column])
        return np.maximum(1, np.round(column * (1 + shifts))).astype(np.int64)

    opened, closed = moved(bars.open), moved(bars.close)
    high = np.maximum(np.maximum(opened, closed), moved(bars.high))
    low = np.minimum(np.minimum(opened, closed), moved(bars.low))
    kept = np.array([draw.random() < 0.9 for _ in opened])
    kept[0] = True
    return replace(
        bars, open_time_ns=bars.open_time_ns[kept], open=opened[kept], high=high[kept], low=low[kept],
        close=closed[kept], volume=np.zeros(int(kept.sum()), np.int64),
    )  # fmt: skip


def _funding(draw: random.Random, bars: Bars) -> Funding:
    """Payments at, before and inside bars."""
    times, length = [], bars.timeframe.length_ns
    for opened in bars.open_time_ns.tolist():
        times += [opened + part for part in (0, length // 3, length // 2) if draw.random() < 0.4]
    rates = [draw.choice((100_000, -250_000, 7, 0, 3_000_000)) for _ in times]
    return Funding(np.array(times, np.int64), np.array(rates, np.int64))


def signed(table: Table, seed: int) -> Table:
    """The same targets, some of them short, under the perpetuals' names."""
    draw = random.Random(seed)
    return {
        f"{symbol}:{symbol.partition('/')[2]}": {
            ts_ns: value * draw.choice((1, 1, -1, -1, 3)) for ts_ns, value in wanted.items()
        }
        for symbol, wanted in table.items()
    }
