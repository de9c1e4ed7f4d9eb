"""The typed holes of a series.

Invariant: a gap is a maximal run of missing bars inside [first, last] of what was asked for; it has exactly one type,
and nothing is ever filled in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GapKind(StrEnum):
    """Why bars are missing."""

    NO_TRADES = "no_trades"
    """The exchange was open and nobody traded."""
    OUTAGE = "outage"
    """The exchange has no data: it was down or paused."""
    NOT_FETCHED = "not_fetched"
    """Nobody has asked the exchange for this range yet."""
    NOT_LISTED = "not_listed"
    """The instrument was not trading: before listing or after delisting."""
    UNKNOWN = "unknown"
    """The series was imported with this hole; its reason is not known."""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Missing bars with open times in [start_ns, end_ns): `bars` of them."""

    start_ns: int
    end_ns: int
    bars: int
    kind: GapKind = GapKind.UNKNOWN
    note: str = ""
