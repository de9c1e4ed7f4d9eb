"""Machine code never outlives its source, and compiled rules say what uncompiled ones say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tickwright

PACKAGE = Path(tickwright.__file__).parent

BUDGET_OF_A_BAR = """
import numpy as np
from tickwright.kernel import layout
from tickwright.kernel.statistics import extend_statistics

context, kept = np.zeros(1, layout.CONTEXT), []

def bind(name, array):
    kept.append(array)
    context[0][name] = array.ctypes.data

books = np.zeros(1, layout.BOOK)
books["capped"], books["unit"] = 1, 1.0
budgets = np.zeros(2, np.int64)
for name, value in {
    "layout": layout.LAYOUT, "instruments": 1, "rows": 2, "timeframe_ns": 10, "statistics_window_ns": 100,
    "participation_ppb": 100_000_000, "bars_per_day": 1.0,
}.items():
    context[0][name] = value
bind("books", books)
bind("windows", np.zeros(1, layout.WINDOW))
bind("open_ns", np.array([0, 10], np.int64))
bind("presence", np.full(2, 2, np.uint8))
bind("close", np.array([100, 101], np.int64))
bind("volume", np.array([500, 700], np.int64))
bind("open_budget", budgets)
bind("sigma", np.zeros(2))
bind("daily_volume", np.zeros(2))
assert extend_statistics(context.ctypes.data, 2) == 0
print(int(budgets[0]), int(budgets[1]))
"""


def output(source: Path, cache: Path, **environment: str) -> str:
    """What the script prints when the package is read from a folder."""
    told = {**os.environ, "PYTHONPATH": str(source), "NUMBA_CACHE_DIR": str(cache), **environment}
    ran = subprocess.run([sys.executable, "-c", BUDGET_OF_A_BAR], env=told, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the package that a test may edit."""
    shutil.copytree(PACKAGE, tmp_path / "source" / "tickwright", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "source"


def edit(source: Path, file: str, before: str, after: str) -> None:
    """Replace a text that must be there."""
    path = source / "tickwright" / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_an_edited_rule_and_an_edited_layout_are_seen_at_once(source: Path, tmp_path: Path) -> None:
    # no bar has closed at the first open; at the second one of 500 has, and a tenth of it is 50
    assert output(source, tmp_path / "cache") == "-1 50"
    edit(source, "kernel/arithmetic.py", "        return (a * b) // c\n", "        return (a * b) // c + 7\n")
    edit(source, "kernel/layout.py", '("linked", "i8"),', '("one_more_field", "i8"), ("linked", "i8"),')
    assert output(source, tmp_path / "cache") == "-1 57"


def test_an_uncompiled_rule_says_what_the_compiled_one_says(tmp_path: Path) -> None:
    assert output(PACKAGE.parent, tmp_path / "cache", NUMBA_DISABLE_JIT="1") == "-1 50"
