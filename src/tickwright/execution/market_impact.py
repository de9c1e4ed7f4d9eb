"""What an order is expected to cost before it is sent: two models of the literature beside the market's own.

The simulated market prices a fill by the square root of its size (rule book §3.3). These two are for planning and
comparison: that of Almgren and others was fitted to American shares, and the second has coefficients that only a fit to
one's own fills can give. Both are fractions of the price and say what the average unit pays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tickwright.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class ImpactEstimate:
    """Three fractions of the price, all with the sign of the order: what stays, what passes, and what it pays.

    `permanent` (I) is how far the price has moved for good once all is traded, `temporary` (K) what each unit pays
    while trading lasts, `realised` (J = I/2 + K) what the whole order pays on average: the price moved under it step by
    step, so it pays half of what stays.
    """

    permanent: float
    temporary: float

    @property
    def realised(self) -> float:
        """J = I/2 + K."""
        return self.permanent / 2 + self.temporary


def almgren_2005_impact(
    share: float,
    duration: float,
    *,
    daily_volatility: float,
    turnover_days: float,
    permanent: float = 0.314,
    temporary: float = 0.142,
) -> ImpactEstimate:
    """I = γσX/V·(Θ/V)^¼ and K = ησ·|X/VT|^⅗ for an order of X = share · V over `duration` T in days.

    `share` is signed, of the daily volume V; `turnover_days` is Θ/V, the units outstanding over that volume. The
    coefficients are those of the paper (standard errors 0.041 and 0.0062).
    Source: R. Almgren, C. Thum, E. Hauptmann and H. Li, "Direct estimation of equity market impact", Risk, July 2005.

    >>> ibm = almgren_2005_impact(0.1, 0.2, daily_volatility=0.0157, turnover_days=1728 / 6.561)
    >>> tuple(round(x * 1e4, 2) for x in (ibm.permanent, ibm.temporary, ibm.realised))
    (19.86, 14.71, 24.64)
    """
    numbers = {"duration": duration, "turnover_days": turnover_days, "daily_volatility": daily_volatility}
    for name, value in numbers.items():
        if not 0 < value < math.inf:
            raise UsageError(f"{name} is {value}", where="almgren_2005_impact", expected="a finite number above 0")
    stays = permanent * daily_volatility * share * math.pow(turnover_days, 0.25)
    passes = math.copysign(temporary * daily_volatility * math.pow(abs(share / duration), 0.6), share)
    return ImpactEstimate(stays, passes)


@dataclass(frozen=True, slots=True)
class IStar:
    """I* = a1·(Q/ADV)^a2·σ^a3 for an order traded at once; b1 of it passes, less so the slower it is traded.

    There are no default coefficients: fit them to fills of your own. In `cost`, σ is annualised and the result has the
    unit of a1 (basis points where a1 is in basis points).
    Source: R. Kissell and R. Malamut; R. Kissell, "The Science of Algorithmic Trading and Portfolio Management" (2013).
    """

    a1: float
    a2: float
    a3: float
    a4: float
    b1: float

    def __post_init__(self) -> None:
        if not (min(self.a1, self.a2, self.a3, self.a4) >= 0 and 0 <= self.b1 <= 1):
            raise UsageError(f"coefficients are {self}", where="IStar", expected="a1 to a4 at least 0, b1 in [0, 1]")

    def at_once(self, share: float, volatility: float) -> float:
        """I*: the cost of the whole order traded at once; `share` of the average daily volume, 0 or more."""
        return self.a1 * math.pow(share, self.a2) * math.pow(volatility, self.a3)

    def cost(self, share: float, volatility: float, participation: float) -> float:
        """b1·I*·POV^a4 + (1 - b1)·I*: what the order costs traded as this share of the volume, in (0, 1].

        >>> IStar(a1=700, a2=0.55, a3=0.7, a4=0.5, b1=0.95).cost(0.1, 0.6, 1.0)  # doctest: +ELLIPSIS
        137.9...
        """
        if not 0 < participation <= 1:
            raise UsageError(f"participation is {participation}", where="IStar", expected="a share in (0, 1]")
        return self.at_once(share, volatility) * (self.b1 * math.pow(participation, self.a4) + 1 - self.b1)
