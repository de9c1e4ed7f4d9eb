"""`tickwright run`: look at kept runs, compare them, remove them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from tickwright.cli import run_options as options
from tickwright.cli.frame import Frame, command, group_app
from tickwright.cli.output import Answer, Paper, percent
from tickwright.domain.errors import UsageError

if TYPE_CHECKING:
    from tickwright.bootstrap.compare import Comparison

app = group_app("Look at kept runs, compare them, remove them.")


@command(app, "ls")
def ls(
    frame: Frame,
    everywhere: Annotated[
        bool, Option("--all", help="Also the runs that other projects keep in the same database.")
    ] = False,
) -> Answer:
    """List the kept runs, the newest first."""
    from tickwright.bootstrap.kept_runs import list_runs
    from tickwright.bootstrap.project import Project

    project = Project.of(frame.home, frame.settings())
    rows = list_runs(project, everywhere=everywhere)
    for name, reason in () if project.keeps_nothing else project.runs.unreadable:
        frame.note(f"the folder {name} is no run that can be read ({reason})")

    def text(paper: Paper) -> None:
        if not rows:
            paper.line(f"No run is kept in {frame.home}. `tickwright backtest SmaCross` makes one.")
            return
        shown = [
            [
                row["run_id"],
                ", ".join(symbol.partition(":")[2] for symbol in row["symbols"]),
                row["timeframe"],
                row["mode"],
                percent(row["total_return"]),
                row["sharpe"],
                percent(row["max_drawdown"]),
                row["trades"],
                _state(row),
            ]
            for row in rows
        ]
        paper.table(["run", "symbols", "bars", "mode", "return", "sharpe", "drawdown", "trades", "state"], shown)

    return Answer("run-ls", {"runs": rows}, text)


@command(app, "show")
def show(
    frame: Frame,
    run: Annotated[str, Argument(help="Run id, its unique start or end, or latest.")] = "latest",
    store: options.Store = None,
) -> Answer:
    """Show one kept run."""
    from tickwright.bootstrap.open_run import open_run
    from tickwright.bootstrap.project import Project
    from tickwright.cli.backtest import describe

    kept = open_run(Project.of(frame.home, frame.settings({"store.url": store})), run)
    return Answer("run-show", kept.document(), describe(kept))


@command(app, "ledger")
def ledger(
    frame: Frame,
    run: Annotated[str, Argument(help="Run id, its unique start or end, or latest.")] = "latest",
    last: Annotated[int, Option("--last", min=0, help="Show the postings of so many last entries.")] = 10,
    store: options.Store = None,
) -> Answer:
    """Show the double-entry ledger of a run, and whether it adds up to its account."""
    from tickwright.bootstrap.ledger_view import LedgerView
    from tickwright.bootstrap.open_run import open_run
    from tickwright.bootstrap.project import Project

    kept = open_run(Project.of(frame.home, frame.settings({"store.url": store})), run)
    view = LedgerView.of(kept.result)
    document = {
        "run_id": kept.manifest.get("run_id"),
        "entries": view.ledger.entries,
        "balances": view.balances(),
        "equity": view.equity,
        "problems": view.problems,
        "postings": view.last_entries(last),
    }
    return Answer("run-ledger", document, _ledger_text(document), exit_code=1 if view.problems else 0)


def _ledger_text(document: Mapping[str, Any]) -> Callable[[Paper], None]:
    def text(paper: Paper) -> None:
        paper.line(f"{document['run_id']}: {document['entries']:,} entries")
        for rows in (document["balances"], document["postings"]):
            if rows:
                paper.line()
                paper.table(list(rows[0]), [list(row.values()) for row in rows])
        paper.line()
        for problem in document["problems"]:
            paper.line(f"  does not add up: {problem}")
        if not document["problems"]:
            paper.line("In every entry debits equal credits, and cash is what the account held at every close.")
            paper.line(f"Cash and positions at the last prices come to {document['equity']:f}, the run's equity.")

    return text


@command(app, "compare")
def compare(
    frame: Frame,
    runs: Annotated[list[str], Argument(help="Two or more run ids, unique starts or ends, or latest.")],
    report: Annotated[Path | None, Option("--report", help="HTML file to write the page of the comparison to.")] = None,
    store: options.Store = None,
) -> Answer:
    """Put kept runs side by side and say where the first two parted."""
    from tickwright.bootstrap.compare import compare as compared
    from tickwright.bootstrap.open_run import open_run
    from tickwright.bootstrap.project import Project

    project = Project.of(frame.home, frame.settings({"store.url": store}))
    comparison = compared([open_run(project, run) for run in runs])
    written = None if report is None else str(comparison.report(report))
    return Answer("run-compare", {**comparison.document(), "report": written}, _side_by_side(comparison, written))


@command(app, "trials")
def trials(
    frame: Frame,
    strategy: Annotated[str, Argument(help="Class name of a strategy; all where none is named.")] = "",
    symbol: Annotated[str, Option("--symbol", help="Only trials that looked at EXCHANGE:BASE/QUOTE.")] = "",
    sort: Annotated[str, Option("--sort", help="Measure to rank by, such as sharpe or total_return.")] = "sharpe",
    top: Annotated[int, Option("--top", min=1, help="How many are shown.")] = 10,
) -> Answer:
    """Show the best trials ever run, with what they looked at, and how many different ones there were."""
    from tickwright.bootstrap.kept_runs import best_trials
    from tickwright.bootstrap.project import Project

    outcome = best_trials(Project.of(frame.home, frame.settings()), sort, top, strategy, symbol)

    def text(paper: Paper) -> None:
        if not outcome["trials"]:
            paper.line("No such trial was run here.")
            return
        measures = [name for name in outcome["trials"][0] if name in (sort, "total_return", "max_drawdown", "trades")]
        shown = [
            [
                row["strategy"],
                _brief(row["params"]),
                ", ".join(symbol.partition(":")[2] for symbol in row["symbols"]),
                row["timeframe"],
                f"{row['start'][:10]} … {row['end'][:10]}",
                *(
                    percent(row[name]) if name in ("total_return", "max_drawdown", "cagr") else row[name]
                    for name in measures
                ),
            ]
            for row in outcome["trials"]
        ]
        paper.table(["strategy", "params", "symbols", "bars", "data", *measures], shown)
        paper.line(f"{outcome['different']:,} different trials; the best of many looks better than it is.")

    return Answer("run-trials", outcome, text)


@command(app, "import")
def import_(frame: Frame) -> Answer:
    """Take in run folders that the database does not know, and finish what was interrupted; safe to repeat."""
    from tickwright.bootstrap.kept_runs import import_runs
    from tickwright.bootstrap.project import Project

    with frame.progress("Importing runs") as bar:
        outcome = import_runs(Project.of(frame.home, frame.settings()), bar.update)

    def text(paper: Paper) -> None:
        for word in ("imported", "interrupted", "removed"):
            for run_id in outcome[word]:
                paper.line(f"{word} {run_id}")
        for found in outcome["unreadable"]:
            paper.line(f"not readable: {found['run_id']} ({found['reason']})")
        if not any(outcome.values()):
            paper.line("The database knows every run folder.")

    return Answer("run-import", outcome, text, exit_code=1 if outcome["unreadable"] else 0)


@command(app, "rm")
def rm(
    frame: Frame,
    runs: Annotated[list[str], Argument(help="Run ids, unique starts or ends, or latest.")],
    yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False,
) -> Answer:
    """Remove kept runs with their files and rows; their trials stay counted."""
    from tickwright.bootstrap.kept_runs import find_runs, remove_runs
    from tickwright.bootstrap.project import Project

    project = Project.of(frame.home, frame.settings())
    ids = [row["run_id"] for row in find_runs(project, runs)]
    if not yes and not frame.confirmed(f"Remove {', '.join(ids)} for good?"):
        raise UsageError("nothing was removed", where="run rm", expected="a yes, or --yes")
    removed = remove_runs(project, ids)

    def text(paper: Paper) -> None:
        for run_id in removed:
            paper.line(f"removed {run_id}")

    return Answer("run-rm", {"removed": removed}, text)


def _state(row: dict[str, Any]) -> str:
    """Nothing where all is well."""
    if row["status"] != "finished":
        return str(row["status"])
    return {"here": "", "elsewhere": "elsewhere", "gone": "files gone"}[row["files"]]


def _side_by_side(comparison: Comparison, report: str | None) -> Callable[[Paper], None]:
    def text(paper: Paper) -> None:
        names = [str(run.manifest["run_id"]) for run in comparison.runs]
        settings = [[name, *map(_brief, values)] for name, values in comparison.differing_settings.items()]
        if settings:
            paper.table(["setting", *names], settings)
            paper.line()
        paper.table(["statistic", *names], [[label.words, *cells] for label, cells in comparison.rows()])
        paper.line()
        paper.line("All traded alike: equal digests." if comparison.alike else _parted(comparison))
        if report:
            paper.line(f"Report: {report}")

    return text


def _parted(comparison: Comparison) -> str:
    found = comparison.divergence
    first, second = (run.manifest["run_id"] for run in comparison.runs[:2])
    return (
        f"{first} and {second} have {len(found.matched):,} decisions in common ({percent(found.agreement)}), "
        f"{len(found.only_first):,} only in the first and {len(found.only_second):,} only in the second; "
        f"on the common ones the second paid {found.cost:,.2f} more."
    )


def _brief(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
