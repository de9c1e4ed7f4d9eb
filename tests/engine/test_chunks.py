"""How many rows fit into a budget, how columns are shortened, and a sparse panel of three hundred instruments."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parity.scenarios import candles, walk
from tests.parity.twin import instrument
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import UsageError
from tickwright.domain.market import Market
from tickwright.domain.timestamp import HOUR
from tickwright.engine.chunks import CELL_BYTES, Streaming, rows_that_fit
from tickwright.engine.compact import Runs
from tickwright.modes import event, vector
from tickwright.strategy_api.strategy import Strategy

HUNDREDS, ROWS = 300, 90
PLAIN = CostModel.of(impact="none", max_participation=None)
CAPPED = replace(CostModel.of(), statistics_window_ns=24 * HOUR)


def panel(count: int = HUNDREDS, rows: int = ROWS) -> Market:
    """Listed one after the other, some delisted, every one with holes."""
    instruments = [
        instrument(f"S{number:03d}/USDT", tick="0.01", lot="0.001", min_notional="0") for number in range(count)
    ]
    series = []
    for number, what in enumerate(instruments):
        bars = walk(number, rows, price=10_000 + number, swing=0.02, volume=10**7, absent=0.4, silent=0.1)
        first = (number * 7) % (rows // 2)
        last = rows - (number % 3) * 10
        series.append(candles(what, "1h", [bar for bar in bars if first <= bar[0] < last] or bars[:1], (2, 3)))
    return Market.of(instruments, series)


class Strongest(Strategy):
    """A fortieth in each of those that rose over their last bar."""

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        rose = np.zeros(len(bars))
        rose[1:] = np.where(bars.close[1:] > bars.close[:-1], 7.0, 0.0)  # of a share of 1/300
        return rose


class Listener(Strategy):
    """The same, from callbacks."""

    def indicators(self, bars):  # type: ignore[no-untyped-def]
        change = np.zeros(len(bars))
        change[1:] = np.diff(bars.close)
        return {"change": change}

    def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
        ctx.target(7.0 if ctx.ind.change > 0 else 0.0)


@pytest.mark.parametrize("costs", [PLAIN, CAPPED], ids=["plain", "capped"])
def test_a_sparse_panel_of_hundreds_trades_alike_in_every_mode_whole_and_in_chunks(costs: CostModel) -> None:
    market, options = panel(), {"cash": Decimal(1_000_000), "cash_asset": "USDT", "costs": costs}
    assert market.open_times_ns.size == ROWS
    assert min(len(bars) for bars in market.bars) < ROWS / 4
    whole = vector.run(Strongest, {}, market, **options)
    assert len(whole.fills) > 3000
    assert len(set(whole.fills["instrument"].tolist())) > 250
    for mode, strategy, rows in ((vector, Strongest, 17), (event, Strongest, 33), (event, Listener, 50)):
        run = mode.run(strategy, {}, market, streaming=Streaming(rows), **options)
        assert (run.digest, run.equity.tolist()) == (whole.digest, whole.equity.tolist())
    replayed = event.replay(Listener, {}, market, streaming=Streaming(41), **options)
    assert (replayed.digest, replayed.bars) == (whole.digest, whole.bars)


@given(st.lists(st.sampled_from([0.0, -0.0, 1.0, float("nan")]), min_size=1, max_size=40), st.data())
def test_a_shortened_column_gives_back_its_bits(values: list[float], data: st.DataObject) -> None:
    column, kept = np.array(values), []
    runs = Runs.of(column, lambda array: kept.append(array) or array)
    first = data.draw(st.integers(0, len(values) - 1))
    end = data.draw(st.integers(first, len(values)))
    assert runs.between(first, end).tobytes() == column[first:end].tobytes()
    assert len(runs.values) < len(values) or bool(kept)


def test_a_column_that_seldom_changes_is_kept_short() -> None:
    column = np.repeat([True, False, True], 1000)
    assert len(Runs.of(column, lambda array: array).values) == 3


def test_rows_that_fit_leave_room_for_the_trailing_window() -> None:
    market = panel(count=2, rows=40)
    cells, window = 2 * CELL_BYTES, 24 + 2
    assert rows_that_fit(market, PLAIN, 10 * cells) == 10
    assert rows_that_fit(market, CAPPED, (window + 100) * cells) == 100


@pytest.mark.parametrize(("costs", "least"), [(PLAIN, 1), (CAPPED, 52)])
def test_a_budget_too_small_says_the_least_one(costs: CostModel, least: int) -> None:
    market, needed = panel(count=2, rows=40), least * 2 * CELL_BYTES
    assert rows_that_fit(market, costs, needed) >= 1
    with pytest.raises(UsageError, match="bytes for 2 instruments") as refused:
        rows_that_fit(market, costs, needed - 1)
    assert f"at least {needed:,} bytes" in refused.value.expected
