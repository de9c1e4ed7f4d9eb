"""What a taker pays: spread, slippage and impact as parts per billion, summed before one rounding against us.

Invariants (the rule book, §1.2, §3): a buy pays ⌈reference·(10⁹+s)/10⁹⌉, a sell receives ⌊reference·(10⁹-s)/10⁹⌋, never
below one unit and not clamped to the bar; fees are taken from the rounded notional and round up. Impact is float64 in
the written order and rounded once to the nearest ppb.
"""

from __future__ import annotations

import math

from tickwright.kernel.arithmetic import OVERFLOW, PPB, UNLIMITED, mul_div_rounded_down, mul_div_rounded_up
from tickwright.kernel.layout import IMPACT_LINEAR, IMPACT_NONE, IMPACT_SQRT, Record
from tickwright.kernel.reach import view_float64
from tickwright.machine_code.compilation import rule

_DAY_NS = 86_400_000_000_000.0
_LARGEST_IMPACT = 9e8  # a price nobody can pay, or is ever paid; in ppb it still fits into 64 bits


@rule
def taker_price(reference: int, ppb: int, side: int) -> int:
    """The price of taking liquidity `ppb` away from a reference price; `OVERFLOW` when it does not fit."""
    if ppb == 0:
        return reference
    if side > 0:
        return mul_div_rounded_up(reference, max(1, PPB + ppb), PPB)
    return max(1, mul_div_rounded_down(reference, max(0, PPB - ppb), PPB))


@rule
def notional_of(price: int, quantity: int, divisor: int, side: int) -> int:
    """Money for a quantity: rounded up when we pay, down when we receive; `OVERFLOW` when it or its price is too large.

    What is not `OVERFLOW` leaves room for a fee beside it.
    """
    if price < 0:
        return OVERFLOW
    if side > 0:
        notional = mul_div_rounded_up(price, quantity, divisor)
    else:
        notional = mul_div_rounded_down(price, quantity, divisor)
    return notional if notional <= UNLIMITED else OVERFLOW


@rule
def fee_rounded_up(amount: int, fee_ppb: int) -> int:
    """The fee on an amount; a rebate (negative rate) is rounded towards zero."""
    if fee_ppb >= 0:
        return mul_div_rounded_up(amount, fee_ppb, PPB)
    return -mul_div_rounded_down(amount, -fee_ppb, PPB)


@rule
def square_root_impact(y: float, sigma: float, volume: float, before: float, quantity: float) -> float:
    """⅔·Y·σ·[(Q+q)^1.5 - Q^1.5]/(q·√V): the average over a piece of the square-root law along the path."""
    after = before + quantity
    path = after * math.sqrt(after) - before * math.sqrt(before)
    return 2.0 / 3.0 * y * sigma * path / (quantity * math.sqrt(volume))


@rule
def linear_impact(y: float, sigma: float, volume: float, before: float, quantity: float) -> float:
    """Y·σ·(Q+q/2)/V: the average over a piece of a linear law along the path."""
    return y * sigma * (before + quantity / 2.0) / volume


@rule
def permanent_impact(gamma: float, sigma: float, volume: float, side: int, net: float) -> float:
    """side·γ·σ·N/V: what our net trading since the start has moved; it may help us."""
    return side * gamma * sigma * net / volume


@rule
def impact_ppb(context: Record, book: Record, index: int, side: int, quantity: int) -> int:
    """Impact of a piece with latency inside, rounded to the nearest ppb; 0 while the window knows too little."""
    return _impact_ppb(context, book, index, side, quantity, context["latency_ns"])


@rule
def impact_without_latency(context: Record, book: Record, index: int, side: int, quantity: int) -> int:
    """The same for what the venue itself sends: it waits for nobody."""
    return _impact_ppb(context, book, index, side, quantity, 0)


@rule
def _impact_ppb(context: Record, book: Record, index: int, side: int, quantity: int, latency_ns: int) -> int:
    if context["statistics"] == 0:
        return 0
    sigma = view_float64(context["sigma"], index + 1)[index]
    volume = view_float64(context["daily_volume"], index + 1)[index]
    total = 0.0
    if context["impact"] != IMPACT_NONE and volume > 0.0 and sigma > 0.0:
        unit = book["unit"]
        before = (book["bought"] if side > 0 else book["sold"]) * unit
        if context["impact"] == IMPACT_SQRT:
            total = square_root_impact(context["impact_y"], sigma, volume, before, quantity * unit)
        elif context["impact"] == IMPACT_LINEAR:
            total = linear_impact(context["impact_y"], sigma, volume, before, quantity * unit)
        total += permanent_impact(context["impact_gamma"], sigma, volume, side, book["net"] * unit)
    if latency_ns > 0:
        total += sigma * math.sqrt(latency_ns / _DAY_NS)
    return math.floor(max(-_LARGEST_IMPACT, min(total, _LARGEST_IMPACT)) * 1e9 + 0.5)


@rule
def half_spread_ppb(context: Record, index: int) -> int:
    """Half the spread: the fixed one, or more where volatility asks for it (rule book §3.5)."""
    share = context["spread_volatility"]
    if share == 0.0:
        return context["half_spread_ppb"]
    return widened(context["half_spread_ppb"], share, view_float64(context["sigma"], index + 1)[index])


@rule
def widened(half_spread: int, share: float, sigma: float) -> int:
    """A half-spread, or half of a share of the daily volatility, rounded up to a ppb, where that is more."""
    return max(half_spread, math.ceil(share * sigma / 2.0 * 1e9))


@rule
def taker_ppb(context: Record, book: Record, index: int, side: int, quantity: int) -> int:
    """Half-spread, slippage and impact of a piece together."""
    impact = impact_ppb(context, book, index, side, quantity)
    return half_spread_ppb(context, index) + context["slippage_ppb"] + impact


@rule
def market_price(context: Record, book: Record, index: int, side: int, reference: int, quantity: int) -> int:
    """What a taker's piece of this quantity trades at, all costs but the fee in."""
    return taker_price(reference, taker_ppb(context, book, index, side, quantity), side)


@rule
def counted_price(context: Record, book: Record, index: int, side: int, reference: int, quantity: int) -> int:
    """The price at which a quantity counts against a cost: a sale's at least at the reference price.

    Otherwise a worse price would let a short become larger.
    """
    price = market_price(context, book, index, side, reference, quantity)
    return price if side > 0 else max(price, reference)


@rule
def pays_fee_in_base(context: Record, book: Record, side: int) -> bool:
    """Whether a fee comes out of what arrived: of a spot buy, where the cost model says so."""
    return context["fee_received"] == 1 and side > 0 and book["perpetual"] == 0


@rule
def spending_of(context: Record, book: Record, side: int, price: int, quantity: int) -> int:
    """What taking a quantity at a price uses of a cost: notional, and the fee where it is paid in cash."""
    notional = notional_of(price, quantity, book["divisor"], side)
    if notional == OVERFLOW:
        return OVERFLOW
    if pays_fee_in_base(context, book, side):
        return notional
    return notional + fee_rounded_up(notional, book["taker_fee_ppb"])


@rule
def _affords(context: Record, book: Record, index: int, side: int, reference: int, quantity: int, cost: int) -> bool:
    price = counted_price(context, book, index, side, reference, quantity)
    spending = spending_of(context, book, side, price, quantity)
    return spending != OVERFLOW and spending <= cost


@rule
def _first_guess(
    context: Record, book: Record, index: int, side: int, reference: int, cost: int, most: int, lot: int
) -> int:
    """A quantity near the largest affordable one; with impact by a few fixed-point steps in floating point."""
    divisor = float(book["divisor"])
    if not pays_fee_in_base(context, book, side):
        divisor /= 1.0 + book["taker_fee_ppb"] * 1e-9
    guess, steps = most, 4 if context["statistics"] == 1 else 1
    for _ in range(steps):
        price = market_price(context, book, index, side, reference, max(guess, lot))
        guess = int(min(float(most), cost * divisor / price))
    return guess


@rule
def largest_affordable(
    context: Record, book: Record, index: int, side: int, reference: int, cost: int, most: int, lot: int
) -> int:
    """The largest lot multiple of at most `most` whose notional and fee fit into a cost; 0 where no lot does.

    Spending grows with quantity, so whatever guess the search starts from, it ends at the same quantity: it gallops
    from the guess to a pair of neighbours between which affordable turns into not affordable, then halves.
    """
    low, high = 0, most // lot + 1  # low is affordable, high is not
    probe = _first_guess(context, book, index, side, reference, cost, most, lot) // lot
    step = 1
    while high - low > 1:
        probe = min(max(probe, low + 1), high - 1)
        if _affords(context, book, index, side, reference, probe * lot, cost):
            low = probe
            probe = low + step
        else:
            high = probe
            probe = high - step
        step = min(2 * step, high)
        if step > high - low:
            probe = low + (high - low) // 2
    return low * lot
