"""Many trials over one market: decisions made and run one after the other, reduced to final statistics at once.

Invariants: memory is flat in the number of trials (one memory per worker, reused); a trial's statistics depend on
nothing but its parameters; indicators that trials share are computed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.limits import RiskLimits
from tickwright.domain.market import MONEY_SCALE
from tickwright.domain.run import ParameterValue, SweepResult
from tickwright.engine.alone import stands_alone, stands_as_panel, want_alone
from tickwright.engine.decisions import StrategyViews, decisions_of
from tickwright.engine.memory import Memory, structure_of
from tickwright.engine.rows import MarketRows
from tickwright.indicators.memo import Memo
from tickwright.kernel.curve import CURVE, measure_curve
from tickwright.strategy_api.strategy import Strategy

_FLOATS = ("max_drawdown", "return_sum", "return_sum_squares")
_INTEGERS = (
    "final_equity", "orders", "fills", "rejected", "trades", "open_trades", "wins", "gross_profit", "gross_loss", "fee",
    "spread_cost", "slippage_cost", "impact_cost", "turnover", "bars_held", "ambiguous_trades",
)  # fmt: skip
TRIAL = np.dtype([(name, "f8") for name in _FLOATS] + [(name, "i8") for name in _INTEGERS])
"""The statistics of one trial."""
_CURVE = structure_of(CURVE)
_of_positions = attrgetter("trades", "trade_open", "wins", "gross_profit", "gross_loss")
_of_client = attrgetter("fee", "spread_cost", "slippage_cost", "impact_cost", "turnover")
_LARGEST_PORTION, _PORTIONS = 16, 32


class Sweeper:
    """Runs trials; `try_all` may be called from several threads."""

    def __init__(
        self, strategy_class: type[Strategy], rows: MarketRows, cash: int, limits: RiskLimits, seed: int
    ) -> None:
        self._strategy_class, self._rows, self._cash, self._seed = strategy_class, rows, cash, seed
        self._limits = limits
        self._views = StrategyViews.of(rows, strategy_class)
        self._memo = Memo()
        self._memories: SimpleQueue[Memory] = SimpleQueue()
        self._alone = stands_alone(strategy_class, rows, limits)

    def try_all(self, trials: Sequence[Mapping[str, ParameterValue]]) -> npt.NDArray[np.void]:
        """The statistics of parameter sets, one record of layout `TRIAL` each."""
        memory, table, curve = self._take_memory(), np.zeros(len(trials), TRIAL), np.zeros(1, CURVE)
        for row, params in enumerate(trials):
            if row > 0:
                memory.reset()
            table[row] = self._try(memory, params, curve)
        self._memories.put(memory)
        return table

    def _try(
        self, memory: Memory, params: Mapping[str, ParameterValue], curve: npt.NDArray[np.void]
    ) -> tuple[float, ...]:
        if self._alone:
            self._jump(memory, params, curve)
        else:
            self._run_generally(memory, params, curve)
        return statistics_of(memory, _CURVE.from_buffer(curve.data))

    def _jump(self, memory: Memory, params: Mapping[str, ParameterValue], curve: npt.NDArray[np.void]) -> None:
        want_alone(memory, self._strategy_class, params, self._views, seed=self._seed, logged=False, memo=self._memo)
        memory.jump(curve)
        memory.finish()

    def _run_generally(self, memory: Memory, params: Mapping[str, ParameterValue], curve: npt.NDArray[np.void]) -> None:
        decisions = decisions_of(
            self._strategy_class, params, self._rows, views=self._views, seed=self._seed, memo=self._memo
        )
        memory.want(decisions)
        if stands_as_panel(decisions, self._rows, self._limits):
            memory.run_panel()
        else:
            memory.advance(2 * self._rows.end_row)
        memory.finish()
        measure_curve(memory.address, curve.ctypes.data)

    def _take_memory(self) -> Memory:
        try:
            memory = self._memories.get_nowait()
        except Empty:
            return Memory(self._rows, self._cash, limits=self._limits)
        memory.reset()
        return memory


def statistics_of(memory: Memory, curve: Any) -> tuple[float, ...]:
    """The statistics of a finished run and its curve (fields as in `CURVE`), in the order of `TRIAL`."""
    client = memory.client
    each = [_of_positions(position) for position in memory.positions]
    return (
        curve.deepest, curve.total, curve.squares, client.equity,
        client.order_count + client.plain_fills, client.fill_count + client.plain_fills, client.refused,
        *(each[0] if len(each) == 1 else map(sum, zip(*each, strict=True))),
        *_of_client(client), curve.held, memory.venue.ambiguous,
    )  # fmt: skip


def in_portions(trials: Sequence[Mapping[str, ParameterValue]]) -> list[Sequence[Mapping[str, ParameterValue]]]:
    """Trials in the portions one worker takes at a time: handing over a single one costs as much as running it."""
    size = max(1, min(_LARGEST_PORTION, len(trials) // _PORTIONS))
    return [trials[start : start + size] for start in range(0, len(trials), size)]


def sweep_result(
    table: npt.NDArray[np.void],
    trials: Sequence[Mapping[str, ParameterValue]],
    invalid: int,
    rows: MarketRows,
    cash: int,
) -> SweepResult:
    """The table of trials as a sweep's result."""
    integers: dict[str, Int64Array] = {name: np.ascontiguousarray(table[name]) for name in _INTEGERS}
    floats: dict[str, Float64Array] = {name: np.ascontiguousarray(table[name]) for name in _FLOATS}
    columns: dict[str, Any] = {**integers, **floats}
    return SweepResult(
        trials=tuple(trials),
        invalid=invalid,
        bars=rows.bars,
        initial_cash=cash,
        money_scale=MONEY_SCALE,
        period_ns=rows.market.timeframe.length_ns,
        periods=rows.decisions,
        total_return=integers["final_equity"] / cash - 1.0,
        **columns,
    )
