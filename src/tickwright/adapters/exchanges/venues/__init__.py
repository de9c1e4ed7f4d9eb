"""What is peculiar to an exchange, one file each.

`venue` what the gateway must know of any exchange, and how far ccxt's unified interface answers it; `binance` Binance
spot; `binance_linear` its perpetuals; `coinbase` Coinbase spot; `kraken` Kraken spot; `okx` OKX spot.
"""

from tickwright.adapters.exchanges.venues.binance import Binance
from tickwright.adapters.exchanges.venues.binance_linear import BinanceLinear
from tickwright.adapters.exchanges.venues.coinbase import Coinbase
from tickwright.adapters.exchanges.venues.kraken import Kraken
from tickwright.adapters.exchanges.venues.okx import Okx
from tickwright.adapters.exchanges.venues.venue import Venue

_OWN = {venue.exchange: venue for venue in (Binance(), Coinbase(), Kraken(), Okx())}
_OF_CONTRACTS = {venue.exchange: venue for venue in (BinanceLinear(),)}

WEIGHT_PER_MINUTE = {
    venue.account or venue.exchange: venue.weight_per_minute for venue in (*_OWN.values(), *_OF_CONTRACTS.values())
}
"""Request weight that an exchange allows an address in a minute, by the account that requests are paid from."""


def venue_of(exchange: str, *, contracts: bool = False) -> Venue:
    """The peculiarities of an exchange, those of ccxt's unified interface where nothing else is known.

    With `contracts` of the part of it where contracts are traded.
    """
    if contracts:
        return _OF_CONTRACTS.get(exchange) or Venue(exchange, contracts=True)
    return _OWN.get(exchange) or Venue(exchange)
