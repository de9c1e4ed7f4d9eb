"""A naive market that is obviously right: plain Python over lists, ints and Fractions, written beside the rule book.

`words` says what goes in and comes out, `rounding` turns rules into whole units (§1), `cost_models` prices what a taker
pays and what the cap leaves (§3), `account` keeps cash, holdings and holds (§4.9, §1.3), `matching` fills one order at
one event (§4, §5), `market` walks the instants (§2), `sizing` turns targets into orders (§7), `exits` protects what was
filled (§8), `perpetuals` adds margin, funding and liquidation (§6). Nothing here is shared with the product's engine.
"""
