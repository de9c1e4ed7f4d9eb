"""`tickwright run`: look at kept runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from tickwright.cli.frame import Frame, command, group_app
from tickwright.cli.output import Answer, Paper, percent

if TYPE_CHECKING:
    from tickwright.bootstrap.compare import Comparison

app = group_app("Look at kept runs.")


@command(app, "ls")
def ls(frame: Frame) -> Answer:
    """List the kept runs, the newest first."""
    from tickwright.bootstrap.kept_runs import list_runs
    from tickwright.bootstrap.project import Project

    rows = list_runs(Project(frame.home))

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
            ]
            for row in rows
        ]
        paper.table(["run", "symbols", "bars", "mode", "return", "sharpe", "drawdown", "trades"], shown)

    return Answer("run-ls", {"runs": rows}, text)


@command(app, "show")
def show(
    frame: Frame, run: Annotated[str, Argument(help="Run id, its unique start or end, or latest.")] = "latest"
) -> Answer:
    """Show one kept run."""
    from tickwright.bootstrap.kept_runs import open_run
    from tickwright.bootstrap.project import Project
    from tickwright.cli.backtest import describe

    kept = open_run(Project(frame.home), run)
    return Answer("run-show", kept.document(), describe(kept))


@command(app, "compare")
def compare(
    frame: Frame,
    runs: Annotated[list[str], Argument(help="Two or more run ids, unique starts or ends, or latest.")],
    report: Annotated[Path | None, Option("--report", help="HTML file to write the page of the comparison to.")] = None,
) -> Answer:
    """Put kept runs side by side and say where the first two parted."""
    from tickwright.bootstrap.compare import compare as compared
    from tickwright.bootstrap.kept_runs import open_run
    from tickwright.bootstrap.project import Project

    project = Project(frame.home)
    comparison = compared([open_run(project, run) for run in runs])
    written = None if report is None else str(comparison.report(report))
    return Answer("run-compare", {**comparison.document(), "report": written}, _side_by_side(comparison, written))


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
