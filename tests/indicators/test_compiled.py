"""Compiled and plain Python give the same bits, so what the tests of the rules prove holds for the machine code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.indicators.every_indicator import digests

ROOT = Path(__file__).parents[2]


def test_uncompiled_indicators_give_the_same_bits():
    code = "from tests.indicators.every_indicator import digests; print(*digests().items(), sep='\\n')"
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    plain = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=environment, text=True)
    assert plain.splitlines() == [str(item) for item in digests().items()]
