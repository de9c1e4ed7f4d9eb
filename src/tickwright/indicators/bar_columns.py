"""The columns an indicator of whole bars reads; anything with these arrays will do."""

from __future__ import annotations

from typing import Protocol

from tickwright.domain.bars import Float64Array


class BarColumns(Protocol):
    """Closed bars, oldest first: one value per bar, or time × instrument."""

    @property
    def high(self) -> Float64Array:
        """Highest prices."""

    @property
    def low(self) -> Float64Array:
        """Lowest prices."""

    @property
    def close(self) -> Float64Array:
        """Last prices."""

    @property
    def volume(self) -> Float64Array:
        """Volumes in base units."""
