"""The exams that ship with the interfaces: what an adapter or a strategy must pass before it is trusted.

`store` the promises of a market store; `exchange` those of an exchange's market data; `strategy`
those of a strategy: no look-ahead, enough history, the same answer twice; `example_bars` made-up bars to examine it on.
"""
