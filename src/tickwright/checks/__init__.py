"""The exams that ship with the interfaces: what an adapter or a strategy must pass before it is trusted.

`store` the promises of a market store.
"""
