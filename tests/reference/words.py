"""The words of the naive market: what is traded, the bars it trades on, what trading costs, orders and fills.

Every price, quantity and sum of money is a whole number of units; rates are exact Fractions. Times are nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

BUY, SELL = 1, -1
DAY_NS = 86_400_000_000_000
UNLIMITED = 10**30

Name = tuple[str, str]  # (exchange, symbol): sorts in the canonical order


@dataclass(frozen=True)
class Rules:
    """What the venue accepts from us from a time on, in units."""

    valid_from_ns: int = 0
    tick: int = 1
    lot: int = 1
    min_notional: int = 0
    min_quantity: int = 0
    max_quantity: int = UNLIMITED


@dataclass(frozen=True)
class Tier:
    """One bracket of maintenance margin: from a notional on, `notional × rate - amount` must stay in the account."""

    notional_floor: int
    rate: Fraction
    amount: Fraction = Fraction(0)


@dataclass(frozen=True)
class Spec:
    """One instrument: its name, the decimals of its units, its dated rules and, for a perpetual, its margin terms."""

    name: Name
    price_scale: int
    quantity_scale: int
    money_scale: int
    timeframe_ns: int
    rules: tuple[Rules, ...] = (Rules(),)
    base_asset: str = "BASE"
    quote_asset: str = "QUOTE"
    maker_fee: Fraction = Fraction(0)
    taker_fee: Fraction = Fraction(0)
    perpetual: bool = False
    leverage: Fraction = Fraction(1)
    isolated: bool = True
    tiers: tuple[Tier, ...] = (Tier(0, Fraction(0)),)
    liquidation_fee: Fraction = Fraction(0)
    keeps_leftover: bool = False
    has_volume: bool = True

    def rules_at(self, ts_ns: int) -> Rules:
        """The rules in force at a time; before the first dated rule, the first one."""
        return [rule for rule in self.rules if rule.valid_from_ns <= ts_ns or rule is self.rules[0]][-1]


@dataclass(frozen=True)
class Bar:
    """A candle in units; it opens at `open_ns` and closes at `close_ns`."""

    open_ns: int
    close_ns: int
    open: int
    high: int
    low: int
    close: int
    volume: int


@dataclass(frozen=True)
class Costs:
    """What trading costs beside the fee, and how much of the market may be taken (§3)."""

    fee_in: Literal["quote", "received"] = "quote"
    spread: Fraction = Fraction(0)
    slippage: Fraction = Fraction(0)
    impact: Literal["none", "linear", "sqrt"] = "none"
    prefactor: float = 1.0
    permanent: float = 0.0
    latency_days: float = 0.0  # shorter than the candles that orders meet: a price
    wait_ns: int = 0  # as long or longer: how long what we send travels
    participation: Fraction | None = None
    volume_floor: float = 0.0  # base units a day
    window_ns: int = 30 * DAY_NS
    decay_ns: int = DAY_NS
    limit_fill: Literal["through", "touch"] = "through"
    limit_gap: Literal["limit", "open"] = "limit"
    refuse_triggered: bool = False
    spread_volatility: float = 0.0


@dataclass
class Order:
    """An order and all that became of it."""

    number: int
    name: Name
    side: int
    kind: str = "market"
    quantity: int = 0
    cost: int = 0
    limit: int = 0
    stop: int = 0
    trail: int = 0
    trail_rate: Fraction | None = None
    tif: str = "gtc"
    expires_ns: int = 0
    post_only: bool = False
    reduce_only: bool = False
    trigger_by: str = "last"
    exits_by_mark: bool = False  # its fills' stops and trails are triggered by the mark
    oco: int | None = None
    bracket: Bracket | None = None
    reason: str = "signal"
    decision: Decision | None = None
    child: bool = False
    entry_price: int = 0

    sent_ns: int = 0
    arrived: bool = True  # the venue knows it
    leaving: bool = False  # our side has asked for its end and no longer counts it
    arrival: int = 0
    rules: Rules = field(default_factory=Rules)
    state: str = "PENDING"
    ended_ns: int = 0
    filled: int = 0
    spent: int = 0
    met: bool = False  # it has met an event
    rested: bool = False  # it has met one at which it did not cross (§4.3)
    triggered: bool = False
    tested: bool = False  # funds and minimum notional were tested for the whole order (§4.1)
    crossed_at_ns: int = -1  # open time of the bar it last arrived in: its rest cannot fill again there (§4.3)
    born_in_ns: int = -1  # close time of the RANGE it was born in (§5.2)
    peak: int = 0  # of a trailing stop

    @property
    def open(self) -> bool:
        """Whether the order still works."""
        return self.state in ("PENDING", "WORKING", "TRIGGERED", "PARTLY_FILLED")

    @property
    def rest(self) -> int:
        """What a quantity order still wants."""
        return self.quantity - self.filled


@dataclass(frozen=True)
class Bracket:
    """Fractions of the entry price at which each entry fill is protected."""

    stop: Fraction | None = None
    target: Fraction | None = None
    trigger_by: str = "last"


@dataclass
class Decision:
    """The increases of one instant, sized together: the shrink factor is taken once (§7.4)."""

    ts_ns: int
    orders: list[Order] = field(default_factory=list)
    shrunk: bool = False
    factor: Fraction = Fraction(1)


@dataclass(frozen=True)
class Fill:
    """One execution, all costs but the fee inside its price."""

    ts_ns: int
    name: Name
    side: int
    price: int
    quantity: int
    fee: int
    fee_asset: str
    liquidity: str
    order: int
    reference: int
    at_open: bool
    reason: str = "signal"


@dataclass(frozen=True)
class AccountEvent:
    """Money that moved without a trade."""

    ts_ns: int
    name: Name
    kind: str
    asset: str
    amount: int
