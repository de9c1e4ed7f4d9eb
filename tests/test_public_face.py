"""`import tickwright as tw`: every public name is there, is loaded when used, and comes with a star import too."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tickwright as tw


def test_every_public_name_can_be_had() -> None:
    assert {"Strategy", "SmaCross", "sma", "Exits", "backtest", "load", "sweep", "__version__"} <= set(dir(tw))
    for name in dir(tw):
        assert getattr(tw, name) is not None


def test_a_star_import_gives_the_same_names() -> None:
    names: dict[str, object] = {}
    exec("from tickwright import *", names)
    assert set(names) - {"__builtins__"} == set(dir(tw))


def test_importing_it_loads_neither_engine_nor_numbers() -> None:
    seen = "import sys, tickwright; print([name for name in ('numpy', 'numba', 'polars') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_name_that_is_none_is_said() -> None:
    with pytest.raises(AttributeError, match="no attribute 'stratgy'"):
        _ = tw.stratgy
