"""Machine code in files, one for each entry and processor, in the folder of this version of the sources.

Invariants: a file appears whole (written beside its place and renamed) and begins with a hash of the rest, so that what
a disk has damaged is compiled anew; where nothing can be written nothing is kept.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path

from tickwright.domain.compilation import compiler_setting, prepare_compiler_cache

SUFFIX = ".o"
_HASH_BYTES = 32


@cache
def folder() -> Path | None:
    """Where machine code is kept; None where nothing can be written."""
    found = prepare_compiler_cache(compiler_setting("NUMBA_CACHE_DIR"))
    return Path(found) if found else None


def kept_object(name: str, processor: str) -> bytes | None:
    """The machine code that is kept under a name for a processor."""
    try:
        kept = _place(name, processor).read_bytes()
    except OSError:
        return None
    code = kept[_HASH_BYTES:]
    return code if hashlib.sha256(code).digest() == kept[:_HASH_BYTES] else None


def keep_object(name: str, processor: str, code: bytes) -> None:
    """Keep machine code for the next process."""
    digest, place = hashlib.sha256(code), _place(name, processor)
    beside = place.with_suffix(f".{digest.hexdigest()[:16]}")  # who else writes it writes the same
    with suppress(OSError):
        beside.write_bytes(digest.digest() + code)
        beside.replace(place)


def _place(name: str, processor: str) -> Path:
    return (folder() or Path("/nowhere")) / f"{name}-{processor}{SUFFIX}"
