"""Plug a sweep together: many parameter sets of one strategy over one market, ranked, counted as trials.

Invariants: every valid combination has a row, invalid ones are counted; ranking never hides how many were tried; the
measures of a row are those a single run of the same parameters reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from tickwright.adapters.compute.threads import ThreadExecutor
from tickwright.adapters.reports import write_sweep_report
from tickwright.adapters.reports.sweep_report import MEASURES as REPORT_MEASURES
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet
from tickwright.analytics.benchmark import buy_and_hold
from tickwright.analytics.periods import TRADING_YEAR_NS, calendar_years
from tickwright.analytics.returns import simple_returns
from tickwright.analytics.sharpe import sharpe
from tickwright.analytics.sweep_luck import SweepLuck, sweep_luck
from tickwright.analytics.sweep_table import COLUMNS, SMALLER_IS_BETTER, sweep_columns
from tickwright.bootstrap.backtest import BacktestRequest, run_backtest, run_manifest, search_context
from tickwright.bootstrap.market_loading import LoadedMarket
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.bootstrap.strategy_failure import told_of
from tickwright.domain.errors import UsageError
from tickwright.domain.run import SweepResult
from tickwright.domain.timestamp import iso
from tickwright.modes import vector
from tickwright.strategy_api.grid import expand_grid


@dataclass(frozen=True, repr=False)
class Sweep:
    """The outcome of a sweep: `frame` has one row per valid trial, best first.

    `trials` is the number of rows, `invalid` the combinations the strategy refuses, `trials_on_data` how many different
    trials this data has seen in the project (None for a sweep made in memory).
    """

    request: BacktestRequest
    loaded: LoadedMarket
    result: SweepResult
    frame: pl.DataFrame
    sort: str
    trials_on_data: int | None = None

    def __repr__(self) -> str:
        """One line: what was swept over what; `frame` is the table."""
        symbols = ", ".join(str(identity) for identity in self.loaded.market.ids)
        name = self.request.strategy.__name__
        return f"<Sweep of {name} on {symbols}: {self.trials:,} trials, {self.invalid:,} invalid, by {self.sort}>"

    @property
    def trials(self) -> int:
        """How many valid parameter sets were run."""
        return len(self.result.trials)

    @property
    def invalid(self) -> int:
        """How many combinations the strategy calls invalid."""
        return self.result.invalid

    def best(self, by: str | None = None) -> dict[str, Any]:
        """The best row by a measure (the sweep's own by default); undefined values never win. Raises `UsageError`."""
        ranked = ranked_frame(self.frame, by or self.sort)
        if ranked.is_empty():
            raise UsageError("the sweep has no valid trial", where="sweep", expected="at least one valid combination")
        return ranked.row(0, named=True)

    def document(self) -> dict[str, Any]:
        """The sweep as one document: what was swept, every row, and how many trials there were."""
        market = self.loaded.market
        return {
            "strategy": self.request.strategy.__name__,
            "symbols": [str(identity) for identity in market.ids],
            "timeframe": str(market.timeframe),
            "detail": str(market.finest[0].timeframe) if market.has_detail else None,
            "bars": self.result.bars,
            "sort": self.sort,
            "trials": self.trials,
            "invalid": self.invalid,
            "trials_on_data": self.trials_on_data,
            "luck": asdict(self.luck),
            "rows": [_row_document(row, list(self.result.trials[0])) for row in self.frame.iter_rows(named=True)],
            "data": self.loaded.data_document(),
            "warnings": list(self.loaded.warnings),
        }

    @property
    def luck(self) -> SweepLuck:
        """What the best Sharpe ratio is worth after so many trials."""
        return sweep_luck(self.result, trials_on_data=self.trials_on_data)

    def report(self, path: Path | str) -> Path:
        """Write the page of the sweep (heat map, trials, what luck makes of the best) and return its path."""
        manifest = {name: value for name, value in self.document().items() if name != "rows"}
        opens = self.loaded.market.open_times_ns
        return write_sweep_report(
            Path(path),
            result=self.result,
            manifest=manifest | {"start": iso(int(opens[0])), "end": iso(int(opens[-1]) + self.result.period_ns)},
            sort=self.sort if self.sort in REPORT_MEASURES else "sharpe",
            trials_on_data=self.trials_on_data,
            years=_years(self.result, self.loaded),
            hold_sharpe=self._hold_sharpe(),
        )

    def _hold_sharpe(self) -> float:
        """The Sharpe ratio of buying all symbols in equal parts and holding them, without costs."""
        market = self.loaded.market
        closes = market.open_times_ns + self.result.period_ns
        returns = simple_returns(buy_and_hold(market.bars, closes, 1.0), 1.0)
        return sharpe(returns, TRADING_YEAR_NS / self.result.period_ns)

    def run(self, row: Mapping[str, Any] | None = None) -> Run:
        """Run one trial again in full; the best one by default."""
        chosen = row if row is not None else self.best()
        names = self.result.trials[0].keys()
        params = {**self.request.params, **{name: chosen[name] for name in names}}
        return run_backtest(replace(self.request, params=params), self.loaded)


def run_sweep(
    request: BacktestRequest,
    axes: Mapping[str, str | Sequence[Any]],
    loaded: LoadedMarket,
    *,
    sort: str = "sharpe",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Sweep the combinations of `axes` (`5:50:5`, `5,10,20` or sequences) in memory; nothing is written."""
    if sort not in COLUMNS:
        raise UsageError(
            f"{sort!r} is not a measure of a sweep", where="--sort", expected=f"one of {', '.join(COLUMNS)}"
        )
    if not axes:
        raise UsageError("a sweep needs a grid", where="--grid", expected="NAME=LOW:HIGH:STEP or NAME=a,b,c")
    grid = expand_grid(request.strategy, axes, request.params)
    if not grid.trials:
        raise UsageError(
            f"none of the {grid.invalid} combinations is valid",
            where="--grid",
            expected=f"some for which {request.strategy.__name__}.valid() is true",
        )
    trials = [{**request.params, **trial} for trial in grid.trials]
    with told_of(request.strategy), ThreadExecutor(workers) as executor:
        result = vector.sweep(
            request.strategy,
            trials,
            loaded.market,
            cash=request.cash,
            cash_asset=loaded.market.cash_asset,
            costs=request.costs,
            limits=request.limits,
            executor=executor,
            start_ns=request.start_ns,
            end_ns=request.end_ns,
            seed=request.seed,
            progress=progress,
        )
    result = replace(result, invalid=result.invalid + grid.invalid)
    return Sweep(request, loaded, result, ranked_frame(_frame(result, loaded), sort), sort)


def log_sweep(project: Project, sweep: Sweep) -> Sweep:
    """Record the sweep's trials with their measures in the project's trial log."""
    request, market = sweep.request, sweep.loaded.market
    looked_at = TrialRange(
        tuple(str(identity) for identity in market.ids),
        str(market.timeframe),
        min(int(bars.open_time_ns[0]) for bars in market.bars),
        max(int(bars.open_time_ns[-1]) for bars in market.bars) + 1,
    )
    strategies = [request.strategy(**trial) for trial in sweep.result.trials]
    measures = _frame(sweep.result, sweep.loaded).select(COLUMNS).to_dicts()
    trials = [TriedSet(one.params, row) for one, row in zip(strategies, measures, strict=True)]
    context = search_context(run_manifest(request, strategies[0], "vector", sweep.loaded))
    search = SearchRecord(time.time_ns(), request.strategy.__name__, looked_at, context, trials)
    counted, remarks = project.count_trials(search)
    loaded = replace(sweep.loaded, warnings=(*sweep.loaded.warnings, *remarks))
    return replace(sweep, loaded=loaded, trials_on_data=counted)


def ranked_frame(frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """The rows from best to worst by a measure; undefined values come last, ties keep the order of the grid."""
    if by not in frame.columns:
        raise UsageError(f"{by!r} is not a measure of a sweep", where="sort", expected=f"one of {', '.join(COLUMNS)}")
    key = pl.col(by).cast(pl.Float64).fill_nan(None)
    return frame.sort(key, descending=by not in SMALLER_IS_BETTER, nulls_last=True, maintain_order=True)


def _row_document(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """A row with its parameters under `params` and its measures beside them."""
    return {"params": {name: row[name] for name in names}, **{name: row[name] for name in COLUMNS}}


def _frame(result: SweepResult, loaded: LoadedMarket) -> pl.DataFrame:
    parameters = {name: [trial[name] for trial in result.trials] for name in result.trials[0]}
    return pl.DataFrame({**parameters, **sweep_columns(result, years=_years(result, loaded))}, strict=False)


def _years(result: SweepResult, loaded: LoadedMarket) -> float:
    """The calendar length of the record, holes included, as a single run's growth per year counts it."""
    opens = loaded.market.open_times_ns
    return calendar_years(int(opens[0]), int(opens[-1]) + result.period_ns)
