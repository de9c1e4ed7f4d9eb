"""`tickwright sweep`: run a grid of parameters and rank the trials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from tickwright.cli import run_options as options
from tickwright.cli.compilation import announce_compilation
from tickwright.cli.frame import Frame, command, command_app
from tickwright.cli.output import Answer, Paper, percent

if TYPE_CHECKING:
    from tickwright.bootstrap.sweep import Sweep

app = command_app()

SHOWN = ("total_return", "cagr", "sharpe", "calmar", "max_drawdown", "win_rate", "profit_factor", "trades", "fee")
SHARES = frozenset(("total_return", "cagr", "max_drawdown", "win_rate"))


@command(app)
def sweep(
    frame: Frame,
    strategy: options.StrategyName,
    grid: Annotated[
        list[str] | None, Option("--grid", help="NAME=LOW:HIGH:STEP (both ends) or NAME=a,b,c; repeat.")
    ] = None,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    detail: options.Detail = None,
    start: options.Start = None,
    end: options.End = None,
    last: options.Last = None,
    anchor: options.Anchor = None,
    as_of: options.AsOf = None,
    param: options.Params = None,
    cash: options.Cash = None,
    fee: options.Fee = None,
    spread: options.Spread = None,
    slippage: options.Slippage = None,
    impact: options.Impact = None,
    participation: options.Participation = None,
    leverage: options.Leverage = None,
    margin: options.MarginMode = None,
    seed: options.Seed = 0,
    store: options.Store = None,
    sort: Annotated[str, Option("--sort", help="Measure to rank by, such as sharpe or total_return.")] = "sharpe",
    top: Annotated[int, Option("--top", min=1, help="Rows shown; --json gives all.")] = 10,
    workers: Annotated[int | None, Option("--workers", min=1, help="Threads; all cores where unset.")] = None,
    report: Annotated[Path | None, Option("--report", help="HTML file to write the page of the sweep to.")] = None,
) -> Answer:
    """Run every combination of a grid and rank the trials."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.request import RunFlags, prepare_run
    from tickwright.bootstrap.sweep import log_sweep, run_sweep

    settings = frame.settings(
        options.overrides(cash, fee, spread, slippage, impact, participation, leverage, margin, store)
    )
    project = Project.of(frame.home, settings)
    flags = RunFlags(
        strategy, exchange, tuple(symbol or ()), timeframe, start, end, last, anchor,
        options.assignments(param, "--param"), "vector", seed, as_of, detail,
    )  # fmt: skip
    prepared = prepare_run(project, settings, flags)
    axes = options.assignments(grid, "--grid")
    announce_compilation(frame)
    with frame.progress(f"Sweeping {strategy}") as bar:
        outcome = run_sweep(prepared.request, axes, prepared.loaded, sort=sort, workers=workers, progress=bar.update)
    outcome = log_sweep(project, outcome)
    written = None if report is None else str(outcome.report(report))
    return Answer("sweep", {**outcome.document(), "report": written}, describe(outcome, top, report=written))


def describe(outcome: Sweep, top: int, *, report: str | None = None) -> Callable[[Paper], None]:
    """A sweep as text: how much was tried, the best rows, and what that means."""

    def text(paper: Paper) -> None:
        market = outcome.loaded.market
        symbols = ", ".join(str(identity) for identity in market.ids)
        detail = f" on {market.finest[0].timeframe} detail" if market.has_detail else ""
        paper.line(f"{outcome.request.strategy.__name__} on {symbols}, {market.timeframe} bars{detail}")
        paper.line(
            f"{outcome.trials:,} trials, {outcome.invalid:,} invalid combinations skipped; best {outcome.sort} first"
        )
        paper.line()
        columns = [name for name in outcome.frame.columns if name in SHOWN or name in outcome.result.trials[0]]
        columns += [outcome.sort] if outcome.sort not in columns else []
        rows = [
            [percent(value) if name in SHARES else value for name, value in row.items()]
            for row in outcome.frame.select(columns).head(top).iter_rows(named=True)
        ]
        paper.table(columns, rows)
        paper.line()
        luck = outcome.luck
        if luck.best == luck.best:
            paper.line(
                f"Best Sharpe {luck.best:.2f}; the best of {luck.counted:,} trials without skill would show "
                f"{luck.expected_best:.2f}. It beats that with probability {percent(luck.deflated)}."
            )
        if outcome.trials_on_data is None:
            paper.line(f"note: {outcome.loaded.warnings[-1]}")
        else:
            paper.line(f"This data has now seen {outcome.trials_on_data:,} different trials.")
        paper.line("The best of many looks better than it is: test it on data it has not seen.")
        if report:
            paper.line(f"Report: {report}")

    return text
