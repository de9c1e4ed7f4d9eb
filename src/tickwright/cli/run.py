"""`tickwright run`: look at kept runs."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

from tickwright.cli.frame import Frame, command, group_app
from tickwright.cli.output import Answer, Paper, percent

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
