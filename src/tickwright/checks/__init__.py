"""The exams that ship with the interfaces: what an adapter or a strategy must pass before it is trusted.

`store` the promises of a market store about candles and `event_store` about trades, quotes, funding rates and books,
asked with `example_events`; `catalogue` those of an instrument catalogue; `exchange` those of an exchange's market
data; `strategy` those of a strategy: no look-ahead, enough history, the same answer twice; `example_bars` made-up bars
to examine it on.
"""
