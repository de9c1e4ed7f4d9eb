"""One event in, commands out: order, refusals, and that nothing is known before its event, in either half."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.reference.cases.case import Case
from tests.reference.cases.market_of import costs_of, market_of
from tickwright.domain.errors import UsageError
from tickwright.domain.records import REPORT, CommandKind, EventKind, OrderState
from tickwright.engine.decisions import decisions_of
from tickwright.engine.engine import Engine
from tickwright.engine.memory import Memory
from tickwright.engine.rows import ABSENT, MarketRows
from tickwright.engine.simulated_venue import SimulatedVenue
from tickwright.engine.tape import market_events
from tickwright.engine.wakes import TargetWakes
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

CASE = Case("§2", "three bars", [(100, 101, 99, 100), (100, 102, 98, 101), (101, 103, 100, 102)], [], [])


class Hold(Strategy):
    """Wants everything from the first close on."""

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return np.ones(len(bars), bool)


class Flips(Strategy):
    """Wants everything, then nothing, then everything."""

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return np.arange(len(bars)) % 2 == 0


class Guarded(Hold):
    """The same with a stop and a target for each part."""

    def exits(self, bars, ind):  # type: ignore[no-untyped-def]
        return Exits(stop=0.5, target=0.5)


class Pair:
    """Both halves before their first event, and the events of a case."""

    def __init__(self, case: Case, strategy: type[Strategy] = Hold) -> None:
        rows = MarketRows.of(market_of(case), costs_of(case))
        wakes = TargetWakes(decisions_of(strategy, {}, rows))
        self.venue = SimulatedVenue(rows.with_blank_future(), 10**12)
        self.engine = Engine(Memory(rows.with_blank_future(), 10**12, linked=False), wakes)
        self.events = [event.copy() for event in market_events(rows)]

    def play(self, *events: np.void) -> list[list[np.void]]:
        """The commands that each event leads to, carried out."""
        sent: list[list[np.void]] = []
        for event in events:
            sent.append([])
            for command in self.engine.process(event, self.venue.process(event, self.engine.orders_sent)):
                self.engine.apply(self.venue.execute(command, self.engine.orders_sent))
                sent[-1].append(command)
        return sent


def test_events_come_as_open_decide_range_decide() -> None:
    names = [EventKind(int(event["kind"])).name for event in Pair(CASE).events]
    assert names == ["OPEN", "DECIDE", "RANGE", "DECIDE"] * 3 + ["END"]


def test_the_decision_at_the_first_close_comes_back_as_one_order_by_cost() -> None:
    pair = Pair(CASE)
    commands = pair.play(*pair.events[:4])
    assert [len(sent) for sent in commands] == [0, 0, 0, 1]
    order = commands[3][0]
    assert (int(order["kind"]), int(order["cost"]), int(order["side"])) == (CommandKind.NEW, 10**12, 1)


def test_the_order_fills_at_the_next_open() -> None:
    pair = Pair(CASE)
    pair.play(*pair.events[:6])
    memory = pair.engine.memory
    assert memory.client.fill_count == 1
    scale = memory.rows.market.price_scales[0]
    assert int(memory.arrays["fills"][0]["reference_price"]) == 100 * 10**scale


def test_bars_of_the_future_are_absent_in_both_halves() -> None:
    pair = Pair(CASE)
    pair.play(pair.events[0])
    for memory in (pair.engine.memory, pair.venue.memory):
        assert (memory.rows.presence[1:] == ABSENT).all()
        assert not memory.rows.close.any()


@pytest.mark.parametrize("half", ["engine", "venue"])
def test_an_event_out_of_order_is_refused_with_the_instant_that_is_next(half: str) -> None:
    pair, silence = Pair(CASE), np.empty(0, REPORT)
    process = {
        "venue": lambda event: pair.venue.process(event, 0),
        "engine": lambda event: list(pair.engine.process(event, silence)),
    }
    with pytest.raises(UsageError, match="the next instant's, at 1704067200000000000"):
        process[half](pair.events[4])


def test_cash_and_base_are_conserved_after_every_event() -> None:
    pair = Pair(CASE)
    memory = pair.engine.memory
    for event in pair.events:
        pair.play(event)
        fills = memory.arrays["fills"][: memory.client.fill_count]
        divisor = int(memory.positions[0].divisor)
        paid = sum(-(-int(fill["price"]) * int(fill["quantity"]) // divisor) + int(fill["fee"]) for fill in fills)
        assert memory.client.cash == pair.venue.memory.venue.cash == 10**12 - paid
        assert memory.positions[0].quantity == sum(int(fill["quantity"]) for fill in fills)
        assert pair.venue.memory.arrays["books"]["position"][0] == memory.positions[0].quantity


def test_equity_is_cash_plus_the_position_at_the_close() -> None:
    pair = Pair(CASE)
    pair.play(*pair.events)
    assert Decimal(pair.engine.memory.client.equity) / 10**8 == Decimal(10_200)  # 100 BTC bought at 100, worth 102 each


def test_commands_are_asked_for_one_by_one_so_that_each_is_answered_before_the_next() -> None:
    pair = Pair(CASE, Flips)
    for event in pair.events[:-1]:
        commands = pair.engine.process(event, pair.venue.process(event, pair.engine.orders_sent))
        for command in commands:
            order_id = int(command["order_id"])
            assert pair.engine.memory.arrays["orders"][order_id]["state"] == OrderState.PENDING
            pair.engine.apply(pair.venue.execute(command, pair.engine.orders_sent))
            assert pair.engine.memory.arrays["orders"][order_id]["state"] == OrderState.WORKING


def test_exits_of_the_venue_are_numbered_after_the_orders_of_the_client() -> None:
    pair = Pair(CASE, Guarded)
    pair.play(*pair.events[:6])
    orders = pair.engine.memory.arrays["orders"][: pair.engine.orders_sent]
    assert orders["order_id"].tolist() == [0, 1, 2]
    assert orders["parent"].tolist() == [-1, 0, 0]


def test_an_event_after_the_last_row_is_refused() -> None:
    pair = Pair(CASE)
    pair.play(*pair.events[:-1])
    with pytest.raises(UsageError, match="an event after the last row"):
        pair.venue.process(pair.events[-2], 0)
