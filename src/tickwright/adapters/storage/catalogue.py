"""The instrument catalogue beside a lake: one JSON file per exchange, with every rule that ever held and from when.

Invariants: those of `instrument_documents`; a file is replaced in one durable step, so a kill leaves the old or the new
catalogue. In a directory processes that record at the same time take turns; in a bucket a writer puts only over what it
has read, and of two the second is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from tickwright.adapters.storage.durable_file import make_directory, remove_temporaries, write_failure, write_file
from tickwright.adapters.storage.instrument_documents import (
    FORMAT_VERSION,
    instrument_document,
    merged_instrument,
    parsed_instrument,
)
from tickwright.adapters.storage.place import Place
from tickwright.domain.errors import DataError, StoreDamaged
from tickwright.domain.instrument import Instrument, InstrumentId


class FileCatalogue:
    """Instruments under one directory or place in a bucket; one that does not exist is an empty catalogue."""

    def __init__(self, directory: Place) -> None:
        self._directory = directory

    def record(self, instruments: Sequence[Instrument], observed_ns: int) -> int:
        """Keep what exchanges say now; returns how many instruments are new or changed.

        The rules in force of an instrument are the last of its own; where they differ from the last ones known, they
        hold from `observed_ns` on. Raises `StoreWriteFailed`, the catalogue is then as it was.
        """
        changed = 0
        for exchange in sorted({instrument.id.exchange for instrument in instruments}):
            with self._turn(exchange) as place:
                known = self._load(place, exchange)
                after = dict(known)
                for instrument in instruments:
                    if instrument.id.exchange == exchange:
                        after[instrument.id] = merged_instrument(after.get(instrument.id), instrument, observed_ns)
                news = sum(after[identity] != known.get(identity) for identity in after)
                if news:
                    write_file(_file(place, exchange), _content(after))
                changed += news
        return changed

    def keep(self, instrument: Instrument) -> None:
        """Keep an instrument exactly as it is given, in place of what was known; raises `StoreWriteFailed`."""
        exchange = instrument.id.exchange
        with self._turn(exchange) as place:
            known = self._load(place, exchange)
            if known.get(instrument.id) != instrument:
                write_file(_file(place, exchange), _content({**known, instrument.id: instrument}))

    def find(self, instrument: InstrumentId) -> Instrument | None:
        """What is known of an instrument, or None."""
        return self._load(self._directory, instrument.exchange).get(instrument)

    def instruments(self, exchange: str) -> Sequence[Instrument]:
        """Every instrument known of an exchange, sorted."""
        known = self._load(self._directory, exchange)
        return [known[identity] for identity in sorted(known)]

    @contextlib.contextmanager
    def _turn(self, exchange: str) -> Iterator[Place]:
        """Wait for the right to change an exchange's file, through the place it gives; it ends with the process."""
        if not isinstance(self._directory, Path):
            yield self._directory.for_writing()
            return
        make_directory(self._directory)
        path = self._directory / f".{exchange}.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as failure:
            raise write_failure(failure, path) from failure
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            remove_temporaries(self._directory, f"{exchange}.json")
            yield self._directory
        finally:
            os.close(descriptor)

    @staticmethod
    def _load(place: Place, exchange: str) -> dict[InstrumentId, Instrument]:
        path = _file(place, exchange)
        try:
            document: dict[str, Any] = orjson.loads(path.read_bytes())
            if document["format"] > FORMAT_VERSION:
                raise DataError(
                    f"the catalogue has format {document['format']}",
                    where=str(path),
                    expected=f"format {FORMAT_VERSION}",
                )
            found = (parsed_instrument(exchange, entry) for entry in document["instruments"])
            return {instrument.id: instrument for instrument in found}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as failure:
            hint = "Remove the file; the next `tickwright data fetch` writes a new one, without the older rules."
            raise StoreDamaged(
                "the catalogue is not readable", where=str(path), expected="JSON as the catalogue wrote it", hint=hint
            ) from failure


def _file(place: Place, exchange: str) -> Place:
    return place / f"{exchange}.json"


def _content(instruments: dict[InstrumentId, Instrument]) -> bytes:
    entries = [instrument_document(instruments[identity]) for identity in sorted(instruments)]
    return orjson.dumps({"format": FORMAT_VERSION, "instruments": entries}, option=orjson.OPT_INDENT_2)
