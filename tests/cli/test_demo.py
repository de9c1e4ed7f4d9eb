"""The main job: one command from an empty folder to a report, the same digests every time, nothing fetched twice."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tickwright.cli.demo import next_commands

TRIALS, INVALID = 90, 10
MISSING_BARS, GAPS = 122, 27


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "project"


@pytest.fixture(scope="module")
def documents(folder: Path) -> list[dict[str, Any]]:
    """What the demo says the first and the second time."""
    words = [sys.executable, "-m", "tickwright", "demo", str(folder), "--json"]
    runs = [subprocess.run(words, capture_output=True, text=True, check=True, timeout=300) for _ in range(2)]
    return [json.loads(run.stdout) for run in runs]


def test_the_demo_goes_from_an_empty_folder_to_a_report(documents: list[dict[str, Any]]) -> None:
    first = documents[0]
    assert [series["rows"] for series in first["fetched"]] == [61_246, 61_246]
    assert [(series["gaps"], series["missing_bars"]) for series in first["fetched"]] == [(GAPS, MISSING_BARS)] * 2
    assert any(gap["start"].startswith("2018-02-08") and gap["kind"] == "outage" for gap in first["gaps"])
    assert set(first["digests"]) == {"vector", "event", "replay"}
    assert len(set(first["digests"].values())) == len(set(first["account_digests"].values())) == 1
    assert first["run"]["fills"] > 1000
    assert (first["sweep"]["trials"], first["sweep"]["invalid"]) == (TRIALS, INVALID)
    assert Path(first["report"]).stat().st_size > 100_000


def test_a_second_run_fetches_nothing_and_trades_alike(documents: list[dict[str, Any]]) -> None:
    first, second = documents
    assert [series["pages"] for series in second["fetched"]] == [0, 0]
    assert (second["digests"], second["run"]["trials"]) == (first["digests"], first["run"]["trials"])


def test_the_commands_it_tells_to_type_next_work_as_printed(documents: list[dict[str, Any]], folder: Path) -> None:
    enter, *commands = next_commands(folder)
    assert shlex.quote(str(folder.name)) in enter
    for command in commands:
        words = [sys.executable, "-m", *shlex.split(command)]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
