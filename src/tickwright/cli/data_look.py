"""`tickwright data`, what only looks: list, show, gaps, verify, quality, quarantine, questions in SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from typer import Argument, Option

from tickwright.cli import run_options as options
from tickwright.cli.data_group import Kind, app, chosen, one_series
from tickwright.cli.frame import Frame, command
from tickwright.cli.output import Answer, Paper

_MOST_DOUBTS = 5


@command(app, "ls")
def ls(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    store: options.Store = None,
) -> Answer:
    """List the stored series."""
    from tickwright.adapters.storage.opening import shown_location
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.stored_data import list_series

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    rows = list_series(project, chosen(exchange or settings.defaults.exchange, symbol, timeframe, kind))

    def text(paper: Paper) -> None:
        if not rows:
            place = shown_location(settings.store.url or frame.home)
            paper.line(f"No series is stored in {place}. `tickwright data fetch --symbol BTC/USDT` fetches one.")
            return
        archived = ("archived",) if project.archive_url else ()
        columns = ("series", "rows", *archived, "first", "last", "gaps", "missing_bars")
        paper.table(columns, [[row[name] for name in columns] for row in rows])

    return Answer("data-ls", {"series": rows}, text)


@command(app, "show")
def show(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: Annotated[str | None, Option("--symbol", help="BASE/QUOTE of the series.")] = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    start: options.Start = None,
    end: options.End = None,
    most: Annotated[int, Option("--most", min=1, help="The most rows to show, half of them from the end.")] = 10,
    as_of: options.AsOf = None,
    store: options.Store = None,
) -> Answer:
    """Show the first and the last rows of a stored series, with their exact values."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.stored_data import show_series
    from tickwright.domain.timestamp import parse_instant

    settings = frame.settings({"store.url": store})
    key = one_series(symbol, exchange or settings.defaults.exchange, timeframe, kind)
    start_ns = None if start is None else parse_instant(start, where="--start")
    end_ns = None if end is None else parse_instant(end, inclusive_end=True, where="--end")
    known_ns = None if as_of is None else parse_instant(as_of, inclusive_end=True, where="--as-of")
    project = Project.of(frame.home, settings)
    outcome = show_series(project, key, start_ns, end_ns, most=most, as_of_ns=known_ns)

    def text(paper: Paper) -> None:
        rows = [[str(value) for value in row] for row in outcome["rows"]]
        if outcome["left_out"]:
            rows.insert((most + 1) // 2, ["…"] * len(outcome["columns"]))
        paper.table(outcome["columns"], rows)
        paper.line(f"{outcome['series']}: {len(outcome['rows'])} of {outcome['of']:,} rows")

    return Answer("data-show", outcome, text)


@command(app, "gaps")
def gaps(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    store: options.Store = None,
) -> Answer:
    """Show the gap map: every hole of the stored series, with its type."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.stored_data import gap_rows

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    rows = gap_rows(project, chosen(exchange or settings.defaults.exchange, symbol, timeframe, kind))
    return Answer("data-gaps", {"gaps": rows}, gap_table(rows))


def gap_table(rows: Sequence[dict[str, object]]) -> Callable[[Paper], None]:
    """Gap rows as text."""

    def text(paper: Paper) -> None:
        if not rows:
            paper.line("No bar is missing.")
            return
        columns = ("series", "start", "end", "bars", "kind", "note")
        paper.table(columns, [[row[name] for name in columns] for row in rows])

    return text


@command(app, "verify")
def verify(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    deep: Annotated[
        bool, Option("--deep", help="Read every row, apply the rules of its kind, compare bar lengths.")
    ] = False,
    store: options.Store = None,
) -> Answer:
    """Compare what is stored with what was promised; exit code 1 where something is wrong."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.stored_data import verify_series

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    outcome = verify_series(project, chosen(exchange or settings.defaults.exchange, symbol, timeframe, kind), deep=deep)

    def text(paper: Paper) -> None:
        for finding in outcome["findings"]:
            paper.line(f"{finding['series']} {finding['place']}: {finding['reason']}")
        wrong = len(outcome["findings"])
        verdict = f"{wrong} findings" if wrong else "all as promised"
        paper.line(f"{outcome['series']} series, {outcome['rows']:,} rows: {verdict}")
        if outcome["bars_compared"]:
            paper.line(f"{outcome['bars_compared']:,} bars were compared with the finer bars inside them")

    return Answer("data-verify", outcome, text, exit_code=1 if outcome["findings"] else 0)


@command(app, "quality")
def quality(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    store: options.Store = None,
) -> Answer:
    """How far each series can be trusted, from 0 to 1: bars present, holes explained, rows sound."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.stored_data import judge_series

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    outcome = judge_series(project, chosen(exchange or settings.defaults.exchange, symbol, timeframe, kind))

    def text(paper: Paper) -> None:
        columns = ("series", "score", "rows", "missing", "doubtful", "quarantined")
        paper.table(columns, [_judgement(row, columns) for row in outcome["series"]])
        for row in outcome["series"]:
            for doubt in row["doubts"][:_MOST_DOUBTS]:
                paper.line(f"  {row['series']} {doubt['at']}, {doubt['bars']} bars: {doubt['reason']}")
            if (more := len(row["doubts"]) - _MOST_DOUBTS) > 0:
                paper.line(f"  {row['series']}: {more} more doubts; --json lists them all")

    return Answer("data-quality", outcome, text)


def _judgement(row: dict[str, Any], columns: Sequence[str]) -> list[Any]:
    shown = {**row, "score": f"{row['score']:.4f}", "missing": sum(row["missing"].values())}
    return [shown[name] for name in columns]


@command(app, "quarantine")
def quarantine(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    store: options.Store = None,
) -> Answer:
    """The rows that came and were not believed: where they stood, why, from where and when."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.stored_data import quarantined_rows

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    outcome = quarantined_rows(project, chosen(exchange or settings.defaults.exchange, symbol, timeframe, kind))

    def text(paper: Paper) -> None:
        for row in outcome["rows"]:
            paper.line(f"{row['series']} {row['place']}: {row['reason']} ({row['source']}, {row['recorded']})")
        paper.line(f"{len(outcome['rows'])} rows are in quarantine")

    return Answer("data-quarantine", outcome, text)


@command(app, "sql")
def sql(
    frame: Frame,
    question: Annotated[str, Argument(help="One select, in quotes.")],
    most: Annotated[int, Option("--most", min=1, help="The most rows to show.")] = 1000,
    store: options.Store = None,
) -> Answer:
    """Ask the lake in SQL: one select from candles, trades, quotes, funding or book."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.stored_data import ask_in_sql

    settings = frame.settings({"store.url": store})
    outcome = ask_in_sql(Project.of(frame.home, settings), question, most)

    def text(paper: Paper) -> None:
        # As they are: a year is no amount, and what a number means only the question knows.
        paper.table(outcome["columns"], [[None if one is None else str(one) for one in row] for row in outcome["rows"]])
        if outcome["more"]:
            paper.line(f"There are more rows than {most:,}; --most shows them.")

    return Answer("data-sql", outcome, text)
