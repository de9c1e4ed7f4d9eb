"""Type a command line and look at what comes out."""

from __future__ import annotations

import json
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
