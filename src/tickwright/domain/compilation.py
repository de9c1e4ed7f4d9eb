"""Where compiled code is kept between runs, so that machine code never outlives the source it was made from.

Invariant: the folder is named by the hash of every source the compiled code can depend on and of the compiler's
versions. Numba's own key covers only the decorated file: without this, a changed helper or record layout in another
file would silently run the old code on the new memory. Known limit: folders of old versions stay until their owner
deletes them; they hold nothing but machine code.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_SOURCES = ("kernel", "indicators", "domain/records.py")
_COMPILER = ("numba", "llvmlite", "numpy")


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


def prepare_compiler_cache(configured: str = "") -> str:
    """The folder for compiled code, made if it is missing; empty where nothing can be written.

    `configured` is what the compiler is set to (`numba.config.CACHE_DIR`): a user's own choice becomes the parent of
    our folder. Every room that compiles calls it before its first decorator and caches only if the answer is not empty.
    """
    parent = Path(configured) if configured else _user_cache()
    folder = parent if parent.name == compiled_code_hash() else parent / compiled_code_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return ""
    return str(folder)


def _source_files() -> list[Path]:
    found: list[Path] = []
    for name in _SOURCES:
        place = _PACKAGE / name
        found.extend([place] if place.is_file() else place.rglob("*.py"))
    return sorted(found)


def _user_cache() -> Path:
    home = Path.home()
    return (home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache") / "tickwright" / "compiled"
