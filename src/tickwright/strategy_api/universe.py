"""Which symbols a strategy trades when it does not name them: the top of a ranking, renewed each period.

Invariant: membership at an instant uses only what was known then; a symbol that leaves is sold by the strategy's own
weights, never behind its back.
"""

from __future__ import annotations

from dataclasses import dataclass

from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True)
class Universe:
    """The `n` highest symbols by a measure, quoted in one asset, chosen anew each `refresh`."""

    n: int
    by: str
    quote: str
    refresh: Timeframe


def top(n: int, *, by: str = "quote_volume_30d", quote: str = "USDT", refresh: str = "1w") -> Universe:
    """The `n` highest symbols by `by`.

    >>> top(20, quote="USDT").refresh.name
    '1w'
    """
    if n < 1:
        raise UsageError(f"a universe of {n} symbols", where="universe", expected="1 or more")
    return Universe(n, by, quote, Timeframe.parse(refresh, where="universe"))
