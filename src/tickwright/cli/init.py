"""`tickwright init`: make a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from typer import Argument

from tickwright.cli.frame import Frame, command, command_app, project_directory
from tickwright.cli.output import Answer, Paper

app = command_app()


@command(app)
def init(
    frame: Frame,
    directory: Annotated[
        Path | None, Argument(help="Where; here, or --home, where not named.", metavar="[DIR]")
    ] = None,
) -> Answer:
    """Make a project: settings, folders, nothing overwritten."""
    from tickwright.bootstrap.new_project import make_project

    home = project_directory(directory, flag="DIR") if directory is not None else frame.chosen_home or Path.cwd()
    made = make_project(home)
    steps = _next_steps(home)
    document = {"home": made.home, "created": made.created, "existed": made.existed, "next": steps}

    def text(paper: Paper) -> None:
        paper.line(f"{'Made a project in' if made.created else 'This is a project already:'} {made.home}")
        paper.facts([("made", " ".join(made.created)), ("there already", " ".join(made.existed))], indent=2)
        paper.line()
        paper.line("Type next:")
        for step in steps:
            paper.line(f"  {step}")

    return Answer("init", document, text)


def _next_steps(home: Path) -> list[str]:
    enter = [] if home == Path.cwd() else [f"cd {os.path.relpath(home)}"]
    return [
        *enter,
        "tickwright data fetch --symbol BTC/USDT --timeframe 1h --last 365d",
        "tickwright backtest SmaCross --symbol BTC/USDT",
        "tickwright strategy new MyIdea",
    ]
