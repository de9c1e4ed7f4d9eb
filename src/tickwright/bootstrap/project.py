"""A project directory and the stores inside it.

Invariants: everything a project keeps is under its home: `data/` the market data, `runs/` one folder per run,
`runs/trials.jsonl` every trial ever run. A project need not have been made by `init`: a directory becomes one by use.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from tickwright.adapters.storage.catalogue import FileCatalogue
from tickwright.adapters.storage.opening import open_store
from tickwright.adapters.storage.run_folder import RunFolder
from tickwright.adapters.storage.trial_log import TrialLog
from tickwright.ports import InstrumentCatalogue, MarketStore


class Project:
    """The stores of one project directory; each is opened when it is first used.

    `store_url` names another market store than the project's own lake (a directory or a database URL).
    """

    def __init__(self, home: Path, *, store_url: str | None = None) -> None:
        self.home = home
        self.store_url = store_url

    @property
    def data_directory(self) -> Path:
        """Where the project keeps market data and what it knows of instruments."""
        return self.home / "data"

    @cached_property
    def store(self) -> MarketStore:
        """The market data store."""
        return open_store(self.store_url or self.data_directory)

    @cached_property
    def catalogue(self) -> InstrumentCatalogue:
        """What is known of instruments, with dates."""
        return FileCatalogue(self.data_directory)

    @cached_property
    def runs(self) -> RunFolder:
        """The project's runs."""
        return RunFolder(self.home / "runs")

    @cached_property
    def trials(self) -> TrialLog:
        """Every trial ever run in the project."""
        return TrialLog(self.home / "runs" / "trials.jsonl")
