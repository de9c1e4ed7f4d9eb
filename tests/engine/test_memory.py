"""The records of a market and an account that outgrow the room they were given."""

from __future__ import annotations

from tests.engine.test_engine import CASE
from tests.reference.cases.market_of import costs_of, market_of
from tickwright.engine.memory import _GROWING, Memory
from tickwright.engine.rows import MarketRows


def test_every_growing_array_gets_twice_the_room_and_keeps_what_it_holds() -> None:
    memory = Memory(MarketRows.of(market_of(CASE), costs_of(CASE)), 10**12)
    before = {name: memory.arrays[name].copy() for name in _GROWING}
    memory.grow()
    assert set(memory._counts()) == set(_GROWING)
    for name, old in before.items():
        assert len(memory.arrays[name]) == 2 * len(old), name
        used = memory._counts()[name]
        assert (memory.arrays[name][:used] == old[:used]).all(), name
