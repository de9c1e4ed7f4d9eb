"""Published numbers, theorems and other people's results that a right engine must reproduce.

One file per section; `simulated` makes the series, `running` takes them through the product's modes.
"""
