"""Where compiled code is kept between runs, so that machine code never outlives the source it was made from.

Invariant: the folder is named by the hash of every source the compiled code can depend on and of the compiler's
versions. Numba's own key covers only the decorated file: without this, a changed helper or record layout in another
file would silently run the old code on the new memory. Every process marks the folder it uses; whoever makes a new one
removes those that nobody has used for three days. A folder is renamed before it is emptied, so no process ever reads
half of one; a process that runs for longer than that without its folder compiles anew what it still needs.
"""

from __future__ import annotations

import hashlib
import re
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from posixpath import expandvars

_PACKAGE = Path(__file__).resolve().parent.parent
_SOURCES = ("kernel", "indicators", "machine_code", "domain/records.py")
_COMPILER = ("numba", "llvmlite", "numpy")
_MARK = "last-used"
_NAME = re.compile(r"[0-9a-f]{16}(\.unused)?")
_UNUSED_S = 3 * 86_400


@cache
def compiled_code_hash() -> str:
    """Sixteen hexadecimal digits of all sources and compiler versions that compiled code depends on."""
    digest = hashlib.sha256()
    for source in _source_files():
        digest.update(f"|{source.relative_to(_PACKAGE).as_posix()}|".encode())
        digest.update(source.read_bytes())
    for name in _COMPILER:
        digest.update(f"|{name} {version(name)}|".encode())
    return digest.hexdigest()[:16]


def compiler_setting(name: str) -> str:
    """What the environment tells the compiler under one of its names, empty where it tells nothing.

    The compiler reads it itself when it is imported; what is asked here is known without that.
    """
    told = expandvars(f"${name}")
    return "" if told == f"${name}" else told


def prepare_compiler_cache(configured: str = "") -> str:
    """The folder for compiled code, made if it is missing; empty where nothing can be written.

    `configured` is what the compiler is set to (`numba.config.CACHE_DIR`): a user's own choice becomes the parent of
    our folder. Every room that compiles calls it before its first decorator and caches only if the answer is not empty.
    """
    parent = Path(configured) if configured else _user_cache()
    folder = parent if parent.name == compiled_code_hash() else parent / compiled_code_hash()
    try:
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
    except OSError:
        return ""
    if made:
        _remove_unused(folder)
    return str(folder)


def _remove_unused(folder: Path) -> None:
    """Remove the other folders of compiled code beside one that has just been made, where nobody uses them any more."""
    now = (folder / _MARK).stat().st_mtime
    for other in sorted(folder.parent.iterdir()):
        if other == folder or not _NAME.fullmatch(other.name):
            continue
        with suppress(OSError):  # another process removes it, or it is not ours to remove
            mark = other / _MARK
            if now - (mark if mark.exists() else other).stat().st_mtime > _UNUSED_S:
                _remove(other if other.suffix else other.rename(other.with_suffix(".unused")))


def _remove(folder: Path) -> None:
    """Empty and remove a folder, its mark last: what is interrupted is finished by the next one."""
    mark = folder / _MARK
    for entry in sorted(folder.rglob("*"), reverse=True):
        if entry.is_dir():
            entry.rmdir()
        elif entry != mark:
            entry.unlink()
    mark.unlink(missing_ok=True)
    folder.rmdir()


def _source_files() -> list[Path]:
    found: list[Path] = []
    for name in _SOURCES:
        place = _PACKAGE / name
        found.extend([place] if place.is_file() else place.rglob("*.py"))
    return sorted(found)


def _user_cache() -> Path:
    home = Path.home()
    return (home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache") / "tickwright" / "compiled"
