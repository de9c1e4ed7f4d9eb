"""A run whose halves talk in bytes and nothing else: the half that lives elsewhere is filled with nonsense."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from tickwright.domain.costs import CostModel
from tickwright.domain.limits import NO_LIMITS, RiskLimits
from tickwright.domain.market import Market
from tickwright.domain.records import COMMAND, REPORT
from tickwright.domain.run import RunResult
from tickwright.strategy_api.strategy import Form, Strategy, form_of

NONSENSE = 0x2B
CLIENT_HALF = ("client", "positions", "orders", "fills", "account_events", "open_orders", "limits")
VENUE_HALF = ("venue", "books", "slots", "slot_of_order", "parts", "recent", "windows")


def forget(memory: Any, half: tuple[str, ...]) -> None:
    """Fill a half's records with nonsense: whoever reads them goes wrong, whoever writes them leaves a trace."""
    for name in half:
        if name in memory.arrays:
            memory.arrays[name].view(np.uint8)[:] = NONSENSE


def is_untouched(memory: Any, half: tuple[str, ...]) -> bool:
    """Whether nobody wrote there."""
    return all((memory.arrays[name].view(np.uint8) == NONSENSE).all() for name in half if name in memory.arrays)


def posted(records: Any, layout: np.dtype[Any]) -> Any:
    """Records as they come out of a wire."""
    return np.frombuffer(bytearray(np.atleast_1d(records).tobytes()), layout)


def run_apart(
    strategy: type[Strategy],
    market: Market,
    *,
    cash: Decimal,
    costs: CostModel,
    limits: RiskLimits = NO_LIMITS,
    start_ns: int | None = None,
) -> RunResult:
    """One run, each half in a memory of its own; the engine is imported here, so that a mutated one can be tried."""
    from tickwright.engine.decisions import decisions_of
    from tickwright.engine.engine import Engine
    from tickwright.engine.memory import Memory
    from tickwright.engine.result import result_of
    from tickwright.engine.rows import MarketRows
    from tickwright.engine.simulated_venue import SimulatedVenue
    from tickwright.engine.start import starting_cash
    from tickwright.engine.tape import market_events
    from tickwright.engine.wakes import CallbackWakes, TargetWakes

    rows, units = MarketRows.of(market, costs, start_ns), starting_cash(market, cash, market.cash_asset)
    callbacks = form_of(strategy) is Form.CALLBACKS
    wakes: Any = (
        CallbackWakes(strategy, {}, rows, seed=0, per_symbol=None)
        if callbacks
        else TargetWakes(decisions_of(strategy, {}, rows))
    )
    venue = SimulatedVenue(rows.with_blank_future(), units)
    engine = Engine(Memory(rows.with_blank_future(), units, limits=limits, linked=False), wakes)
    forget(venue.memory, CLIENT_HALF)
    forget(engine.memory, VENUE_HALF)
    for event in market_events(rows):
        for command in engine.process(event, posted(venue.process(event, engine.orders_sent), REPORT)):
            sent = posted(command, COMMAND)[0]
            engine.apply(posted(venue.execute(sent, engine.orders_sent), REPORT))
    assert is_untouched(venue.memory, ("client", "positions"))
    assert is_untouched(engine.memory, ("venue", "books", "windows"))
    return result_of(engine.memory, venue=venue.record)
