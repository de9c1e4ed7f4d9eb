"""The rows of a series' files, exactly as they were written, or `StoreDamaged`: damaged bytes are never served.

A file that a manifest names and that is gone raises `FileNotFoundError`: a writer has committed since, and the caller
takes the new manifest.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tickwright.adapters.storage.lake.inspection import file_damage
from tickwright.adapters.storage.lake.manifest import Part, StoredFile
from tickwright.adapters.storage.lake.part_file import Superseded, decode, decode_superseded
from tickwright.adapters.storage.place import Place
from tickwright.adapters.storage.rows import Rows, joined
from tickwright.domain.errors import StoreDamaged
from tickwright.domain.row_layout import RowLayout

_REQUESTS_AT_A_TIME = 8


class PartReader:
    """Reads the files of one series."""

    def __init__(self, directory: Place, layout: RowLayout) -> None:
        self._directory, self._layout = directory, layout

    def rows(self, file: StoredFile) -> Rows:
        """The rows of a file."""
        return decode(self._content(file), self._layout, str(self._directory / file.name))

    def history(self, file: StoredFile) -> Superseded:
        """The replaced rows of a file."""
        return decode_superseded(self._content(file), self._layout, str(self._directory / file.name))

    def all_rows(self, parts: list[Part]) -> list[Rows]:
        """The rows of several parts; from a bucket several are on their way at a time, as each waits for its answer."""
        if isinstance(self._directory, Path) or len(parts) < 2:
            return [self.rows(part.file) for part in parts]
        with ThreadPoolExecutor(_REQUESTS_AT_A_TIME) as pool:
            return list(pool.map(lambda part: self.rows(part.file), parts))

    def rows_as_of(self, parts: list[Part], as_of_ns: int) -> Rows:
        """The rows of several parts as they were known at an instant."""
        pieces = []
        for part in parts:
            rows = self.rows(part.file)
            pieces.append(rows.take(rows.recorded_ns <= as_of_ns))
            if part.history is not None:
                history = self.history(part.history)
                known = (history.rows.recorded_ns <= as_of_ns) & (as_of_ns < history.superseded_ns)
                pieces.append(history.rows.take(known))
        return joined(self._layout, pieces).in_order()

    def _content(self, file: StoredFile) -> bytes:
        path = self._directory / file.name
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise
        except OSError as failure:
            raise StoreDamaged(
                f"it cannot be read ({failure.strerror})", where=str(path), expected="a readable file"
            ) from failure
        damage = file_damage(content, file)
        if damage is not None:
            raise StoreDamaged(
                damage, where=str(path), expected=f"SHA-256 {file.sha256[:16]}…", hint="Run `tickwright data verify`."
            )
        return content
