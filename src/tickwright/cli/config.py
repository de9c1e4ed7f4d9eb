"""`tickwright config`: the settings that hold, whether they fit, and the import of old ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument

from tickwright.cli.frame import Frame, command, group_app
from tickwright.cli.output import Answer, Paper
from tickwright.domain.errors import TickwrightError, UsageError
from tickwright.domain.spelling import did_you_mean

if TYPE_CHECKING:
    from tickwright.settings.dotenv import ImportReport
    from tickwright.settings.loading import Entry, LoadedSettings

app = group_app("Show, check and import settings.")


@command(app)
def show(
    frame: Frame, key: Annotated[str | None, Argument(help="A setting or a section, such as costs.spread.")] = None
) -> Answer:
    """List every setting with its value and where it comes from."""
    from tickwright.settings.loading import load_settings

    loaded = load_settings(frame.home, configs=frame.configs, profile=frame.profile)
    entries = _chosen(loaded.entries(), key)
    rows = [
        {"key": entry.key, "value": _shown(entry), "layer": entry.origin.layer, "place": entry.origin.place}
        for entry in entries
    ]
    document = {
        "home": frame.home,
        "files": loaded.files,
        "profile": loaded.profile,
        "profiles": loaded.profiles,
        "settings": rows,
    }

    def text(paper: Paper) -> None:
        paper.table(["setting", "value", "from"], [(row["key"], row["value"], row["place"]) for row in rows])
        paper.line()
        paper.line(_sources(loaded, frame))

    return Answer("config-show", document, text)


@command(app)
def check(frame: Frame) -> Answer:
    """Look at all settings and every profile, and list what does not fit."""
    from tickwright.settings.loading import check_settings

    problems = check_settings(frame.home, configs=frame.configs)
    first = problems[0] if problems else None
    document = {
        "ok": not problems,
        "home": frame.home,
        "problems": [problem.document() for problem in problems],
        "error": first.document() if first else None,
    }
    exit_code = first.exit_code if first else 0
    return Answer("config-check", document, lambda paper: _verdict(paper, frame, problems), exit_code)


@command(app, "import")
def import_(frame: Frame, file: Annotated[Path, Argument(help="An old dot-env file.", metavar="FILE.env")]) -> Answer:
    """Take what has a place here from an old dot-env file into tickwright.toml."""
    from tickwright.settings.dotenv import import_dotenv

    report = import_dotenv(file.expanduser(), frame.home)
    document = {"file": report.file, "backup": report.backup, "taken": report.taken, "left": report.left}
    return Answer("config-import", document, lambda paper: _imported(paper, report))


def _chosen(entries: list[Entry], key: str | None) -> list[Entry]:
    if key is None:
        return entries
    chosen = [entry for entry in entries if entry.key == key or entry.key.startswith(f"{key}.")]
    if not chosen:
        words = {entry.key for entry in entries} | {entry.key.partition(".")[0] for entry in entries}
        raise UsageError(f"{key!r} is not a setting", where="config show", hint=did_you_mean(key, words))
    return chosen


def _shown(entry: Entry) -> object:
    """A value as it may be shown: an address without the password that may stand in it."""
    import re

    from tickwright.settings.model import plain_value
    from tickwright.settings.units import span_text

    if entry.key == "costs.latency" or entry.key.startswith("retention.keep."):
        return span_text(entry.value)
    value = plain_value(entry.value)
    return re.sub(r"(?<=://)[^/@]*@", "***@", value) if isinstance(value, str) else value


def _sources(loaded: LoadedSettings, frame: Frame) -> str:
    if not loaded.files:
        return f"No settings file in {frame.home}; `tickwright init` writes one."
    profile = f" with profile {loaded.profile}" if loaded.profile else ""
    return f"Read {', '.join(str(path) for path in loaded.files)}{profile}."


def _verdict(paper: Paper, frame: Frame, problems: Sequence[TickwrightError]) -> None:
    for problem in problems:
        paper.line(f"{problem}")
    count = len(problems)
    paper.line("The settings fit." if count == 0 else f"{count} {'problem' if count == 1 else 'problems'}.")


def _imported(paper: Paper, report: ImportReport) -> None:
    if report.taken:
        paper.line(f"Taken into {report.file}:")
        paper.table(
            ["variable", "setting", "value"], [(entry.variable, entry.key, entry.value) for entry in report.taken]
        )
    else:
        paper.line("Nothing was taken.")
    if report.left:
        paper.line()
        paper.line("Left where it is:")
        paper.table(
            ["variable", "why", "what to do"], [(entry.variable, entry.reason, entry.advice) for entry in report.left]
        )
    if report.backup is not None:
        paper.line()
        paper.line(f"The settings before are in {report.backup}.")
