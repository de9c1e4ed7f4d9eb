"""`tickwright report`: write the HTML report of a kept run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from tickwright.cli import run_options as options
from tickwright.cli.frame import Frame, command, command_app
from tickwright.cli.output import Answer

app = command_app()


@command(app)
def report(
    frame: Frame,
    run: Annotated[str, Argument(help="Run id, its unique start or end, or latest.")] = "latest",
    out: Annotated[Path | None, Option("--out", help="File to write instead of the run's report.html.")] = None,
    store: options.Store = None,
) -> Answer:
    """Write the HTML report of a kept run."""
    from tickwright.bootstrap.open_run import open_run
    from tickwright.bootstrap.project import Project

    kept = open_run(Project.of(frame.home, frame.settings({"store.url": store})), run)
    path = kept.report(out)
    document = {"run_id": kept.manifest["run_id"], "report": str(path)}
    return Answer("report", document, lambda paper: paper.line(str(path)))
