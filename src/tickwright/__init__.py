"""Tickwright: fetch market data, keep it honestly, research on it, trade it, watch it."""

__version__ = "0.1.0"
