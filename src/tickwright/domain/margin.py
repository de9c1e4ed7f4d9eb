"""Margin of perpetuals: what the venue demands by size of position, and how the account chose to hold one.

Invariants: tiers are in order of notional and the first begins at 0; a notional equal to a tier's upper end belongs to
it; the amounts make maintenance margin continuous from tier to tier, so a position is never liquidated by growing one
cent. Numbers are exact decimals; leverage has at most two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tickwright.domain.errors import UsageError

MarginMode = Literal["isolated", "cross"]
MOST_LEVERAGE = Decimal(1000)


@dataclass(frozen=True, slots=True)
class MaintenanceTier:
    """One bracket: above `notional_above` (quote units), `notional × rate - amount` must stay behind a position."""

    notional_above: Decimal
    rate: Decimal
    amount: Decimal


def maintenance_tiers(brackets: Sequence[tuple[Decimal | int | str, Decimal | str]]) -> tuple[MaintenanceTier, ...]:
    """Tiers from (notional from which it counts, rate), with the amounts that make maintenance margin continuous.

    amount(n) = floor(n) · (rate(n) - rate(n-1)) + amount(n-1). Raises `UsageError` where floors do not rise from 0 or a
    rate is not in [0, 1).

    >>> maintenance_tiers([(0, "0.004"), (50_000, "0.005")])[1].amount
    Decimal('50.000')
    """
    tiers: list[MaintenanceTier] = []
    for floor, rate in ((Decimal(floor), Decimal(rate)) for floor, rate in brackets):
        before = tiers[-1] if tiers else MaintenanceTier(Decimal(-1), rate, Decimal(0))
        if floor <= before.notional_above or (not tiers and floor != 0) or not 0 <= rate < 1:
            raise UsageError(
                f"a tier from {floor} at a rate of {rate}",
                where="maintenance tiers",
                expected="notionals that rise from 0 and rates of at least 0 and below 1",
            )
        amount = before.amount + floor * (rate - before.rate) if tiers else Decimal(0)
        tiers.append(MaintenanceTier(floor, rate, amount))
    if not tiers:
        raise UsageError("no tier is given", where="maintenance tiers", expected="at least one, from a notional of 0")
    return tuple(tiers)


ASSUMED_TIERS = maintenance_tiers([(0, "0.005")])
"""What counts where a venue's tiers are not known; a run says so."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How an account holds a perpetual: `leverage` sets notional / leverage aside per position.

    `isolated`: a position can lose its own margin and no more. `cross`: the whole account stands behind it.
    Raises `UsageError` for a leverage below 1, above 1000 or finer than a hundredth.

    >>> Margin(Decimal(5), "cross").mode
    'cross'
    """

    leverage: Decimal = Decimal(1)
    mode: MarginMode = "isolated"

    def __post_init__(self) -> None:
        hundredths = self.leverage * 100
        fine = 1 <= self.leverage <= MOST_LEVERAGE and hundredths == hundredths.to_integral_value()
        if not fine:
            raise UsageError(
                f"a leverage of {self.leverage}",
                where="margin",
                expected=f"1 to {MOST_LEVERAGE} with at most two decimals",
            )
        if self.mode not in ("isolated", "cross"):
            raise UsageError(f"a margin mode of {self.mode!r}", where="margin", expected="isolated or cross")


UNLEVERED = Margin()
"""A position is paid in full and can lose no more than that."""
