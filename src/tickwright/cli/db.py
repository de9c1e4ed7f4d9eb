"""`tickwright db`: the schema of the relational store, its copies, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from tickwright.cli.frame import Frame, command, group_app
from tickwright.cli.output import Answer, Paper

if TYPE_CHECKING:
    from tickwright.bootstrap.project import DatabaseChoice

app = group_app("Upgrade, examine, back up and restore the database.")

Url = Annotated[str | None, Option("--url", help="Another database than the project's: postgresql://… or a file.")]
Target = Annotated[str, Argument(help="Where backups lie: a directory or s3://BUCKET/PREFIX.")]


@command(app, "upgrade")
def upgrade(
    frame: Frame,
    revision: Annotated[str, Argument(help="The step to reach.")] = "head",
    url: Url = None,
) -> Answer:
    """Bring the tables up to date, after a backup; all of it or nothing."""
    from tickwright.bootstrap import database

    outcome = database.upgrade(frame.home, _choice(frame, url), revision)

    def text(paper: Paper) -> None:
        same = outcome["before"] == outcome["after"]
        change = f"is at {outcome['after']} already" if same else f"{outcome['before'] or 'empty'} → {outcome['after']}"
        paper.line(f"{outcome['database']}: {change}")
        if outcome["backup"]:
            paper.line(f"the former state is in {outcome['backup']}")

    return Answer("db-upgrade", outcome, text)


@command(app, "current")
def current(frame: Frame, url: Url = None) -> Answer:
    """Show which step of its history the database has reached."""
    from tickwright.bootstrap import database

    outcome = database.current(frame.home, _choice(frame, url))
    reached = outcome["revision"] or "empty; `tickwright db upgrade` makes the tables"
    return Answer("db-current", outcome, lambda paper: paper.line(f"{outcome['database']}: {reached}"))


@command(app, "history")
def history(frame: Frame, url: Url = None) -> Answer:
    """List every step of the schema, and which ones the database has."""
    from tickwright.bootstrap import database

    rows = database.history(frame.home, _choice(frame, url))
    columns = ("revision", "applied", "summary")

    def text(paper: Paper) -> None:
        paper.table(columns, [[row[name] for name in columns] for row in rows])

    return Answer("db-history", {"steps": rows}, text)


@command(app, "check")
def check(frame: Frame, url: Url = None) -> Answer:
    """Compare the tables with those the program means; exit code 1 where they differ."""
    from tickwright.bootstrap import database

    outcome = database.check(frame.home, _choice(frame, url))

    def text(paper: Paper) -> None:
        if outcome["empty"]:
            paper.line(f"{outcome['database']}: empty; `tickwright db upgrade` makes the tables")
            return
        for difference in outcome["differences"]:
            paper.line(difference)
        verdict = f"{len(outcome['differences'])} differences" if outcome["differences"] else "all as meant"
        paper.line(f"{outcome['database']}: {verdict}")

    return Answer("db-check", outcome, text, exit_code=1 if outcome["differences"] else 0)


@command(app, "backup")
def backup(
    frame: Frame,
    target: Target,
    drill: Annotated[
        bool, Option("--drill", help="Restore it into a scratch place, compare every table, and measure.")
    ] = False,
    url: Url = None,
) -> Answer:
    """Copy the database, encrypted where a key is set, and read the copy back."""
    from tickwright.bootstrap import database

    outcome = database.back_up(frame.home, _choice(frame, url), target, drill=drill)

    def text(paper: Paper) -> None:
        seal = "encrypted" if outcome["encrypted"] else "not encrypted"
        held = f"{outcome['tables']} tables, {outcome['rows']:,} rows"
        paper.line(f"copy {outcome['snapshot']}: {held}, {outcome['copied']:,} bytes copied, {seal}")
        found = outcome["drill"]
        if found is not None:
            paper.line(f"drill: recovery point {found['rpo_s']:.1f} s, recovery time {found['rto_s']:.1f} s")
            for name in found["behind"]:
                paper.line(f"  changed since: {name}")

    return Answer("db-backup", outcome, text)


@command(app, "restore")
def restore(
    frame: Frame,
    target: Target,
    snapshot: Annotated[str, Option("--snapshot", help="Name of the copy; the newest where none is named.")] = "",
    replace: Annotated[bool, Option("--replace", help="Let a SQLite file that exists be replaced.")] = False,
    url: Url = None,
) -> Answer:
    """Bring a copy of the database back and compare every table."""
    from tickwright.bootstrap import database

    outcome = database.restore(frame.home, _choice(frame, url), target, snapshot=snapshot, replace=replace)
    held = f"{outcome['tables']} tables, {outcome['rows']:,} rows"
    return Answer(
        "db-restore", outcome, lambda paper: paper.line(f"{outcome['database']}: {held} as of {outcome['taken']}")
    )


@command(app, "copy")
def copy(
    frame: Frame,
    source: Annotated[str | None, Option("--from", help="Where from; the project's database where unset.")] = None,
    target: Annotated[str | None, Option("--to", help="Where to; the project's database where unset.")] = None,
) -> Answer:
    """Carry runs, trials, jobs, orders and fills from one database into another; what is there stays."""
    from tickwright.bootstrap import database

    outcome = database.copy_rows(frame.home, _choice(frame, source), _choice(frame, target))

    def text(paper: Paper) -> None:
        columns = ("name", "carried", "there", "different")
        held = [one for one in outcome["tables"] if one["carried"] or one["there"]]
        paper.line(f"{outcome['from']} → {outcome['to']}")
        paper.table(columns, [[one[name] for name in columns] for one in held])
        if any(one["different"] for one in held):
            paper.line("Rows that are different there stayed as they are there.")

    return Answer("db-copy", outcome, text)


def _choice(frame: Frame, url: str | None) -> DatabaseChoice:
    """The database of the settings, or the one that was named, with the limits of the settings."""
    from tickwright.bootstrap.project import DatabaseChoice

    return DatabaseChoice.of(frame.settings({"database.url": url}))
