"""What a series consists of: the one file whose replacement commits a write.

Invariants: a manifest names every file of the series with its size and SHA-256, so a reader that holds one holds a
whole state, never a mix; it carries a checksum of itself; parts are in order of time and do not overlap; `generation`
grows by one with each commit (0 is a series whose first write is not committed), and `recorded_ns` never goes back,
whatever the wall clock does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import orjson

from tickwright.adapters.storage.lake.layout import FORMAT_VERSION, MANIFEST
from tickwright.adapters.storage.place import Place
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import StoreDamaged
from tickwright.domain.gaps import Gap, GapKind, Span


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An immutable file: its name, how many rows it holds, its size in bytes and the SHA-256 of those bytes."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """One span of time: the file of its rows, their range, their holes, and the file of what revisions replaced."""

    period: str
    file: StoredFile
    first_ns: int
    last_ns: int
    price_scale: int
    volume_scale: int
    holes: tuple[Span, ...]
    history: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of a series.

    `fetched` are the ranges an exchange was asked for, `imported` those that came from files, `explained` the reasons
    found for missing bars; `recorded_ns` is the last instant at which a row was recorded.
    """

    key: SeriesKey
    generation: int = 0
    recorded_ns: int = 0
    parts: tuple[Part, ...] = ()
    fetched: tuple[Span, ...] = ()
    imported: tuple[Span, ...] = ()
    explained: tuple[Gap, ...] = ()

    @property
    def rows(self) -> int:
        """How many bars the series holds."""
        return sum(part.file.rows for part in self.parts)

    @property
    def scales(self) -> tuple[int, int]:
        """The finest price and volume scale among the parts."""
        return max((p.price_scale for p in self.parts), default=0), max((p.volume_scale for p in self.parts), default=0)

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """Every file of the series."""
        histories = (part.history for part in self.parts if part.history is not None)
        return (*(part.file for part in self.parts), *histories)

    def content(self) -> str:
        """A fingerprint of the rows: equal manifests' rows are equal (the key of the engine-ready cache)."""
        return hashlib.sha256("|".join(part.file.sha256 for part in self.parts).encode()).hexdigest()

    def part(self, period: str) -> Part | None:
        """The part of a span, or None where the series has no rows in it."""
        return next((part for part in self.parts if part.period == period), None)

    def with_parts(self, changed: list[Part]) -> Manifest:
        """The same manifest with some parts added or replaced."""
        parts = {part.period: part for part in (*self.parts, *changed)}
        return replace(self, parts=tuple(sorted(parts.values(), key=lambda part: part.first_ns)))


def manifest_bytes(manifest: Manifest) -> bytes:
    """A manifest as the bytes of its file."""
    document = _document(manifest)
    return orjson.dumps({**document, "checksum": _checksum(document)}, option=orjson.OPT_INDENT_2)


def read_manifest(directory: Place, key: SeriesKey) -> Manifest | None:
    """The manifest of a series, or None where no write was ever committed; raises `StoreDamaged`."""
    path = directory / MANIFEST
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as failure:
        raise _damaged(path, f"the manifest cannot be read ({failure.strerror})") from failure
    try:
        document: dict[str, Any] = orjson.loads(content)
        promised = document.pop("checksum")
        if document["format"] > FORMAT_VERSION:
            raise _damaged(
                path, f"the manifest has format {document['format']}, newer than this program's {FORMAT_VERSION}"
            )
        if promised != _checksum(document):
            raise _damaged(path, "the manifest does not match its checksum")
        manifest = _parsed(document, key)
        return manifest if manifest.generation else None
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise _damaged(path, "the manifest is not readable") from failure


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _document(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT_VERSION,
        "series": str(manifest.key),
        "generation": manifest.generation,
        "recorded_ns": manifest.recorded_ns,
        "parts": [_part_document(part) for part in manifest.parts],
        "fetched": manifest.fetched,
        "imported": manifest.imported,
        "explained": [[gap.start_ns, gap.end_ns, gap.bars, gap.kind.value, gap.note] for gap in manifest.explained],
    }


def _part_document(part: Part) -> dict[str, Any]:
    return {
        "period": part.period,
        "file": _file_document(part.file),
        "first_ns": part.first_ns,
        "last_ns": part.last_ns,
        "price_scale": part.price_scale,
        "volume_scale": part.volume_scale,
        "holes": part.holes,
        "history": _file_document(part.history) if part.history else None,
    }


def _file_document(file: StoredFile) -> dict[str, Any]:
    return {"name": file.name, "rows": file.rows, "size": file.size, "sha256": file.sha256}


def _parsed(document: dict[str, Any], key: SeriesKey) -> Manifest:
    if document["series"] != str(key):
        raise ValueError(document["series"])
    return Manifest(
        key=key,
        generation=document["generation"],
        recorded_ns=document["recorded_ns"],
        parts=tuple(_parsed_part(part) for part in document["parts"]),
        fetched=_spans(document["fetched"]),
        imported=_spans(document["imported"]),
        explained=tuple(Gap(a, b, bars, GapKind(kind), note) for a, b, bars, kind, note in document["explained"]),
    )


def _parsed_part(document: dict[str, Any]) -> Part:
    history = document["history"]
    return Part(
        document["period"],
        StoredFile(**document["file"]),
        document["first_ns"],
        document["last_ns"],
        document["price_scale"],
        document["volume_scale"],
        _spans(document["holes"]),
        StoredFile(**history) if history else None,
    )


def _spans(pairs: list[list[int]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in pairs)


def _damaged(path: Place, message: str) -> StoreDamaged:
    return StoreDamaged(
        message,
        where=str(path),
        expected="a manifest as the lake wrote it",
        hint="Restore the series from a backup, or remove its directory and fetch or import it again.",
    )
