"""Entries run from kept machine code without the compiler, and say what the Python they were written in says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
import sys
from tickwright.machine_code.compilation import entry, entry_of, inlined, rule
from tickwright.machine_code.views import call_entry, callable_pointer, entry_pointer, view_of
import numpy as np

view = view_of(np.dtype(np.int64))

@inlined
def doubled(value):
    return 2 * value

@rule
def summed(numbers, count):
    total = 0
    for place in range(count):
        total += doubled(numbers[place])
    return total

@entry
def total(address, count):
    return summed(view(address, count), count)

@entry_of("iff")
def scaled(count, factor, divisor):
    return int(count * factor / divisor)

@entry
def relayed(pointer, argument):
    return call_entry(pointer, argument, argument + 1)
"""
ASK = """
import sys; sys.path.insert(0, {folder!r})
from written import *
numbers = np.arange(10)
pointer, kept = entry_pointer(total)
python, kept_too = callable_pointer(lambda first, second: 100 * first + second)
print(total(numbers.ctypes.data, 10), scaled(7, 3.0, 2.0), relayed(python, 4), "numba" in sys.modules)
"""


def answers(folder: Path, **environment: str) -> list[str]:
    """What a fresh process says that imports the rules of a folder."""
    told = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache"), **environment}
    ran = subprocess.run(
        [sys.executable, "-c", ASK.format(folder=str(folder))], env=told, capture_output=True, text=True, check=True
    )
    return ran.stdout.split()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with rules of its own."""
    (tmp_path / "written.py").write_text(MODULE)
    return tmp_path


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("cache/*/written.*.o"))


def test_the_first_process_compiles_and_the_next_needs_no_compiler(folder: Path) -> None:
    # 2 · (0 + … + 9); 7 · 3 / 2 cut; 100 · 4 + 5
    assert answers(folder) == ["90", "10", "405", "True"]
    assert [file.name.split("-")[0] for file in kept(folder)] == ["written.relayed", "written.scaled", "written.total"]
    assert answers(folder) == ["90", "10", "405", "False"]


def test_uncompiled_rules_say_the_same(folder: Path) -> None:
    assert answers(folder, NUMBA_DISABLE_JIT="1") == ["90", "10", "405", "False"]
    assert not kept(folder)


def test_damaged_machine_code_is_compiled_anew(folder: Path) -> None:
    answers(folder)
    place = kept(folder)[2]
    whole = place.read_bytes()
    place.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert answers(folder) == ["90", "10", "405", "True"]
    assert place.read_bytes()[:32] == whole[:32]


def test_where_nothing_can_be_kept_it_is_compiled_each_time(folder: Path) -> None:
    (folder / "cache").touch()
    assert answers(folder) == answers(folder) == ["90", "10", "405", "True"]


def test_a_call_to_the_unknown_is_refused_while_compiling(folder: Path) -> None:
    with (folder / "written.py").open("a") as module:
        module.write(
            "\n@entry\ndef random(address, count):\n    return int(np.random.random() * count)\nrandom(0, 1)\n"
        )
    with pytest.raises(subprocess.CalledProcessError) as failed:
        answers(folder)
    assert "nothing outside it is known where it is loaded" in failed.value.stderr
