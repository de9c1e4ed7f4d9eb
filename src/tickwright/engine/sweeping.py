"""Many trials over one market: decisions made and run one after the other, reduced to final statistics at once.

Invariants: memory is flat in the number of trials (one memory per worker, reused); a trial's statistics depend on
nothing but its parameters; indicators that trials share are computed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.market import MONEY_SCALE
from tickwright.domain.run import ParameterValue, SweepResult
from tickwright.engine.decisions import StrategyViews, decisions_of
from tickwright.engine.memory import Memory
from tickwright.engine.rows import MarketRows
from tickwright.indicators.memo import Memo
from tickwright.kernel.curve import measure_curve
from tickwright.strategy_api.strategy import Strategy

_FLOATS = ("max_drawdown", "return_sum", "return_sum_squares")
_INTEGERS = (
    "final_equity", "orders", "fills", "rejected", "trades", "open_trades", "wins", "gross_profit", "gross_loss", "fee",
    "spread_cost", "slippage_cost", "impact_cost", "turnover", "bars_held", "ambiguous_trades",
)  # fmt: skip
TRIAL = np.dtype([(name, "f8") for name in _FLOATS] + [(name, "i8") for name in _INTEGERS])
"""The statistics of one trial."""


class Sweeper:
    """Runs trials; `try_one` may be called from several threads."""

    def __init__(self, strategy_class: type[Strategy], rows: MarketRows, cash: int, seed: int) -> None:
        self._strategy_class, self._rows, self._cash, self._seed = strategy_class, rows, cash, seed
        self._views = StrategyViews.of(rows, strategy_class)
        self._memo = Memo()
        self._memories: SimpleQueue[Memory] = SimpleQueue()

    def try_one(self, params: Mapping[str, ParameterValue]) -> npt.NDArray[np.void]:
        """The statistics of one parameter set."""
        decisions = decisions_of(
            self._strategy_class, params, self._rows, views=self._views, seed=self._seed, memo=self._memo
        )
        memory = self._take_memory()
        memory.want(decisions)
        memory.advance(2 * self._rows.end_row)
        memory.finish()
        answer = statistics_of(memory)
        self._memories.put(memory)
        return answer

    def _take_memory(self) -> Memory:
        try:
            memory = self._memories.get_nowait()
        except Empty:
            return Memory(self._rows, self._cash)
        memory.reset()
        return memory


def statistics_of(memory: Memory) -> npt.NDArray[np.void]:
    """The statistics of a finished run, one record of layout `TRIAL`."""
    answer, client, positions = np.zeros(1, TRIAL), memory.client, memory.arrays["positions"]
    curve = np.zeros(4)
    measure_curve(memory.address, curve.ctypes.data)
    row = answer[0]
    row["max_drawdown"], row["return_sum"], row["return_sum_squares"], row["bars_held"] = curve
    row["final_equity"], row["orders"], row["fills"] = client.equity, client.order_count, client.fill_count
    row["rejected"], row["ambiguous_trades"] = client.refused, memory.venue.ambiguous
    for name in ("fee", "spread_cost", "slippage_cost", "impact_cost", "turnover"):
        row[name] = getattr(client, name)
    for name in ("trades", "wins", "gross_profit", "gross_loss"):
        row[name] = positions[name].sum()
    row["open_trades"] = (positions["trade_open"] == 1).sum()
    return answer


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
        bars=int((rows.decision_presence != 0).sum()),
        initial_cash=cash,
        money_scale=MONEY_SCALE,
        period_ns=rows.market.timeframe.length_ns,
        periods=rows.decisions,
        total_return=integers["final_equity"] / cash - 1.0,
        **columns,
    )
