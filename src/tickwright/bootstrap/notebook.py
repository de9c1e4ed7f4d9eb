"""The functions of `import tickwright as tw`: load, backtest, sweep, for notebooks and scripts.

Invariants: everything happens in memory and nothing is kept unless `run.keep()` is called; the numbers are those of the
command line for the same words; rates may be numbers or text (`"10bp"`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from tickwright.bootstrap.backtest import BacktestRequest, run_backtest
from tickwright.bootstrap.market_loading import LoadedMarket, load_market
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.bootstrap.sweep import Sweep, run_sweep
from tickwright.domain.costs import CostModel, ImpactModel
from tickwright.domain.errors import UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.settings.units import read_rate, read_size
from tickwright.strategy_api.strategy import Strategy

Rate = Decimal | float | int | str


def load(
    symbols: str | Sequence[str],
    timeframe: str = "1h",
    *,
    exchange: str = "binance",
    start: str | None = None,
    end: str | None = None,
    home: Path | str = ".",
    store: str | None = None,
    archive: str | None = None,
    memory_budget: str | None = None,
    detail: str | None = None,
) -> LoadedMarket:
    """Stored candles as the market of a run.

    `symbols` is `BASE/QUOTE` or `exchange:BASE/QUOTE`, one or several; `start` and `end` are ISO dates or instants in
    UTC, a bare end date included; `home` is the project directory; rows that were moved into an `archive` are read with
    those of the store. `detail` is the timeframe of finer stored candles that settle the path inside a bar, such as
    "1m". With a `memory_budget` such as "512MB" a backtest reads its candles in chunks and holds no more than that at a
    time. Raises `DataMissing` with the command that fetches what is not there.
    """
    named = [symbols] if isinstance(symbols, str) else list(symbols)
    return load_market(
        Project(Path(home).expanduser().absolute(), store_url=store, archive_url=archive),
        [InstrumentId.parse(symbol, exchange=exchange) for symbol in named],
        Timeframe.parse(timeframe),
        None if start is None else parse_instant(start, where="start"),
        None if end is None else parse_instant(end, inclusive_end=True, where="end"),
        memory_budget=None if memory_budget is None else _size(memory_budget),
        detail=None if detail is None else Timeframe.parse(detail, where="detail"),
    )


def backtest(
    strategy: Strategy | type[Strategy],
    data: LoadedMarket,
    *,
    cash: Decimal | float | int | str = 100_000,
    fee: Rate | None = None,
    spread: Rate = "1bp",
    slippage: Rate = 0,
    impact: ImpactModel = "sqrt",
    max_participation: Rate | Literal["off"] = "10%",
    mode: Literal["auto", "vector", "event", "replay"] = "auto",
    seed: int = 0,
) -> Run:
    """Run a strategy over a market in memory.

    `SmaCross(fast=10)` or the class for its defaults. `fee` is a fraction of every fill (the instrument's own, else
    10 bp, where None). The result has `.stats .trades .fills .orders .equity .digest .report()`.
    """
    return run_backtest(_request(strategy, cash, fee, spread, slippage, impact, max_participation, mode, seed), data)


def sweep(
    strategy: Strategy | type[Strategy],
    data: LoadedMarket,
    grid: Mapping[str, str | Sequence[Any]] | None = None,
    *,
    sort: str = "sharpe",
    cash: Decimal | float | int | str = 100_000,
    fee: Rate | None = None,
    spread: Rate = "1bp",
    slippage: Rate = 0,
    impact: ImpactModel = "sqrt",
    max_participation: Rate | Literal["off"] = "10%",
    seed: int = 0,
    workers: int | None = None,
    **axes: str | Sequence[Any],
) -> Sweep:
    """Run every valid combination of a grid over a market.

    Axes are named by parameter: `sweep(SmaCross, data, fast=range(5, 55, 5), slow="20:200:20")`; one whose name is
    taken by an argument goes into `grid`. The result has `.frame .best(by) .run(row) .trials .invalid`.
    """
    request = _request(strategy, cash, fee, spread, slippage, impact, max_participation, "vector", seed)
    return run_sweep(request, {**(grid or {}), **axes}, data, sort=sort, workers=workers)


def _request(
    strategy: Strategy | type[Strategy],
    cash: Decimal | float | int | str,
    fee: Rate | None,
    spread: Rate,
    slippage: Rate,
    impact: ImpactModel,
    max_participation: Rate | Literal["off"],
    mode: str,
    seed: int,
) -> BacktestRequest:
    made = strategy if isinstance(strategy, Strategy) else strategy()
    costs = CostModel.of(
        fee=None if fee is None else _rate(fee, "fee"),
        spread=_rate(spread, "spread"),
        slippage=_rate(slippage, "slippage"),
        impact=impact,
        max_participation=None if max_participation == "off" else _rate(max_participation, "max_participation"),
    )
    return BacktestRequest(type(made), made.params, _amount(cash), costs, mode=mode, seed=seed)


def _size(value: str) -> int:
    try:
        return read_size(value)
    except ValueError as expectation:
        raise UsageError(f"memory_budget is {value!r}", where="memory_budget", expected=str(expectation)) from None


def _rate(value: Rate, name: str) -> Decimal:
    try:
        return read_rate(value)
    except ValueError as expectation:
        raise UsageError(f"{name} is {value!r}", where=name, expected=str(expectation)) from None


def _amount(cash: Decimal | float | int | str) -> Decimal:
    try:
        amount = Decimal(str(cash).replace("_", ""))
    except ArithmeticError:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise UsageError(f"cash is {cash!r}", where="cash", expected="an amount above 0, such as 100_000")
    return amount
