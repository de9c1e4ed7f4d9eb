"""The built wheel holds what it must and runs by itself, in an empty environment far from the source."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE_PACKAGES = Path(pytest.__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the pinned backend that is installed here, so without a network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel in it.

    What the package depends on is lent by the environment the tests run in, through a `.pth` file. Its own `.pth` files
    (an editable install among them) do not count there, so nothing leads back to the source.
    """
    folder = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, capture_output=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    subprocess.run(
        [sys.executable, "-m", "uv", "--no-config", "--quiet", "pip", "install", "--offline", "--no-deps",
         "--python", str(folder / "bin" / "python"), str(wheel)],
        check=True,
    )  # fmt: skip
    (packages / "lent.pth").write_text(f"{SITE_PACKAGES}\n")
    return folder


def run(environment: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [environment / "bin" / command[0], *command[1:]],
        cwd=folder,
        env=kept | {"PATH": f"{environment / 'bin'}:/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def test_the_wheel_holds_its_licences_types_and_candles(names: list[str]) -> None:
    assert "tickwright/py.typed" in names
    assert {name.split("/")[-1] for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert any(name.startswith("tickwright/adapters/sandbox/") and name.endswith(".parquet") for name in names)


def test_the_wheel_holds_the_package_and_nothing_else(names: list[str], wheel: Path) -> None:
    strangers = [name for name in names if not name.startswith(("tickwright/", "tickwright-"))]
    leftovers = [name for name in names if "__pycache__" in name or name.endswith((".nbi", ".nbc"))]

    assert strangers == []
    assert leftovers == []
    assert wheel.stat().st_size < 6_000_000


def test_the_installed_package_is_not_the_source(environment: Path, tmp_path: Path) -> None:
    found = run(environment, tmp_path, "python", "-c", "import tickwright; print(tickwright.__file__)")

    assert found.stdout.startswith(str(environment)), found.stdout + found.stderr


def test_the_installed_command_runs_the_main_job(environment: Path, tmp_path: Path) -> None:
    done = run(environment, tmp_path, "tickwright", "demo", "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "tickwright-demo").is_dir()
