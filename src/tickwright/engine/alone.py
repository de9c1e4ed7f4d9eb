"""Standing targets that run from event to event instead of bar by bar, of one spot instrument or of several.

Invariant: which way a run goes never shows in what it leaves; what these ways cannot do goes through the general loop:
dated rules, finer candles, our own limits, several instruments with exits or retries, one with periods and exits.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tickwright.domain.costs import CostModel
from tickwright.domain.limits import RiskLimits
from tickwright.domain.market import Market
from tickwright.domain.run import ParameterValue
from tickwright.engine.decisions import (
    Decisions,
    PerSymbol,
    StrategyViews,
    exit_distances,
    instances_of,
    refuse_shorts,
)
from tickwright.engine.memory import Memory
from tickwright.engine.rows import MarketRows
from tickwright.indicators.memo import Memo
from tickwright.strategy_api.acts import on_change
from tickwright.strategy_api.evaluate import evaluate_targets
from tickwright.strategy_api.strategy import Form, Strategy, form_of


def may_rest(strategy_class: type[Strategy], market: Market) -> bool:
    """Whether orders other than market orders may come to be, or anything else that needs highs and lows."""
    spot = all(instrument.kind == "spot" for instrument in market.instruments)
    return strategy_class.exits is not Strategy.exits or not spot


def stands_alone(strategy_class: type[Strategy], rows: MarketRows, limits: RiskLimits) -> bool:
    """Whether a strategy's targets for one instrument can jump from event to event."""
    targets = form_of(strategy_class) is Form.TARGETS and strategy_class.acts == on_change
    return rows.instruments == 1 and targets and _is_plain(rows.market, rows.start_ns, limits)


def stands_as_panel(decisions: Decisions, rows: MarketRows, limits: RiskLimits) -> bool:
    """Whether decisions can run from change to change."""
    return decisions.exits is None and not decisions.policy.retry and _is_plain(rows.market, rows.start_ns, limits)


def reads_columns(
    strategy_class: type[Strategy], market: Market, costs: CostModel, limits: RiskLimits, start_ns: int | None
) -> bool:
    """Whether a run is sure to stand as a panel that asks for opens and closes alone: no table of them is needed."""
    start = start_ns if start_ns is not None else min(int(bars.open_time_ns[0]) for bars in market.bars if len(bars))
    form = form_of(strategy_class)
    panel = form is Form.WEIGHTS or (form is Form.TARGETS and len(market.bars) > 1)
    asked_again = strategy_class.exits is not Strategy.exits or strategy_class.acts.retry
    return panel and not asked_again and not costs.uses_statistics and _is_plain(market, start, limits)


def _is_plain(market: Market, start_ns: int, limits: RiskLimits) -> bool:
    """Whether nothing but candles moves the market and its rules from a time on, and nothing limits us."""
    spot = all(instrument.kind == "spot" for instrument in market.instruments)
    dated = any(rules.valid_from_ns > start_ns for one in market.instruments for rules in one.rules)
    return not limits.any_set and spot and not dated and not market.has_detail


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
    targets = answer.targets[rows.first_bar : rows.end_bar]
    is_signal = targets.dtype == np.bool_
    if is_signal:
        targets = np.ascontiguousarray(targets).view(np.uint8)
    else:
        targets = np.ascontiguousarray(targets, np.float64)
        refuse_shorts(targets.reshape(-1, 1), rows)
    exits = None if answer.exits is None else exit_distances([answer.exits], rows)
    memory.want_alone(targets, is_signal=is_signal, exits=exits, logged=logged)
