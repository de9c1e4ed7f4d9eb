"""The compiled market and account: plain rules over records, driven by a few entries that take one address.

`compilation` how and into which cache; `arithmetic` exact products; `memory` views by address; `layout` the records;
`prices` spread, slippage, impact, fees; `statistics` volume and volatility of the trailing window; the venue half:
`commands` acceptance, `orders` working orders, `taking` market orders, `fills` one fill, `settlement` what a fill
brings about, `open_step` and `range_step` the two events of a bar; the client half: `client` reports applied,
`decisions` targets to orders; `advance` the loop, row by row; `halves` the same with each half in a memory of its own;
`jumping` the same for one instrument, from event to event, over `quiet` rows and `plain` fills; `panel` the same for
several, whose rows `tiles` lays side by side and `marking` values; `curve` and `drawing` what its equity did; `floats`
the prices of several as a strategy reads them.
"""
