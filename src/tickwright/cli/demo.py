"""`tickwright demo`: the platform's main job, end to end, on real candles."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument

from tickwright.cli import run_options as options
from tickwright.cli.compilation import announce_compilation
from tickwright.cli.frame import Frame, command, command_app
from tickwright.cli.output import Answer, Paper, percent
from tickwright.domain.timestamp import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from tickwright.bootstrap.fetch import Fetched
    from tickwright.bootstrap.run import Run
    from tickwright.bootstrap.sweep import Sweep
    from tickwright.domain.gaps import Gap

    Text = Callable[[Paper], None]

app = command_app()

GAPS_SHOWN = 6


@command(app)
def demo(
    frame: Frame,
    directory: Annotated[
        Path | None, Argument(help="Project directory to use; ./tickwright-demo unless named.")
    ] = None,
    store: options.Store = None,
) -> Answer:
    """Fetch, check, backtest, sweep and report on bundled real candles, through a local exchange."""
    from tickwright.bootstrap.demo import DEFAULT_DIRECTORY, Demo

    began = time.monotonic()
    home = (directory or Path(DEFAULT_DIRECTORY)).expanduser().absolute()
    show = Demo(home, store_url=store)
    show.prepare()

    frame.show(_heading(1, f"A local exchange with real Binance candles, and a project in {_short(home)}"))
    with frame.progress("Fetching pages") as bar:
        fetched = show.fetch(lambda url: frame.show(_lines(f"listening on {url}")), bar.update)
    frame.show(_heading(2, f"Candles fetched over HTTP through ccxt into {store_name(store)}"))
    frame.show(_fetched(fetched))

    frame.show(_heading(3, "What is missing, and why"))
    frame.show(_gaps(fetched))

    frame.show(_heading(4, "One strategy in three modes: SmaCross on both symbols, fees, spread, market impact"))
    loaded = show.load()
    announce_compilation(frame)
    with frame.progress("Running") as bar:
        runs = show.backtests(loaded, lambda mode: bar.advance())
    frame.show(_runs(runs))

    frame.show(_heading(5, "A sweep of its parameters"))
    with frame.progress("Sweeping") as bar:
        sweep = show.sweep(loaded, bar.update)
    frame.show(_sweep(sweep))

    kept, report = show.keep(next(iter(runs.values())))
    commands = next_commands(home, store)
    frame.show(_heading(6, "The report"))
    frame.show(_lines(str(report), "", f"Done in {time.monotonic() - began:.0f} s. Type next:", *commands))
    document = {
        "home": str(home),
        "fetched": [outcome.document() for outcome in fetched],
        "gaps": [_gap_document(outcome, gap) for outcome in fetched for gap in outcome.gaps],
        "run": kept.document(),
        "digests": {mode: run.digest for mode, run in runs.items()},
        "account_digests": {mode: run.account_digest for mode, run in runs.items()},
        "sweep": {"trials": sweep.trials, "invalid": sweep.invalid, "best": sweep.document()["rows"][:5]},
        "report": str(report),
        "next": list(commands),
    }
    return Answer("demo", document, lambda paper: None)


def store_name(store: str | None) -> str:
    """The store of the demo in words, without a password."""
    from tickwright.adapters.storage.opening import shown_location

    return "the Parquet lake" if store is None else shown_location(store)


def next_commands(home: Path, store: str | None = None) -> list[str]:
    """Three commands that work as printed in the shell the demo was started from (a password is not printed)."""
    activate = Path(sys.prefix) / "bin" / "activate"
    first = f". {_short(activate)} && cd {_short(home)}" if sys.prefix != sys.base_prefix else f"cd {_short(home)}"
    if store is not None:
        first += f" && export TICKWRIGHT_STORE__URL={shlex.quote(store_name(store))}"
    return [
        first,
        "tickwright backtest DonchianBreakout --report",
        "tickwright sweep RsiReversion --grid oversold=20:40:5",
    ]


def _short(path: Path) -> str:
    """A path as a person would type it from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _heading(step: int, words: str) -> Text:
    def text(paper: Paper) -> None:
        paper.line()
        paper.line(f"{step}/6  {words}")

    return text


def _lines(*lines: str) -> Text:
    def text(paper: Paper) -> None:
        for line in lines:
            paper.line(f"     {line}".rstrip())

    return text


def _fetched(outcomes: list[Fetched]) -> Text:
    rows = [outcome.document() for outcome in outcomes]
    columns = ("series", "pages", "inserted", "rows", "first", "last")
    return lambda paper: paper.table(columns, [[row[name] for name in columns] for row in rows])


def _gaps(outcomes: list[Fetched]) -> Text:
    """The longest holes of the first series, and how many there are in each."""

    def text(paper: Paper) -> None:
        longest = sorted(outcomes[0].gaps, key=lambda gap: (-gap.bars, gap.start_ns))[:GAPS_SHOWN]
        rows = [_gap_document(outcomes[0], gap) for gap in sorted(longest)]
        columns = ("start", "end", "bars", "kind", "note")
        paper.table(columns, [[row[name] for name in columns] for row in rows])
        for outcome in outcomes:
            missing = sum(gap.bars for gap in outcome.gaps)
            paper.line(f"     {outcome.report.key}: {len(outcome.gaps)} gaps, {missing} bars missing, none filled in")

    return text


def _gap_document(outcome: Fetched, gap: Gap) -> dict[str, object]:
    return {
        "series": str(outcome.report.key),
        "start": iso(gap.start_ns),
        "end": iso(gap.end_ns),
        "bars": gap.bars,
        "kind": gap.kind.value,
        "note": gap.note,
    }


def _runs(runs: dict[str, Run]) -> Text:
    def text(paper: Paper) -> None:
        any_run = next(iter(runs.values()))
        paper.facts([(row.label.words, row.text) for row in any_run.stats.as_rows()], indent=5)
        paper.line()
        for mode, run in runs.items():
            paper.line(f"     {mode:<7} fills digest {run.digest}")
        paper.line("     The three modes traded alike.")

    return text


def _sweep(sweep: Sweep) -> Text:
    def text(paper: Paper) -> None:
        columns = ("fast", "slow", "sharpe", "total_return", "max_drawdown", "trades")
        shares = {"total_return", "max_drawdown"}
        rows = [
            [percent(row[name]) if name in shares else row[name] for name in columns]
            for row in sweep.frame.head(5).iter_rows(named=True)
        ]
        paper.table(columns, rows)
        paper.line(
            f"     {sweep.trials} trials, {sweep.invalid} invalid combinations skipped; the best of {sweep.trials} "
            "looks better than it is."
        )

    return text
