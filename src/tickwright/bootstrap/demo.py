"""The platform's main job from end to end: practice exchange, fetch, gap map, three modes, sweep, report.

Invariants: every step goes through the same code as the commands; what an earlier, perhaps interrupted, demo stored is
used again, so a second run fetches nothing; the strategy, the costs and the range are fixed, so its digests are too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from tickwright.adapters.sandbox.history import bundled_history
from tickwright.adapters.sandbox.process import SandboxProcess
from tickwright.bootstrap.backtest import MODES, BacktestRequest, keep_run, run_backtest
from tickwright.bootstrap.fetch import Fetched, fetch
from tickwright.bootstrap.market_loading import LoadedMarket, load_market
from tickwright.bootstrap.new_project import make_project
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.bootstrap.sweep import Sweep, log_sweep, run_sweep
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import CheckFailed
from tickwright.strategies import SmaCross

DEFAULT_DIRECTORY = "tickwright-demo"
GRID = {"fast": "5:50:5", "slow": "20:200:20"}

Progress = Callable[[int, int], None]


class Demo:
    """The demo in one project directory, step by step."""

    def __init__(self, home: Path, *, store_url: str | None = None) -> None:
        """`store_url` names another market store than the project's own lake."""
        self.project = Project(home, store_url=store_url)
        self.series = bundled_history()
        self.request = BacktestRequest(
            SmaCross, SmaCross().params, cash=Decimal(100_000), costs=CostModel.of(fee="0.001", spread="0.0001")
        )

    def prepare(self) -> None:
        """Make the project directory; what is there already stays as it is."""
        make_project(self.project.home)

    def fetch(self, started: Callable[[str], None], progress: Progress) -> list[Fetched]:
        """Start the practice exchange as a process of its own and bring the project up to date from it."""
        first = min(int(bars.open_time_ns[0]) for bars in self.series)
        end = max(int(bars.open_time_ns[-1]) + bars.timeframe.length_ns for bars in self.series)
        with SandboxProcess() as exchange:
            started(exchange.url)
            return fetch(
                self.project,
                [bars.key.instrument for bars in self.series],
                self.series[0].timeframe,
                first,
                end,
                url=exchange.url,
                progress=progress,
            )

    def load(self) -> LoadedMarket:
        """The market of both symbols, read back from the store."""
        instruments = [bars.key.instrument for bars in self.series]
        return load_market(self.project, instruments, self.series[0].timeframe, None, None)

    def backtests(self, loaded: LoadedMarket, done: Callable[[str], None]) -> dict[str, Run]:
        """The same run in every mode; raises `CheckFailed` unless all digests are equal."""
        runs: dict[str, Run] = {}
        for mode in MODES:
            runs[mode] = run_backtest(replace(self.request, mode=mode), loaded)
            done(mode)
        if len({(run.digest, run.account_digest) for run in runs.values()}) > 1:
            raise CheckFailed(
                "the modes did not trade alike: "
                + ", ".join(f"{mode} {run.digest[:12]}" for mode, run in runs.items()),
                where="demo",
                expected="one digest",
            )
        return runs

    def sweep(self, loaded: LoadedMarket, progress: Progress) -> Sweep:
        """A small grid around the default parameters, logged as trials."""
        return log_sweep(self.project, run_sweep(self.request, GRID, loaded, progress=progress))

    def keep(self, run: Run) -> tuple[Run, Path]:
        """Keep a run and write its report."""
        kept = keep_run(self.project, run)
        return kept, kept.report()
