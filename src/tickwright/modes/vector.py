"""Vector mode: arrays of decisions in one compiled loop, for one run or for a sweep of many trials."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from tickwright.domain.costs import CostModel
from tickwright.domain.limits import NO_LIMITS, RiskLimits
from tickwright.domain.market import Market
from tickwright.domain.run import ParameterValue, RunResult, SweepResult
from tickwright.engine.alone import may_rest, reads_columns, stands_alone, stands_as_panel, want_alone
from tickwright.engine.chunks import Streaming, chunks
from tickwright.engine.compact import CompactDecisions, compact_decisions
from tickwright.engine.decisions import StrategyViews, decisions_of
from tickwright.engine.memory import Memory
from tickwright.engine.result import result_of
from tickwright.engine.rows import MarketRows
from tickwright.engine.start import starting_cash
from tickwright.engine.sweeping import TRIAL, Sweeper, in_portions, sweep_result
from tickwright.ports import Executor

Progress = Callable[[int, int], None]
"""Called with (done, in all): bars of a run, trials of a sweep."""

_ROWS_PER_CALL = 100_000


def run(
    strategy_class: type[Any],
    params: Mapping[str, ParameterValue],
    market: Market,
    *,
    cash: Decimal,
    cash_asset: str,
    costs: CostModel,
    limits: RiskLimits = NO_LIMITS,
    start_ns: int | None = None,
    end_ns: int | None = None,
    seed: int = 0,
    per_symbol_params: Mapping[str, Mapping[str, ParameterValue]] | None = None,
    progress: Progress | None = None,
    streaming: Streaming | None = None,
) -> RunResult:
    """Run a strategy of arrays (`targets` or `weights`) over a market.

    Indicators are computed from the market's first bar; decisions are taken at bars that open in [start_ns, end_ns).
    With `streaming` the market is read in chunks, row by row; the result is the same.
    """
    if streaming is not None:
        rows = MarketRows.of(market, costs, start_ns, end_ns, whole=False)
        memory = Memory(rows, starting_cash(market, cash, cash_asset), limits=limits)
        compact = compact_decisions(strategy_class, params, rows, streaming, seed=seed, per_symbol=per_symbol_params)
        _run_in_chunks(memory, compact, streaming, progress)
        return result_of(memory)
    whole = not reads_columns(strategy_class, market, costs, limits, start_ns)
    rows = MarketRows.of(market, costs, start_ns, end_ns, extremes=may_rest(strategy_class, market), whole=whole)
    memory = Memory(rows, starting_cash(market, cash, cash_asset), limits=limits)
    memory.prepare_statistics()
    if stands_alone(strategy_class, rows, limits):
        views = StrategyViews.of(rows, strategy_class)
        want_alone(memory, strategy_class, params, views, seed=seed, logged=True, per_symbol=per_symbol_params)
        memory.jump()
    else:
        decisions = decisions_of(strategy_class, params, rows, seed=seed, per_symbol=per_symbol_params)
        memory.want(decisions)
        if stands_as_panel(decisions, rows, limits):
            memory.run_panel()
        else:
            _run_row_by_row(memory, progress)
    if progress is not None:
        progress(rows.traded_rows, rows.traded_rows)
    memory.finish()
    return result_of(memory)


def _run_row_by_row(memory: Memory, progress: Progress | None) -> None:
    rows = memory.rows
    for row in range(rows.first_row, rows.end_row, _ROWS_PER_CALL):
        memory.advance(2 * min(row + _ROWS_PER_CALL, rows.end_row))
        if progress is not None and row + _ROWS_PER_CALL < rows.end_row:
            progress(row + _ROWS_PER_CALL - rows.first_row, rows.traded_rows)


def _run_in_chunks(
    memory: Memory, decisions: CompactDecisions, streaming: Streaming, progress: Progress | None
) -> None:
    rows = memory.rows
    memory.want(decisions.terms)
    for first, end in chunks(memory, streaming):
        places = rows.decisions_before(first), rows.decisions_before(end)
        memory.show_decisions(decisions.between(*places), places[0])
        memory.advance(2 * end)
        if progress is not None:
            progress(end - rows.first_row, rows.traded_rows)
    memory.finish()


def sweep(
    strategy_class: type[Any],
    trials: Sequence[Mapping[str, ParameterValue]],
    market: Market,
    *,
    cash: Decimal,
    cash_asset: str,
    costs: CostModel,
    limits: RiskLimits = NO_LIMITS,
    executor: Executor,
    start_ns: int | None = None,
    end_ns: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> SweepResult:
    """Run many parameter sets; combinations the strategy calls invalid are skipped and counted.

    Indicators are remembered across trials; each worker has one memory that its trials use in turn.
    """
    rows = MarketRows.of(market, costs, start_ns, end_ns)
    valid = [trial for trial in trials if strategy_class(**trial).valid()]
    units = starting_cash(market, cash, cash_asset)
    first = Memory(rows, units, limits=limits)
    first.prepare_statistics()
    sweeper = Sweeper(strategy_class, rows, units, limits, seed)
    table, done = np.zeros(len(valid), TRIAL), 0
    for portion in executor.map(sweeper.try_all, in_portions(valid)):
        table[done : done + len(portion)] = portion
        done += len(portion)
        if progress is not None:
            progress(done, len(valid))
    return sweep_result(table, valid, len(trials) - len(valid), rows, units)
