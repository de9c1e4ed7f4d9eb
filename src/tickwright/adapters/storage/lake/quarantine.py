"""Word of the rows of a series that came and were not believed.

Invariants: one JSON file beside the manifest, replaced in one durable step; a row refused again for the same reason
from the same source is kept once; bounded: the oldest go first. It holds sentences, not candles: nothing reads a
price from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from tickwright.adapters.storage.durable_file import write_file
from tickwright.adapters.storage.place import Place
from tickwright.domain.errors import StoreDamaged
from tickwright.ports import QUARANTINE_LIMIT, QuarantinedRow, RefusedRow

FILE = "quarantine.json"


def read_quarantine(directory: Place) -> tuple[QuarantinedRow, ...]:
    """What is kept of a series, oldest first; raises `StoreDamaged`."""
    path = directory / FILE
    try:
        rows = orjson.loads(path.read_bytes())
        return tuple(QuarantinedRow(str(place), str(why), str(source), int(when)) for place, why, source, when in rows)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as failure:
        hint = "It holds only sentences about refused rows; remove it to go on."
        raise StoreDamaged("the list of refused rows is not readable", where=str(path), hint=hint) from failure


def add_to_quarantine(directory: Place, rows: Sequence[RefusedRow], source: str, now_ns: int) -> None:
    """Keep more rows; the caller holds the lock of the series."""
    known = read_quarantine(directory)
    seen = {(row.place, row.reason, row.source) for row in known}
    new = [
        QuarantinedRow(row.place, row.reason, source, now_ns)
        for row in rows
        if (row.place, row.reason, source) not in seen
    ]
    if new:
        kept = [*known, *new][-QUARANTINE_LIMIT:]
        lines = [[row.place, row.reason, row.source, row.recorded_ns] for row in kept]
        write_file(directory / FILE, orjson.dumps(lines, option=orjson.OPT_INDENT_2))
