"""What is known of compiled code before the compiler is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.bootstrap.compiled_code import compiled_code


def test_a_fresh_machine_holds_nothing_and_the_first_run_will_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    found = compiled_code()
    assert (found.functions, found.holds_the_engine) == (0, False)


def test_the_main_loop_counts_not_a_stray_indicator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = compiled_code().folder
    assert folder is not None
    (folder / "rolling_sum.sum_exact-81.py311.nbi").touch()
    assert (compiled_code().functions, compiled_code().holds_the_engine) == (1, False)
    (folder / "kernel.advance.advance-0123abcd.o").touch()
    assert compiled_code().holds_the_engine


def test_a_cache_that_cannot_be_written_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert (compiled_code().folder, compiled_code().holds_the_engine) == (None, False)
