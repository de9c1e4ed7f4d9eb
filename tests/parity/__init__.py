"""One scenario through every mode and the naive market: equal digests, equal accounts.

`scenarios` draws markets, costs and targets; `twin` translates a market of the product for the naive one and reads its
answer; `precomputed` holds strategies that say what an array says.
"""
