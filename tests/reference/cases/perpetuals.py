"""§6, and what §1, §2, §3 and §5 say of perpetuals: margin, liquidation, insurance, funding.

A long of 10 at 100 with a leverage of 10 and a maintenance rate of 0.5 % has a margin of 100. It is safe while
100 + 10·(P - 100) - 0.05·P > 0: down to 900 / 9.95 = 90.4522613, and liquidated at the first unit below, 90.45226.
"""

from tests.reference.cases.case import Case, Perpetual, buy, enter, sell

FLAT = (100, 101, 99, 100)
FULL = (100, 100, 100, 100)
ENTERED = "bar 1 OPEN: buy 10 @ 100 taker"
LONG = Perpetual()

CASES = [
    Case(
        "§6.1",
        "a long is liquidated at the first price unit at which its margin no longer covers loss and maintenance",
        [FLAT, FLAT, (100, 101, 90, 95)],
        [enter(10)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.45226 taker"],
        perpetual=LONG,
        cash_left="9904.5226",
        drawn=True,
    ),
    Case(
        "§6.1",
        "a unit above that price it lives",
        [FLAT, FLAT, (100, 101, 90.46, 95)],
        [enter(10)],
        [ENTERED],
        perpetual=LONG,
    ),
    Case(
        "§6.1",
        "a short mirrors: 1100 / 10.05 = 109.4527363",
        [FLAT, FLAT, (100, 110, 99, 105)],
        [sell("entry", quantity=10)],
        ["bar 1 OPEN: sell 10 @ 100 taker", "bar 2 RANGE: buy 10 @ 109.45274 taker"],
        perpetual=LONG,
    ),
    Case(
        "§6.1",
        "with maintenance at the entry the price is 100 - (100 - 5) / 10",
        [FLAT, FLAT, (100, 101, 90, 95)],
        [enter(10)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.5 taker"],
        perpetual=LONG,
        costs={"maintenance_at": "entry"},
    ),
    Case(
        "§6.1",
        "under cross margin the whole account stands behind a position",
        # 300 + 10·(P - 100) - 0.05·P = 0 at 700 / 9.95 = 70.3517588
        [FLAT, FLAT, (100, 101, 80, 85), (85, 86, 70, 75)],
        [enter(10)],
        [ENTERED, "bar 3 RANGE: sell 10 @ 70.35175 taker"],
        perpetual=Perpetual(mode="cross"),
        cash="300",
        drawn=True,
    ),
    Case(
        "§6.1",
        "a higher tier counts with its own rate and amount",
        # above 900 a rate of 5 %, less 900 × (0.05 - 0.005) = 40.5: 100 + 10·(P - 100) - 0.5·P + 40.5 = 0 at 90.4737
        [FLAT, FLAT, (100, 101, 90, 95)],
        [enter(10)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.47368 taker"],
        perpetual=Perpetual(brackets=((0, "0.005"), (900, "0.05"))),
    ),
    Case(
        "§6.1",
        "below its boundary a higher tier does not count",
        [FLAT, FLAT, (100, 101, 90, 95)],
        [enter(10)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.45226 taker"],
        perpetual=Perpetual(brackets=((0, "0.005"), (2000, "0.05"))),
    ),
    Case(
        "§6.1",
        "where marks are given, a trade below the price liquidates nobody",
        [FLAT, FLAT, (100, 101, 80, 95)],
        [enter(10)],
        [ENTERED],
        perpetual=Perpetual(marks=[FLAT, FLAT, (100, 101, 95, 96)]),
    ),
    Case(
        "§6.1",
        "and a mark below it does, whatever was traded",
        [FLAT, FLAT, (100, 101, 95, 96)],
        [enter(10)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.45226 taker"],
        perpetual=Perpetual(marks=[FLAT, FLAT, (100, 101, 80, 95)]),
    ),
    Case(
        "§6.2",
        "a gapped open liquidates from the open, and the insurance pays what the margin does not",
        # 10 × 20 is lost, 100 of it margin
        [FLAT, FLAT, (80, 82, 79, 81)],
        [enter(10)],
        [ENTERED, "bar 2 OPEN: sell 10 @ 80 taker"],
        perpetual=LONG,
        moved=["hour 2: insurance 100"],
        cash_left="9900",
        drawn=True,
    ),
    Case(
        "§6.2",
        "what was opened where the mark is already beyond its price goes from that bar's open",
        [FLAT, FLAT],
        [enter(10)],
        [ENTERED, "bar 1 RANGE: sell 10 @ 100 taker"],
        perpetual=Perpetual(marks=[FLAT, (80, 81, 79, 80)]),
    ),
    Case(
        "§6.2",
        "a liquidation pays spread, slippage and taker fee, and its own fee in the same rounding",
        # without maintenance a margin of 100.6 ends at 100.6 - 10.06 = 90.54; sold at 90.54 × (1 - 0.005 - 0.001).
        # 899.9676 × (0.001 + 0.0125) = 12.1495626; with the 106.0324 lost this is 17.5819626 more than the margin
        [FLAT, FLAT, (100, 101, 90, 95)],
        [enter(10)],
        ["bar 1 OPEN: buy 10 @ 100.6 taker", "bar 2 RANGE: sell 10 @ 89.99676 taker"],
        costs={"spread": "0.01", "slippage": "0.001", "fee": "0.001"},
        perpetual=Perpetual(brackets=((0, "0"),), liquidation_fee="0.0125"),
        fees=["1.006", "12.1495626"],
        moved=["hour 3: insurance 17.5819626"],
    ),
    Case(
        "§6.2",
        "a liquidation ignores the cap",
        [(*FLAT, 40), (*FLAT, 40), (100, 101, 90, 95, 1)],
        [enter(4)],
        ["bar 1 OPEN: buy 4 @ 100 taker", "bar 2 RANGE: sell 4 @ 90.45226 taker"],
        perpetual=LONG,
        costs={"max_participation": "0.1"},
        lot="1",
    ),
    Case(
        "§6.2",
        "and does not use it: what is sent on it still finds its share of the RANGE",
        [(*FLAT, 40), (*FLAT, 40), (80, 82, 79, 81, 40)],
        [enter(4), buy("again", on_fill="liquidation", quantity=4)],
        ["bar 1 OPEN: buy 4 @ 100 taker", "bar 2 OPEN: sell 4 @ 80 taker", "bar 2 RANGE: buy 4 @ 80 taker"],
        perpetual=LONG,
        costs={"max_participation": "0.1"},
        lot="1",
    ),
    Case(
        "§6.2",
        "the orders of the instrument end with the position",
        [FLAT, FLAT, (100, 101, 90, 95)],
        [
            enter(10),
            buy("more", 1, quantity=1, limit=85),
            sell("target", 1, quantity=10, limit=120, reduce_only=True),
        ],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.45226 taker"],
        {"more": "LIQUIDATED", "target": "LIQUIDATED"},
        perpetual=LONG,
    ),
    Case(
        "§6.2",
        "a venue may keep what is left of the margin",
        # 10 × 9.54774 is lost, 4.5226 of 100 are left
        [FLAT, FLAT, (100, 101, 90, 95)],
        [enter(10)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.45226 taker"],
        perpetual=Perpetual(keeps_leftover=True),
        moved=["hour 3: liquidation_fee -4.5226"],
        cash_left="9900",
    ),
    Case(
        "§6.2",
        "its quantity counts where the impact of later sales looks back",
        # V = 96 a day. σ = ln 1.1 × √24 = 0.4669226 while both returns are 10 %, 0.3812407 with a third of 0.
        # A mark of 80 liquidates from an open of 100. The next sale pays for 4 before it: 100 × (1 - 0.3812407·4.5/96)
        [(*FULL, 4), (100, 110, 100, 110, 4), (*FULL, 4), (*FULL, 4), (*FULL, 4)],
        [buy("entry", 1, quantity=4), sell("later", 3, quantity=1)],
        [
            "bar 2 OPEN: buy 4 @ 100.97276 taker",
            "bar 3 OPEN: sell 4 @ 99.02724 taker",
            "bar 4 OPEN: sell 1 @ 98.21293 taker",
        ],
        perpetual=Perpetual(marks=[FULL, (100, 110, 100, 110), FULL, (80, 80, 80, 80), FULL]),
        costs={"impact": "linear"},
        lot="1",
    ),
    Case(
        "§2.2",
        "reducing orders come before liquidations at an open",
        [FLAT, FLAT, (80, 82, 79, 81)],
        [enter(10), sell("out", 1, quantity=10)],
        [ENTERED, "bar 2 OPEN: sell 10 @ 80 taker"],
        {"out": "FILLED"},
        perpetual=LONG,
    ),
    Case(
        "§2.2",
        "and all others after them",
        [FLAT, FLAT, (80, 82, 79, 81)],
        [enter(10), buy("more", 1, quantity=10)],
        [ENTERED, "bar 2 OPEN: sell 10 @ 80 taker"],
        {"more": "LIQUIDATED"},
        perpetual=LONG,
    ),
    Case(
        "§2.3",
        "in a bar without volume nothing is liquidated",
        [(*FLAT, 400), (*FLAT, 400), (80, 82, 79, 81, 0), (*FLAT, 400)],
        [enter(10)],
        [ENTERED],
        perpetual=LONG,
        costs={"max_participation": "0.1"},
    ),
    Case(
        "§3.4",
        "a liquidation does not pay for latency",
        [FLAT, (100, 101, 99, 101), FLAT, (80, 82, 79, 81)],
        # half an hour: ln 1.01 × √24 × √(1/48) = 0.007035945 for the entry, nothing for the liquidation
        [buy("entry", 1, quantity=10)],
        ["bar 2 OPEN: buy 10 @ 100.7036 taker", "bar 3 OPEN: sell 10 @ 80 taker"],
        perpetual=LONG,
        costs={"latency_ns": 1_800_000_000_000},
    ),
    Case(
        "§5",
        "a stop nearer to the open than the liquidation fills",
        [FLAT, FLAT, (100, 101, 90, 95)],
        [enter(10), sell("stop", 1, quantity=10, stop=91, reduce_only=True)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 91 taker"],
        {"stop": "FILLED"},
        perpetual=LONG,
    ),
    Case(
        "§5",
        "a stop farther away does not",
        [FLAT, FLAT, (100, 101, 85, 95)],
        [enter(10), sell("stop", 1, quantity=10, stop=90, reduce_only=True)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.45226 taker"],
        {"stop": "LIQUIDATED"},
        perpetual=LONG,
    ),
    Case(
        "§5",
        "at the same price the stop fills",
        [FLAT, FLAT, (100, 101, 85, 95)],
        [enter(10), sell("stop", 1, quantity=10, stop="90.5", reduce_only=True)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 90.5 taker"],
        {"stop": "FILLED"},
        perpetual=LONG,
        costs={"maintenance_at": "entry"},
    ),
    Case(
        "§5",
        "what was opened in a bar can be liquidated in it",
        # 10 at 95 with a margin of 95: liquidated below 855 / 9.95 = 85.9296482
        [FLAT, (100, 101, 85, 95)],
        [buy("entry", quantity=10, limit=95)],
        ["bar 1 RANGE: buy 10 @ 95 maker", "bar 1 RANGE: sell 10 @ 85.92964 taker"],
        perpetual=LONG,
    ),
    Case(
        "§6.3",
        "funding is a rate of the last mark on what is held after the RANGE of equal time",
        # 10 × 102 × 0.001; what is bought at the open of that instant pays nothing, what was sold before it neither
        [FLAT, FLAT, FLAT, FLAT],
        [enter(10), sell("out", 1, quantity=5, limit="100.5"), buy("later", 2, quantity=5)],
        [ENTERED, "bar 2 RANGE: sell 5 @ 100.5 maker", "bar 3 OPEN: buy 5 @ 100 taker"],
        perpetual=Perpetual(
            marks=[FLAT, (100, 102, 99, 102), (100, 104, 99, 104), FLAT], funding={2: "0.001", 3: "0.001"}
        ),
        moved=["hour 2: funding -1.02", "hour 3: funding -0.52"],
        drawn=True,
    ),
    Case(
        "§6.3",
        "shorts receive what longs pay",
        [FLAT, FLAT, FLAT],
        [sell("entry", quantity=10)],
        ["bar 1 OPEN: sell 10 @ 100 taker"],
        perpetual=Perpetual(funding={2: "0.001"}),
        moved=["hour 2: funding 1"],
    ),
    Case(
        "§6.3",
        "a payment rounds up and a receipt rounds down",
        # 0.003 × 100 × 0.000000005 = 0.0000000015
        [FLAT, FLAT, FLAT, FLAT],
        [enter("0.003")],
        ["bar 1 OPEN: buy 0.003 @ 100 taker"],
        perpetual=Perpetual(funding={2: "0.000000005", 3: "-0.000000005"}),
        moved=["hour 2: funding -0.00000001", "hour 3: funding 0"],
    ),
    Case(
        "§6.3",
        "isolated, funding comes from the position's margin and moves its liquidation price",
        # 10 paid leave a margin of 90: liquidated below 910 / 9.95 = 91.4572864
        [FLAT, FLAT, (100, 101, 91, 95)],
        [enter(10)],
        [ENTERED, "bar 2 RANGE: sell 10 @ 91.45728 taker"],
        perpetual=Perpetual(funding={2: "0.01"}),
        moved=["hour 2: funding -10"],
    ),
    Case(
        "§6.3",
        "what funding took too much of is liquidated at the next open",
        # 98 of a margin of 100 at a close of 100: 2 are less than a maintenance of 5
        [FLAT, FLAT, FLAT],
        [enter(10)],
        [ENTERED, "bar 2 OPEN: sell 10 @ 100 taker"],
        perpetual=Perpetual(funding={2: "0.098"}),
        moved=["hour 2: funding -98"],
        cash_left="9902",
    ),
    Case(
        "§1.3",
        "a partial close removes its part of the basis, rounded so that the profit is lower",
        # 0.00000003 at 100.00002 cost 0.0000030000006, rounded up to 301 units; a third of them is 101; sold for
        # 0.00000001 × 99.99998 = 99 units: 2 lost, 200 of basis left
        [FLAT, FLAT, FLAT],
        [buy(quantity="0.00000003"), sell(after=1, quantity="0.00000001")],
        ["bar 1 OPEN: buy 0.00000003 @ 100.00002 taker", "bar 2 OPEN: sell 0.00000001 @ 99.99998 taker"],
        perpetual=Perpetual("1", brackets=((0, "0"),)),
        costs={"spread": "0.0000003"},
        lot="0.00000001",
        cash_left="9999.99999998",
    ),
]
