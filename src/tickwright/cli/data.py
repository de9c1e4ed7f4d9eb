"""`tickwright data`: market data in, out, moved and backed up; `data_look` looks at it, `data_build` makes more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from tickwright.cli import data_build, data_instrument, data_look
from tickwright.cli import run_options as options
from tickwright.cli.data_group import Kind, Url, app, chosen, kind_named, one_series
from tickwright.cli.frame import Frame, command
from tickwright.cli.output import Answer, Paper

__all__ = ["app", "data_build", "data_instrument", "data_look"]

Exchanges = Annotated[
    list[str] | None, Option("--exchange", help="Exchange of symbols that name none; repeat for several.")
]
Timeframes = Annotated[list[str] | None, Option("--timeframe", help="Bar length such as 1h; repeat, or 1m,1h,1d.")]
Kinds = Annotated[
    list[str] | None,
    Option("--kind", help="candles, mark, index, trades, quotes, funding or book; repeat, or funding,mark."),
]
Again = Annotated[bool, Option("--again", help="Ask also for what was fetched before, to see corrections.")]


@command(app, "fetch")
def fetch(
    frame: Frame,
    for_: Annotated[str | None, Option("--for", help="Fetch what this strategy or instance needs.")] = None,
    exchange: Exchanges = None,
    symbol: options.Symbols = None,
    timeframe: Timeframes = None,
    kind: Kinds = None,
    start: options.Start = None,
    end: options.End = None,
    last: options.Last = None,
    url: Url = None,
    again: Again = False,
    join_former: Annotated[
        bool, Option("--join-former", help="Begin a renamed symbol's history under its former names.")
    ] = False,
    store: options.Store = None,
) -> Answer:
    """Fetch market data from exchanges, side by side; run again, it asks only for what is new.

    Of quotes and books an exchange tells only the present: each call takes down one more observation.
    """
    from tickwright.bootstrap.fetch import fetch_all
    from tickwright.bootstrap.fetch_wishes import fetch_wishes
    from tickwright.bootstrap.project import Project

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    frames = [name for word in timeframe or () for name in word.split(",")]
    kinds = [kind_named(name) for word in kind or () for name in word.split(",")]
    wishes = fetch_wishes(
        project, settings, for_, tuple(exchange or ()), tuple(symbol or ()), frames, kinds, start, end, last, url,
        join_former=join_former,
    )  # fmt: skip
    with frame.progress("Fetching pages") as bar:
        outcomes = fetch_all(
            project, wishes, again=again, progress=lambda key, done, planned: bar.part(str(key), done, planned)
        )
    failures = [outcome.failure for outcome in outcomes if outcome.failure is not None]
    if len(failures) == len(outcomes) and len({str(failure) for failure in failures}) == 1:
        raise failures[0]
    rows = [outcome.document() for outcome in outcomes]
    columns = ("series", "pages", "inserted", "revised", "unchanged", "rows", "first", "last", "gaps")

    def text(paper: Paper) -> None:
        paper.table(columns, [[row[name] for name in columns] for row in rows])
        for row in rows:
            for refused in row["refused"]:
                paper.line(f"  refused: {row['series']} {refused['place']}: {refused['reason']}")
        for outcome in outcomes:
            if outcome.failure is not None:
                paper.line(f"  failed: {outcome.key}: {outcome.failure}")
        if failures:
            paper.line(f"{len(rows) - len(failures)} of {len(rows)} series fetched; type it again for the others")

    return Answer("data-fetch", {"series": rows}, text, exit_code=failures[0].exit_code if failures else 0)


@command(app, "import")
def import_(
    frame: Frame,
    file: Annotated[Path, Argument(help="A file, or a folder: every data file in it and below.")],
    exchange: options.Exchange = None,
    symbol: Annotated[str | None, Option("--symbol", help="BASE/QUOTE, where the file does not tell.")] = None,
    timeframe: options.TimeframeName = None,
    market: Annotated[str | None, Option("--market", help="spot or perpetual, where nothing tells.")] = None,
    kind: Kind = None,
    recursive: Annotated[bool, Option("--recursive", help="Take every series of a file that holds several.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Show how each file would be read; store nothing.")] = False,
    skip_bad_rows: Annotated[
        bool, Option("--skip-bad-rows", help="Store the sound rows of a file with bad ones.")
    ] = False,
    store: options.Store = None,
) -> Answer:
    """Import market data from a file, all of it or nothing; or from every file of a folder, with one summary.

    A file tells what it is by its rows, name and folders; flags say what they leave open.
    """
    from tickwright.bootstrap.files import import_file, import_named_file, import_wish
    from tickwright.bootstrap.import_tree import import_tree
    from tickwright.bootstrap.project import Project

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    if kind is not None and kind_named(kind) != "candles":
        key = one_series(symbol, exchange or settings.defaults.exchange, timeframe, kind)
        return _imported(file, import_named_file(project, file, key, skip_bad_rows=skip_bad_rows))
    wish = import_wish(exchange, symbol, timeframe, market, settings.defaults.exchange)
    if recursive or dry_run or file.is_dir():
        with frame.progress("Importing files") as bar:
            found = import_tree(
                project, file, wish, skip_bad_rows=skip_bad_rows, dry_run=dry_run, progress=bar.update
            )  # fmt: skip
        failed = found["counts"]["refused"] + found["counts"]["in_doubt"]
        return Answer("data-import", found, lambda paper: _import_table(paper, found), exit_code=1 if failed else 0)
    return _imported(file, import_file(project, file, wish, skip_bad_rows=skip_bad_rows))


def _imported(file: Path, outcome: dict[str, Any]) -> Answer:
    """What became of the rows of one file."""

    def text(paper: Paper) -> None:
        paper.line(f"{file.name} → {outcome['series']}")
        names = ("reading", "rows_read", "inserted", "revised", "unchanged", "first", "last")
        shown = [(name.replace("_", " "), outcome[name]) for name in names if outcome[name] != ""]
        paper.facts(shown, indent=2)
        for note in outcome["notes"]:
            paper.line(f"  {note}")
        for refused in outcome["refused"]:
            paper.line(f"  refused: {refused['place']}: {refused['reason']}")
        paper.facts([("gaps", len(outcome["gaps"]))], indent=2)

    return Answer("data-import", outcome, text)


def _import_table(paper: Paper, outcome: dict[str, Any]) -> None:
    columns = ("file", "status", "series", "rows_read", "inserted", "revised", "unchanged", "refused_rows")
    paper.table(columns, [[row[name] for name in columns] for row in outcome["files"]])
    for row in outcome["files"]:
        if row["reason"]:
            hint = f" {row['hint']}" if row["hint"] else ""
            paper.line(f"  {row['status']}: {row['file']}: {row['reason']}.{hint}")
        elif outcome["dry_run"]:
            paper.line(f"  {row['file']}: {'; '.join(part for part in (row['reading'], *row['notes']) if part)}")
    counts = [f"{count} {name.replace('_', ' ')}" for name, count in outcome["counts"].items() if count]
    others = f"; {outcome['passed_over']} other files passed over" if outcome["passed_over"] else ""
    paper.line(f"{', '.join(counts)}{others}")


@command(app, "export")
def export(
    frame: Frame,
    out: Annotated[Path, Option("--out", help="File to write: .csv, .csv.gz or .parquet.")],
    exchange: options.Exchange = None,
    symbol: Annotated[str | None, Option("--symbol", help="BASE/QUOTE of the series.")] = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    start: options.Start = None,
    end: options.End = None,
    store: options.Store = None,
) -> Answer:
    """Export a stored series to a file."""
    from tickwright.bootstrap.files import export_file
    from tickwright.bootstrap.project import Project
    from tickwright.domain.timestamp import parse_instant

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    key = one_series(symbol, exchange or settings.defaults.exchange, timeframe, kind)
    start_ns = None if start is None else parse_instant(start, where="--start")
    end_ns = None if end is None else parse_instant(end, inclusive_end=True, where="--end")
    outcome = export_file(project, key, start_ns, end_ns, out)
    return Answer("data-export", outcome, lambda paper: paper.line(f"{outcome['rows']:,} rows → {outcome['file']}"))


@command(app, "repair")
def repair(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    from_: Annotated[
        str | None, Option("--from", help="Fill from this exchange's stored bars instead, into a series beside it.")
    ] = None,
    url: Url = None,
    store: options.Store = None,
) -> Answer:
    """Ask the exchange again for the bars that are missing, and judge anew what stays missing."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.repair import fill_holes
    from tickwright.bootstrap.repair import repair as ask_again

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    choice = chosen(exchange or settings.defaults.exchange, symbol, timeframe, kind)
    rows = ask_again(project, choice, url=url) if from_ is None else fill_holes(project, choice, from_.lower())
    columns = ("series", "asked", "filled", "built", "gaps", "missing_bars")

    def text(paper: Paper) -> None:
        if not rows:
            paper.line("No hole that asking again may close. `tickwright data gaps` shows the others.")
            return
        paper.table(columns, [[row[name] for name in columns] for row in rows])
        for row in rows:
            if row["failure"]:
                paper.line(f"  {row['series']}: {row['failure']}")

    return Answer("data-repair", {"series": rows}, text, exit_code=5 if any(row["failure"] for row in rows) else 0)


@command(app, "copy")
def copy(
    frame: Frame,
    to: Annotated[str, Option("--to", help="The other store: a directory, s3:// or postgresql:// address.")],
    from_: Annotated[str | None, Option("--from", help="The store to copy; the project's own where unset.")] = None,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
) -> Answer:
    """Copy series into another store and compare what arrived, row for row and gap for gap."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.retention import copy_store

    settings = frame.settings({"store.url": from_})
    project = Project.of(frame.home, settings)
    outcome = copy_store(project, to, chosen(exchange or settings.defaults.exchange, symbol, timeframe, kind))
    columns = ("series", "inserted", "revised", "unchanged")

    def text(paper: Paper) -> None:
        paper.table(columns, [[row[name] for name in columns] for row in outcome["series"]])
        paper.line(f"{len(outcome['series'])} series arrived in {outcome['to']} as they are")

    return Answer("data-copy", outcome, text)


@command(app, "archive")
def archive(
    frame: Frame,
    to: Annotated[str | None, Option("--to", help="The archive; `retention.archive` where unset.")] = None,
    carry_out: Annotated[bool, Option("--carry-out", help="Move the rows; without it only the plan is shown.")] = False,
    store: options.Store = None,
) -> Answer:
    """Show which rows the retention rules would move into the archive, or move them."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.retention import archive as move
    from tickwright.domain.errors import SettingsError

    there = to if to is None or "://" in to else str(Path(to).absolute())
    settings = frame.settings({"store.url": store, "retention.archive": there})
    rules = settings.retention
    if rules.archive is None or not rules.keep:
        missing = "retention.keep" if rules.archive else "retention.archive"
        expected = '[retention] with archive = "…" and keep = { 1m = "730d" }'
        raise SettingsError("there is no rule for old rows", where=missing, expected=expected)
    project = Project.of(frame.home, settings)
    outcome = move(project, rules.archive, rules.keep, carry_out=carry_out)
    columns = ("series", "before", "rows")

    def text(paper: Paper) -> None:
        if not outcome["series"]:
            paper.line("Nothing is old enough to leave.")
            return
        paper.table(columns, [[row[name] for name in columns] for row in outcome["series"]])
        done = "moved to" if carry_out else "would move to"
        paper.line(f"{sum(row['rows'] for row in outcome['series']):,} rows {done} {outcome['archive']}")
        if not carry_out:
            paper.line("Nothing was changed; --carry-out does it, each series after the archive has proven its rows.")

    return Answer("data-archive", outcome, text)


@command(app, "unarchive")
def unarchive(
    frame: Frame,
    exchange: options.Exchange = None,
    symbol: options.Symbols = None,
    timeframe: options.TimeframeName = None,
    kind: Kind = None,
    start: options.Start = None,
    end: options.End = None,
    from_: Annotated[str | None, Option("--from", help="The archive; `retention.archive` where unset.")] = None,
    store: options.Store = None,
) -> Answer:
    """Put archived rows into the store again, compared row for row; the archive keeps them."""
    from tickwright.bootstrap.project import Project
    from tickwright.bootstrap.retention import unarchive as bring_back
    from tickwright.domain.errors import SettingsError
    from tickwright.domain.timestamp import parse_instant

    place = from_ if from_ is None or "://" in from_ else str(Path(from_).absolute())
    settings = frame.settings({"store.url": store, "retention.archive": place})
    if settings.retention.archive is None:
        raise SettingsError("no archive is named", where="retention.archive", expected="a directory or an address")
    start_ns = None if start is None else parse_instant(start, where="--start")
    end_ns = None if end is None else parse_instant(end, inclusive_end=True, where="--end")
    choice = chosen(exchange or settings.defaults.exchange, symbol, timeframe, kind)
    project = Project.of(frame.home, settings)
    outcome = bring_back(project, settings.retention.archive, choice, start_ns, end_ns)

    def text(paper: Paper) -> None:
        paper.table(("series", "rows"), [[row["series"], row["rows"]] for row in outcome["series"]])
        paper.line(f"{sum(row['rows'] for row in outcome['series']):,} rows are back from {outcome['archive']}")

    return Answer("data-unarchive", outcome, text)


@command(app, "backup")
def backup(
    frame: Frame,
    target: Annotated[str, Argument(help="Where backups lie: a directory or s3://BUCKET/PREFIX.")],
    drill: Annotated[
        bool, Option("--drill", help="Restore it into a scratch place, compare, and measure recovery point and time.")
    ] = False,
    store: options.Store = None,
) -> Answer:
    """Back market data up, encrypted where a key is set; only what is not there yet travels."""
    from tickwright.bootstrap.backup import back_up
    from tickwright.bootstrap.project import Project

    settings = frame.settings({"store.url": store})
    outcome = back_up(Project.of(frame.home, settings), target, drill=drill)

    def text(paper: Paper) -> None:
        seal = "encrypted" if outcome["encrypted"] else "not encrypted"
        paper.line(f"snapshot {outcome['snapshot']}: {outcome['copied']:,} of {outcome['size']:,} bytes copied, {seal}")
        found = outcome["drill"]
        if found is not None:
            what = f"{found['series']} series" if "series" in found else f"{found['tables']} tables"
            paper.line(f"drill: {what}, {found['rows']:,} rows restored and compared")
            paper.line(f"recovery point {found['rpo_s']:.1f} s, recovery time {found['rto_s']:.1f} s")
            for name in found["behind"]:
                paper.line(f"  changed since: {name}")

    return Answer("data-backup", outcome, text)


@command(app, "restore")
def restore(
    frame: Frame,
    target: Annotated[str, Argument(help="Where backups lie: a directory or s3://BUCKET/PREFIX.")],
    into: Annotated[str, Option("--into", help="An empty directory, s3://BUCKET/PREFIX or postgresql:// database.")],
    snapshot: Annotated[str, Option("--snapshot", help="Name of the snapshot; the newest where none is named.")] = "",
) -> Answer:
    """Bring a backup back into an empty place and verify every row there."""
    from tickwright.bootstrap.backup import restore as bring_back

    outcome = bring_back(target, into, snapshot=snapshot)

    def text(paper: Paper) -> None:
        paper.line(f"snapshot {outcome['snapshot']} of {outcome['taken']}: {outcome['rows']:,} rows restored and sound")

    return Answer("data-restore", outcome, text)


@command(app, "backup-key")
def backup_key(
    frame: Frame, file: Annotated[Path, Argument(help="The file to make, readable by you alone.")]
) -> Answer:
    """Make a key for encrypted backups in a new file; keep a copy elsewhere, without it no backup can be read."""
    from tickwright.bootstrap.backup import new_backup_key

    outcome = new_backup_key(file)
    return Answer(
        "data-backup-key", outcome, lambda paper: paper.line(f"export {outcome['variable']}={file.absolute()}")
    )
