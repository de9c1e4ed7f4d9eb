"""The functions of `import tickwright as tw`: load, backtest, sweep, for notebooks and scripts.

Invariants: everything happens in memory and nothing is kept; the numbers are those of the
command line for the same words, whatever a `tickwright.toml` says; rates may be numbers or text (`"10bp"`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from tickwright.bootstrap.backtest import BacktestRequest, run_backtest
from tickwright.bootstrap.market_loading import LoadedMarket, load_market
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.request import perpetual_terms
from tickwright.bootstrap.run import Run
from tickwright.bootstrap.sweep import Sweep, run_sweep
from tickwright.domain.costs import ImpactModel
from tickwright.domain.errors import UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.settings.sections import settings_of
from tickwright.settings.units import read_size
from tickwright.strategy_api.strategy import Strategy

Rate = Decimal | float | int | str
Words = Mapping[str, Any]
"""Settings of one section by name, as they stand in `tickwright.toml`."""


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
    margin: Words | None = None,
) -> LoadedMarket:
    """Stored candles as the market of a run.

    `symbols` is `BASE/QUOTE` or `exchange:BASE/QUOTE`, one or several; `start` and `end` are ISO dates or instants in
    UTC, a bare end date included; `home` is the project directory; rows that were moved into an `archive` are read with
    those of the store. `detail` is the timeframe of finer stored candles that settle the path inside a bar, such as
    "1m". With a `memory_budget` such as "512MB" a backtest reads its candles in chunks and holds no more than that at a
    time. `margin` says how perpetuals are held, in the words of `[margin]`, such as `{"leverage": 5, "mode": "cross"}`.
    Raises `DataMissing` with the command that fetches what is not there.
    """
    named = [symbols] if isinstance(symbols, str) else list(symbols)
    if not named:
        raise UsageError("no symbol is named", where="symbols", expected="one or more, such as BTC/USDT")
    return load_market(
        Project(Path(home).expanduser().absolute(), store_url=store, archive_url=archive),
        [InstrumentId.parse(symbol, exchange=exchange) for symbol in named],
        Timeframe.parse(timeframe),
        None if start is None else parse_instant(start, where="start"),
        None if end is None else parse_instant(end, inclusive_end=True, where="end"),
        memory_budget=None if memory_budget is None else _size(memory_budget),
        detail=None if detail is None else Timeframe.parse(detail, where="detail"),
        perpetuals=perpetual_terms(settings_of({"margin": margin})),
    )


def backtest(
    strategy: Strategy | type[Strategy],
    data: LoadedMarket,
    *,
    cash: Decimal | float | int | str = 100_000,
    fee: Rate | None = None,
    spread: Rate | None = None,
    slippage: Rate | None = None,
    impact: ImpactModel | None = None,
    max_participation: Rate | Literal["off"] | None = None,
    costs: Words | None = None,
    risk: Words | None = None,
    mode: Literal["auto", "vector", "event", "replay"] = "auto",
    seed: int = 0,
) -> Run:
    """Run a strategy over a market in memory.

    `SmaCross(fast=10)` or the class for its defaults. `fee` is a fraction of every fill (the instrument's own, else
    10 bp, where None); the other costs are 1 bp of spread, no slippage, `sqrt` impact and a tenth of the volume where
    None. What else the settings know under `[costs]` and `[risk]` goes into `costs` and `risk`:
    `costs={"latency": "250ms", "limit_fill": "touch"}, risk={"max_drawdown": "20%"}`.
    The result has `.stats .trades .fills .orders .equity .digest .report()`.
    """
    own = {"fee": fee, "spread": spread, "slippage": slippage, "impact": impact, "max_participation": max_participation}
    return run_backtest(_request(strategy, cash, own, costs, risk, mode, seed), _demand_market(data))


def sweep(
    strategy: Strategy | type[Strategy],
    data: LoadedMarket,
    grid: Mapping[str, str | Sequence[Any]] | None = None,
    *,
    sort: str = "sharpe",
    cash: Decimal | float | int | str = 100_000,
    fee: Rate | None = None,
    spread: Rate | None = None,
    slippage: Rate | None = None,
    impact: ImpactModel | None = None,
    max_participation: Rate | Literal["off"] | None = None,
    costs: Words | None = None,
    risk: Words | None = None,
    seed: int = 0,
    workers: int | None = None,
    **axes: str | Sequence[Any],
) -> Sweep:
    """Run every valid combination of a grid over a market.

    Axes are named by parameter: `sweep(SmaCross, data, fast=range(5, 55, 5), slow="20:200:20")`; one whose name is
    taken by an argument goes into `grid`. The result has `.frame .best(by) .run(row) .trials .invalid`.
    """
    own = {"fee": fee, "spread": spread, "slippage": slippage, "impact": impact, "max_participation": max_participation}
    request = _request(strategy, cash, own, costs, risk, "vector", seed)
    return run_sweep(request, {**(grid or {}), **axes}, _demand_market(data), sort=sort, workers=workers)


def _request(
    strategy: Strategy | type[Strategy], cash: Decimal | float | int | str, own: Words, costs: Words | None,
    risk: Words | None, mode: str, seed: int,
) -> BacktestRequest:  # fmt: skip
    made = _instance(strategy)
    said = {name: value for name, value in own.items() if value is not None}
    if isinstance(costs, Mapping):
        if twice := sorted(set(said) & set(costs)):
            raise UsageError(f"{twice[0]} is said twice", where="costs", expected=f"{twice[0]}= or costs, not both")
        said = {**costs, **said}
    settings = settings_of({"costs": said if costs is None or isinstance(costs, Mapping) else costs, "risk": risk})
    return BacktestRequest(
        type(made), made.params, _amount(cash), settings.costs.model(), mode=mode, seed=seed,
        limits=settings.risk.limits(),
    )  # fmt: skip


def _instance(strategy: Any) -> Strategy:
    if isinstance(strategy, Strategy):
        return strategy
    if not (isinstance(strategy, type) and issubclass(strategy, Strategy)):
        raise UsageError(f"the strategy is {strategy!r}", where="strategy", expected="a strategy class or one of it")
    return strategy()


def _demand_market(data: Any) -> LoadedMarket:
    if not isinstance(data, LoadedMarket):
        raise UsageError(f"the data is a {type(data).__name__}", where="data", expected="what tw.load(…) returns")
    return data


def _size(value: str) -> int:
    try:
        return read_size(value)
    except ValueError as expectation:
        raise UsageError(f"memory_budget is {value!r}", where="memory_budget", expected=str(expectation)) from None


def _amount(cash: Decimal | float | int | str) -> Decimal:
    try:
        amount = Decimal(str(cash).replace("_", ""))
    except ArithmeticError:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise UsageError(f"cash is {cash!r}", where="cash", expected="an amount above 0, such as 100_000")
    return amount
