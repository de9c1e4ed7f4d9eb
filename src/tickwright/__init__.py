"""Tickwright: fetch market data, keep it honestly, research on it, trade it, watch it."""

from tickwright.domain.version import VERSION as __version__

__all__ = ["__version__"]
