"""Worked examples of the rule book: a few bars, what is sent after which of them, and what must fill, in the open.

One module per part of the book. Every case runs through the naive market (`tests/reference/test_cases.py`) and through
the product (`tests/parity/test_cases.py`); the drawings of "How an order fills" are made from them.
"""
