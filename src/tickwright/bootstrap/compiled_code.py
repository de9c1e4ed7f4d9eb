"""What is kept of compiled code for this version of the sources on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tickwright.domain.compilation import prepare_compiler_cache

FIRST_TIME = "Compiling the engine for this machine; this happens once and takes about 15 seconds."


@dataclass(frozen=True)
class CompiledCode:
    """Where compiled functions are kept (None where nothing can be written) and how many there are."""

    folder: Path | None
    functions: int

    @property
    def holds_the_engine(self) -> bool:
        """Whether a run finds its main loop compiled."""
        return self.folder is not None and any(self.folder.glob("kernel.advance.advance-*.o"))


def compiled_code() -> CompiledCode:
    """The state of the cache, without importing the compiler."""
    folder = prepare_compiler_cache(os.environ.get("NUMBA_CACHE_DIR", ""))
    if not folder:
        return CompiledCode(None, 0)
    kept = [file for file in Path(folder).rglob("*") if file.suffix in (".o", ".nbi")]
    return CompiledCode(Path(folder), len(kept))
