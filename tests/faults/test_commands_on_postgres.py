"""Every command says the same about the same candles, whether they lie in the lake or in PostgreSQL; so does the demo.

The project's database lies in PostgreSQL too, in the second of two projects.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tickwright.adapters.sandbox.process import SandboxProcess
from tickwright.cli import main

CSV = """timestamp,open,high,low,close,volume
2024-01-01T00:00:00Z,1,2,0.5,1.5,10
2024-01-01T01:00:00Z,1.5,2,1,1.2,5
2024-01-01T03:00:00Z,1.2,2,1,1.9,5
"""
SYMBOLS = ("--symbol", "BTC/USDT", "--symbol", "ETH/USDT")
SERIES = (*SYMBOLS, "--timeframe", "1h")
IMPORTED = ("--exchange", "x", "--symbol", "SOL/USDT", "--timeframe", "1h")
OWN = frozenset(
    (
        "run_id",
        "created",
        "file",
        "folder",
        "report",
        "store",
        "location",
        "path",
        "hash",
        "revision",
        "seconds",
        "elapsed_s",
    )
)
"""Names, places and times, which no two runs of a command share; hashes of files, which a database has not."""


def commands(url: str, folder: Path) -> list[tuple[str, ...]]:
    """What a person types, in this order."""
    return [
        ("data", "fetch", *SERIES, "--start", "2020-01-01", "--end", "2020-02-15", "--url", url),
        ("data", "fetch", *SERIES, "--start", "2020-01-01", "--end", "2020-02-15", "--url", url),
        ("data", "import", str(folder / "hours.csv"), *IMPORTED),
        ("data", "ls"),
        ("data", "gaps"),
        ("data", "verify"),
        ("data", "verify", "--deep"),
        ("data", "quality"),
        ("data", "quarantine"),
        ("data", "export", *IMPORTED, "--out", str(folder / "out.csv")),
        ("backtest", "SmaCross", *SERIES, "--mode", "vector"),
        ("backtest", "SmaCross", *SERIES, "--mode", "event", "--report"),
        ("backtest", "DonchianBreakout", "--symbol", "BTC/USDT", "--timeframe", "1h", "--mode", "replay"),
        ("sweep", "SmaCross", *SERIES, "--grid", "fast=5:20:5", "--grid", "slow=30:60:10"),
        ("run", "show", "latest"),
        ("run", "ledger", "latest"),
        ("report",),
        ("data", "repair", *SERIES, "--url", url),
    ]


@pytest.fixture(scope="module")
def exchange() -> Iterator[str]:
    with SandboxProcess() as sandbox:
        yield sandbox.url


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    def call(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        code = main([*words, "--json"])
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert code == 0, document
        return document

    return call


def shared(value: object) -> object:
    """A document without what is particular to one run of a command."""
    if isinstance(value, dict):
        return {name: shared(part) for name, part in value.items() if name not in OWN}
    return [shared(part) for part in value] if isinstance(value, list) else value


def test_every_command_says_the_same_on_both_stores(
    tmp_path: Path,
    database: Callable[[str], str],
    exchange: str,
    ask: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = database("market")
    exported = []
    said: dict[str, list[object]] = {}
    for name, flags in (("lake", ()), ("server", ("--store", store))):
        home = tmp_path / name
        home.mkdir()
        (home / "tickwright.toml").write_text("version = 1\n")
        (home / "hours.csv").write_text(CSV)
        if name == "server":
            monkeypatch.setenv("TICKWRIGHT_DATABASE__URL", database("state"))
        said[name] = [shared(ask(*words, *flags, "--home", str(home))) for words in commands(exchange, home)]
        runs = ask("run", "ls", "--home", str(home))["runs"]
        assert [run["status"] for run in runs] == ["finished"] * 3
        compared = ask("run", "compare", *(run["run_id"] for run in runs[1:]), *flags, "--home", str(home))
        assert compared["alike"]  # vector and event
        said[name].append(shared(runs))
        exported.append((home / "out.csv").read_bytes())
    for words, lake, server in zip(commands("URL", Path()), said["lake"], said["server"], strict=False):
        assert server == lake, words
    assert said["server"][-1] == said["lake"][-1]
    assert exported[0] == exported[1]


def test_the_demo_ends_the_same_with_its_candles_on_a_server(
    tmp_path: Path, database: Callable[[str], str], ask: Callable[..., dict[str, Any]]
) -> None:
    lake = ask("demo", str(tmp_path / "lake"))
    server = ask("demo", str(tmp_path / "server"), "--store", database("market"))
    again = ask("demo", str(tmp_path / "server"), "--store", database("market"))
    assert server["digests"] == again["digests"] == lake["digests"]
    assert server["account_digests"] == lake["account_digests"]
    assert server["gaps"] == lake["gaps"]
    assert server["sweep"] == lake["sweep"]
    assert [series["rows"] for series in server["fetched"]] == [61_246, 61_246]
    assert [series["pages"] for series in again["fetched"]] == [0, 0]
    assert not list((tmp_path / "server" / "data").rglob("*.parquet"))
    assert "TICKWRIGHT_STORE__URL" in server["next"][0]
