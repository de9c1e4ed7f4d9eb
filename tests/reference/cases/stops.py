"""§4.4, §4.5, §4.7: stops, stop-limits, trailing stops, take-profits, OCO and brackets."""

from tests.reference.cases.case import Case, buy, enter, sell

FLAT = (100, 101, 99, 100)
ENTERED = "bar 1 OPEN: buy 1 @ 100 taker"

CASES = [
    Case(
        "§4.4",
        "a stop triggers on touch and takes from its level with all costs",
        [FLAT, FLAT, (100, 101, 95, 97)],
        [enter(), sell("stop", 1, quantity=1, stop=95)],
        # 2 % spread: the entry pays 101, the stop gets 95 × 0.99
        ["bar 1 OPEN: buy 1 @ 101 taker", "bar 2 RANGE: sell 1 @ 94.05 taker"],
        costs={"spread": "0.02"},
        drawn=True,
    ),
    Case(
        "§4.4",
        "a stop that the open gaps through takes from the open",
        [FLAT, FLAT, FLAT, (90, 92, 88, 91)],
        [enter(), sell("stop", 1, quantity=1, stop=95)],
        [ENTERED, "bar 3 OPEN: sell 1 @ 90 taker"],
        drawn=True,
    ),
    Case(
        "§4.4",
        "a buy stop opens a position when the bar reaches it",
        [FLAT, (100, 106, 99, 104)],
        [buy("stop", quantity=1, stop=105)],
        ["bar 1 RANGE: buy 1 @ 105 taker"],
    ),
    Case(
        "§4.9",
        "an untriggered buy stop holds nothing and is tested when it takes",
        [FLAT, (100, 106, 99, 104)],
        [buy("stop", quantity=96, stop=105)],
        [],
        {"stop": "VENUE_INSUFFICIENT_FUNDS"},
    ),
    Case(
        "§1.1",
        "stop levels round away from the market: sell stops down",
        [FLAT, FLAT, (100, 101, 95, 97), (100, 101, 94, 97)],
        [enter(), sell("stop", 1, quantity=1, stop="94.9")],
        [ENTERED, "bar 3 RANGE: sell 1 @ 94.5 taker"],
        tick="0.5",
    ),
    Case(
        "§4.4",
        "a stop-limit fills in its trigger bar only if the close is beyond its limit",
        [FLAT, (100, 106, 99, 103)],
        [buy("stop", quantity=1, stop=105, limit=104)],
        ["bar 1 RANGE: buy 1 @ 104 maker"],
        drawn=True,
    ),
    Case(
        "§4.4",
        "otherwise it is a limit afterwards",
        [FLAT, (100, 106, 99, 105), (105, 107, 103, 106)],
        [buy("stop", quantity=1, stop=105, limit=104)],
        ["bar 2 RANGE: buy 1 @ 104 maker"],
    ),
    Case(
        "§4.4",
        "a stop-limit whose limit allows its trigger level takes there",
        [FLAT, (100, 106, 99, 103)],
        [buy("stop", quantity=1, stop=105, limit=106)],
        ["bar 1 RANGE: buy 1 @ 105 taker"],
    ),
    Case(
        "§4.4",
        "triggered at the open it arrives at the open",
        [FLAT, FLAT, (106, 108, 105, 107)],
        [buy("stop", quantity=1, stop=105, limit=107)],
        ["bar 2 OPEN: buy 1 @ 106 taker"],
    ),
    Case(
        "§4.4",
        "without funds at its trigger a stop-limit ends",
        [FLAT, (100, 106, 99, 103)],
        [buy("stop", quantity=96, stop=105, limit=106)],
        [],
        {"stop": "VENUE_INSUFFICIENT_FUNDS"},
    ),
    Case(
        "§4.4",
        "a take-profit market order takes from its level with all costs",
        [FLAT, FLAT, (100, 106, 99, 103)],
        [enter(), sell("profit", 1, quantity=1, take_profit=105)],
        [ENTERED, "bar 2 RANGE: sell 1 @ 105 taker"],
    ),
    Case(
        "§4.5",
        "a trailing stop follows the highest open met and a bar's high after its close",
        # peak 100 at the open of bar 2 (level 95), 110 after its close (level 105), gapped in bar 3? no: low 104
        [FLAT, FLAT, (100, 110, 99, 109), (109, 109.5, 104, 106)],
        [enter(), sell("trail", 1, quantity=1, trail=5)],
        [ENTERED, "bar 3 RANGE: sell 1 @ 105 taker"],
        drawn=True,
    ),
    Case(
        "§4.5",
        "a bar's high does not lift a trailing stop inside that bar",
        # level 95 all through bar 2 although it reached 110 and fell back to 96
        [FLAT, FLAT, (100, 110, 96, 97), (106, 107, 105.5, 106)],
        [enter(), sell("trail", 1, quantity=1, trail=5)],
        [ENTERED],
    ),
    Case(
        "§4.5",
        "a trailing stop by percent rounds down to the tick",
        # peak 101, 3 % below is 97.97: 97.5 at ticks of 0.5
        [FLAT, FLAT, (101, 101, 97.5, 98)],
        [enter(), sell("trail", 1, quantity=1, trail_rate="0.03")],
        [ENTERED, "bar 2 RANGE: sell 1 @ 97.5 taker"],
        tick="0.5",
    ),
    Case(
        "§4.7",
        "of an OCO pair one fills and the other ends",
        [FLAT, FLAT, (100, 106, 99, 103)],
        [
            enter(),
            sell("target", 1, quantity=1, limit=105, oco="pair"),
            sell("stop", 1, quantity=1, stop=95, oco="pair"),
        ],
        [ENTERED, "bar 2 RANGE: sell 1 @ 105 maker"],
        {"target": "FILLED", "stop": "CANCELLED"},
    ),
    Case(
        "§4.7",
        "a fill reduces the others by the same quantity, and siblings hold once",
        [(*FLAT, 40), (*FLAT, 40), (100, 106, 99, 103, 10), (100, 101, 94, 95, 100)],
        [
            enter(3),
            sell("target", 1, quantity=3, limit=105, oco="pair"),
            sell("stop", 1, quantity=3, stop=95, oco="pair"),
        ],
        ["bar 1 OPEN: buy 3 @ 100 taker", "bar 2 RANGE: sell 1 @ 105 maker", "bar 3 RANGE: sell 2 @ 95 taker"],
        {"target": "CANCELLED", "stop": "FILLED"},
        costs={"max_participation": "0.1"},
        lot="1",
    ),
    Case(
        "§4.7",
        "each entry fill of a bracket gets its own pair at its own entry price",
        # filled at 100 and at 110: stops at 90 and 99, targets at 120 and 132
        [(*FLAT, 10), (100, 100, 100, 100, 10), (110, 115, 98, 105, 100), (100, 125, 100, 124, 100)],
        [buy("entry", quantity=2, bracket_stop="0.1", bracket_target="0.2")],
        [
            "bar 1 OPEN: buy 1 @ 100 taker",
            "bar 2 OPEN: buy 1 @ 110 taker",
            "bar 2 RANGE: sell 1 @ 99 taker",
            "bar 3 RANGE: sell 1 @ 120 maker",
        ],
        costs={"max_participation": "0.1"},
        lot="1",
        drawn=True,
    ),
]
