from types import ModuleType

import pytest

from tickwright.domain.errors import UsageError
from tickwright.strategies import BuyAndHold, SmaCross
from tickwright.strategy_api import Strategy
from tickwright.strategy_api.registry import Registry, strategies_in


class Mine(SmaCross):
    """The author's own."""


def test_strategies_are_found_by_name_and_listed_in_order():
    registry = Registry()
    registry.add(SmaCross)
    registry.add(BuyAndHold)
    assert registry.find("SmaCross").strategy is SmaCross
    assert [entry.name for entry in registry] == ["BuyAndHold", "SmaCross"]
    assert len(registry) == 2
    assert "SmaCross" in registry


def test_an_unknown_name_is_answered_with_the_nearest():
    registry = Registry()
    registry.add(SmaCross)
    with pytest.raises(UsageError, match=r"there is no strategy 'SmaCros'\. Did you mean SmaCross"):
        registry.find("SmaCros")


@pytest.mark.parametrize("shipped_first", [True, False])
def test_a_strategy_of_ones_own_replaces_a_shipped_one_of_the_same_name(shipped_first):
    registry = Registry()
    entries = [(SmaCross, "shipped"), (Mine, "strategies/mine.py")]
    for strategy, origin in entries if shipped_first else reversed(entries):
        registry.add(strategy, origin, name="SmaCross")
    assert registry.find("SmaCross").strategy is Mine


def test_two_of_equal_standing_are_refused():
    registry = Registry()
    registry.add(Mine, "a.py")
    with pytest.raises(UsageError, match=r"Mine is defined twice, in a\.py and in b\.py"):
        registry.add(Mine, "b.py")


def test_a_class_without_a_form_is_refused():
    with pytest.raises(UsageError, match="overrides none"):
        Registry().add(Strategy)


def test_the_strategies_of_a_module_are_those_written_in_it():
    module = ModuleType("mine")
    own = type("Own", (SmaCross,), {"__module__": "mine"})
    hidden = type("_Base", (SmaCross,), {"__module__": "mine"})
    vars(module).update(Own=own, _Base=hidden, SmaCross=SmaCross, number=3)
    assert strategies_in(module) == [own]
