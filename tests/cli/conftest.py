"""Type a command line and look at what comes out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tickwright.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command line left: its exit code and the two streams."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the one document it must be."""
        document = json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
        assert isinstance(document, dict)
        return document


@pytest.fixture
def tickwright(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """A function that runs a command line in this process."""

    def call(*words: str | Path) -> Outcome:
        capsys.readouterr()
        code = main([str(word) for word in words])
        streams = capsys.readouterr()
        return Outcome(code, streams.out, streams.err)

    return call


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project that is the working directory, without settings from this machine."""
    for name in ("TICKWRIGHT_PROFILE",):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "tickwright.toml").write_text("version = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def candles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with BTC/USDT and ETH/USDT 1h of January and February 2020: 1434 real candles each."""
    from tickwright.adapters.sandbox.history import bundled_history
    from tickwright.bootstrap.project import Project
    from tickwright.domain.timestamp import parse_instant

    made = Project(tmp_path_factory.mktemp("candles"))
    span = parse_instant("2020-01-01"), parse_instant("2020-03-01")
    for bars in bundled_history():
        made.store.write(bars.between(*span), fetched=span, source="test")
    return made.data_directory


@pytest.fixture
def market(project: Path, candles: Path) -> Path:
    """The empty project with these candles in its store."""
    shutil.copytree(candles, project / "data")
    return project


@pytest.fixture
def coarse_market(market: Path) -> Path:
    """The same with bars of 4h that its hours add up to."""
    from tests.parity.scenarios import in_bars
    from tickwright.bootstrap.project import Project

    store = Project(market).store
    for key in [key for key in store.keys() if key.kind == "candles"]:  # noqa: SIM118 - a store is not a dict
        store.write(in_bars(store.read(key), "4h"), source="test")
    return market
