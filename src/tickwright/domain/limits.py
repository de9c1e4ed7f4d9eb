"""Our own limits on what a run or a node may trade; orders beyond them are refused by name before any venue sees them.

Invariants: an amount is in the cash asset and positive, a share lies in (0, 1]; None means no limit. What only makes a
position smaller is never refused.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from tickwright.domain.errors import SettingsError

_SHARES = ("max_daily_loss", "max_drawdown")


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """What may be traded at most; see the guide to backtests for what counts.

    `max_order_notional`, `max_position_notional` (per instrument, with the open orders of its side) and `max_exposure`
    (sum of absolute position values, with all open orders that could add) are amounts of the cash asset;
    `max_open_orders` is a number of orders; `max_daily_loss` is a share of the equity at 00:00 UTC, `max_drawdown` of
    the highest equity. The last two latch: entries are cancelled and refused, to the end of the day or of the run.

    >>> RiskLimits(max_daily_loss=Decimal("0.03")).any_set, RiskLimits().any_set
    (True, False)
    >>> RiskLimits(max_drawdown=Decimal(20))
    Traceback (most recent call last):
    tickwright.domain.errors.SettingsError: risk: max_drawdown is 20; expected a share above 0 and at most 1
    """

    max_order_notional: Decimal | None = None
    max_position_notional: Decimal | None = None
    max_exposure: Decimal | None = None
    max_open_orders: int | None = None
    max_daily_loss: Decimal | None = None
    max_drawdown: Decimal | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            limit = getattr(self, field.name)
            if limit is None:
                continue
            if not (limit > 0) or (field.name in _SHARES and limit > 1):
                expected = "a share above 0 and at most 1" if field.name in _SHARES else "more than 0"
                raise SettingsError(f"{field.name} is {limit}", where="risk", expected=expected)

    @property
    def any_set(self) -> bool:
        """Whether there is a limit at all."""
        return any(getattr(self, field.name) is not None for field in fields(self))


NO_LIMITS = RiskLimits()
