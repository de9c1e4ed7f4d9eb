"""The finer measures of a run beside its summary: tails, shape, and what its trades and its drawdown say about luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tickwright.analytics.arcsine_law import time_above_start
from tickwright.analytics.drawdown import max_drawdown
from tickwright.analytics.drawdown_law import drawdown_probability
from tickwright.analytics.kelly import kelly_fraction
from tickwright.analytics.labels import FINER_LABELS
from tickwright.analytics.omega import omega
from tickwright.analytics.payoff_ratio import payoff_ratio
from tickwright.analytics.probabilistic_sharpe import probabilistic_sharpe
from tickwright.analytics.returns import observed
from tickwright.analytics.shape import kurtosis, skewness
from tickwright.analytics.sharpe import sharpe
from tickwright.analytics.stability import stability
from tickwright.analytics.summary import StatisticRow, text
from tickwright.analytics.tail_ratio import tail_ratio
from tickwright.analytics.ulcer_index import ulcer_index
from tickwright.analytics.value_at_risk import expected_shortfall, value_at_risk
from tickwright.domain.bars import Float64Array


@dataclass(frozen=True, slots=True)
class Distribution:
    """Measures of returns and trades; NaN where undefined.

    `sharpe_confidence` is the probability that the true Sharpe ratio is above zero; `drawdown_luck` the probability
    that a random walk with the same drift and volatility falls at least as deep. Value at risk and expected shortfall
    are per bar.
    """

    omega: float
    tail_ratio: float
    value_at_risk: float
    expected_shortfall: float
    skewness: float
    kurtosis: float
    stability: float
    ulcer_index: float
    sharpe_confidence: float
    drawdown_luck: float
    time_above_start: float
    payoff_ratio: float
    kelly: float

    def as_rows(self) -> tuple[StatisticRow, ...]:
        """Every measure with its label and its text, in the order of tables."""
        values = {label.name: float(getattr(self, label.name)) for label in FINER_LABELS}
        return tuple(
            StatisticRow(label, values[label.name], text(values[label.name], label.unit)) for label in FINER_LABELS
        )


def distribution(returns: Float64Array, equity: Float64Array, initial: float, pnl: Float64Array) -> Distribution:
    """The finer measures of returns per observation, of the equity they belong to, and of closed trades' results."""
    known = observed(returns)
    return Distribution(
        omega=omega(known),
        tail_ratio=tail_ratio(known),
        value_at_risk=value_at_risk(known),
        expected_shortfall=expected_shortfall(known),
        skewness=skewness(known),
        kurtosis=kurtosis(known),
        stability=stability(known),
        ulcer_index=ulcer_index(equity, initial),
        sharpe_confidence=probabilistic_sharpe(
            sharpe(known, 1.0), len(known), skewness=skewness(known), kurtosis=kurtosis(known)
        ),
        drawdown_luck=_drawdown_luck(known, max_drawdown(equity, initial)),
        time_above_start=time_above_start(equity, initial),
        payoff_ratio=payoff_ratio(pnl),
        kelly=kelly_fraction(pnl),
    )


def _drawdown_luck(returns: Float64Array, deepest: float) -> float:
    if len(returns) < 2 or not -1.0 < deepest < 0.0 or returns.min() <= -1.0:
        return float("nan")
    growth = np.log1p(returns)
    volatility = float(np.std(growth, ddof=1))
    if not volatility > 0.0:
        return float("nan")
    return drawdown_probability(-math.log1p(deepest), float(np.mean(growth)), volatility, float(len(growth)))
