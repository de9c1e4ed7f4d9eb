"""A run's equity curve reduced to the statistics a sweep keeps: the deepest drawdown and the sums of its returns.

Invariants: the peak starts at the initial cash and counts while flat; a return is E[t]/E[t-1] - 1 per decision, the
first against the initial cash; after the curve has reached zero or less nothing more is observed.
"""

from __future__ import annotations

from tickwright.kernel.compilation import entry
from tickwright.kernel.layout import client_of, view_context, view_float64, view_int64


@entry
def measure_curve(address: int, statistics: int) -> int:
    """Write (max drawdown ≤ 0, Σr, Σr², decisions with a position) to four float64 at an address."""
    context = view_context(address, 1)[0]
    decisions, initial = context["decisions"], client_of(context)["initial_cash"]
    equity = view_int64(context["equity"], decisions)
    exposure = view_int64(context["exposure"], decisions)
    answer = view_float64(statistics, 4)
    previous = peak = initial
    deepest = total = squares = held = 0.0
    for decision in range(decisions):
        now = equity[decision]
        if now != previous:
            change = now / previous - 1.0
            total += change
            squares += change * change
        previous = now
        peak = max(peak, now)
        deepest = min(deepest, now / peak - 1.0)
        held += 1.0 if exposure[decision] != 0 else 0.0
        if now <= 0:
            break
    answer[0], answer[1], answer[2], answer[3] = deepest, total, squares, held
    return 0
