"""§8, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from tests.reference.exits import ExitTerms
from tests.reference.market import Market
from tests.reference.targets import HOUR, MONDAY, TENTH, Row, situation, told
from tests.reference.words import Costs

FLAT = (100, 100, 100, 100)
DIP = (100, 100, 85, 95)
RISE = (100, 125, 100, 110)


def protected(rows: Sequence[Row], targets: Sequence[float], terms: ExitTerms, **more: object) -> Market:
    exits = {("x", "A"): {MONDAY + (i + 1) * HOUR: terms for i in range(len(rows))}}
    market, _ = situation({"A": rows}, {"A": targets}, exits=exits, **more)  # type: ignore[arg-type]
    return market


def test_a_stop_sells_the_part_at_a_fraction_of_its_entry_price() -> None:
    market = protected([FLAT, FLAT, DIP, FLAT], [1, 1, 1, 1], ExitTerms(stop=0.1))
    assert told(market) == ["A 1 OPEN: buy 10 @ 100", "A 2 RANGE: sell 10 @ 90"]


def test_a_target_is_a_limit_that_must_be_traded_through() -> None:
    market = protected([FLAT, FLAT, (100, 120, 100, 110), RISE], [1] * 4, ExitTerms(target=0.2))
    assert told(market) == ["A 1 OPEN: buy 10 @ 100", "A 3 RANGE: sell 10 @ 120"]


def test_a_trail_starts_at_the_entry_price_and_follows() -> None:
    rows = [FLAT, FLAT, (100, 200, 100, 200), (200, 200, 150, 160), FLAT]
    market = protected(rows, [1] * 5, ExitTerms(trail=0.2))
    assert told(market) == ["A 1 OPEN: buy 10 @ 100", "A 3 RANGE: sell 10 @ 160"]


def test_the_entry_bar_itself_can_stop_out() -> None:
    market = protected([FLAT, DIP, FLAT], [1] * 3, ExitTerms(stop=0.1))
    assert told(market) == ["A 1 OPEN: buy 10 @ 100", "A 1 RANGE: sell 10 @ 90"]


def test_max_bars_counts_an_open_entrys_own_bar_as_one() -> None:
    market = protected([FLAT] * 5, [1] * 5, ExitTerms(stop=0.5, max_bars=2))
    # entry in bar 1, closes of bars 1 and 2, out at the open of bar 3
    assert told(market) == ["A 1 OPEN: buy 10 @ 100", "A 3 OPEN: sell 10 @ 100"]
    assert [order.state for order in market.orders if order.kind == "stop"] == ["CANCELLED"]


def test_after_a_protective_exit_a_symbol_waits_for_a_target_of_zero() -> None:
    rows = [FLAT, FLAT, DIP, FLAT, FLAT, FLAT, FLAT]
    assert told(protected(rows, [1, 1, 1, 0.5, 0.6, 0, 0], ExitTerms(stop=0.1)))[2:] == []
    assert told(protected(rows, [1, 1, 1, 0, 1, 1, 1], ExitTerms(stop=0.1)))[2:] == ["A 5 OPEN: buy 9 @ 100"]
    assert told(protected(rows, [1, 1, 1, nan, 1, 1, 1], ExitTerms(stop=0.1)))[2:] == []


def test_the_target_decided_at_the_exits_own_instant_counts() -> None:
    rows = [FLAT, FLAT, DIP, FLAT, FLAT]
    # stopped in bar 2, whose close says 0: the 1 of the next close enters again
    assert told(protected(rows, [1, 1, 0, 1, 1], ExitTerms(stop=0.1)))[2:] == ["A 4 OPEN: buy 9 @ 100"]


def test_next_bar_enters_again_at_once() -> None:
    rows = [FLAT, FLAT, DIP, FLAT]
    market = protected(rows, [1] * 4, ExitTerms(stop=0.1), reenter="next_bar")
    assert told(market)[2:] == ["A 3 OPEN: buy 9 @ 100"]


def test_the_first_fill_of_an_exit_cancels_the_unfinished_entry() -> None:
    thin = [(100, 100, 100, 100, 10), (100, 100, 100, 100, 10), (100, 100, 85, 95, 10), (100, 100, 100, 100, 10)]
    market = protected(thin, [1] * 4, ExitTerms(stop=0.1), costs=Costs(participation=TENTH))
    # one share at the opens of bars 1 and 2; bar 2 has no budget left for the stops, bar 3 sells one of them
    assert told(market) == ["A 1 OPEN: buy 1 @ 100", "A 2 OPEN: buy 1 @ 100", "A 3 OPEN: sell 1 @ 100"]
    assert market.orders[0].state == "CANCELLED"


def test_a_signal_reduction_consumes_parts_oldest_first_and_shrinks_their_exits() -> None:
    rows = [FLAT] * 5
    market = protected(rows, [0.4, 0.8, 0.2, 0.2, 0.2], ExitTerms(stop=0.5))
    assert told(market) == ["A 1 OPEN: buy 4 @ 100", "A 2 OPEN: buy 4 @ 100", "A 3 OPEN: sell 6 @ 100"]
    stops = [order for order in market.orders if order.kind == "stop"]
    assert [(order.state, order.quantity) for order in stops] == [("CANCELLED", 0), ("END_OF_DATA", 2)]


def test_a_gapped_stop_is_older_than_the_signal_and_fills() -> None:
    rows = [FLAT, FLAT, (50, 50, 50, 50)]
    market = protected(rows, [1, 0, 0], ExitTerms(stop=0.1))
    assert told(market) == ["A 1 OPEN: buy 10 @ 100", "A 2 OPEN: sell 10 @ 50"]
    assert market.fills[1].reason == "stop_loss"
