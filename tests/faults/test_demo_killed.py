"""The main job killed at any moment: run again, it goes on where it was and ends with the same digests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

TIMEOUT_S = 120.0
COMMAND = [sys.executable, "-m", "tickwright", "demo"]


def whole_run(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [*COMMAND, str(folder), "--json"], capture_output=True, text=True, check=True, timeout=TIMEOUT_S
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the demo says when nobody disturbs it."""
    return whole_run(tmp_path_factory.mktemp("calm") / "demo")


def killed_when(folder: Path, pattern: str, how: signal.Signals) -> int:
    """Start the demo, signal it as soon as a file of the pattern exists in its folder, and return its exit code."""
    process = subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + TIMEOUT_S
    while process.poll() is None and not any(folder.rglob(pattern)):
        assert time.monotonic() < deadline
        os.sched_yield()
    process.send_signal(how)
    return process.wait(TIMEOUT_S)


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        ("*.parquet", signal.SIGKILL),
        ("*.parquet", signal.SIGINT),
        ("tickwright.sqlite", signal.SIGKILL),
        ("*.draft", signal.SIGKILL),
    ],
)
def test_killed_in_the_middle_it_resumes_and_ends_with_the_same_digests(
    tmp_path: Path, undisturbed: dict[str, Any], pattern: str, how: signal.Signals
) -> None:
    folder = tmp_path / "demo"
    killed_when(folder, pattern, how)
    again = whole_run(folder)
    assert again["digests"] == undisturbed["digests"]
    assert [series["rows"] for series in again["fetched"]] == [61_246, 61_246]
    assert [path.name for path in folder.rglob("*") if "draft" in path.name or path.name.startswith(".tmp")] == []


def test_ctrl_c_ends_it_with_130_and_one_sentence(tmp_path: Path) -> None:
    assert killed_when(tmp_path / "demo", "*.parquet", signal.SIGINT) == 130
