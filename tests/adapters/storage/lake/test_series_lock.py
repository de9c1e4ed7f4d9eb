"""Two writers at once, in two processes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.lake.layout import series_directory
from tickwright.adapters.storage.lake.series_lock import series_lock
from tickwright.domain.errors import StoreBusy


def holder(directory: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until it is killed."""
    program = f"""
        import sys
        from pathlib import Path
        from tickwright.adapters.storage.lake.series_lock import series_lock
        with series_lock(Path({str(directory)!r}), None, 0):
            print("held", flush=True)
            sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_told_who_writes_and_readers_go_on(make_bars, tmp_path: Path) -> None:
    lake = ParquetLake(tmp_path)
    lake.write(make_bars(0, 10))
    process = holder(series_directory(tmp_path, make_bars().key))
    try:
        with pytest.raises(StoreBusy, match=rf"is being written by process {process.pid} on "):
            lake.write(make_bars(10, 20))
        assert len(lake.read(make_bars().key)) == 10
    finally:
        process.kill()
        process.communicate()
    assert lake.write(make_bars(10, 20)).inserted == 10


def test_two_writers_of_one_process_are_kept_apart_too(make_bars, tmp_path: Path) -> None:
    again = series_lock(tmp_path, make_bars().key, 0)
    with series_lock(tmp_path, make_bars().key, 0), pytest.raises(StoreBusy, match=f"process {os.getpid()}"), again:
        pass
