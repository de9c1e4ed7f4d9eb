"""Event mode: the strategy wakes at every closed bar, through callbacks or its precomputed decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from tickwright.domain.costs import CostModel
from tickwright.domain.limits import NO_LIMITS, RiskLimits
from tickwright.domain.market import Market
from tickwright.domain.run import ParameterValue, RunResult
from tickwright.engine.chunks import Streaming, chunks
from tickwright.engine.compact import compact_decisions
from tickwright.engine.decisions import decisions_of
from tickwright.engine.engine import Engine
from tickwright.engine.memory import Memory
from tickwright.engine.result import result_of
from tickwright.engine.rows import MarketRows
from tickwright.engine.simulated_venue import SimulatedVenue
from tickwright.engine.start import starting_cash
from tickwright.engine.tape import market_events
from tickwright.engine.wakes import Bell, CallbackWakes, TargetWakes, Wakes
from tickwright.strategy_api.strategy import Form, form_of

Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all): bars, or detail candles where they are given."""

_ROWS_PER_CALL = 50_000


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
    """Run a strategy, waking it after every closed bar.

    Indicators are computed from the market's first bar; decisions are taken at bars that open in [start_ns, end_ns).
    With `streaming` the market is read in chunks; the result is the same.
    """
    rows = MarketRows.of(market, costs, start_ns, end_ns, whole=streaming is None)
    wakes = _wakes(strategy_class, params, rows, seed, per_symbol_params, streaming)
    memory = Memory(rows, starting_cash(market, cash, cash_asset), limits=limits)
    wakes.begin(memory)
    bell = Bell(wakes)
    memory.hang(bell.address)
    for end in _spans(memory, wakes, streaming):
        memory.advance(2 * end)
        bell.raise_error()
        if progress is not None:
            progress(end - rows.first_row, rows.traded_rows)
    wakes.end()
    memory.finish()
    return _result(memory, wakes)


def _spans(memory: Memory, wakes: Wakes, streaming: Streaming | None) -> Iterator[int]:
    """The rows to run to, one after the other, with everything prepared that they need."""
    rows = memory.rows
    if streaming is None:
        memory.prepare_statistics()
        for row in range(rows.first_row, rows.end_row, _ROWS_PER_CALL):
            yield min(row + _ROWS_PER_CALL, rows.end_row)
        return
    for first, end in chunks(memory, streaming):
        wakes.turn(rows.decisions_before(first), rows.decisions_before(end))
        yield end


def replay(
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
    """The same run, event by event, the market in a memory of its own: its digest must equal `run`'s.

    The two halves tell each other commands and reports and nothing else.
    """
    rows = MarketRows.of(market, costs, start_ns, end_ns, whole=streaming is None)
    wakes = _wakes(strategy_class, params, rows, seed, per_symbol_params, streaming)
    units = starting_cash(market, cash, cash_asset)
    theirs, ours = (rows.with_blank_future() if streaming is None else rows.with_unknown_funding() for _ in range(2))
    venue = SimulatedVenue(theirs, units, streaming)
    memory = Memory(ours, units, limits=limits, linked=False)
    engine = Engine(memory, wakes, streaming)
    for event in market_events(rows, streaming):
        for command in engine.process(event, venue.process(event, engine.orders_sent)):
            engine.apply(venue.execute(command, engine.orders_sent))
        if progress is not None and engine.rows_done % _ROWS_PER_CALL == 0:
            progress(engine.rows_done, rows.traded_rows)
    return _result(memory, wakes, venue.record)


def _wakes(
    strategy_class: type[Any], params: Mapping[str, ParameterValue], rows: MarketRows, seed: int,
    per_symbol: Mapping[str, Mapping[str, ParameterValue]] | None, streaming: Streaming | None,
) -> Wakes:  # fmt: skip
    if form_of(strategy_class) is Form.CALLBACKS:
        return CallbackWakes(strategy_class, params, rows, seed=seed, per_symbol=per_symbol, streaming=streaming)
    if streaming is not None:
        return TargetWakes(compact_decisions(strategy_class, params, rows, streaming, seed=seed, per_symbol=per_symbol))
    return TargetWakes(decisions_of(strategy_class, params, rows, seed=seed, per_symbol=per_symbol))


def _result(memory: Memory, wakes: Wakes, venue: Any = None) -> RunResult:
    if not isinstance(wakes, CallbackWakes):
        return result_of(memory, venue=venue)
    desk, plots = wakes.desk, {}
    for name, points in desk.plots.items():
        plots[name] = np.full(memory.rows.decisions, np.nan)
        for decision, value in points:
            plots[name][decision] = value
    return result_of(memory, tags=tuple(desk.tags), plots=plots, venue=venue)
