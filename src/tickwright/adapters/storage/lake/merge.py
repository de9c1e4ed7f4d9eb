"""The upsert of rows into rows: what is new, what changes, what stays.

Invariants: pure; both sides are sorted by open time without duplicates, and so is the result; equality is judged on
values, not on scales (1.50 is 1.5); a revised row takes the new values and the new recording time, and the row it
replaces is handed back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tickwright.adapters.storage.lake.part_file import COLUMNS, PRICES, Rows, joined


@dataclass(frozen=True, slots=True)
class Upsert:
    """What became of incoming rows; `replaced` are the former versions of the revised ones."""

    rows: Rows
    inserted: int
    revised: int
    unchanged: int
    replaced: Rows


def upsert(stored: Rows, incoming: Rows) -> Upsert:
    """Put incoming rows into stored ones."""
    price_scale = max(stored.price_scale, incoming.price_scale)
    volume_scale = max(stored.volume_scale, incoming.volume_scale)
    stored, incoming = stored.on_scales(price_scale, volume_scale), incoming.on_scales(price_scale, volume_scale)
    place = np.searchsorted(stored.open_time_ns, incoming.open_time_ns)
    known = np.zeros(len(incoming), np.bool_)
    inside = place < len(stored)
    known[inside] = stored.open_time_ns[place[inside]] == incoming.open_time_ns[inside]
    equal = known.copy()
    for name in (*PRICES, "volume"):
        equal[known] &= getattr(stored, name)[place[known]] == getattr(incoming, name)[known]
    revised = known & ~equal
    replaced = stored.take(place[revised])
    rows = _overwritten(stored, place[revised], incoming.take(revised)) if revised.any() else stored
    rows = _with_new(rows, incoming.take(~known)) if not known.all() else rows
    return Upsert(rows, int((~known).sum()), int(revised.sum()), int(equal.sum()), replaced)


def _overwritten(stored: Rows, place: np.ndarray, versions: Rows) -> Rows:
    columns = {name: getattr(stored, name).copy() for name in COLUMNS}
    for name, column in columns.items():
        column[place] = getattr(versions, name)
    return replace(stored, **columns)


def _with_new(stored: Rows, new: Rows) -> Rows:
    rows = joined([stored, new])
    if len(stored) and new.open_time_ns[0] <= stored.open_time_ns[-1]:
        return rows.take(np.argsort(rows.open_time_ns, kind="stable"))
    return rows
