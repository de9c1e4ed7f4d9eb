"""Random orders of every kind through the event mode, its replay and the naive market: equal fills, equal ends."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.commands import Command, NaiveSender, random_commands, sender
from tests.parity.perpetual_terms import PerpetualTerms
from tests.parity.scenarios import PIECES, SYMBOLS, candles, costs, finer, in_bars, later_rules, own_terms, walk
from tests.parity.test_targets import assert_agrees
from tests.parity.twin import instrument, naive_market
from tests.reference.market import Market as NaiveMarket
from tickwright.domain.bars import Bars
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument
from tickwright.domain.market import Market
from tickwright.domain.records import OrderState
from tickwright.domain.run import RunResult
from tickwright.modes import event


@dataclass(frozen=True)
class Situation:
    """A market, what trading costs in it, and what is sent to it."""

    instruments: tuple[Instrument, ...]
    bars: tuple[Bars, ...]
    costs: CostModel
    cash: Decimal
    commands: list[Command]
    detail: tuple[Bars, ...] | None = None
    perpetual: PerpetualTerms | None = None

    def market(self) -> Market:
        """The market of the product."""
        if self.perpetual is not None:
            return self.perpetual.market(self.instruments, self.bars, self.detail)
        return Market.of(self.instruments, self.bars, detail=self.detail)


@st.composite
def situations(draw: st.DrawFn, *, most: int = 2, bars: int = 14) -> Situation:
    """One or two symbols of whole prices around 1000, whole lots, and a few orders after each close."""
    chosen = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=most, unique=True))
    changing = later_rules("1h", bars, ["1", "2", "5"], ["1", "2", "3"], ["0", "3000", "9000"])
    instruments = [
        instrument(
            symbol, tick="1", lot="1", min_notional=draw(st.sampled_from(["0", "3000"])), later=draw(changing)
        )
        for symbol in chosen
    ]  # fmt: skip
    pieces = draw(st.sampled_from(PIECES))
    instruments = [draw(own_terms(one, (3, 25))) for one in instruments]
    finest = [
        candles(
            what,
            finer("1h", pieces),
            walk(
                draw(st.integers(0, 2**16)),
                draw(st.integers(4 * pieces, bars * pieces)),
                price=1000,
                swing=0.02,
                volume=draw(st.sampled_from([40, 400])),
                absent=draw(st.sampled_from([0.0, 0.2])),
                silent=draw(st.sampled_from([0.0, 0.2])),
            ),
            (0, 0),
        )
        for what in instruments
    ]
    series = [in_bars(part, "1h") for part in finest]
    commands = random_commands(draw(st.integers(0, 2**16)), series, often=draw(st.sampled_from([0.4, 0.65])))
    model = draw(costs("1h", resting=True))
    cash = Decimal(draw(st.sampled_from(["20000", "60000", "300000"])))
    detail = tuple(finest) if pieces > 1 else None
    return Situation(tuple(instruments), tuple(series), model, cash, commands, detail)


def naive_run(situation: Situation) -> tuple[NaiveMarket, NaiveSender]:
    """The situation in the naive market."""
    naive = naive_market(situation.market(), situation.costs, situation.cash)
    trader = NaiveSender(situation.commands)
    naive.run(trader)
    return naive, trader


def mode_run(situation: Situation, verb: str) -> tuple[RunResult, dict[str, str]]:
    """The situation in event mode, and how each labelled order ended."""
    strategy, market = sender(situation.commands), situation.market()
    run = getattr(event, verb)
    result = run(strategy, {}, market, cash=situation.cash, cash_asset="USDT", costs=situation.costs)
    ends = {label: OrderState(int(result.orders[order.id]["state"])).name for label, order in strategy.sent.items()}
    return result, ends


@pytest.mark.parametrize("verb", ["run", "replay"])
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(situation=situations())
def test_random_orders_fill_and_end_alike(verb: str, situation: Situation) -> None:
    naive, trader = naive_run(situation)
    result, ends = mode_run(situation, verb)
    assert_agrees(result, situation.market(), naive)
    assert ends == {label: order.state for label, order in trader.orders.items()}
