import numpy as np
import pytest

from tickwright.domain.errors import UsageError
from tickwright.strategy_api import Strategy, persistent


class Grid(Strategy):
    state = persistent(centre=0.0, rungs=[1, 2])

    def on_bar(self, ctx, bar):
        """Nothing."""


def test_every_instance_has_its_own_state():
    first, second = Grid(), Grid()
    first.state.rungs.append(3)
    first.state.centre = 5.0
    assert second.state.snapshot() == {"centre": 0.0, "rungs": [1, 2]}


def test_a_strategy_without_a_declaration_has_an_empty_state():
    class Plain(Strategy):
        def on_bar(self, ctx, bar):
            """Nothing."""

    assert Plain().state.snapshot() == {}


def test_an_undeclared_name_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="Did you mean centre"):
        Grid().state.center = 1.0
    with pytest.raises(UsageError, match="the state has no 'other'"):
        _ = Grid().state.other


def test_snapshots_are_copies_and_can_be_restored():
    strategy = Grid()
    strategy.state.centre = 7.5
    kept = strategy.state.snapshot()
    kept["rungs"].append(9)
    assert strategy.state.rungs == [1, 2]
    other = Grid()
    other.state.restore(kept)
    assert (other.state.centre, other.state.rungs) == (7.5, [1, 2, 9])


def test_numbers_of_arrays_become_plain_numbers():
    strategy = Grid()
    strategy.state.centre = np.float64(1.5)
    assert type(strategy.state.centre) is float


@pytest.mark.parametrize("value", [object(), np.zeros(3), {1: 2}, {"a": object()}, [object()]])
def test_objects_are_refused(value):
    with pytest.raises(UsageError, match="plain data"):
        Grid().state.centre = value


def test_objects_are_refused_in_the_declaration():
    with pytest.raises(UsageError, match="plain data"):
        persistent(model=object())


def test_nested_plain_data_is_kept():
    strategy = Grid()
    strategy.state.rungs = {"buy": [1, None, (2.5, "x")]}
    assert strategy.state.rungs == {"buy": [1, None, (2.5, "x")]}
