"""The best trade of cost against risk for linear impact: sell fast and pay impact, or slowly and bear the price.

Model: trading n in a slice of length τ moves the price by γn for good and costs ε + ηn/τ more per unit in that slice
only; the price itself walks with σ per square root of time. Of all plans, the one that is returned makes
E + λV least, E the expected cost and V its variance. Holdings fall like sinh(κ(T - t)).
Source: R. Almgren and N. Chriss, "Optimal execution of portfolio transactions", Journal of Risk 3 (2000), equations
1-20.
Known limit: in crypto impact grows with the root of the size; the linear cost is a fair stand-in near one size only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tickwright.domain.errors import UsageError
from tickwright.execution.schedule import Schedule, demand_plan

_AT_ONCE = 700.0  # κτ at which e^-κτ is nothing to float64: all goes in the first slice


@dataclass(frozen=True, slots=True)
class LinearImpact:
    """What a market costs: money in quote units, quantities in base units, time in any one unit (days, hours).

    `volatility` is of the price, in quote units per square root of the time unit; `half_spread` is ε, `permanent` γ and
    `temporary` η.
    """

    volatility: float
    half_spread: float
    permanent: float
    temporary: float

    def __post_init__(self) -> None:
        for name in ("volatility", "half_spread", "permanent", "temporary"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise UsageError(f"{name} is {value}", where="LinearImpact", expected="a finite number of at least 0")

    @classmethod
    def of_market(cls, *, price: float, spread: float, daily_volume: float, daily_volatility: float) -> LinearImpact:
        """The paper's rule of thumb, time in days: a hundredth of the daily volume in a day costs one spread more, a
        tenth moves the price by one spread for good.

        `spread` and `daily_volatility` are fractions of the price, `daily_volume` base units.

        >>> market = LinearImpact.of_market(price=50, spread=0.0025, daily_volume=5e6, daily_volatility=0.019)
        >>> market.half_spread, market.temporary
        (0.0625, 2.5e-06)
        """
        whole = spread * price
        return cls(
            volatility=daily_volatility * price,
            half_spread=whole / 2,
            permanent=whole / (0.1 * daily_volume),
            temporary=whole / (0.01 * daily_volume),
        )

    def expected_cost(self, schedule: Schedule, duration: float) -> float:
        """E: what a plan over `duration` is expected to cost against the price at its beginning, in quote units."""
        tau = duration / len(schedule)
        impact = self._felt(tau) / tau * float(np.sum(schedule.slices**2))
        return self.permanent * schedule.quantity**2 / 2 + self.half_spread * schedule.quantity + impact

    def cost_variance(self, schedule: Schedule, duration: float) -> float:
        """V: the variance of that cost, in quote units squared: what is still held bears the price."""
        return self.volatility**2 * duration / len(schedule) * float(np.sum(schedule.left[1:] ** 2))

    def urgency(self, slices: int, duration: float, risk_aversion: float) -> float:
        """κ, per unit of time: 1/κ is how long a holding left alone by the deadline takes to fall to 1/e."""
        tau = duration / slices
        squared = risk_aversion * self.volatility**2 / self._felt(tau)
        return math.acosh(1 + squared * tau**2 / 2) / tau

    def _felt(self, tau: float) -> float:
        """η less the half of the permanent part that slices of this length pay anyway."""
        felt = self.temporary - self.permanent * tau / 2
        if not felt > 0:
            raise UsageError(
                f"slices of {tau:g} are too long: the permanent impact {self.permanent:g} outweighs the temporary one",
                where="LinearImpact",
                expected="more slices, or a temporary impact above permanent * slice / 2",
            )
        return felt


def almgren_chriss_schedule(
    quantity: float, slices: int, duration: float, impact: LinearImpact, *, risk_aversion: float
) -> Schedule:
    """The plan that makes expected cost + risk_aversion * variance least.

    `duration` is in the time unit of `impact`, `risk_aversion` (λ) per quote unit; 0 gives equal slices. Raises
    `UsageError` for a quantity, a duration or an aversion that no plan can be made for.

    >>> paper = LinearImpact(volatility=0.95, half_spread=0.0625, permanent=2.5e-7, temporary=2.5e-6)
    >>> tuple(round(x) for x in almgren_chriss_schedule(1e6, 5, 5.0, paper, risk_aversion=1e-6).left)
    (1000000, 541956, 289854, 147897, 62142, 0)
    """
    demand_plan("almgren_chriss_schedule", quantity, slices)
    if not 0 < duration < math.inf:
        raise UsageError(
            f"the duration is {duration}", where="almgren_chriss_schedule", expected="a finite number above 0"
        )
    if not 0 <= risk_aversion < math.inf:
        raise UsageError(
            f"the risk aversion is {risk_aversion}",
            where="almgren_chriss_schedule",
            expected="a finite number of at least 0",
        )
    kappa = min(impact.urgency(slices, duration, risk_aversion), _AT_ONCE * slices / duration)
    if kappa * duration < 1e-6:  # sinh(x) is x there, and dividing by it would lose digits
        return Schedule(np.full(slices, quantity / slices))
    to_go = kappa * duration * (1 - np.arange(slices + 1) / slices)
    # sinh(a) / sinh(b) without overflow, where b is the whole way
    held = np.exp(to_go - to_go[0]) * np.expm1(-2 * to_go) / np.expm1(-2 * to_go[0])
    return Schedule(quantity * -np.diff(held))
