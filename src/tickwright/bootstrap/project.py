"""A project directory and the stores inside it.

Invariants: everything a project keeps is under its home: `data/` the market data, `runs/` one folder per run and the
database with their rows and every trial ever run (`runs/tickwright.sqlite`, unless the settings name another one). A
project need not have been made by `init`: a directory becomes one by use. SQLAlchemy takes a quarter of a second to
import, so that is done when the database is first used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tickwright.adapters.storage.database.pool_options import DEFAULT_OPTIONS, PoolOptions
from tickwright.adapters.storage.opening import STATEMENT_TIMEOUT_S, open_catalogue, open_store
from tickwright.adapters.storage.spool import Spool
from tickwright.bootstrap.archive_record import demand_archive
from tickwright.domain.errors import StoreBusy, StoreUnreachable
from tickwright.domain.timestamp import SECOND
from tickwright.ingest.archive_view import WithArchive
from tickwright.ports import InstrumentCatalogue, MarketStore
from tickwright.settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from tickwright.adapters.storage.database.database import Database
    from tickwright.adapters.storage.database.trial_log import TrialLog
    from tickwright.adapters.storage.run_store import RunStore
    from tickwright.adapters.storage.search_record import SearchRecord
    from tickwright.domain.run import RunResult

DATABASE_FILE = Path("runs") / "tickwright.sqlite"
DATABASE_BACKUPS = Path("runs") / "backups"
TRIAL_FILE = Path("runs") / "trials.jsonl"
SPOOL = Path("runs") / "spool"


@dataclass(frozen=True, slots=True)
class DatabaseChoice:
    """Which database a project uses and how: its address (None for the file of the project), its pool, its contents."""

    url: str | None = None
    options: PoolOptions = DEFAULT_OPTIONS
    keep_orders: bool = True

    @staticmethod
    def of(settings: Settings) -> DatabaseChoice:
        """As the settings say."""
        asked = settings.database
        options = PoolOptions(
            asked.pool_size,
            asked.pool_overflow,
            asked.pool_timeout / SECOND,
            asked.connect_timeout / SECOND,
            asked.statement_timeout / SECOND,
            asked.lock_timeout / SECOND,
            asked.slow_statement / SECOND,
        )
        return DatabaseChoice(asked.url, options, asked.keep_orders)

    def address(self, home: Path) -> str | Path:
        """The address of the database of the project in a directory."""
        return self.url if self.url is not None else home / DATABASE_FILE

    def open(self, home: Path) -> Database:
        """The database, with whatever schema it has."""
        from tickwright.adapters.storage.database.database import Database

        return Database(self.address(home), backups=home / DATABASE_BACKUPS, options=self.options)


class Project:
    """The stores of one project directory; each is opened when it is first used.

    `store_url` names another market store than the project's own lake (a directory or a database URL), `archive_url`
    the one that old rows were moved into; `statement_timeout_s` is what a store in a database may take for a statement.
    """

    def __init__(
        self,
        home: Path,
        *,
        store_url: str | None = None,
        archive_url: str | None = None,
        database_choice: DatabaseChoice | None = None,
        statement_timeout_s: float = STATEMENT_TIMEOUT_S,
    ) -> None:
        self.home = home
        self._statement_timeout_s = statement_timeout_s
        self.store_url, self.archive_url = store_url, archive_url
        self._database_choice = database_choice or DatabaseChoice()

    @staticmethod
    def of(home: Path, settings: Settings) -> Project:
        """The project in a directory, with the stores its settings name."""
        return Project(
            home,
            store_url=settings.store.url,
            archive_url=settings.retention.archive,
            database_choice=DatabaseChoice.of(settings),
            statement_timeout_s=settings.store.statement_timeout / SECOND,
        )

    @property
    def data_directory(self) -> Path:
        """Where the project keeps market data and what it knows of instruments."""
        return self.home / "data"

    @cached_property
    def store(self) -> MarketStore:
        """The market data store, without what was archived."""
        return open_store(self.store_url or self.data_directory, statement_timeout_s=self._statement_timeout_s)

    @cached_property
    def history(self) -> MarketStore:
        """All market data there is: the store with what was moved into the archive, as one.

        Raises `DataError` where the archive lacks series that were moved into it.
        """
        if self.archive_url is None:
            return self.store
        archive = self.archive(self.archive_url)
        demand_archive(self.data_directory, self.archive_url, archive)
        return WithArchive(self.store, archive)

    def archive(self, place: str) -> MarketStore:
        """The store that takes old rows; one that is a directory stands in the project where its path is relative."""
        return open_store(place if "://" in place else str(self.home / Path(place).expanduser()))

    @cached_property
    def catalogue(self) -> InstrumentCatalogue:
        """What is known of instruments, with dates; it lies beside the market data."""
        return open_catalogue(self.store_url or self.data_directory)

    @cached_property
    def database(self) -> Database:
        """The relational database, its schema this program's."""
        opened = self._database_choice.open(self.home)
        opened.make_ready()
        return opened

    @property
    def keeps_nothing(self) -> bool:
        """Whether nothing was ever kept here, so that looking need not make a database."""
        return self._database_choice.url is None and not (self.home / "runs").exists()

    @cached_property
    def runs(self) -> RunStore:
        """The project's runs."""
        from tickwright.adapters.storage.database.run_rows import RunRows
        from tickwright.adapters.storage.run_store import RunStore

        choice = self._database_choice
        if self.spool.waiting():
            self.trials  # noqa: B018 - opening the log enters what waits
        rows = RunRows(self.database, with_orders=choice.keep_orders)
        return RunStore(self.home / "runs", rows, shared=choice.url is not None)

    @cached_property
    def trials(self) -> TrialLog:
        """Every trial ever run in the project; what waits in the spool, or in a former version's file, is taken in."""
        from tickwright.adapters.storage.database.trial_log import TrialLog
        from tickwright.adapters.storage.trial_file import adopt_trial_file

        log = TrialLog(self.database)
        adopt_trial_file(log, self.home / TRIAL_FILE)
        self.spool.drain(log.record)
        return log

    def count_trials(self, search: SearchRecord) -> tuple[int | None, tuple[str, ...]]:
        """Log a search; returns how many different trials its data has now seen, and what a reader should know.

        None where the database cannot be reached or stays locked: the search then waits in the spool.
        """
        try:
            return self.trials.record(search), ()
        except (StoreBusy, StoreUnreachable) as failure:
            self.spool.keep(search)
            later = "the search is counted, and a run listed, as soon as it answers"
            return None, (f"{failure.message} at {failure.where}: {later}",)

    def save_run(
        self,
        name: str,
        created_ns: int,
        seed: str,
        result: RunResult,
        trades: pl.DataFrame,
        manifest: Mapping[str, Any],
    ) -> tuple[Path, dict[str, Any]]:
        """Keep a run; returns its folder and its manifest with its id.

        Where the database cannot be reached or stays locked the folder is kept alone, and `runs.settle` enters it.
        """
        from tickwright.adapters.storage.run_folder import RunFolder

        try:
            return self.runs.save(name, created_ns, seed, result, trades, manifest)
        except (StoreBusy, StoreUnreachable):
            return RunFolder(self.home / "runs").keep(name, created_ns, result, trades, manifest)

    @cached_property
    def spool(self) -> Spool:
        """The searches that the database could not be told of."""
        return Spool(self.home / SPOOL)
