"""`tickwright strategy`: which strategies there are, what one does, whether it may be believed, and a new one."""

from __future__ import annotations

import inspect
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument

from tickwright.cli.frame import Frame, command, first_sentence, group_app
from tickwright.cli.output import Answer, Paper

if TYPE_CHECKING:
    from tickwright.strategy_api.registry import Registered

app = group_app("List, show, examine and start strategies.")


@command(app)
def ls(frame: Frame) -> Answer:
    """List every strategy that can be named, and the files that could not be loaded."""
    from tickwright.bootstrap.strategies import all_strategies

    found = all_strategies(frame.home)
    rows = [_row(entry) for entry in found.registry]
    document = {"home": frame.home, "strategies": rows, "broken": [error.document() for error in found.broken]}

    def text(paper: Paper) -> None:
        columns = ["name", "form", "timeframe", "from", "summary"]
        paper.table(
            columns,
            [[row[column] or "any" for column in ("name", "form", "timeframe", "origin", "summary")] for row in rows],
        )
        if found.broken:
            paper.line()
            paper.line("Could not be loaded:")
            for error in found.broken:
                paper.line(f"  {error}")

    return Answer("strategy-ls", document, text)


@command(app)
def show(
    frame: Frame, name: Annotated[str, Argument(help="Name, module:Class, or the path of a file.", metavar="NAME")]
) -> Answer:
    """Show what a strategy does, how it is written and its parameters."""
    from tickwright.bootstrap.strategies import find_registered
    from tickwright.strategy_api.parameters import parameters_of

    entry = find_registered(frame.home, name)
    parameters = [parameter.document() for parameter in parameters_of(entry.strategy).values()]
    row = _row(entry)
    document = {**row, "doc": inspect.getdoc(entry.strategy) or "", "parameters": parameters}

    def text(paper: Paper) -> None:
        paper.line(f"{row['name']}  ({row['origin']})")
        paper.line()
        paper.line(str(document["doc"]))
        paper.line()
        acts = row["acts"]
        paper.facts([("form", row["form"]), ("timeframe", row["timeframe"] or "any"), ("acts", acts)])
        paper.line()
        _parameters(paper, parameters)

    return Answer("strategy-show", document, text)


@command(app)
def check(
    frame: Frame, name: Annotated[str, Argument(help="Name, module:Class, or the path of a file.", metavar="NAME")]
) -> Answer:
    """Examine a strategy on made-up candles: look-ahead, history, repeatability; exit code 1 where it does not pass."""
    from tickwright.bootstrap.strategies import find_strategy
    from tickwright.checks.strategy import check_strategy

    exam = check_strategy(find_strategy(frame.home, name))
    document = {
        "strategy": exam.strategy,
        "passed": exam.passed,
        "rules": exam.rules,
        "bars": exam.bars,
        "findings": [asdict(finding) for finding in exam.findings],
        "hints": exam.hints,
    }
    return Answer("strategy-check", document, lambda paper: paper.line(str(exam)), exit_code=0 if exam.passed else 1)


@command(app)
def new(frame: Frame, name: Annotated[str, Argument(help="Such as MyIdea.", metavar="NAME")]) -> Answer:
    """Write a commented starter with a test into the project."""
    from tickwright.bootstrap.new_strategy import make_strategy

    made = make_strategy(frame.home, name)
    steps = [
        f"tickwright backtest {made.name} --symbol BTC/USDT",
        f"tickwright sweep {made.name} --symbol BTC/USDT --grid length=20:200:20",
        f"tickwright strategy check {made.name}",
        f"python {_short(made.test)}",
    ]
    document = {"name": made.name, "file": made.file, "test": made.test, "next": steps}

    def text(paper: Paper) -> None:
        paper.line(f"Wrote {_short(made.file)} and {_short(made.test)}.")
        paper.line()
        paper.line("Type next:")
        for step in steps:
            paper.line(f"  {step}")

    return Answer("strategy-new", document, text)


def _row(entry: Registered) -> dict[str, Any]:
    from tickwright.strategy_api.strategy import form_of

    strategy = entry.strategy
    acts = strategy.acts
    when = "when a target changes" if acts.period is None else f"every {acts.period} beyond a band of {acts.band:g}"
    return {
        "name": entry.name,
        "form": form_of(strategy).value,
        "timeframe": strategy.timeframe or None,
        "origin": entry.origin,
        "summary": first_sentence(strategy.__doc__ or ""),
        "acts": when,
        "needs": list(strategy.needs),
    }


def _parameters(paper: Paper, parameters: list[dict[str, Any]]) -> None:
    if not parameters:
        paper.line("It has no parameters.")
        return
    columns = ["parameter", "default", "bounds", "searched", "meaning"]
    keys = ("name", "default", "bounds", "optimize", "doc")
    paper.table(columns, [[parameter[key] for key in keys] for parameter in parameters])


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
