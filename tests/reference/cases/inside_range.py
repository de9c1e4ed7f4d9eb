"""§5: inside a RANGE the worse comes first, and nothing opened there is closed by older orders."""

from tests.reference.cases.case import Case, Perpetual, buy, enter, sell

FLAT = (100, 101, 99, 100)
ENTERED = "bar 1 OPEN: buy 1 @ 100 taker"

CASES = [
    Case(
        "§5",
        "when a bar holds both the stop and the target, the stop fills",
        [FLAT, FLAT, (100, 106, 94, 105)],
        [
            enter(),
            sell("target", 1, quantity=1, limit=105, reduce_only=True),
            sell("stop", 1, quantity=1, stop=95, reduce_only=True),
        ],
        [ENTERED, "bar 2 RANGE: sell 1 @ 95 taker"],
        {"target": "CANCELLED", "stop": "FILLED"},
        drawn=True,
        ambiguous=1,
    ),
    Case(
        "§5.1",
        "a stop gapped through before its target is not ambiguous",
        [FLAT, FLAT, (94, 106, 93, 105)],
        [enter(), sell("target", 1, quantity=1, limit=105, oco=1), sell("stop", 1, quantity=1, stop=95, oco=1)],
        [ENTERED, "bar 2 OPEN: sell 1 @ 94 taker"],
        ambiguous=0,
    ),
    Case(
        "§5.1",
        "a trade whose stop and target both lay in the bar it began in is ambiguous",
        [FLAT, (100, 106, 94, 101)],
        [buy("entry", quantity=1, limit=98, bracket_stop="0.02", bracket_target="0.05")],
        ["bar 1 RANGE: buy 1 @ 98 maker", "bar 1 RANGE: sell 1 @ 96.04 taker"],
        ambiguous=1,
    ),
    Case(
        "§5.2",
        "a child stop born in the bar fills if the far extreme is beyond it",
        # the limit at 98 fills on the way down; its stop at 96.04 lies inside the bar
        [FLAT, (100, 101, 96, 100)],
        [buy("entry", quantity=1, limit=98, bracket_stop="0.02", bracket_target="0.5")],
        ["bar 1 RANGE: buy 1 @ 98 maker", "bar 1 RANGE: sell 1 @ 96.04 taker"],
        drawn=True,
    ),
    Case(
        "§5.2",
        "a target born in the bar fills only if the close is beyond it",
        # high 104 is beyond the target 99.96, the close 99 is not
        [FLAT, (100, 104, 97.5, 99), (99, 101, 98, 100)],
        [buy("entry", quantity=1, limit=98, bracket_stop="0.1", bracket_target="0.02")],
        ["bar 1 RANGE: buy 1 @ 98 maker", "bar 2 RANGE: sell 1 @ 99.96 maker"],
        drawn=True,
    ),
    Case(
        "§5.2",
        "and it does when the close is",
        [FLAT, (100, 104, 97.5, 103)],
        [buy("entry", quantity=1, limit=98, bracket_stop="0.1", bracket_target="0.02")],
        ["bar 1 RANGE: buy 1 @ 98 maker", "bar 1 RANGE: sell 1 @ 99.96 maker"],
    ),
    Case(
        "§5.1",
        "an older reduce-only order does not close what was opened in this bar",
        [FLAT, FLAT, (100, 106, 97, 105), (100, 106, 99, 105)],
        [
            sell("exit", 1, quantity=1, limit=105, reduce_only=True),
            buy("entry", 1, quantity=1, limit=98),
        ],
        ["bar 2 RANGE: buy 1 @ 98 maker", "bar 3 RANGE: sell 1 @ 105 maker"],
    ),
    Case(
        "§5.1",
        "a stop held back by this is triggered and takes at the next open",
        # flat at the open; the buy stop opens in the bar, so the sell stop may not close it there
        [FLAT, (100, 105, 94, 96), (97, 98, 96, 97)],
        [buy("up", quantity=1, stop=104), sell("down", quantity=1, stop=95)],
        ["bar 1 RANGE: buy 1 @ 104 taker", "bar 2 OPEN: sell 1 @ 97 taker"],
        perpetual=Perpetual("1"),
        drawn=True,
    ),
    Case(
        "§5.1",
        "two-sided quotes never round-trip inside a bar",
        [FLAT, (100, 106, 94, 100), (100, 106, 99, 100)],
        [buy("bid", quantity=1, limit=95), sell("ask", quantity=1, limit=105)],
        ["bar 1 RANGE: buy 1 @ 95 maker", "bar 2 RANGE: sell 1 @ 105 maker"],
        perpetual=Perpetual("1"),
        drawn=True,
    ),
    Case(
        "§5",
        "inside a group the nearest to the open is first",
        [FLAT, (100, 101, 90, 95)],
        [buy("far", quantity=1, limit=92), buy("near", quantity=2, limit=98)],
        ["bar 1 RANGE: buy 2 @ 98 maker", "bar 1 RANGE: buy 1 @ 92 maker"],
    ),
    Case(
        "§5",
        "opening stops come before opening limits",
        [FLAT, (100, 106, 94, 100)],
        [buy("limit", quantity=1, limit=95), buy("stop", quantity=2, stop=105)],
        ["bar 1 RANGE: buy 2 @ 105 taker", "bar 1 RANGE: buy 1 @ 95 maker"],
        drawn=True,
    ),
    Case(
        "§5",
        "reducing stops come before opening stops that are nearer",
        [FLAT, FLAT, (100, 102, 89, 95)],
        [enter(), sell("exit", 1, quantity=1, stop=90, reduce_only=True), buy("more", 1, quantity=2, stop=101)],
        [ENTERED, "bar 2 RANGE: sell 1 @ 90 taker", "bar 2 RANGE: buy 2 @ 101 taker"],
    ),
    Case(
        "§5",
        "opening limits come before reducing limits that are nearer",
        [FLAT, FLAT, (100, 106, 94, 100)],
        [enter(), sell("out", 1, quantity=1, limit=101), buy("more", 1, quantity=2, limit=95)],
        [ENTERED, "bar 2 RANGE: buy 2 @ 95 maker", "bar 2 RANGE: sell 1 @ 101 maker"],
    ),
    Case(
        "§5",
        "opening limits come before opening take-profits that are nearer",
        [FLAT, (100, 101, 94, 100)],
        [buy("dip", quantity=1, take_profit=98), buy("limit", quantity=2, limit=95)],
        ["bar 1 RANGE: buy 2 @ 95 maker", "bar 1 RANGE: buy 1 @ 98 taker"],
    ),
    Case(
        "§5",
        "the limit of a stop-limit triggered in the bar comes last",
        [FLAT, (100, 103, 94, 101)],
        [buy("stop", quantity=1, stop=101, limit=102), buy("limit", quantity=2, limit=95)],
        ["bar 1 RANGE: buy 2 @ 95 maker", "bar 1 RANGE: buy 1 @ 101 taker"],
    ),
    Case(
        "§5.1",
        "whether an order reduces is decided when it matches, not by what it was called",
        # a plain sell stop beside a holding goes before the nearer buy stop, as an exit would
        [FLAT, FLAT, (100, 102, 89, 95)],
        [enter(), sell("plain", 1, quantity=1, stop=90), buy("more", 1, quantity=2, stop=101)],
        [ENTERED, "bar 2 RANGE: sell 1 @ 90 taker", "bar 2 RANGE: buy 2 @ 101 taker"],
    ),
    Case(
        "§5.1",
        "all older orders together reduce no more than was held after the open",
        # 2 held after the open, 2 bought at 98: the exits at 105 and 106 may sell 2 between them
        [FLAT, FLAT, (100, 107, 97, 105), (105, 107, 104, 105)],
        [
            enter(2),
            sell("near", 1, quantity=2, limit=105, reduce_only=True),
            sell("far", 1, quantity=2, limit=106, reduce_only=True),
            buy("more", 1, quantity=2, limit=98),
        ],
        [
            "bar 1 OPEN: buy 2 @ 100 taker",
            "bar 2 RANGE: buy 2 @ 98 maker",
            "bar 2 RANGE: sell 2 @ 105 maker",
            "bar 3 RANGE: sell 2 @ 106 maker",
        ],
        ambiguous=1,
    ),
    Case(
        "§5.2",
        "a child stop born in the bar takes from its own level, not from the open below it",
        # bought at 105; the stop at 102.9 is above the open of 100, from which it did not come
        [FLAT, (100, 106, 99, 104)],
        [buy("entry", quantity=1, stop=105, bracket_stop="0.02")],
        ["bar 1 RANGE: buy 1 @ 105 taker", "bar 1 RANGE: sell 1 @ 102.9 taker"],
    ),
    Case(
        "§5.2",
        "the rest of a market order that fills in a RANGE bears its children there",
        # both targets lie at 102; the one born at the open is met, the one born in the RANGE asks for the close
        [(*FLAT, 10), (100, 103, 99, 101, 60), (101, 103, 100, 101, 60)],
        [buy("entry", quantity=2, bracket_target="0.02")],
        [
            "bar 1 OPEN: buy 1 @ 100 taker",
            "bar 1 RANGE: buy 1 @ 100 taker",
            "bar 1 RANGE: sell 1 @ 102 maker",
            "bar 2 RANGE: sell 1 @ 102 maker",
        ],
        costs={"max_participation": "0.1"},
        lot="1",
    ),
]
