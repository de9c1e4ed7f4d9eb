"""The upsert of rows into rows: what is new, what changes, what stays; all stores use this.

Invariants: pure; both sides are in the layout's order without two rows of one identity, and so is the result; equality
is judged on values, not on scales (1.50 is 1.5); a revised row takes the new values and the new recording time, and the
row it replaces is handed back. A row whose identity does not hold its time (a trade) may change its time, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickwright.adapters.storage.rows import Rows, joined
from tickwright.domain.bars import Int64Array


@dataclass(frozen=True, slots=True)
class Upsert:
    """What becomes of incoming rows, on the finest scales of both sides.

    `new` are rows that were not there, `versions` those that replace the rows in `replaced`, row by row.
    """

    stored: Rows
    new: Rows
    versions: Rows
    replaced: Rows
    unchanged: int
    _kept: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @property
    def inserted(self) -> int:
        """How many rows were not there."""
        return len(self.new)

    @property
    def revised(self) -> int:
        """How many rows take other values."""
        return len(self.versions)

    def rows(self) -> Rows:
        """The stored rows afterwards."""
        stored = self.stored.take(self._kept) if self.revised else self.stored
        pieces = [piece for piece in (stored, self.versions, self.new) if len(piece)]
        if len(pieces) < 2:
            return pieces[0] if pieces else stored
        rows = joined(stored.layout, pieces)
        follows = not self.revised and self.new.times[0] > stored.times[-1]
        return rows if follows else rows.in_order()


def upsert(stored: Rows, incoming: Rows) -> Upsert:
    """Put incoming rows into stored ones."""
    scales = max(stored.price_scale, incoming.price_scale), max(stored.quantity_scale, incoming.quantity_scale)
    stored, incoming = stored.on_scales(*scales), incoming.on_scales(*scales)
    place = _places(stored, incoming)
    known = place >= 0
    equal = known.copy()
    for name in stored.values:
        equal[known] &= stored[name][place[known]] == incoming[name][known]
    revised = known & ~equal
    kept = np.ones(len(stored), np.bool_)
    kept[place[revised]] = False
    new = incoming.take(~known) if known.any() else incoming
    return Upsert(stored, new, incoming.take(revised), stored.take(place[revised]), int(equal.sum()), kept)


def _places(stored: Rows, incoming: Rows) -> Int64Array:
    """Where each incoming row stands among the stored ones, -1 where it does not."""
    identity = stored.layout.identity
    if not len(stored) or not len(incoming):
        return np.full(len(incoming), -1, np.int64)
    if len(identity) == 1:
        return _places_by_number(stored[identity[0]], incoming[identity[0]])
    columns = [np.concatenate([stored[name], incoming[name]]) for name in identity]
    order = np.lexsort(columns[::-1])  # stable, so of two rows of one identity the stored one comes first
    same = np.ones(len(order) - 1, np.bool_)
    for column in columns:
        same &= np.diff(column[order]) == 0
    place = np.full(len(incoming), -1, np.int64)
    place[order[1:][same] - len(stored)] = order[:-1][same]
    return place


def _places_by_number(stored: Int64Array, incoming: Int64Array) -> Int64Array:
    order = None if np.all(stored[1:] > stored[:-1]) else np.argsort(stored, kind="stable")
    ranked = stored if order is None else stored[order]
    found = np.minimum(np.searchsorted(ranked, incoming), len(stored) - 1)
    place = found if order is None else order[found]
    return np.where(stored[place] == incoming, place, -1)
