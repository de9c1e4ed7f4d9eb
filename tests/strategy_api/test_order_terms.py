"""Terms of an order that cannot be meant are refused by name before it is sent; what a venue refuses ends by name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.strategy_api.test_context import run
from tickwright.domain.errors import UsageError
from tickwright.domain.records import OrderState
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy


def sent(verb: str, **terms: Any) -> OrderState:
    """How an order ended that was sent at the first bar, of prices of 100 with a tick and a lot of 1."""
    orders = []

    class Once(Strategy):
        """Sends one order."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            if not orders:
                orders.append(getattr(ctx, verb)(**terms))

        def on_stop(self, ctx):  # type: ignore[no-untyped-def]
            orders.append(orders[0].state)

    run(Once)
    ended: OrderState = orders[1]
    return ended


@pytest.mark.parametrize("verb", ["buy", "sell"])
@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ({}, "none, or more than one, of qty, cost and fraction"),
        ({"qty": 1, "cost": 1}, "none, or more than one, of qty, cost and fraction"),
        ({"qty": math.nan}, "qty is nan; expected a finite number"),
        ({"qty": math.inf}, "qty is inf; expected a finite number"),
        ({"qty": "1"}, "qty is '1'; expected a number"),
        ({"qty": -1}, "qty is -1; expected a number of at least 0"),
        ({"qty": 1e30}, "expected a whole number that fits into 64 bits"),
        ({"cost": -1.0}, "cost is -1.0"),
        ({"fraction": math.nan}, "fraction is nan"),
        ({"fraction": -0.5}, "fraction is -0.5"),
        ({"qty": 1, "limit": math.nan}, "limit is nan"),
        ({"qty": 1, "limit": "9"}, "limit is '9'"),
        ({"qty": 1, "stop": math.inf}, "stop is inf"),
        ({"qty": 1, "take_profit": math.nan}, "take_profit is nan"),
        ({"qty": 1, "stop": 90, "take_profit": 110}, "exclude each other"),
        ({"qty": 1, "trail": 0.1, "trail_price": 3}, "exclude each other"),
        ({"qty": 1, "trail": 0}, "trail is 0; expected a fraction of the peak between 0 and 1"),
        ({"qty": 1, "trail": 2.0}, "trail is 2.0"),
        ({"qty": 1, "trail": math.nan}, "trail is nan"),
        ({"qty": 1, "trail_price": -3}, "trail_price is -3; expected a distance in price above 0"),
        ({"qty": 1, "trail": 0.1, "limit": 90}, "a trailing stop has no limit"),
        ({"qty": 1, "tif": "day"}, "tif is 'day'; expected one of gtc, ioc, fok, gtd"),
        ({"qty": 1, "limit": 90, "tif": "gtd"}, "expected tif='gtd' with expire_ns="),
        ({"qty": 1, "limit": 90, "expire_ns": 5}, "expected tif='gtd' with expire_ns="),
        ({"qty": 1, "limit": 90, "tif": "gtd", "expire_ns": 1.5}, "expire_ns is 1.5; expected whole nanoseconds"),
        ({"qty": 1, "post_only": True}, "post_only on an order without a limit"),
        ({"qty": 1, "stop": 90, "post_only": True}, "post_only on an order without a limit"),
        ({"qty": 1, "oco": "pair"}, "oco is 'pair'"),
        ({"qty": 1, "tag": 5}, "tag is 5; expected text"),
        ({"qty": 1, "exits": 0.1}, "exits is float 0.1; expected Exits"),
        ({"qty": 1, "exits": Exits(stop=np.array([0.1, 0.2]))}, "stop of the exits is an array"),
        ({"qty": 1, "trigger_by": "index", "stop": 90}, "trigger_by of 'index'"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused_by_name(verb: str, terms: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=r"^ctx\.order: ") as caught:
        sent(verb, **terms)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("verb", "terms", "end"),
    [
        ("buy", {"qty": 0}, OrderState.VENUE_TOO_SMALL),
        ("buy", {"qty": 0.4}, OrderState.VENUE_TOO_SMALL),
        ("buy", {"qty": 1, "limit": 0}, OrderState.VENUE_TICK),
        ("sell", {"qty": 1, "limit": 0}, OrderState.VENUE_TICK),
        ("buy", {"qty": 1, "limit": 0.4}, OrderState.VENUE_TICK),
        ("buy", {"qty": 1, "limit": -5}, OrderState.VENUE_TICK),
        ("sell", {"qty": 1, "stop": 0.4}, OrderState.VENUE_TICK),
        ("buy", {"fraction": 2}, OrderState.VENUE_INSUFFICIENT_FUNDS),
        ("buy", {"qty": 1, "tif": "IOC"}, OrderState.FILLED),
        ("buy", {"qty": 1, "exits": Exits(stop=math.nan)}, OrderState.FILLED),
    ],
)
def test_numbers_a_venue_refuses_end_by_name_and_the_run_goes_on(
    verb: str, terms: dict[str, Any], end: OrderState
) -> None:
    assert sent(verb, **terms) == end


@pytest.mark.parametrize("target", ["long", None, math.nan, math.inf])
def test_a_target_that_is_no_number_is_refused(target: Any) -> None:
    class Wants(Strategy):
        """Wants it."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            ctx.target(target)

    with pytest.raises(UsageError, match=r"ctx\.target: the target is"):
        run(Wants)


@pytest.mark.parametrize("terms", [{"qty": math.nan}, {"limit": math.inf}, {"limit": -1}, {"qty": -1}])
def test_an_amend_to_what_is_no_number_is_refused(terms: dict[str, Any]) -> None:
    class Amends(Strategy):
        """Changes its own order."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            ctx.amend(ctx.buy(qty=1, limit=50), **terms)

    with pytest.raises(UsageError, match=r"ctx\.amend: "):
        run(Amends)
