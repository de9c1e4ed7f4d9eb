"""§8, sentence by sentence: each situation in the naive market and in every mode of the product."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from tests.reference.exits import ExitTerms
from tests.reference.market import Market
from tests.reference.targets import HOUR, Row, every_bar, situation
from tickwright.domain.margin import Margin
from tickwright.domain.records import Reason
from tickwright.domain.run import RunResult

FLAT = (100, 100, 100, 100)
DIP = (100, 100, 85, 95)
RISE = (100, 125, 100, 110)
THIN = (100, 100, 100, 100, 10)
CAPPED = {"max_participation": "0.1"}


def protected(
    rows: Sequence[Row], targets: Sequence[float], terms: ExitTerms | Sequence[ExitTerms], **more: object
) -> tuple[Market, list[str], RunResult]:
    """One symbol with exits: the same at each close, or close by close."""
    exits = every_bar(terms, len(rows)) if isinstance(terms, ExitTerms) else terms
    return situation({"A": rows}, {"A": targets}, exits=exits, **more)  # type: ignore[arg-type]


def stops(market: Market) -> list[tuple[str, int]]:
    """How the stops ended and for how many lots they still stood."""
    return [(order.state, order.quantity // order.rules.lot) for order in market.orders if order.kind == "stop"]


def test_a_stop_sells_the_part_at_a_fraction_of_its_entry_price() -> None:
    _, fills, result = protected([FLAT, FLAT, DIP, FLAT], [1, 1, 1, 1], ExitTerms(stop=0.1))
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 2 RANGE: sell 10 @ 90"]
    assert result.fills["reason"].tolist() == [Reason.SIGNAL, Reason.STOP_LOSS]


def test_a_target_is_a_limit_that_must_be_traded_through() -> None:
    _, fills, _ = protected([FLAT, FLAT, (100, 120, 100, 110), RISE], [1] * 4, ExitTerms(target=0.2))
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 3 RANGE: sell 10 @ 120"]


def test_a_target_is_met_by_a_touch_under_the_touch_rule() -> None:
    rows = [FLAT, FLAT, (100, 120, 100, 110), RISE]
    _, fills, _ = protected(rows, [1] * 4, ExitTerms(target=0.2), costs={"limit_fill": "touch"})
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 2 RANGE: sell 10 @ 120"]


def test_a_trail_starts_at_the_entry_price_and_follows() -> None:
    rows = [FLAT, FLAT, (100, 200, 100, 200), (200, 200, 150, 160), FLAT]
    _, fills, _ = protected(rows, [1] * 5, ExitTerms(trail=0.2))
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 3 RANGE: sell 10 @ 160"]


def test_a_trail_born_in_a_range_counts_only_that_bars_close() -> None:
    # one share at the open of bar 1, one in its RANGE; the bar reaches 130 and closes at 100
    rows = [THIN, (100, 130, 100, 100, 20), (100, 100, 95, 95)]
    _, fills, _ = protected(rows, [0.2] * 3, ExitTerms(trail=0.1), costs=CAPPED)
    # the older trails 130, so the open of 100 is below 117; the younger trails 100 and stands at 90
    assert fills == ["A 1 OPEN: buy 1 @ 100", "A 1 RANGE: buy 1 @ 100", "A 2 OPEN: sell 1 @ 100"]


def test_the_entry_bar_itself_can_stop_out() -> None:
    _, fills, _ = protected([FLAT, DIP, FLAT], [1] * 3, ExitTerms(stop=0.1))
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 1 RANGE: sell 10 @ 90"]


def test_each_entry_fill_has_exits_of_its_own_at_its_own_price() -> None:
    # one at 100, one at 50: their stops stand at 90 and 45
    rows = [THIN, THIN, (50, 50, 50, 50, 10), (50, 50, 45, 48, 100), FLAT]
    _, fills, _ = protected(rows, [0.15] * 5, ExitTerms(stop=0.1), costs=CAPPED)
    assert fills == [
        "A 1 OPEN: buy 1 @ 100",
        "A 2 OPEN: sell 1 @ 50",  # gapped through 90; the exit cancels the rest of the entry
    ]
    # without a gap through the first stop both stand: two parts, two stops
    rows = [THIN, THIN, (110, 110, 110, 110, 10), (110, 110, 98, 105, 100), (100, 100, 89, 95, 100)]
    _, fills, _ = protected(rows, [0.22] * 5, ExitTerms(stop=0.1), costs=CAPPED)
    assert fills == [
        "A 1 OPEN: buy 1 @ 100", "A 2 OPEN: buy 1 @ 110", "A 3 RANGE: sell 1 @ 99", "A 4 RANGE: sell 1 @ 90",
    ]  # fmt: skip


def test_exits_are_read_at_the_decision_that_sent_the_entry() -> None:
    wide, narrow = ExitTerms(stop=0.5), ExitTerms(stop=0.1)
    # decided with a stop at 50; what the later closes say belongs to later entries
    _, fills, _ = protected([FLAT, FLAT, DIP, FLAT], [1] * 4, [wide, narrow, narrow, narrow])
    assert fills == ["A 1 OPEN: buy 10 @ 100"]
    _, fills, _ = protected([FLAT, FLAT, DIP, FLAT], [1] * 4, [narrow, wide, wide, wide])
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 2 RANGE: sell 10 @ 90"]


def test_max_bars_counts_an_open_entrys_own_bar_as_one() -> None:
    market, fills, _ = protected([FLAT] * 5, [1] * 5, ExitTerms(stop=0.5, max_bars=2))
    # entry in bar 1, closes of bars 1 and 2, out at the open of bar 3
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 3 OPEN: sell 10 @ 100"]
    assert stops(market) == [("CANCELLED", 10)]


def test_max_bars_counts_from_the_close_after_an_entry_in_a_range() -> None:
    # one share at the open of bar 1, one in its RANGE: the second part is a close younger
    rows = [(100, 100, 100, 100, 10), (100, 100, 100, 100, 20), FLAT, FLAT, FLAT]
    _, fills, _ = protected(rows, [0.2] * 5, ExitTerms(max_bars=2), costs=CAPPED)
    assert fills == [
        "A 1 OPEN: buy 1 @ 100", "A 1 RANGE: buy 1 @ 100", "A 3 OPEN: sell 1 @ 100", "A 4 OPEN: sell 1 @ 100",
    ]  # fmt: skip


def test_the_siblings_of_a_time_exit_end_when_it_is_sent() -> None:
    market, fills, _ = protected([FLAT, FLAT, DIP, DIP], [1] * 4, ExitTerms(stop=0.12, max_bars=1))
    # sent at the close of bar 1: the stop at 88 does not live to see bar 2
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 2 OPEN: sell 10 @ 100"]
    entry, stop, time_exit = market.orders[:3]
    assert (stop.state, stop.ended_ns) == ("CANCELLED", time_exit.sent_ns)
    assert time_exit.sent_ns == entry.sent_ns + HOUR


def test_a_time_exit_protects_and_blocks() -> None:
    _, fills, result = protected([FLAT] * 6, [1, 1, 1, 0.5, 0, 1], ExitTerms(max_bars=1))
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 2 OPEN: sell 10 @ 100"]
    assert result.fills["reason"][1] == Reason.TIME_EXIT
    _, fills, _ = protected([FLAT] * 7, [1, 1, 1, 0.5, 0, 1, 1], ExitTerms(max_bars=1))
    assert fills[2:] == ["A 6 OPEN: buy 10 @ 100"]


def test_after_a_protective_exit_a_symbol_waits_for_a_target_of_zero() -> None:
    rows = [FLAT, FLAT, DIP, FLAT, FLAT, FLAT, FLAT]
    assert protected(rows, [1, 1, 1, 0.5, 0.6, 0, 0], ExitTerms(stop=0.1))[1][2:] == []
    assert protected(rows, [1, 1, 1, 0, 1, 1, 1], ExitTerms(stop=0.1))[1][2:] == ["A 5 OPEN: buy 9 @ 100"]
    assert protected(rows, [1, 1, 1, nan, 1, 1, 1], ExitTerms(stop=0.1))[1][2:] == []


def test_the_target_decided_at_the_exits_own_instant_counts() -> None:
    rows = [FLAT, FLAT, DIP, FLAT, FLAT]
    # stopped in bar 2, whose close says 0: the 1 of the next close enters again
    assert protected(rows, [1, 1, 0, 1, 1], ExitTerms(stop=0.1))[1][2:] == ["A 4 OPEN: buy 9 @ 100"]


def test_while_blocked_nothing_increases_even_if_parts_remain_and_reductions_go_on() -> None:
    # 4 at 100 (stop 90) and 2 at 200 (stop 180): the second part is stopped, the first remains
    up = (200, 200, 200, 200)
    rows = [FLAT, FLAT, up, (200, 200, 170, 200), up, up, up]
    _, fills, _ = protected(rows, [0.4, 0.8, 0.8, 0.9, 0.2, 0.2, 0.2], ExitTerms(stop=0.1))
    # after bar 1 400 are missing to 800 and buy 2 at 200, which are stopped in bar 3: 560 in cash, 4 left at 200.
    # The 0.9 of that close may not increase; the 0.2 of the next one reduces by (800 - 272) / 200 = 2.64
    assert fills == [
        "A 1 OPEN: buy 4 @ 100", "A 2 OPEN: buy 2 @ 200", "A 3 RANGE: sell 2 @ 180", "A 5 OPEN: sell 2 @ 200",
    ]  # fmt: skip


def test_next_bar_enters_again_at_once() -> None:
    rows = [FLAT, FLAT, DIP, FLAT]
    _, fills, _ = protected(rows, [1] * 4, ExitTerms(stop=0.1), reenter="next_bar")
    assert fills[2:] == ["A 3 OPEN: buy 9 @ 100"]


def test_the_first_fill_of_an_exit_cancels_the_unfinished_entry() -> None:
    thin = [THIN, THIN, (100, 100, 85, 95, 10), THIN]
    market, fills, _ = protected(thin, [1] * 4, ExitTerms(stop=0.1), costs=CAPPED)
    # one share at the opens of bars 1 and 2; bar 2 has no budget left for the stops, bar 3 sells one of them
    assert fills == ["A 1 OPEN: buy 1 @ 100", "A 2 OPEN: buy 1 @ 100", "A 3 OPEN: sell 1 @ 100"]
    assert market.orders[0].state == "CANCELLED"


def test_a_signal_reduction_consumes_parts_oldest_first_and_shrinks_their_exits() -> None:
    market, fills, _ = protected([FLAT] * 5, [0.4, 0.8, 0.2, 0.2, 0.2], ExitTerms(stop=0.5))
    assert fills == ["A 1 OPEN: buy 4 @ 100", "A 2 OPEN: buy 4 @ 100", "A 3 OPEN: sell 6 @ 100"]
    assert stops(market) == [("CANCELLED", 0), ("END_OF_DATA", 2)]


def test_what_remains_after_a_signal_reduction_is_the_younger_part() -> None:
    # 4 at 100 with a stop at 90, 3 at 120 with a stop at 108; 4 are sold by the signal, and the stop at 108 is left
    rows = [FLAT, FLAT, (120, 120, 120, 120), (120, 120, 107, 110), (100, 100, 95, 100)]
    _, fills, _ = protected(rows, [0.4, 0.8, 0.3, 0.3, 0.3], ExitTerms(stop=0.1))
    assert fills == [
        "A 1 OPEN: buy 4 @ 100", "A 2 OPEN: buy 3 @ 120", "A 3 OPEN: sell 4 @ 120", "A 3 RANGE: sell 3 @ 108",
    ]  # fmt: skip


def test_a_gapped_stop_is_older_than_the_signal_and_fills() -> None:
    rows = [FLAT, FLAT, (50, 50, 50, 50)]
    market, fills, result = protected(rows, [1, 0, 0], ExitTerms(stop=0.1))
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 2 OPEN: sell 10 @ 50"]
    assert result.fills["reason"][1] == Reason.STOP_LOSS
    # the signal's own sale, sent at the close of bar 1, finds nothing to reduce
    assert [order.state for order in market.orders] == ["FILLED", "FILLED", "CANCELLED"]


def test_an_exit_leaves_an_entry_of_the_other_sign_standing() -> None:
    # the gapped stop closes the long, the signal's close finds nothing, and its short goes on
    rows = [FLAT, FLAT, (80, 80, 80, 80)]
    _, fills, result = protected(rows, [0.5, -0.5, -0.5], ExitTerms(stop=0.1), margin=Margin())
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 2 OPEN: sell 5 @ 80", "A 2 OPEN: sell 6 @ 80"]
    assert result.fills["reason"].tolist() == [Reason.SIGNAL, Reason.STOP_LOSS, Reason.SIGNAL]


def test_a_change_of_sign_lets_a_symbol_in_again() -> None:
    rows = [FLAT, FLAT, DIP, FLAT, FLAT, FLAT]
    _, fills, _ = protected(rows, [1, 1, 1, -0.5, 0.5, 0.5], ExitTerms(stop=0.1), margin=Margin())
    # stopped at 90 with 900 left: half of it short, then long
    assert fills[2:] == ["A 4 OPEN: sell 4 @ 100", "A 5 OPEN: buy 4 @ 100", "A 5 OPEN: buy 4 @ 100"]


def test_exits_by_mark_are_triggered_by_marks_alone() -> None:
    # bar 2: trades fall to 90 and rise to 96, marks stay; bar 3: the mark falls to 94, trades do not
    rows = {"A": [FLAT, FLAT, (100, 100, 90, 96), (97, 98, 96, 97), FLAT]}
    marks = {"A": [FLAT, FLAT, FLAT, (100, 100, 94, 99), FLAT]}
    terms = every_bar(ExitTerms(stop=0.05, trigger_by="mark"), 5)
    _, fills, _ = situation(rows, {"A": [1] * 5}, exits=terms, margin=Margin(), marks=marks)
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 3 RANGE: sell 10 @ 95"]


def test_a_trailing_exit_by_mark_follows_the_marks() -> None:
    # a peak of 120 by mark, none by trades: 10 % below is 108, reached by the mark where trades stand at 101 and less
    rows = {"A": [FLAT, FLAT, (100, 101, 99, 100), (100, 101, 99, 100), FLAT]}
    marks = {"A": [FLAT, FLAT, (100, 120, 100, 119), (119, 119, 107, 110), FLAT]}
    terms = every_bar(ExitTerms(trail=0.1, trigger_by="mark"), 5)
    _, fills, _ = situation(rows, {"A": [1] * 5}, exits=terms, margin=Margin(), marks=marks)
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 3 RANGE: sell 10 @ 101"]
