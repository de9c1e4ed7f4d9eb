"""§4.4 with `trigger_by="mark"`: what the mark reaches triggers, what is traded says what it takes."""

from tests.reference.cases.case import Case, Perpetual, buy, enter, sell

FLAT = (100, 100, 100, 100)
ENTERED = "bar 1 OPEN: buy 1 @ 100 taker"
UNLIQUIDATED = "1"  # a leverage at which nothing here is liquidated


def marked(*marks: tuple[float, ...] | None) -> Perpetual:
    """A perpetual whose marks are flat at 100 in the first two bars, and then these."""
    return Perpetual(leverage=UNLIQUIDATED, marks=[FLAT, FLAT, *marks])


CASES = [
    Case(
        "§4.4",
        "trades alone do not trigger a stop that waits for the mark",
        [FLAT, FLAT, (100, 101, 90, 99)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED],
        {"stop": "END_OF_DATA"},
        perpetual=marked((100, 101, 96, 99)),
        drawn=True,
    ),
    Case(
        "§4.4",
        "the mark triggers it, and it takes from its level",
        [FLAT, FLAT, (100, 101, 90, 99)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED, "bar 2 RANGE: sell 1 @ 95 taker"],
        {"stop": "FILLED"},
        perpetual=marked((100, 101, 94, 99)),
        drawn=True,
    ),
    Case(
        "§4.4",
        "also where no trade was as low: worse than anything that traded",
        [FLAT, FLAT, (100, 101, 98, 99)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED, "bar 2 RANGE: sell 1 @ 95 taker"],
        perpetual=marked((100, 101, 94, 99)),
    ),
    Case(
        "§4.4",
        "where all trades were lower it takes the highest of them, not its level",
        [FLAT, FLAT, (92, 93, 90, 91)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED, "bar 2 RANGE: sell 1 @ 93 taker"],
        perpetual=marked((100, 101, 94, 99)),
    ),
    Case(
        "§4.4",
        "a mark that opens beyond the level takes from the open of trades",
        [FLAT, FLAT, (97, 99, 96, 98)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED, "bar 2 OPEN: sell 1 @ 97 taker"],
        perpetual=marked((94, 95, 93, 94)),
    ),
    Case(
        "§4.4",
        "a take-profit by mark sells at no price that did not trade",
        [FLAT, FLAT, (100, 103, 99, 101)],
        [enter(), sell("profit", 1, take_profit=105, quantity=1, trigger_by="mark")],
        [ENTERED, "bar 2 RANGE: sell 1 @ 103 taker"],
        perpetual=marked((100, 106, 99, 101)),
    ),
    Case(
        "§4.4",
        "a buy stop by mark buys no lower than what traded",
        [FLAT, FLAT, (110, 112, 108, 111)],
        [buy("stop", 1, stop=105, quantity=1, trigger_by="mark")],
        ["bar 2 RANGE: buy 1 @ 108 taker"],
        perpetual=marked((100, 106, 99, 101)),
    ),
    Case(
        "§4.4",
        "a stop-limit by mark is a limit among trades once it has triggered",
        # the mark's 94 triggers it; the close of 91 is not beyond 92, nor is 91.5 later, the high of 93 is
        [FLAT, FLAT, (91, 92, 90, 91), (91, 91.5, 90, 91), (91, 93, 90, 91)],
        [enter(), sell("stop", 1, stop=95, limit=92, quantity=1, trigger_by="mark")],
        [ENTERED, "bar 4 RANGE: sell 1 @ 92 maker"],
        {"stop": "FILLED"},
        perpetual=marked((100, 101, 94, 99), (100, 101, 99, 100), (100, 101, 99, 100)),
    ),
    Case(
        "§4.5",
        "a trailing stop by mark follows the marks",
        # peaks of 100 and 110 by mark: 10 below is 100; trades went to 120 and 102 meanwhile
        [FLAT, FLAT, (100, 120, 100, 105), (105, 106, 99, 100)],
        [enter(), sell("trail", 1, trail=10, quantity=1, trigger_by="mark")],
        [ENTERED, "bar 3 RANGE: sell 1 @ 100 taker"],
        perpetual=marked((100, 110, 100, 109), (109, 109, 99, 100)),
    ),
    Case(
        "§4.4",
        "where the mark series lacks a bar, its trades trigger",
        [FLAT, FLAT, (100, 101, 94, 99)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED, "bar 2 RANGE: sell 1 @ 95 taker"],
        perpetual=marked(None),
    ),
    Case(
        "§4.4",
        "where no mark is known, an order that waits for it is refused by name",
        [FLAT, FLAT, (100, 101, 90, 99)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED],
        {"stop": "VENUE_UNSUPPORTED"},
        perpetual=Perpetual(leverage=UNLIQUIDATED),
        warned="1 orders were refused: they wait for a mark price, which their symbol lacks.",
    ),
    Case(
        "§4.4",
        "and on spot, where there is no mark",
        [FLAT, FLAT, (100, 101, 90, 99)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED],
        {"stop": "VENUE_UNSUPPORTED"},
    ),
    Case(
        "§4.4",
        "already through by the mark at its first event it is refused where the venue does so",
        [FLAT, FLAT, (100, 101, 99, 100)],
        [enter(), sell("stop", 1, stop=95, quantity=1, trigger_by="mark")],
        [ENTERED],
        {"stop": "VENUE_WOULD_TRIGGER"},
        costs={"refuse_triggered": True},
        perpetual=marked((94, 96, 93, 95)),
    ),
    Case(
        "§8.1",
        "an entry's stop may be triggered by the mark, its target never",
        # bar 2: the mark passes 105, trades do not; bar 3: the mark passes 95, trades do not: the stop takes its level
        [FLAT, FLAT, (100, 104, 96, 99), (99, 104, 96, 99)],
        [buy("entry", 0, quantity=1, bracket_stop="0.05", bracket_target="0.05", bracket_by="mark")],
        [ENTERED, "bar 3 RANGE: sell 1 @ 95 taker"],
        perpetual=marked((100, 106, 99, 99), (99, 100, 94, 99)),
    ),
]
