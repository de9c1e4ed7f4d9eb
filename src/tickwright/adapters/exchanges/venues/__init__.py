"""What is peculiar to an exchange, one file each.

`venue` what the gateway must know of any exchange, and how far ccxt's unified interface answers it; `binance` Binance
spot; `coinbase` Coinbase spot.
"""

from tickwright.adapters.exchanges.venues.binance import Binance
from tickwright.adapters.exchanges.venues.coinbase import Coinbase
from tickwright.adapters.exchanges.venues.venue import Venue

_OWN = {venue.exchange: venue for venue in (Binance(), Coinbase())}

WEIGHT_PER_MINUTE = {name: venue.weight_per_minute for name, venue in _OWN.items()}
"""Request weight that an exchange allows an address in a minute, by ccxt's name of the exchange."""


def venue_of(exchange: str) -> Venue:
    """The peculiarities of an exchange, those of ccxt's unified interface where nothing else is known."""
    return _OWN.get(exchange) or Venue(exchange)
