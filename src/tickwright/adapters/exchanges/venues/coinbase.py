"""Coinbase (Advanced Trade) spot: pages of 300 candles, ten public requests a second and address.

Source: the exchange's public documentation; it gives 350 candles, of which ccxt asks for 300. Everything else is
ccxt's unified interface.
"""

from __future__ import annotations

from tickwright.adapters.exchanges.venues.venue import Venue


class Coinbase(Venue):
    """Coinbase spot market data."""

    page_limit = 300
    weight_per_minute = 600
    instruments_weight = 2
    """ccxt asks for spot products and for futures."""

    def __init__(self) -> None:
        super().__init__("coinbase")
