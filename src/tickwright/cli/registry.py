"""The commands there are, by name, without importing them; and the words of other tools with ours beside them.

Invariants: the list is in the order of the help page; a summary is the first sentence of the command's own help; a
command is listed from the moment it works, never before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

START: Final = "Start"
RESEARCH: Final = "Research"
DATA: Final = "Data and strategies"
HELP: Final = "Settings and help"


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command or group: its name, its module in `tickwright.cli`, one sentence, and its section of the help page."""

    name: str
    module: str
    summary: str
    section: str


COMMANDS: Final[tuple[CommandEntry, ...]] = (
    CommandEntry("init", "init", "Make a project: settings, folders, nothing overwritten.", START),
    CommandEntry(
        "demo",
        "demo",
        "Fetch, check, backtest, sweep and report on bundled real candles, through a local exchange.",
        START,
    ),
    CommandEntry("backtest", "backtest", "Run a strategy on stored candles and keep the run.", RESEARCH),
    CommandEntry("sweep", "sweep", "Run every combination of a grid and rank the trials.", RESEARCH),
    CommandEntry("report", "report", "Write the HTML report of a kept run.", RESEARCH),
    CommandEntry("run", "run", "Look at kept runs, compare them, remove them.", RESEARCH),
    CommandEntry("data", "data", "Fetch, import, export and examine market data.", DATA),
    CommandEntry("db", "db", "Upgrade, examine, back up and restore the database.", DATA),
    CommandEntry(
        "batch", "batch", "Run the jobs of a schedule one after the other, or show how the last ones ended.", DATA
    ),
    CommandEntry("doctor", "doctor", "Look at this machine, the libraries and the project, and say what to do.", START),
    CommandEntry("strategy", "strategy", "List, show, examine and start strategies.", DATA),
    CommandEntry("sandbox", "sandbox", "Serve the practice exchange on loopback until it is stopped.", DATA),
    CommandEntry("config", "config", "Show, check and import settings.", HELP),
    CommandEntry("explain", "explain", "Say what a code means, what state things are in, and what to do.", HELP),
)

FOREIGN_WORDS: Final[dict[str, str]] = {
    "backtesting": "backtest",
    "backtesting-analysis": "report",
    "bt": "backtest",
    "simulate": "backtest",
    "cron": "batch",
    "schedule": "batch",
    "scheduler": "batch",
    "hyperopt": "sweep",
    "optimise": "sweep",
    "optimize": "sweep",
    "grid-search": "sweep",
    "download": "data fetch",
    "download-data": "data fetch",
    "fetch": "data fetch",
    "import-candles": "data fetch",
    "convert-data": "data import",
    "import": "data import",
    "export": "data export",
    "list-data": "data ls",
    "list-strategies": "strategy ls",
    "new-strategy": "strategy new",
    "create-strategy": "strategy new",
    "make-strategy": "strategy new",
    "new-config": "init",
    "create-userdir": "init",
    "create-project": "init",
    "make-project": "init",
    "new": "init",
    "show-config": "config show",
    "settings": "config show",
    "plot": "report",
    "plot-dataframe": "report",
    "plot-profit": "report",
    "backtesting-show": "run show",
    "runs": "run ls",
    "list": "run ls",
    "check": "doctor",
    "status": "doctor",
    "quickstart": "demo",
    "tutorial": "demo",
    "man": "explain",
    "help": "--help",
    "version": "--version",
}
"""A word of another tool → our words for it."""

LIVE_WORDS: Final = frozenset({"live", "trade", "dry-run", "dryrun", "paper", "start", "run-live"})
"""Words that ask for trading in real time, which this version does not do."""

GROUP_SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "list": ("ls", "show"),
    "dir": ("ls", "show"),
    "all": ("ls", "show"),
    "download": ("fetch",),
    "get": ("fetch", "show"),
    "update": ("fetch",),
    "load": ("import",),
    "dump": ("export",),
    "save": ("export",),
    "create": ("new",),
    "add": ("new", "import"),
    "init": ("new",),
    "make": ("new",),
    "describe": ("show",),
    "info": ("show", "ls"),
    "cat": ("show",),
    "view": ("show",),
    "get-all": ("ls",),
    "validate": ("check", "verify"),
    "test": ("check", "verify"),
    "holes": ("gaps",),
    "missing": ("gaps",),
    "check": ("verify",),
}
"""Inside a group: a word people try first → ours, the first that the group has."""
