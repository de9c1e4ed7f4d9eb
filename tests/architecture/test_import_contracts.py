"""Each import contract catches a trespass, and the source as it stands trespasses none."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# contract id → (file that trespasses, the line it trespasses with)
TRESPASSES = {
    "floors": ("domain/trespass.py", "import tickwright.ports"),
    "io-line": ("indicators/trespass.py", "import socket"),
    "pure-words": ("domain/trespass.py", "import polars"),
    "pure-compiled": ("kernel/trespass.py", "import pyarrow"),
    "adapters-see": ("adapters/storage/trespass.py", "import tickwright.analytics"),
    "adapters-apart": ("adapters/storage/trespass.py", "import tickwright.adapters.sandbox"),
    "modes-apart": ("modes/trespass.py", "import tickwright.modes.vector"),
    "kernel-readers": ("modes/trespass.py", "import tickwright.kernel"),
    "no-circles": ("domain/trespass.py", "import tickwright.domain.second_trespass"),
    "settings-readers": ("supervisor.py", "import tickwright.settings"),
    "public-face": ("analytics/trespass.py", "import tickwright"),
}
# What the other side of a trespass must hold for it to be one.
COMPANIONS = {
    "no-circles": ("domain/second_trespass.py", "import tickwright.domain.trespass"),
    "adapters-apart": ("adapters/sandbox/__init__.py", ""),
    "kernel-readers": ("kernel/__init__.py", ""),
    "settings-readers": ("settings/__init__.py", ""),
    "adapters-see": ("analytics/__init__.py", ""),
}


def lint_imports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-logo", "--no-cache", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The source and the contracts, copied so that a test may trespass in them."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.parquet"))
    shutil.copytree(ROOT / "tests" / "architecture", tmp_path / "tests" / "architecture")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add_line(folder: Path, file: str, line: str) -> None:
    path = folder / "src" / "tickwright" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "__init__.py").touch()
    with path.open("a") as text:
        text.write(f"\n{line}\n")


def test_every_contract_is_trespassed_here() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    assert {contract["id"] for contract in contracts} == set(TRESPASSES)


def test_the_source_as_it_stands_keeps_every_contract(copy: Path) -> None:
    verdict = lint_imports(copy)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize("contract", TRESPASSES)
def test_a_trespass_breaks_its_contract(copy: Path, contract: str) -> None:
    if contract in COMPANIONS:
        add_line(copy, *COMPANIONS[contract])
    add_line(copy, *TRESPASSES[contract])

    verdict = lint_imports(copy, "--contract", contract)

    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert "1 broken" in verdict.stdout


def test_a_new_room_without_a_floor_breaks_the_drawing(copy: Path) -> None:
    add_line(copy, "utilities/__init__.py", "")

    verdict = lint_imports(copy, "--contract", "floors")

    assert verdict.returncode == 1
    assert "utilities" in verdict.stdout
