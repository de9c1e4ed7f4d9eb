"""Instruments: what is traded, where, and under which rules at which time.

Invariants: an instrument is written `[exchange:]BASE/QUOTE[:SETTLE]` (ccxt's unified form). Tick, lot and minimum
notional are dated rules for our own orders, not properties of the data: a rule holds from `valid_from_ns` until the
next one starts.
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


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument with its dated rules (oldest first, never empty) and what is known of its listing.

    `contract_size` is in base units; 1 for spot. `maker_fee` and `taker_fee` are fractions of notional, None where
    the source does not say. Of a perpetual: `tiers` of maintenance margin (empty where the source does not say), the
    `liquidation_fee` on top of the taker fee, and whether the venue `keeps_leftover` margin after a liquidation.
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

    def rules_at(self, ts_ns: int) -> TradingRules:
        """The rules in force at an instant; before the first dated rule, the first one."""
        in_force = [rule for rule in self.rules if rule.valid_from_ns <= ts_ns]
        return in_force[-1] if in_force else self.rules[0]
