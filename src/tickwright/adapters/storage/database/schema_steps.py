"""The steps of the schema, by Alembic: which there are, going up and down, and what differs from the models.

Invariant: everything happens on the connection that is handed over, inside its transaction. Alembic takes a tenth of a
second to import, so it is imported here alone, and this module when a schema is looked at or changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from tickwright.adapters.storage.database.models import Table
from tickwright.domain.errors import DataError

_ADDRESS = re.compile(r" object at 0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: its name, the one before it, what it does, and whether the database has it."""

    revision: str
    before: str | None
    summary: str
    applied: bool


def known_revisions() -> list[str]:
    """Every revision this program knows, oldest first."""
    return [script.revision for script in _scripts().walk_revisions()][::-1]


def steps(current: str | None) -> list[Step]:
    """Every migration, oldest first; those up to `current` are applied."""
    scripts = _scripts()
    applied = {step.revision for step in scripts.iterate_revisions(current, "base")} if current else set()
    return [
        Step(step.revision, _one(step.down_revision), (step.doc or "").strip(), step.revision in applied)
        for step in list(scripts.walk_revisions())[::-1]
    ]


def go_up(connection: Connection, revision: str) -> None:
    """Apply the steps up to a revision."""
    try:
        command.upgrade(_config(connection), revision)
    except CommandError as failure:
        raise _refused(failure) from failure


def go_down(connection: Connection, revision: str) -> None:
    """Take back the steps after a revision; `base` takes all back."""
    try:
        command.downgrade(_config(connection), revision)
    except CommandError as failure:
        raise _refused(failure) from failure


def differences(connection: Connection) -> list[str]:
    """Every difference between the tables that are there and those the program means."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [_sentence(difference) for difference in compare_metadata(context, Table.metadata)]


def _sentence(difference: Any) -> str:
    """A difference in words: what is missing, or what is there and not meant.

    >>> from sqlalchemy import Column
    >>> _sentence(("remove_column", None, "runs", Column("extra")))
    'not meant: column extra of runs'
    """
    if not isinstance(difference, tuple):  # several changes of one column
        return "; ".join(map(_sentence, difference))
    act, _, what = str(difference[0]).partition("_")
    verdict = {"add": "missing", "remove": "not meant"}.get(act)
    named = difference[-1]
    if verdict is None or getattr(named, "name", None) is None:
        return _ADDRESS.sub("", str(difference))
    table = difference[-2] if what == "column" else getattr(getattr(named, "table", None), "name", None)
    return f"{verdict}: {what} {named.name}" + (f" of {table}" if table and what != "table" else "")


def _refused(failure: CommandError) -> DataError:
    return DataError(f"the step failed ({failure})", where="database", expected="a revision this program knows")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "tickwright.adapters.storage.database:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _one(revision: str | list[str] | tuple[str, ...] | None) -> str | None:
    return revision if revision is None or isinstance(revision, str) else revision[0]
