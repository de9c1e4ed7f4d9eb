"""How deep a drawdown chance alone would dig: the law of the deepest drawdown of a Brownian motion with drift.

The log equity is taken as drift μ and volatility σ per unit of time over a length T; drawdowns are logarithmic: D
stands for a fall of 1 - e^-D. Watched only once a step dt, a drawdown is on average 1.165 σ √dt less deep.
Source: M. Magdon-Ismail, A. F. Atiya, A. Pratap and Y. S. Abu-Mostafa, "On the maximum drawdown of a Brownian motion",
Journal of Applied Probability 41 (2004). Known limit: real returns have heavier tails and changing volatility.
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.domain.bars import Float64Array

_TERMS = 40
_STEPS = 600
_DEGENERATE = 1e-5
_CERTAIN_LOSS = 5.0


def drawdown_probability(depth: float, drift: float, volatility: float, length: float) -> float:
    """The probability that the deepest logarithmic drawdown within `length` is at least `depth` (> 0).

    NaN where the drift is so far below zero that a loss is certain (μ²T/2σ² > 5): the series cannot be summed there.

    >>> round(drawdown_probability(1.0, 0.0, 1.0, 0.5), 3)
    0.315
    """
    if drift < 0.0 and drift**2 * length / (2.0 * volatility**2) > _CERTAIN_LOSS:
        return float("nan")
    return float(1.0 - _survival(np.array([depth]), drift, volatility, length)[0])


def expected_max_drawdown(drift: float, volatility: float, length: float) -> float:
    """The mean of the deepest logarithmic drawdown within `length`; its limit (2σ²/|μ|)(x + ½) where loss is certain.

    >>> round(expected_max_drawdown(0.0, 1.0, 1.0), 3)
    1.253
    """
    evidence = drift**2 * length / (2.0 * volatility**2)
    if drift < 0.0 and evidence > _CERTAIN_LOSS:
        return 2.0 * volatility**2 / -drift * (evidence + 0.5)
    span = volatility * math.sqrt(length) * 8.0 + max(-drift, 0.0) * length
    depths = np.linspace(0.0, span, _STEPS + 1)[1:]
    exceeded = np.concatenate(([1.0], 1.0 - _survival(depths, drift, volatility, length)))
    return float(np.trapezoid(exceeded, dx=span / _STEPS))


def _survival(depths: Float64Array, drift: float, volatility: float, length: float) -> Float64Array:
    """The probability that no drawdown reaches each depth: an eigenvalue series, reflected at the peak.

    With a = μh/σ² and s = σ²T/h² the terms are 2θ sin θ e^-a e^-(s θ²/2 + μ²T/2σ²) / (θ² + a² - a) over the roots of
    tan θ = θ / a; for a > 1 the first root is imaginary.
    """
    a = (drift * depths / volatility**2)[:, None]
    a = np.where(np.abs(a - 1.0) < _DEGENERATE, 1.0 + _DEGENERATE, a)  # at 1 the first root is 0 and its term 0 / 0
    s = (volatility**2 * length / depths**2)[:, None]
    roots = _roots(a)
    imaginary = np.isnan(roots[:, :1])
    exponent = -a - s * a**2 / 2.0
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        real = 2.0 * roots * np.sin(roots) / (roots**2 + a**2 - a) * np.exp(exponent - s * roots**2 / 2.0)
        eta = _imaginary_root(a)
        growing = np.exp(exponent + s * eta**2 / 2.0 + eta) - np.exp(exponent + s * eta**2 / 2.0 - eta)
        first = eta * growing / (eta**2 - a**2 + a)
    total = np.nansum(np.where(np.isnan(roots), 0.0, real), axis=1) + np.where(imaginary, first, 0.0)[:, 0]
    survival: Float64Array = np.clip(total, 0.0, 1.0)
    return survival


def _roots(a: Float64Array) -> Float64Array:
    """The positive roots of a sin θ = θ cos θ, one per half turn; the first is NaN where it is imaginary (a ≥ 1)."""
    k = np.arange(_TERMS)[None, :]
    low = np.where(a < 0.0, (k + 0.5) * math.pi, k * math.pi) + 1e-12
    high = np.where(a < 0.0, (k + 1.0) * math.pi, (k + 0.5) * math.pi) - 1e-12
    low, high = np.broadcast_to(low, (len(a), _TERMS)).copy(), np.broadcast_to(high, (len(a), _TERMS)).copy()
    low[:, 0] = np.where(a[:, 0] < 0.0, low[:, 0], 1e-9)
    sign = np.sign(a * np.sin(low) - low * np.cos(low))
    for _ in range(60):
        middle = (low + high) / 2.0
        same = np.sign(a * np.sin(middle) - middle * np.cos(middle)) == sign
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    roots = (low + high) / 2.0
    roots[:, 0] = np.where(a[:, 0] >= 1.0, np.nan, roots[:, 0])
    return roots


def _imaginary_root(a: Float64Array) -> Float64Array:
    """The root of a tanh η = η for a > 1; 1 elsewhere."""
    low, high = np.full(a.shape, 1e-9), np.maximum(a, 1.0) + 1e-9
    for _ in range(80):
        middle = (low + high) / 2.0
        above = a * np.tanh(middle) > middle
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(a > 1.0, (low + high) / 2.0, 1.0)
