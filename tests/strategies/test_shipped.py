"""What every shipped strategy keeps beside its own rules."""

import pytest

import tickwright.strategies as shipped
from tickwright.strategy_api.parameters import parameters_of
from tickwright.strategy_api.registry import Registry


@pytest.mark.parametrize("name", shipped.__all__)
def test_says_its_idea_and_when_it_fails(name):
    page = getattr(shipped, name).__doc__
    assert "Idea:" in page
    assert "Fails:" in page


@pytest.mark.parametrize("name", shipped.__all__)
def test_every_parameter_is_bounded_and_documented(name):
    for parameter in parameters_of(getattr(shipped, name)).values():
        assert parameter.doc
        assert parameter.bounds != "any"


def test_all_can_be_registered_together():
    registry = Registry()
    for name in shipped.__all__:
        registry.add(getattr(shipped, name))
    assert [entry.name for entry in registry] == sorted(shipped.__all__)
