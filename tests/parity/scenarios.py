"""Markets, costs and targets drawn at random: absent bars, bars without volume, tiny and huge prices, coarse lots.

A scenario is drawn from few numbers, so that a failing one shrinks to a short walk with few costs.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from tests.parity.perpetual_terms import PerpetualTerms
from tests.parity.precomputed import Table
from tests.parity.twin import instrument
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument
from tickwright.domain.market import Market
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY
from tickwright.strategy_api.acts import Acts, every, on_change, retry

SYMBOLS = ("BTC/USDT", "ADA/USDT", "ZEC/USDT")
START_NS = 1_704_067_200_000_000_000  # Monday 2024-01-01
PIECES = (1, 1, 1, 2, 4)
"""Into how many detail candles a bar is split; 1 for no detail."""
LEVELS = (0, 0.25, 1 / 3, 0.5, 0.9, 1, 1.7)


@dataclass(frozen=True)
class Scenario:
    """One drawn situation."""

    instruments: tuple[Instrument, ...]
    bars: tuple[Bars, ...]
    costs: CostModel
    cash: Decimal
    table: Table
    acts: Acts
    detail: tuple[Bars, ...] | None = None
    perpetual: PerpetualTerms | None = None

    def market(self, *, backwards: bool = False) -> Market:
        """The market, its instruments named in either order."""
        step = -1 if backwards else 1
        detail = None if self.detail is None else self.detail[::step]
        if self.perpetual is not None:
            return self.perpetual.market(self.instruments, self.bars, detail, step)
        return Market.of(self.instruments[::step], self.bars[::step], detail=detail)


def candles(
    what: Instrument, timeframe: str, rows: list[tuple[int, int, int, int, int, int]], scales: tuple[int, int]
) -> Bars:
    """Bars from rows of (place on the grid, open, high, low, close, volume) in units."""
    frame = Timeframe.parse(timeframe)
    columns = np.array(rows, np.int64).T
    times = START_NS + columns[0] * frame.length_ns
    return Bars(SeriesKey(what.id, frame), times, *columns[1:], *scales)  # type: ignore[arg-type]


def in_bars(detail: Bars, timeframe: str) -> Bars:
    """Candles put together to bars of a longer timeframe; a bar without any is absent."""
    frame = Timeframe.parse(timeframe)
    groups: dict[int, list[int]] = {}
    for place, ts_ns in enumerate(detail.open_time_ns.tolist()):
        groups.setdefault(frame.floor(ts_ns), []).append(place)
    inside = list(groups.values())
    columns = (
        [detail.open[group[0]] for group in inside],
        [detail.high[group].max() for group in inside],
        [detail.low[group].min() for group in inside],
        [detail.close[group[-1]] for group in inside],
        [detail.volume[group].sum() for group in inside],
    )
    times = np.array(list(groups), np.int64)
    made = (np.array(column, np.int64) for column in columns)
    return Bars(SeriesKey(detail.key.instrument, frame), times, *made, detail.price_scale, detail.volume_scale)


def finer(timeframe: str, pieces: int) -> str:
    """The timeframe of which `pieces` make up a bar."""
    return f"{Timeframe.parse(timeframe).length_ns // pieces // 1_000_000_000}s"


def walk(
    seed: int, bars: int, *, price: int, swing: float, volume: int, absent: float, silent: float
) -> list[tuple[int, int, int, int, int, int]]:
    """A random walk of candles; a share of them is absent or has no volume."""
    draw, last = random.Random(seed), price
    rows = []
    for place in range(bars):
        opened = max(2, round(last * (1 + draw.gauss(0, swing / 4))))
        closed = max(2, round(opened * (1 + draw.gauss(0, swing))))
        high = max(opened, closed) + draw.randrange(1 + round(swing * opened))
        low = max(1, min(opened, closed) - draw.randrange(1 + round(swing * opened)))
        quiet = draw.random() < silent
        amount = 0 if quiet else 1 + draw.randrange(volume)
        if place == 0 or draw.random() >= absent:
            rows.append((place, opened, high, low, closed, amount))
        last = closed
    return rows


@st.composite
def costs(draw: st.DrawFn, timeframe: str, *, resting: bool = False) -> CostModel:
    """Any mixture of fees, spread, slippage, impact and cap; for resting orders also of the fill conventions.

    A latency is a price, or a time where detail candles are no longer.
    """
    bar_ns = Timeframe.parse(timeframe).length_ns
    model = CostModel.of(
        fee=draw(st.sampled_from([None, "0", "0.001", "0.000375", "0.02"])),
        maker_fee=draw(st.sampled_from(["0", "0.0004", "-0.0001"])) if resting else None,
        fee_asset=draw(st.sampled_from(["quote", "received"])),
        spread=draw(st.sampled_from(["0", "0.0001", "0.000000001", "0.01"])),
        spread_volatility=draw(st.sampled_from([0.0, 0.0, 0.01, 0.3])),
        slippage=draw(st.sampled_from(["0", "0.0002"])),
        impact=draw(st.sampled_from(["none", "linear", "sqrt"])),
        impact_y=draw(st.sampled_from([1.0, 0.3])),
        impact_gamma=draw(st.sampled_from([0.0, 0.5])),
        max_participation=draw(st.sampled_from([None, "0.1", "1", "0.003"])),
        latency_ns=draw(st.sampled_from([0, 0, 250_000_000, bar_ns // 4, bar_ns // 3, bar_ns * 3 // 5])),
        limit_fill=draw(st.sampled_from(["through", "touch"])) if resting else "through",
        limit_gap=draw(st.sampled_from(["limit", "open"])) if resting else "limit",
        refuse_triggered=draw(st.booleans()) if resting else False,
        maintenance_at=draw(st.sampled_from(["mark", "mark", "entry"])),
        volume_floor=draw(st.sampled_from([0.0, 0.0, 300.0])),
    )
    windows = draw(st.sampled_from([(DAY, 30 * DAY), (DAY, 30 * DAY), (3 * bar_ns, 7 * bar_ns)]))
    return replace(model, decay_window_ns=windows[0], statistics_window_ns=windows[1])


@st.composite
def own_terms(draw: st.DrawFn, spot: Instrument, lots: Sequence[int]) -> Instrument:
    """The instrument with fees of its own, where a cost model names none, and sizes its venue takes, so many lots."""
    least, most = draw(st.sampled_from([(0, None), (0, None), (0, lots[1]), (lots[0], None), (lots[0], lots[1])]))
    fees = {
        name: draw(st.sampled_from([None, Decimal("0.0007"), Decimal("0.0002")])) for name in ("maker_fee", "taker_fee")
    }
    sizes = tuple(
        replace(rule, min_quantity=least * rule.lot, max_quantity=None if most is None else most * rule.lot)
        for rule in spot.rules
    )
    return replace(spot, rules=sizes, **fees)


@st.composite
def later_rules(
    draw: st.DrawFn, timeframe: str, bars: int, ticks: Sequence[str], lots: Sequence[str], minima: Sequence[str]
) -> list[tuple[int, str, str, str]]:
    """None, or one or two sets of rules that come into force at a quarter of some bar, its close among them."""
    count, quarter_ns = draw(st.sampled_from([0, 0, 1, 2])), Timeframe.parse(timeframe).length_ns // 4
    changes = sorted({draw(st.integers(1, 4 * bars)) for _ in range(count)})
    return [
        (START_NS + place * quarter_ns, *(draw(st.sampled_from(numbers)) for numbers in (ticks, lots, minima)))
        for place in changes
    ]


@st.composite
def scenarios(
    draw: st.DrawFn, *, most: int = 3, bars: int = 40, pieces: Sequence[int] = PIECES, dated: bool = True
) -> Scenario:
    """A market of up to `most` symbols with targets for each, and how they act; `dated` rules may change in it."""
    chosen = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=most, unique=True))
    timeframe, parts = draw(st.sampled_from(["1h", "1d", "4h"])), draw(st.sampled_from(pieces))
    instruments, finest, table = [], [], {}
    for symbol in chosen:
        minimum = draw(st.sampled_from(["0", "10"]))
        price_scale, price = draw(st.sampled_from([(2, 4_200_000), (2, 150), (6, 1_000_000), (8, 77), (0, 31)]))
        # a coin of 77e-8 bought for a million needs lots that keep its quantity inside 64 bits
        lots = ["0.001", "0.25", "1"] if price_scale == 8 else ["1e-8", "0.001", "0.25", "1"]
        lot = draw(st.sampled_from(lots))
        ticks = ["1", "5"] if price_scale == 0 else [f"1e-{price_scale}", f"5e-{price_scale}"]
        later = draw(later_rules(timeframe, bars // parts, ticks, lots, ["0", "10", "500"])) if dated else ()
        what = instrument(symbol, tick=ticks[0], lot=lot, min_notional=minimum, later=later)
        what = draw(own_terms(what, (2, 10**9)))
        rows = walk(
            draw(st.integers(0, 2**16)),
            draw(st.integers(3, bars)),
            price=price,
            swing=draw(st.sampled_from([0.001, 0.02, 0.1])),
            volume=draw(st.sampled_from([1, 10**4, 10**8])),
            absent=draw(st.sampled_from([0.0, 0.3])),
            silent=draw(st.sampled_from([0.0, 0.2])),
        )
        instruments.append(what)
        finest.append(candles(what, finer(timeframe, parts), rows, (price_scale, draw(st.sampled_from([0, 3])))))
    series = [in_bars(part, timeframe) for part in finest]
    times = sorted({int(ts) + part.timeframe.length_ns for part in series for ts in part.open_time_ns})
    for symbol in chosen:
        table[symbol] = _targets(draw(st.integers(0, 2**16)), times, len(chosen))
    return Scenario(
        tuple(instruments),
        tuple(series),
        draw(costs(timeframe)),
        Decimal(draw(st.sampled_from(["1000000", "100000", "1000"]))),
        table,
        draw(st.sampled_from([on_change, on_change, every("1d"), every("1w", 0.05), retry()])),
        tuple(finest) if parts > 1 else None,
    )


def _targets(seed: int, times: list[int], share: int) -> dict[int, float]:
    draw, wanted, value = random.Random(seed), {}, 0.0
    for ts_ns in times:
        choice = draw.random()
        if choice < 0.35:
            value = draw.choice(LEVELS) / draw.choice([1, share])
        wanted[ts_ns] = float("nan") if choice > 0.9 else value
    return wanted
