"""A command in a process of its own: what it answered, how it failed, how long it was allowed to take."""

from __future__ import annotations

from pathlib import Path

from tickwright.adapters.compute.command_process import run_command


def test_a_command_that_ends_well_gives_its_document(tmp_path: Path) -> None:
    ended = run_command(["explain", "DATA"], timeout_s=60, directory=tmp_path)
    assert (ended.exit_code, ended.failure) == (0, None)
    assert ended.document is not None
    assert ended.document["schema"] == "tickwright.explain/1"


def test_a_command_that_fails_says_why_in_one_sentence(tmp_path: Path) -> None:
    ended = run_command(["db", "restore", "nosuch", "--home", str(tmp_path)], timeout_s=60, directory=tmp_path)
    assert ended.exit_code == 4
    assert ended.failure is not None
    assert ended.failure.startswith("DATA: ")


def test_a_command_that_outlives_its_time_is_ended(tmp_path: Path) -> None:
    ended = run_command(["sandbox", "--port", "0"], timeout_s=0.5, directory=tmp_path)
    assert ended.exit_code is None
    assert "it did not end within" in str(ended.failure)
