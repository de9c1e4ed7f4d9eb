"""Following the volume: at most a share of what the market trades, whenever it trades it."""

from __future__ import annotations

from tickwright.domain.errors import UsageError


def participation_allowance(rate: float, market_volume: float, executed: float, *, own_counts: bool = True) -> float:
    """How much more may be traded now, never below 0.

    `market_volume` is what all others have traded since the beginning, `executed` what we have, both in base units.
    With `own_counts` the rate is a share of everything that traded, ours included, so r of the total is r / (1 - r) of
    the others' volume; without, it is a share of the others' volume alone.

    >>> participation_allowance(0.2, 800.0, 150.0)
    50.0
    >>> participation_allowance(0.2, 800.0, 150.0, own_counts=False)
    10.0
    """
    if not 0 < rate < 1:
        raise UsageError(f"the rate is {rate}", where="participation_allowance", expected="a share between 0 and 1")
    if not (market_volume >= 0 and executed >= 0):
        raise UsageError(
            f"volumes are {market_volume} and {executed}", where="participation_allowance", expected="at least 0"
        )
    share = rate / (1 - rate) if own_counts else rate
    return max(0.0, share * market_volume - executed)
