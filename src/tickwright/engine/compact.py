"""Targets and exits of a run in chunks: kept as runs of equal values, handed out for a few decisions at a time.

Invariant: what is handed out has the same bits as the whole arrays of `decisions_of` over the same decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.market import Market
from tickwright.domain.run import ParameterValue
from tickwright.engine.chunks import Streaming
from tickwright.engine.decisions import (
    DISTANCES,
    Decisions,
    ExitDistances,
    PerSymbol,
    StrategyViews,
    decisions_of,
    distances_of,
    exits_alike,
    instances_of,
    may_act,
    refuse_short,
    same_limits,
)
from tickwright.engine.rows import MarketRows
from tickwright.strategy_api.evaluate import evaluate_targets
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Form, Strategy, form_of

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Runs:
    """A column as runs of equal bits, or whole where it changes too often for that."""

    first: Int64Array | None
    values: Array

    @classmethod
    def of(cls, column: Array, keep: Callable[[Array], Array]) -> Runs:
        """The column in the shorter of both forms."""
        bits = column.view(f"u{column.itemsize}")
        starts = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(bits[1:] != bits[:-1]) + 1))
        if 2 * len(starts) > len(column):
            return cls(None, keep(column))
        return cls(starts, column[starts])

    def between(self, first: int, end: int) -> Array:
        """The values at these places."""
        if self.first is None:
            return self.values[first:end]
        return self.values[np.searchsorted(self.first, np.arange(first, end), side="right") - 1]


@dataclass(frozen=True)
class CompactDecisions:
    """What a strategy of arrays wants, one column per instrument.

    `terms` are decisions without a table: the policy, and exits that are alike for every entry. `exits` holds the
    distances of entries that differ, by name.
    """

    terms: Decisions
    wanted: tuple[Runs, ...]
    acts: tuple[Runs, ...]
    exits: Mapping[str, tuple[Runs, ...]]

    def between(self, first: int, end: int) -> dict[str, Array]:
        """The tables of the decisions from `first` to `end`, by the name the kernel knows them under."""
        tables = {"wanted": self.wanted, "acts": self.acts} | {
            f"exit_{name}": runs for name, runs in self.exits.items()
        }
        return {
            name: np.stack([column.between(first, end) for column in columns], axis=1).reshape(-1)
            for name, columns in tables.items()
            if columns
        }


def compact_decisions(
    strategy_class: type[Strategy],
    params: Mapping[str, ParameterValue],
    rows: MarketRows,
    streaming: Streaming,
    *,
    seed: int,
    per_symbol: PerSymbol | None,
) -> CompactDecisions:
    """The decisions of a strategy of arrays, computed symbol by symbol."""
    views = StrategyViews.of(rows, strategy_class, keep=streaming.keep)
    if form_of(strategy_class) is Form.WEIGHTS:
        return _of_panel(decisions_of(strategy_class, params, rows, views=views, seed=seed), streaming)
    wanted, exits, columns, acts = [], [], [], []
    instances = instances_of(strategy_class, params, rows, seed, per_symbol)
    for place, strategy in enumerate(instances):
        informative = views.informative_of(rows.market.ids[place].symbol)
        answer = evaluate_targets(strategy, views.bars[place], informative)
        inside, places = rows.decision_bars(place), rows.decision_places(place)
        column = np.full(rows.decisions, np.nan)
        column[places] = answer.targets[inside]
        refuse_short(column, rows.market.instruments[place])
        wanted.append(Runs.of(column, streaming.keep))
        exits.append(answer.exits)
        columns.append(_exit_columns(answer.exits, inside, places, rows.decisions, streaming))
        acts += [Runs.of(column, streaming.keep) for column in may_act(strategy.acts, rows, [place]).T if len(column)]
        streaming.release()
    distances, varying = _exits(exits, columns, rows.market)
    policy = instances[0].acts
    return CompactDecisions(_terms(rows, policy, False, distances), tuple(wanted), tuple(acts), varying)


def _of_panel(decisions: Decisions, streaming: Streaming) -> CompactDecisions:
    columns = tuple(Runs.of(np.ascontiguousarray(column), streaming.keep) for column in decisions.wanted.T)
    acts = tuple(Runs.of(np.ascontiguousarray(column), streaming.keep) for column in decisions.acts.T if len(column))
    blank = np.empty((0, len(columns)))
    terms = Decisions(blank, blank.astype(np.uint8), decisions.policy, decisions.share_of_equity, None)
    return CompactDecisions(terms, columns, acts, {})


def _terms(rows: MarketRows, policy: Any, share_of_equity: bool, exits: ExitDistances | None) -> Decisions:
    blank = np.empty((0, rows.instruments))
    return Decisions(blank, blank.astype(np.uint8), policy, share_of_equity, exits)


def _exit_columns(
    exits: Exits | None, inside: npt.NDArray[np.bool_], places: Int64Array, decisions: int, streaming: Streaming
) -> dict[str, Runs]:
    if exits is None:
        return {}
    found: dict[str, Runs] = {}
    for name in DISTANCES:
        column: Float64Array = np.full(decisions, np.nan)
        column[places] = exits.column(name, len(inside))[inside]
        found[name] = Runs.of(column, streaming.keep)
    return found


def _exits(
    exits: list[Exits | None], columns: list[dict[str, Runs]], market: Market
) -> tuple[ExitDistances | None, dict[str, tuple[Runs, ...]]]:
    """Distances that are alike for every entry, or else none of them and the columns that differ."""
    given = same_limits(exits, market)
    if not given:
        return None, {}
    alike = exits_alike(given)
    distances = distances_of(given, alike or [np.empty(0)] * len(DISTANCES))
    return distances, {} if alike else {name: tuple(own[name] for own in columns) for name in DISTANCES}
