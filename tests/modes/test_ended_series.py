"""A symbol whose candles end inside a run, as after a delisting or a renaming: what is held stays, what works ends."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.parity.scenarios import candles
from tests.parity.twin import instrument
from tickwright.domain.costs import CostModel
from tickwright.domain.market import Market
from tickwright.domain.records import OrderState
from tickwright.modes import event, vector
from tickwright.strategy_api.strategy import Strategy

MODES = {"vector": (vector, "run"), "event": (event, "run"), "replay": (event, "replay")}
ADA, BTC = instrument("ADA/USDT", tick="1", lot="1"), instrument("BTC/USDT", tick="1", lot="1")
GOES_ON = [(place, 100, 100, 100, 100, 90) for place in range(6)]
ENDS = [(0, 100, 100, 100, 100, 90), (1, 100, 100, 100, 100, 90), (2, 100, 100, 80, 80, 90)]
TERMS = {"cash": Decimal(1000), "cash_asset": "USDT", "costs": CostModel.free()}


def market() -> Market:
    series = [candles(ADA, "1h", ENDS, (0, 0)), candles(BTC, "1h", GOES_ON, (0, 0))]
    return Market.of([ADA, BTC], series)


class Halves(Strategy):
    """Wants half of each symbol's share, and nothing after its third close."""

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return np.where(np.arange(len(bars)) < 3, 0.4, 0.0)


@pytest.mark.parametrize("mode", MODES)
def test_a_position_in_what_ended_stays_and_is_valued_at_its_last_close(mode: str) -> None:
    """2 coins of each for 400 a symbol's share of 500: ADA falls to 80 at its last close and stays there."""
    where, verb = MODES[mode]
    result = getattr(where, verb)(Halves, {}, market(), **TERMS)
    held = [int(quantity) / 10**scale for quantity, scale in zip(result.position, result.quantity_scales, strict=True)]
    assert held == [2, 0]  # BTC was sold at the open after its target became 0
    worth = [float(result.equity[place]) / 10**8 for place in range(6)]
    assert worth == [1000, 1000, 960, 960, 960, 960]
    assert sum("ADA/USDT: its candles end at 2024-01-01T03:00:00Z while it is held" in w for w in result.warnings) == 1
    assert not any("BTC/USDT: its candles end" in text for text in result.warnings)


@pytest.mark.parametrize("verb", ["run", "replay"])
def test_an_order_of_what_ended_ends_with_the_data(verb: str) -> None:
    class Resting(Strategy):
        """Leaves a limit far away."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            if not ctx.orders():
                ctx.buy(qty=1, limit=50)

    result = getattr(event, verb)(Resting, {}, market(), **TERMS)
    assert {OrderState(int(state)) for state in result.orders["state"]} == {OrderState.END_OF_DATA}
    assert len(result.orders) == 2
