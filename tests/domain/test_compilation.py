"""Machine code never outlives the source it was made from, also where the changed source is another file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tickwright
from tickwright.domain.compilation import compiled_code_hash, prepare_compiler_cache

PACKAGE = Path(tickwright.__file__).parent
ASK = (
    "from tickwright.domain.compilation import compiled_code_hash;"
    "from tickwright.indicators.ema import ema;"
    "print(compiled_code_hash(), ema([1.0, 2.0, 3.0, 7.0], 3)[-1])"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of what compiled code depends on."""
    copied = tmp_path / "source" / "tickwright"
    for room in ("domain", "kernel", "indicators", "machine_code"):
        shutil.copytree(PACKAGE / room, copied / room, ignore=shutil.ignore_patterns("__pycache__"))
    (copied / "__init__.py").touch()
    return copied


def ask(package: Path, cache: Path) -> tuple[str, float]:
    """The hash and an average as a fresh process on this copy sees them."""
    environment = os.environ | {"PYTHONPATH": str(package.parent), "NUMBA_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, cwd=package.parent, capture_output=True, text=True, check=True
    )
    name, average = done.stdout.split()
    return name, float(average)


def test_a_changed_helper_in_another_file_gives_the_new_result(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first, average = ask(package, cache)
    assert average == 4.5  # 2 + 2 / (3 + 1) × (7 − 2)
    assert (cache / first).is_dir()
    helper = package / "indicators" / "recursive_average.py"
    changed = helper.read_text().replace("average + alpha * (value - average)", "average + 0.1 * (value - average)")
    helper.write_text(changed)
    second, average = ask(package, cache)
    assert average == 2.5
    assert second != first


@pytest.mark.parametrize(
    "place", ["kernel/fills.py", "domain/records.py", "indicators/sma.py", "machine_code/building.py"]
)
def test_every_source_it_depends_on_changes_the_name(package: Path, tmp_path: Path, place: str) -> None:
    hashes = []
    for addition in ("", "\n# changed\n"):
        path = package / place
        path.write_text(path.read_text() + addition)
        code = "from tickwright.domain.compilation import compiled_code_hash; print(compiled_code_hash())"
        environment = os.environ | {"PYTHONPATH": str(package.parent)}
        hashes.append(subprocess.check_output([sys.executable, "-c", code], env=environment, cwd=package.parent))
    assert hashes[0] != hashes[1]


def test_a_users_own_choice_becomes_the_parent_once(tmp_path: Path) -> None:
    folder = prepare_compiler_cache(str(tmp_path))
    assert Path(folder) == tmp_path / compiled_code_hash()
    assert prepare_compiler_cache(folder) == folder


def test_where_nothing_can_be_written_nothing_is_cached(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert prepare_compiler_cache(str(blocked)) == ""


def folder_used(parent: Path, name: str, days_ago: float) -> Path:
    """A folder of compiled code that was last used some days ago."""
    folder = parent / name
    (folder / "kernel_1").mkdir(parents=True)
    (folder / "kernel_1" / "code.nbc").write_bytes(b"machine code")
    (folder / "last-used").touch()
    then = time.time() - days_ago * 86_400
    os.utime(folder / "last-used", (then, then))
    return folder


def test_a_new_folder_removes_those_nobody_uses_any_more(tmp_path: Path) -> None:
    unused, used = folder_used(tmp_path, "0123456789abcdef", 4), folder_used(tmp_path, "fedcba9876543210", 2)
    interrupted = folder_used(tmp_path, "00000000000000ff.unused", 4)
    foreign = folder_used(tmp_path, "somebody-elses", 40)
    made = Path(prepare_compiler_cache(str(tmp_path)))
    assert sorted(tmp_path.iterdir()) == sorted([made, used, foreign])
    assert (used / "kernel_1" / "code.nbc").read_bytes() == b"machine code"
    assert not unused.exists()
    assert not interrupted.exists()


def test_a_folder_that_exists_is_marked_as_used_and_nothing_is_searched(tmp_path: Path) -> None:
    made = Path(prepare_compiler_cache(str(tmp_path)))
    os.utime(made / "last-used", (0, 0))
    unused = folder_used(tmp_path, "0123456789abcdef", 40)
    prepare_compiler_cache(str(tmp_path))
    assert time.time() - (made / "last-used").stat().st_mtime < 3600
    assert unused.exists()
