"""§3: the cap on what may be taken from a bar, and the half-spread, slippage and impact of taking it.

Floats appear here only, in the written order of §3.3; one rounding to parts per billion ends them.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from itertools import pairwise
from math import ceil, log, sqrt

from tests.reference.rounding import parts_per_billion_up, taker_price, whole_lots
from tests.reference.words import DAY_NS, UNLIMITED, Bar, Costs, Spec


def bars_closed_in_window(history: list[Bar], ts_ns: int, window_ns: int) -> list[Bar]:
    """§3.2: all windows are half-open, (t - w, t]."""
    first = bisect_right(history, ts_ns - window_ns, key=lambda bar: bar.close_ns)
    last = bisect_right(history, ts_ns, key=lambda bar: bar.close_ns)
    return history[first:last]


def open_budget(costs: Costs, spec: Spec, history: list[Bar], ts_ns: int, lot: int) -> int:
    """§3.1: participation × mean volume of the bars closed in the trailing window, floored to lots."""
    if costs.participation is None or not spec.has_volume:
        return UNLIMITED
    closed = bars_closed_in_window(history, ts_ns, costs.window_ns)
    if not closed:
        return UNLIMITED
    mean = Fraction(sum(bar.volume for bar in closed), len(closed))
    return whole_lots(costs.participation * mean, lot)


def range_budget(costs: Costs, spec: Spec, bar: Bar, used_at_open: int, lot: int) -> int:
    """§3.1: max(0, participation × this bar's volume - used at OPEN), floored to lots."""
    if costs.participation is None or not spec.has_volume:
        return UNLIMITED
    return whole_lots(max(0, costs.participation * bar.volume - used_at_open), lot)


def daily_volatility(closed: list[Bar], bars_per_day: float) -> float:
    """§3.2: the root of the mean squared close-to-close log return × bars per day, no mean removed."""
    returns = [log(after.close / before.close) for before, after in pairwise(closed)]
    squares = 0.0
    for change in returns:
        squares += change * change
    return sqrt(squares / len(returns) * bars_per_day)


def impact_fraction(costs: Costs, spec: Spec, closed: list[Bar], side: int, before: int, piece: int, net: int) -> float:
    """§3.3 and §3.4: what taking `piece` after `before` on the same side adds to the price, as a fraction of it.

    `closed` are the bars closed in the window, `net` the net signed quantity taken since the start, which moves the
    price for good (permanent part).
    """
    if len(closed) < 2 or (costs.impact == "none" and not costs.latency_days):
        return 0.0
    bars_per_day = DAY_NS / spec.timeframe_ns
    sigma = daily_volatility(closed, bars_per_day)
    volume = max(
        sum(bar.volume for bar in closed) / len(closed) * bars_per_day, costs.volume_floor * 10.0**spec.quantity_scale
    )
    impact = 0.0
    if costs.impact != "none" and spec.has_volume and volume > 0:
        whole, taken, y = float(piece), float(before), costs.prefactor
        if costs.impact == "sqrt":
            impact = 2.0 / 3.0 * y * sigma * ((taken + whole) ** 1.5 - taken**1.5) / (whole * sqrt(volume))
        else:
            impact = y * sigma * (taken + whole / 2.0) / volume
        impact += side * costs.permanent * sigma * net / volume
    if costs.latency_days:
        impact += sigma * sqrt(costs.latency_days)
    return impact


def half_spread(costs: Costs, spec: Spec, closed: list[Bar]) -> int:
    """§3.5: the fixed half-spread in parts per billion, or half of its share of the volatility known, rounded up."""
    fixed = parts_per_billion_up(costs.spread / 2)
    if len(closed) < 2:
        return fixed
    sigma = daily_volatility(closed, DAY_NS / spec.timeframe_ns)
    return max(fixed, ceil(costs.spread_volatility * sigma / 2.0 * 1e9))


def price_of_taking(costs: Costs, side: int, reference: int, impact: float, half_spread: int | None = None) -> int:
    """§1.2: the integers of half-spread, slippage and impact are summed, and the price is rounded once against us."""
    half = parts_per_billion_up(costs.spread / 2) if half_spread is None else half_spread
    ppb = half + parts_per_billion_up(costs.slippage) + round(impact * 1e9)
    return taker_price(side, reference, ppb)
