"""`tickwright backtest`: run a strategy on stored candles."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from typer import Option

from tickwright.cli import run_options as options
from tickwright.cli.compilation import announce_compilation
from tickwright.cli.frame import Frame, command, command_app
from tickwright.cli.output import Answer, Paper

if TYPE_CHECKING:
    from tickwright.bootstrap.run import Run

app = command_app()


@command(app)
def backtest(
    frame: Frame,
    strategy: options.StrategyName,
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
    mode: Annotated[str | None, Option("--mode", help="vector, event or replay; all trade alike.")] = None,
    seed: options.Seed = 0,
    memory_budget: Annotated[
        str | None, Option("--memory-budget", help="Memory for candles, such as 512MB: more are read in chunks.")
    ] = None,
    store: options.Store = None,
    report: Annotated[bool, Option("--report", help="Write the HTML report as well.")] = False,
) -> Answer:
    """Run a strategy on stored candles and keep the run."""
    from tickwright.bootstrap.backtest import keep_run, run_backtest
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.request import RunFlags, prepare_run

    overrides = options.overrides(cash, fee, spread, slippage, impact, participation, leverage, margin, store)
    settings = frame.settings({**overrides, "data.memory_budget": memory_budget})
    project = Project.of(frame.home, settings)
    flags = RunFlags(
        strategy, exchange, tuple(symbol or ()), timeframe, start, end, last, anchor,
        options.assignments(param, "--param"), mode, seed, as_of, detail,
    )  # fmt: skip
    prepared = prepare_run(project, settings, flags, memory_budget=settings.data.memory_budget)
    announce_compilation(frame)
    with frame.progress(f"Running {strategy}") as bar:
        run = run_backtest(prepared.request, prepared.loaded, progress=bar.update)
    run = keep_run(project, run)
    written = run.report() if report else None
    document = {**run.document(), "report": None if written is None else str(written)}
    return Answer("backtest", document, describe(run, report=None if written is None else str(written)))


def describe(run: Run, *, report: str | None = None) -> Callable[[Paper], None]:
    """A run as text: what was run, its statistics, its digests, what to know and what to type next."""

    def text(paper: Paper) -> None:
        manifest = run.manifest
        params = ", ".join(f"{name} {value}" for name, value in manifest["params"].items())
        paper.line(f"{manifest['strategy']}{f' ({params})' if params else ''} on {', '.join(manifest['symbols'])}")
        span = f"{manifest['start']} … {manifest['end']}"
        frame = manifest["timeframe"] + (f" on {manifest['detail']} detail" if manifest.get("detail") else "")
        paper.line(f"{run.result.bars:,} bars of {frame}, {span}, {manifest['mode']} mode")
        paper.line()
        paper.facts([(row.label.words, row.text) for row in run.stats.as_rows()], indent=2)
        paper.line()
        paper.facts([("fills digest", run.digest), ("account digest", run.account_digest)], indent=2)
        for warning in run.warnings:
            paper.line(f"  note: {warning}")
        if manifest.get("run_id"):
            paper.line()
            counted = "" if manifest["trials"] is None else f" (trial {manifest['trials']} on this data)"
            paper.line(f"Kept as {manifest['run_id']}{counted}.")
            paper.line(f"Report: {report}" if report else f"Next: tickwright report {manifest['run_id']}")

    return text
