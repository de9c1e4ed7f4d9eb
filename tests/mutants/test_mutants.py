"""Every error put into a copy of the engine is caught by the comparison with the naive market."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.mutations import MUTATIONS

ROOT = Path(__file__).resolve().parents[2]
SHARES = 2
PATIENCE_S = 1500  # it bounds what hangs; a machine with other work takes several times as long


def judged() -> dict[str, str]:
    """What happened to each mutation, tried in two processes side by side."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.run_mutants", str(share), str(SHARES)],
            cwd=ROOT,
            env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for share in range(SHARES)
    ]
    outcomes: dict[str, str] = {}
    for process in running:
        out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, err[-2000:]
        outcomes.update((row["title"], row["outcome"]) for row in map(json.loads, out.splitlines()))
    return outcomes


def test_at_least_25_errors_are_tried() -> None:
    assert len({mutation.title for mutation in MUTATIONS}) == len(MUTATIONS) >= 25


@pytest.mark.timeout(PATIENCE_S + 60)
def test_every_error_is_caught_and_the_engine_as_it_is_passes() -> None:
    outcomes = judged()
    assert outcomes.pop("the engine as it is") == "survived"
    assert len(outcomes) == len(MUTATIONS)
    assert {title: told for title, told in outcomes.items() if not told.startswith("caught")} == {}
