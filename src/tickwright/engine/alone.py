"""One spot instrument's standing targets, which run from event to event instead of bar by bar.

Invariant: which way a run goes never shows in what it leaves; what this way cannot do (several instruments, periods,
retries, dated rules, weights) goes through the general loop.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tickwright.domain.run import ParameterValue
from tickwright.engine.decisions import PerSymbol, StrategyViews, exit_distances, instances_of, refuse_shorts
from tickwright.engine.memory import Memory
from tickwright.engine.rows import MarketRows
from tickwright.indicators.memo import Memo
from tickwright.strategy_api.acts import on_change
from tickwright.strategy_api.evaluate import evaluate_targets
from tickwright.strategy_api.strategy import Form, Strategy, form_of


def stands_alone(strategy_class: type[Strategy], rows: MarketRows) -> bool:
    """Whether a strategy's targets over a market can run from event to event."""
    if rows.instruments > 1 or form_of(strategy_class) is not Form.TARGETS or strategy_class.acts != on_change:
        return False
    instrument = rows.market.instruments[0]
    dated = any(rules.valid_from_ns > int(rows.open_ns[rows.first_row]) for rules in instrument.rules)
    return instrument.kind == "spot" and not dated


def want_alone(
    memory: Memory,
    strategy_class: type[Strategy],
    params: Mapping[str, ParameterValue],
    views: StrategyViews,
    *,
    seed: int,
    logged: bool,
    per_symbol: PerSymbol | None = None,
    memo: Memo | None = None,
) -> None:
    """Hand a strategy's targets and exits to a memory of one instrument."""
    rows = memory.rows
    (strategy,) = instances_of(strategy_class, params, rows, seed, per_symbol)
    answer = evaluate_targets(strategy, views.bars[0], views.informative_of(rows.market.ids[0].symbol), memo=memo)
    targets = answer.targets[rows.first_row : rows.end_row]
    is_signal = targets.dtype == np.bool_
    if is_signal:
        targets = np.ascontiguousarray(targets).view(np.uint8)
    else:
        targets = np.ascontiguousarray(targets, np.float64)
        refuse_shorts(targets.reshape(-1, 1), rows)
    exits = None if answer.exits is None else exit_distances([answer.exits], rows)
    memory.want_alone(targets, is_signal=is_signal, exits=exits, logged=logged)
