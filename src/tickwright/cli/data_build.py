"""`tickwright data`, what makes data of data: candles of stored trades."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from tickwright.cli import run_options as options
from tickwright.cli.data_group import app, one_series
from tickwright.cli.frame import Frame, command
from tickwright.cli.output import Answer, Paper


@command(app, "build-candles")
def build_candles(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: Annotated[str | None, Option("--symbol", help="BASE/QUOTE of the trades.")] = None,
    timeframe: options.TimeframeName = None,
    start: options.Start = None,
    end: options.End = None,
    trust_edges: Annotated[
        bool, Option("--trust-edges", help="Take the first and the last candle too: their trades are all stored.")
    ] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Compare with the stored candles; store nothing.")] = False,
    store: options.Store = None,
) -> Answer:
    """Build candles from stored trades; where stored candles say something else, into a series beside them."""
    from tickwright.bootstrap.built_candles import build
    from tickwright.bootstrap.project import Project
    from tickwright.domain.timestamp import parse_instant

    settings = frame.settings({"store.url": store})
    key = one_series(symbol, exchange or settings.defaults.exchange, timeframe, "candles")
    assert key.timeframe is not None
    start_ns = None if start is None else parse_instant(start, where="--start")
    end_ns = None if end is None else parse_instant(end, inclusive_end=True, where="--end")
    outcome = build(
        Project.of(frame.home, settings), key.instrument, key.timeframe, start_ns, end_ns,
        trust_edges=trust_edges, dry_run=dry_run,
    )  # fmt: skip

    def text(paper: Paper) -> None:
        paper.line(f"{outcome['trades']} → {outcome['series']}")
        names = ["built", "same", "differing", "theirs_alone", "left_out"]
        names += [] if dry_run else ["inserted", "unchanged"]
        paper.facts([(name.replace("_", " "), outcome[name]) for name in names], indent=2)
        if outcome["left_out"] and not trust_edges:
            paper.line("  Candles at the edges of the stored trades may lack some; --trust-edges takes them too.")
        if dry_run:
            paper.line("  Nothing was stored.")

    return Answer("data-build-candles", outcome, text)
