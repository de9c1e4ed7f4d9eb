"""Ways to run a strategy over a market; modes never import each other.

`vector` runs arrays of decisions in one compiled loop and sweeps parameters; `event` wakes the strategy bar by bar and
replays a run event by event. Each gives the same fills for the same strategy, market, costs and cash.
"""
