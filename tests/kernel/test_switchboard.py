"""Rules are connected when they are first called, and a connection that fails is never taken for an answer."""

from __future__ import annotations

import pytest

from tickwright.kernel import switchboard


def test_every_rule_that_is_called_by_address_has_a_field_in_the_context() -> None:
    from tickwright.kernel.layout import CONTEXT

    assert set(switchboard.switchboard()) <= set(CONTEXT.names or ())


def test_a_connection_that_fails_is_raised_by_whoever_called_the_kernel() -> None:
    assert switchboard._connect("no such rule", 0, 0) == 0
    with pytest.raises(KeyError, match="no such rule"):
        switchboard.raise_failure()
    switchboard.raise_failure()  # it is told once
