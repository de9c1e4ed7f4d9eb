"""The command line: parse, call, print; no logic.

`registry` lists the commands and the words of other tools; `frame` turns the list into a lazily loaded Typer
application and gives every command its common options; `output` is the one place that prints; `progress` shows bars on
a terminal; `boundary` turns failures into one sentence and an exit code; `run_options` are the flags several commands
share; `compilation` says when the engine is compiled for the first time. Every other module is one command or one
group, named after it, and is imported only when it is called.

A command takes a `Frame` first, then its own Typer parameters, and returns an `Answer`: a document for `--json` and a
function that writes the same thing for a person. It prints nothing itself, and imports what is heavy in its body::

    # cli/weather.py, listed in registry.COMMANDS as CommandEntry("weather", "weather", "Tell the weather.", ANALYSE)
    app = command_app()

    @command(app)
    def weather(frame: Frame, place: Annotated[str, Argument(help="Where.")], days: int = 1) -> Answer:
        \"\"\"Tell the weather.\"\"\"
        from tickwright.bootstrap.weather import forecast

        settings = frame.settings({"costs.spread": "1bp"})      # layered; given flags win over files and environment
        with frame.progress("Looking at the sky", total=days) as bar:
            rows = forecast(frame.home, place, on_day=bar.advance)

        def text(paper: Paper) -> None:
            paper.line(f"Weather in {place}")
            paper.table(["day", "rain"], [[row.day, percent(row.rain)] for row in rows])

        return Answer("weather", {"place": place, "days": rows}, text)   # exit_code=1 where a check's verdict is no

A group is the same with `group_app("One sentence.")` and `@command(app, "ls")` on each of its commands. Failures are
raised as `tickwright.domain.errors`; `frame.note("…")` tells something on the side, on stderr.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; `arguments` default to the process's own."""
    import sys

    from tickwright.cli.boundary import run

    return run(list(sys.argv[1:] if arguments is None else arguments))
