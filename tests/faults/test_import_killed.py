"""An import of a folder killed at every system call: typed again it ends as an import that nobody killed."""

from __future__ import annotations

import runpy
import shutil
import sys
from pathlib import Path

import pytest

from tickwright.bootstrap.project import Project

from .stepping import can_step, stops

pytestmark = pytest.mark.skipif(not can_step(), reason="this machine does not let a program be held by ptrace")

RUNNER = Path(__file__).with_name("import_runner.py")


def put_files(folder: Path) -> None:
    (folder / "kraken").mkdir(parents=True)
    for symbol, first in (("BTC-USD", 0), ("BTC-USD", 3), ("ETH-USD", 0)):
        lines = [f"{1704067200 + 3600 * (first + n)},10,12,9,11,{n + first}" for n in range(5) if n != 1]
        text = "\n".join(["timestamp,open,high,low,close,volume", *lines])
        (folder / "kraken" / f"{symbol}_1h_{first}.csv").write_text(text)


def contents(home: Path) -> dict[str, object]:
    store = Project(home).store
    assert not list(store.verify(deep=True))
    return {str(key): (store.read(key).content_hash(), store.coverage(key)) for key in store.keys()}  # noqa: SIM118


def killed_everywhere(scratch: Path, what: str) -> tuple[int, list[str]]:
    """How many places of death there were, and after which of them a second run ends otherwise."""
    program = runpy.run_path(str(RUNNER))
    folder, home = scratch / "files", scratch / "home"
    put_files(folder)
    program["run"](folder, scratch / "whole")
    expected = contents(scratch / "whole")
    home.mkdir()
    wrong = []
    number = 0
    for number, stop in enumerate(stops([sys.executable, "-P", str(RUNNER), str(folder), str(home), what], home)):
        left = scratch / f"{number}"
        shutil.copytree(home, left)
        program[what](folder, left)
        if contents(left) != expected:
            wrong.append(f"{stop.call} {stop.path.name}")
        shutil.rmtree(left)
    return number, wrong


def test_an_import_killed_at_every_call_and_run_again_ends_the_same(scratch: Path) -> None:
    places, wrong = killed_everywhere(scratch, "run")
    assert wrong == []
    assert places > 40


def test_an_import_that_marks_before_it_stores_is_seen(scratch: Path) -> None:
    _, wrong = killed_everywhere(scratch, "forget")
    assert wrong
