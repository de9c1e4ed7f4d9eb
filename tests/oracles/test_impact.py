"""Oracle section 1: the square-root law of metaorder impact, through the product."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.running import run_targets
from tests.oracles.simulated import bars_of_closes
from tickwright.domain.costs import CostModel

SIGMA, DAILY_VOLUME = 0.04, 1000.0
SQRT = CostModel.of(fee=0, spread=0, impact="sqrt", max_participation=None)


def paid_above_the_open(share: float, costs: CostModel = SQRT) -> float:
    """What one order of a share of the daily volume pays above the open, as a fraction."""
    closes = 100 * np.exp(SIGMA * (np.arange(20) % 2))  # every log return is plus or minus 4 %
    bars = bars_of_closes(closes, timeframe="1d", volume=DAILY_VOLUME, scale=9)
    last = float(closes[-2])
    wanted = np.where(np.arange(20) == 18, share * DAILY_VOLUME * last / 1e6 * 1.01, 0.0)
    result = run_targets(bars, wanted, costs=costs, cash="1000000")
    (fill,) = result.fills
    quantity = fill["quantity"] / 10.0 ** result.quantity_scales[0]
    assert quantity == pytest.approx(share * DAILY_VOLUME, rel=0.02)
    return float(fill["price"] / fill["reference_price"] - 1) / np.sqrt(quantity / (share * DAILY_VOLUME))


@pytest.mark.parametrize(("share", "average_bp"), [(0.001, 8.433), (0.01, 26.667), (0.1, 84.327)])
def test_the_average_price_pays_two_thirds_of_the_peak(share: float, average_bp: float) -> None:
    """R1.5: Y = 1, daily volatility 4 %: peaks of 12.649, 40 and 126.491 bp."""
    assert paid_above_the_open(share) * 1e4 == pytest.approx(average_bp, abs=1e-3)


def test_cost_grows_with_the_square_root_of_size() -> None:
    """R1.5: the slope of log impact on log size lies in [0.45, 0.55]."""
    shares = np.geomspace(1e-4, 0.3, 8)
    slope = np.polyfit(np.log(shares), np.log([paid_above_the_open(share) for share in shares]), 1)[0]
    assert 0.45 < slope < 0.55
