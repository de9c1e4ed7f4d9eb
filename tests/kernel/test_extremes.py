"""Numbers beyond 64 bits end an order by name and leave the account as it was, compiled and uncompiled alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.kernel.worked_examples import run_case
from tests.reference.cases.case import Case, Perpetual, buy, sell
from tests.reference.cases.market_of import fills_as_text, market_of
from tickwright.modes import event

MOVING = [(200, 200, 200, 200), (200, 220, 200, 220), (200, 220, 190, 200), (200, 220, 200, 220), (200, 200, 200, 200)]
HUGE = {"impact": "linear", "impact_y": 1e30}
"""An impact that is cut to 9·10⁸ times the price: 2·10¹⁰ price units times that is beyond 64 bits."""


def case(*sent: object, **terms: object) -> Case:
    """An order at the third close, where volatility is known; ticks so fine that a price has 11 digits."""
    made = Case("", "", MOVING, sent, [], costs=HUGE, tick="0.00000001")  # type: ignore[arg-type]
    return replace(made, **terms)  # type: ignore[arg-type]


CASES = {
    "a market order": (case(buy(after=3, quantity=2)), [], {"buy": "RISK_OVERFLOW"}),
    "an order by cost": (case(buy(after=3, cost=1000)), [], {"buy": "VENUE_TOO_SMALL"}),
    "a limit, which crosses at no price": (
        case(buy(after=3, quantity=2, limit=300)), ["bar 4 RANGE: buy 2 @ 300 maker"], {"buy": "FILLED"},
    ),
    "a limit that holds too much": (
        case(buy(after=3, quantity="9000000000", limit=9_000_000)), [], {"buy": "RISK_OVERFLOW"},
    ),
    "a sale that takes nothing": (
        case(buy("entry", quantity=2), sell(after=3, quantity=2)),
        ["bar 1 OPEN: buy 2 @ 200 taker", "bar 4 OPEN: sell 2 @ 0.00000001 taker"],
        {"sell": "FILLED"},
    ),
    "a short that is closed": (
        case(sell("entry", quantity=2), buy(after=3, quantity=2), perpetual=Perpetual("1")),
        ["bar 1 OPEN: sell 2 @ 200 taker"],
        {"buy": "RISK_OVERFLOW"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("mode", [event.run, event.replay], ids=["run", "replay"])
@pytest.mark.parametrize("name", CASES)
def test_what_does_not_fit_ends_by_name(name: str, mode: object) -> None:
    told, fills, ends = CASES[name]
    result, states = run_case(told, mode)
    assert fills_as_text(result.fills, market_of(told)) == fills
    assert {label: states[label] for label in ends} == ends


@pytest.mark.parametrize("mode", [event.run, event.replay], ids=["run", "replay"])
def test_a_liquidation_whose_price_does_not_fit_takes_from_where_it_began(mode: object) -> None:
    rows = [*MOVING, (200, 900, 200, 800), (800, 800, 800, 800)]
    told = case(sell("entry", quantity=2), perpetual=Perpetual("1"), bars=rows)
    result, _ = run_case(told, mode)
    first, last = fills_as_text(result.fills, market_of(told))
    assert (first, last[:25]) == ("bar 1 OPEN: sell 2 @ 200 taker", "bar 5 RANGE: buy 2 @ 398.")


def test_uncompiled_rules_do_not_lose_an_error() -> None:
    """A rule that raises behind a C pointer is told by the run, not swallowed."""
    program = """
import json
from tickwright.kernel import limits
def broken(context, place, reference):
    raise OverflowError("a number that does not fit")
limits._arrive = broken
from tests.kernel import test_extremes
try:
    test_extremes.run_case(test_extremes.CASES["a limit, which crosses at no price"][0])
    print(json.dumps("swallowed"))
except OverflowError as error:
    print(json.dumps(str(error)))
"""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout.splitlines()[-1]) == "a number that does not fit"
