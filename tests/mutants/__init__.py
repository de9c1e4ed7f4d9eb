"""Errors put into the engine on purpose: each must be caught by the comparison with the naive market.

`mutations` lists them, `proof` is what must catch them, `run_mutants` tries each in a process of its own.
"""
