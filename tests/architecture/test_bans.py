"""What imports cannot show is banned by name: the bans hold below the I/O line and nowhere above it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def ruff_on(file: str, code: str) -> str:
    """What ruff says of `code` as if it stood in `src/tickwright/FILE`."""
    program = Path(sys.executable).with_name("ruff")
    path = ROOT / "src" / "tickwright" / file
    verdict = subprocess.run(
        [program, "check", "--no-cache", "--select", "TID251,PTH123", "--stdin-filename", path, "-"],
        cwd=ROOT,
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )
    return verdict.stdout + verdict.stderr


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("open('prices.csv')\n", "open()"),
        ("from pathlib import Path\nPath('prices.csv').read_text()\n", "pathlib"),
        ("import io\nio.open('prices.csv')\n", "open"),
        ("import datetime\ndatetime.datetime.now()\n", "now"),
        ("from datetime import datetime\ndatetime.utcnow()\n", "utcnow"),
        ("from datetime import date\ndate.today()\n", "today"),
        ("import numpy as np\nnp.random.seed(7)\n", "seed"),
        ("import numpy as np\nnp.random.normal(size=3)\n", "normal"),
    ],
)
def test_below_the_io_line_is_banned(code: str, name: str) -> None:
    verdict = ruff_on("engine/example.py", code)

    assert name in verdict
    assert "Found 1 error" in verdict


def test_a_seeded_generator_is_allowed_below_the_io_line() -> None:
    assert "All checks passed" in ruff_on("engine/example.py", "import numpy as np\nnp.random.default_rng(7)\n")


def test_adapters_may_open_files() -> None:
    assert "All checks passed" in ruff_on("adapters/storage/example.py", "open('prices.csv')\n")
