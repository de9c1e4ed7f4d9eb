"""Instruments: what is traded, where, and under which rules at which time.

Invariants: an instrument is written `[exchange:]BASE/QUOTE[:SETTLE]` (ccxt's unified form). Tick, lot and minimum
notional are dated rules for our own orders, not properties of the data: a rule holds from `valid_from_ns` until the
next one starts. When it was listed, delisted, listed again and renamed is dated as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from tickwright.domain.errors import UsageError
from tickwright.domain.margin import MaintenanceTier

_SYMBOL = re.compile(r"([A-Z0-9]{1,20})[/-]([A-Z0-9]{1,20})(?::([A-Z0-9]{1,20}))?")

DEFAULT_LOT = Decimal("1e-8")
_EVER_NS = 2**62


@dataclass(frozen=True, slots=True, order=True)
class InstrumentId:
    """One market of one exchange; ordered and hashed by its parts.

    >>> str(InstrumentId.parse("bybit:BTC/USDT:USDT")), InstrumentId.parse("BTC-USDT", exchange="binance").symbol
    ('bybit:BTC/USDT:USDT', 'BTC/USDT')
    """

    exchange: str
    base: str
    quote: str
    settle: str = ""

    @classmethod
    def parse(cls, text: str, *, exchange: str = "", where: str = "symbol") -> InstrumentId:
        """The instrument a text names; `exchange` is used where the text names none. Raises `UsageError`."""
        head, _, rest = text.strip().partition(":")
        named = "/" not in head and "-" not in head and bool(rest)
        venue, symbol = (head.lower(), rest) if named else (exchange, text.strip())
        match = _SYMBOL.fullmatch(symbol.upper())
        if match is None or (named and not re.fullmatch(r"[a-z0-9_]+", venue)):
            raise UsageError(
                f"{text!r} is not an instrument",
                where=where,
                expected="BASE/QUOTE or EXCHANGE:BASE/QUOTE, such as BTC/USDT",
            )
        if not venue:
            raise UsageError(
                f"{text!r} names no exchange",
                where=where,
                expected="an exchange",
                hint="Add --exchange NAME or write NAME:BASE/QUOTE.",
            )
        return cls(venue, match[1], match[2], match[3] or "")

    @property
    def symbol(self) -> str:
        """The name on its exchange: `BASE/QUOTE[:SETTLE]`."""
        return f"{self.base}/{self.quote}" + (f":{self.settle}" if self.settle else "")

    def __str__(self) -> str:
        return f"{self.exchange}:{self.symbol}"


@dataclass(frozen=True, slots=True)
class TradingRules:
    """What an exchange accepts from us, from `valid_from_ns` (UTC nanoseconds) on."""

    valid_from_ns: int
    tick: Decimal
    lot: Decimal = DEFAULT_LOT
    min_notional: Decimal = Decimal(0)
    min_quantity: Decimal = Decimal(0)
    max_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True, order=True)
class FormerName:
    """The name an instrument traded under until `until_ns` (UTC nanoseconds), when it was renamed one for one."""

    until_ns: int
    id: InstrumentId


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument with its dated rules (oldest first, never empty) and what is known of its listing.

    `contract_size` is in base units; 1 for spot. `maker_fee` and `taker_fee` are fractions of notional, None where
    the source does not say. Of a perpetual: `tiers` of maintenance margin (empty where the source does not say), the
    `liquidation_fee` on top of the taker fee, and whether the venue `keeps_leftover` margin after a liquidation.
    `pauses` are the spans [delisted, listed again), `formerly` its former names, both oldest first; `delisted_ns` is
    the last delisting that no listing followed.
    """

    id: InstrumentId
    rules: tuple[TradingRules, ...]
    kind: Literal["spot", "perpetual"] = "spot"
    status: Literal["trading", "halted", "delisted"] = "trading"
    contract_size: Decimal = Decimal(1)
    maker_fee: Decimal | None = None
    taker_fee: Decimal | None = None
    listed_ns: int | None = None
    delisted_ns: int | None = None
    source: str = field(default="exchange")
    tiers: tuple[MaintenanceTier, ...] = ()
    liquidation_fee: Decimal = Decimal(0)
    keeps_leftover: bool = False
    pauses: tuple[tuple[int, int], ...] = ()
    formerly: tuple[FormerName, ...] = ()

    def unlisted(self) -> tuple[tuple[int, int, str], ...]:
        """The spans [start, end) in which it did not trade under this name, oldest first, each with its sentence.

        >>> rules = (TradingRules(0, Decimal(1)),)
        >>> found = Instrument(InstrumentId("x", "A", "B"), rules, listed_ns=5, pauses=((7, 9),))
        >>> [sentence for _, _, sentence in found.unlisted()]
        ['before the listing', 'between a delisting and the next listing']
        """
        before = () if self.listed_ns is None else ((-_EVER_NS, self.listed_ns, "before the listing"),)
        after = () if self.delisted_ns is None else ((self.delisted_ns, _EVER_NS, "after the delisting"),)
        between = ((start, end, "between a delisting and the next listing") for start, end in self.pauses)
        return (*before, *between, *after)

    def rules_at(self, ts_ns: int) -> TradingRules:
        """The rules in force at an instant; before the first dated rule, the first one."""
        in_force = [rule for rule in self.rules if rule.valid_from_ns <= ts_ns]
        return in_force[-1] if in_force else self.rules[0]
